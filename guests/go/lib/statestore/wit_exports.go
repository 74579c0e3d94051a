// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package statestore

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_state_types"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (16 + 10*4), 8))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:components/state-store@0.1.0#init
func wasm_export_dapr_components_state_store_init(arg0 uintptr, arg1 uint32) uintptr {

	pinner := &syncExportPinner
	result := make([]witTypes.Tuple2[string, string], 0, arg1)
	for index := 0; index < int(arg1); index++ {
		base := unsafe.Add(unsafe.Pointer(arg0), index*(4*4))
		value := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value0 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result = append(result, witTypes.Tuple2[string, string]{F0: value, F1: value0})
	}

	witRuntime.Unpin()
	result1 := onInit(result)

	switch result1.Tag() {
	case witTypes.ResultOk:
		payload := result1.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		slice := payload
		length := uint32(len(slice))
		result2 := witRuntime.Allocate(pinner, uintptr(length*(2*4)), 4)
		for index, element := range slice {
			base := unsafe.Add(result2, index*(2*4))
			utf8 := unsafe.Pointer(unsafe.StringData(element))
			pinner.Pin(utf8)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len(element)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf8)))

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(length)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = uint32(uintptr(uintptr(result2)))

	case witTypes.ResultErr:
		payload := result1.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int8(int32((payload).Code))
		utf83 := unsafe.Pointer(unsafe.StringData((payload).Message))
		pinner.Pin(utf83)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (3 * 4))) = uint32(uint32(len((payload).Message)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(uintptr(uintptr(utf83)))

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/state-store@0.1.0#init
func wasm_export_post_return_dapr_components_state_store_init(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/state-store@0.1.0#get
func wasm_export_dapr_components_state_store_get(arg0 uintptr, arg1 uint32, arg2 int32, arg3 uintptr, arg4 uint32) uintptr {

	pinner := &syncExportPinner
	value := witRuntime.String((*uint8)(unsafe.Pointer(arg0)), arg1)
	result := make([]witTypes.Tuple2[string, string], 0, arg4)
	for index := 0; index < int(arg4); index++ {
		base := unsafe.Add(unsafe.Pointer(arg3), index*(4*4))
		value0 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result = append(result, witTypes.Tuple2[string, string]{F0: value0, F1: value1})
	}

	witRuntime.Unpin()
	result2 := onGet(dapr_components_state_types.GetRequest{Key: value, Consistency: uint8(arg2), Metadata: result})

	switch result2.Tag() {
	case witTypes.ResultOk:
		payload := result2.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))

		switch payload.Tag() {
		case witTypes.OptionNone:
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(0))

		case witTypes.OptionSome:
			payload := payload.Some()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(1))
			data := unsafe.Pointer(unsafe.SliceData((payload).Value))
			pinner.Pin(data)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 2*4))) = uint32(uint32(len((payload).Value)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 1*4))) = uint32(uintptr(uintptr(data)))

			switch (payload).Etag.Tag() {
			case witTypes.OptionNone:
				*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 3*4))) = int8(int32(0))

			case witTypes.OptionSome:
				payload := (payload).Etag.Some()
				*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 3*4))) = int8(int32(1))
				utf8 := unsafe.Pointer(unsafe.StringData(payload))
				pinner.Pin(utf8)
				*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 5*4))) = uint32(uint32(len(payload)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 4*4))) = uint32(uintptr(uintptr(utf8)))

			default:
				panic("unreachable")
			}

			switch (payload).ContentType.Tag() {
			case witTypes.OptionNone:
				*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 6*4))) = int8(int32(0))

			case witTypes.OptionSome:
				payload := (payload).ContentType.Some()
				*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 6*4))) = int8(int32(1))
				utf83 := unsafe.Pointer(unsafe.StringData(payload))
				pinner.Pin(utf83)
				*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 8*4))) = uint32(uint32(len(payload)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 7*4))) = uint32(uintptr(uintptr(utf83)))

			default:
				panic("unreachable")
			}
			slice := (payload).Metadata
			length := uint32(len(slice))
			result6 := witRuntime.Allocate(pinner, uintptr(length*(4*4)), 4)
			for index, element := range slice {
				base := unsafe.Add(result6, index*(4*4))
				utf84 := unsafe.Pointer(unsafe.StringData((element).F0))
				pinner.Pin(utf84)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).F0)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf84)))
				utf85 := unsafe.Pointer(unsafe.StringData((element).F1))
				pinner.Pin(utf85)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).F1)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf85)))

			}

			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 10*4))) = uint32(length)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 9*4))) = uint32(uintptr(uintptr(result6)))

		default:
			panic("unreachable")
		}

	case witTypes.ResultErr:
		payload := result2.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))

		switch payload.Tag() {
		case dapr_components_state_types.StateErrorEtagMismatch:
			payload := payload.EtagMismatch()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(0))
			utf87 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf87)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf87)))

		case dapr_components_state_types.StateErrorEtagInvalid:
			payload := payload.EtagInvalid()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(1))
			utf88 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf88)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf88)))

		case dapr_components_state_types.StateErrorRowMismatch:
			payload := payload.RowMismatch()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(2))
			*(*int64)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int64((payload).Expected)
			*(*int64)(unsafe.Add(unsafe.Pointer(exportReturnArea), 24)) = int64((payload).Affected)

		case dapr_components_state_types.StateErrorAppError:
			payload := payload.AppError()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(3))
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int8(int32((payload).Code))
			*(*int16)(unsafe.Add(unsafe.Pointer(exportReturnArea), 18)) = int16(int32((payload).HttpStatus))
			utf89 := unsafe.Pointer(unsafe.StringData((payload).Tag))
			pinner.Pin(utf89)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Tag)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf89)))
			utf810 := unsafe.Pointer(unsafe.StringData((payload).Reason))
			pinner.Pin(utf810)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 4*4))) = uint32(uint32(len((payload).Reason)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 3*4))) = uint32(uintptr(uintptr(utf810)))
			utf811 := unsafe.Pointer(unsafe.StringData((payload).Domain))
			pinner.Pin(utf811)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 6*4))) = uint32(uint32(len((payload).Domain)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 5*4))) = uint32(uintptr(uintptr(utf811)))
			utf812 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf812)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 8*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 7*4))) = uint32(uintptr(uintptr(utf812)))

		case dapr_components_state_types.StateErrorOther:
			payload := payload.Other()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(4))
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int8(int32((payload).Code))
			utf813 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf813)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf813)))

		default:
			panic("unreachable")
		}

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/state-store@0.1.0#get
func wasm_export_post_return_dapr_components_state_store_get(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/state-store@0.1.0#set
func wasm_export_dapr_components_state_store_set(arg0 uintptr, arg1 uint32, arg2 uintptr, arg3 uint32, arg4 int32, arg5 uintptr, arg6 uint32, arg7 int32, arg8 uintptr, arg9 uint32, arg10 int32, arg11 int32, arg12 uintptr, arg13 uint32) uintptr {

	pinner := &syncExportPinner
	value := witRuntime.String((*uint8)(unsafe.Pointer(arg0)), arg1)
	value0 := witRuntime.Slice((*uint8)(unsafe.Pointer(arg2)), arg3)
	var option witTypes.Option[string]
	switch arg4 {
	case 0:

		option = witTypes.None[string]()
	case 1:
		value1 := witRuntime.String((*uint8)(unsafe.Pointer(arg5)), arg6)

		option = witTypes.Some[string](value1)
	default:
		panic("unreachable")
	}
	var option3 witTypes.Option[string]
	switch arg7 {
	case 0:

		option3 = witTypes.None[string]()
	case 1:
		value2 := witRuntime.String((*uint8)(unsafe.Pointer(arg8)), arg9)

		option3 = witTypes.Some[string](value2)
	default:
		panic("unreachable")
	}
	result := make([]witTypes.Tuple2[string, string], 0, arg13)
	for index := 0; index < int(arg13); index++ {
		base := unsafe.Add(unsafe.Pointer(arg12), index*(4*4))
		value4 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value5 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result = append(result, witTypes.Tuple2[string, string]{F0: value4, F1: value5})
	}

	witRuntime.Unpin()
	result6 := onSet(dapr_components_state_types.SetRequest{Key: value, Value: value0, ContentType: option, Etag: option3, Concurrency: uint8(arg10), Consistency: uint8(arg11), Metadata: result})

	switch result6.Tag() {
	case witTypes.ResultOk:

		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))

	case witTypes.ResultErr:
		payload := result6.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))

		switch payload.Tag() {
		case dapr_components_state_types.StateErrorEtagMismatch:
			payload := payload.EtagMismatch()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(0))
			utf8 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf8)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf8)))

		case dapr_components_state_types.StateErrorEtagInvalid:
			payload := payload.EtagInvalid()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(1))
			utf87 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf87)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf87)))

		case dapr_components_state_types.StateErrorRowMismatch:
			payload := payload.RowMismatch()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(2))
			*(*int64)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int64((payload).Expected)
			*(*int64)(unsafe.Add(unsafe.Pointer(exportReturnArea), 24)) = int64((payload).Affected)

		case dapr_components_state_types.StateErrorAppError:
			payload := payload.AppError()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(3))
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int8(int32((payload).Code))
			*(*int16)(unsafe.Add(unsafe.Pointer(exportReturnArea), 18)) = int16(int32((payload).HttpStatus))
			utf88 := unsafe.Pointer(unsafe.StringData((payload).Tag))
			pinner.Pin(utf88)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Tag)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf88)))
			utf89 := unsafe.Pointer(unsafe.StringData((payload).Reason))
			pinner.Pin(utf89)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 4*4))) = uint32(uint32(len((payload).Reason)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 3*4))) = uint32(uintptr(uintptr(utf89)))
			utf810 := unsafe.Pointer(unsafe.StringData((payload).Domain))
			pinner.Pin(utf810)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 6*4))) = uint32(uint32(len((payload).Domain)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 5*4))) = uint32(uintptr(uintptr(utf810)))
			utf811 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf811)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 8*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 7*4))) = uint32(uintptr(uintptr(utf811)))

		case dapr_components_state_types.StateErrorOther:
			payload := payload.Other()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(4))
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int8(int32((payload).Code))
			utf812 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf812)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf812)))

		default:
			panic("unreachable")
		}

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/state-store@0.1.0#set
func wasm_export_post_return_dapr_components_state_store_set(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/state-store@0.1.0#delete
func wasm_export_dapr_components_state_store_delete(arg0 uintptr, arg1 uint32, arg2 int32, arg3 uintptr, arg4 uint32, arg5 int32, arg6 int32, arg7 uintptr, arg8 uint32) uintptr {

	pinner := &syncExportPinner
	value := witRuntime.String((*uint8)(unsafe.Pointer(arg0)), arg1)
	var option witTypes.Option[string]
	switch arg2 {
	case 0:

		option = witTypes.None[string]()
	case 1:
		value0 := witRuntime.String((*uint8)(unsafe.Pointer(arg3)), arg4)

		option = witTypes.Some[string](value0)
	default:
		panic("unreachable")
	}
	result := make([]witTypes.Tuple2[string, string], 0, arg8)
	for index := 0; index < int(arg8); index++ {
		base := unsafe.Add(unsafe.Pointer(arg7), index*(4*4))
		value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result = append(result, witTypes.Tuple2[string, string]{F0: value1, F1: value2})
	}

	witRuntime.Unpin()
	result3 := onDelete(dapr_components_state_types.DeleteRequest{Key: value, Etag: option, Concurrency: uint8(arg5), Consistency: uint8(arg6), Metadata: result})

	switch result3.Tag() {
	case witTypes.ResultOk:

		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))

	case witTypes.ResultErr:
		payload := result3.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))

		switch payload.Tag() {
		case dapr_components_state_types.StateErrorEtagMismatch:
			payload := payload.EtagMismatch()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(0))
			utf8 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf8)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf8)))

		case dapr_components_state_types.StateErrorEtagInvalid:
			payload := payload.EtagInvalid()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(1))
			utf84 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf84)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf84)))

		case dapr_components_state_types.StateErrorRowMismatch:
			payload := payload.RowMismatch()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(2))
			*(*int64)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int64((payload).Expected)
			*(*int64)(unsafe.Add(unsafe.Pointer(exportReturnArea), 24)) = int64((payload).Affected)

		case dapr_components_state_types.StateErrorAppError:
			payload := payload.AppError()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(3))
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int8(int32((payload).Code))
			*(*int16)(unsafe.Add(unsafe.Pointer(exportReturnArea), 18)) = int16(int32((payload).HttpStatus))
			utf85 := unsafe.Pointer(unsafe.StringData((payload).Tag))
			pinner.Pin(utf85)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Tag)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf85)))
			utf86 := unsafe.Pointer(unsafe.StringData((payload).Reason))
			pinner.Pin(utf86)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 4*4))) = uint32(uint32(len((payload).Reason)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 3*4))) = uint32(uintptr(uintptr(utf86)))
			utf87 := unsafe.Pointer(unsafe.StringData((payload).Domain))
			pinner.Pin(utf87)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 6*4))) = uint32(uint32(len((payload).Domain)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 5*4))) = uint32(uintptr(uintptr(utf87)))
			utf88 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf88)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 8*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 7*4))) = uint32(uintptr(uintptr(utf88)))

		case dapr_components_state_types.StateErrorOther:
			payload := payload.Other()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(4))
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int8(int32((payload).Code))
			utf89 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf89)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf89)))

		default:
			panic("unreachable")
		}

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/state-store@0.1.0#delete
func wasm_export_post_return_dapr_components_state_store_delete(result uintptr) {
	syncExportPinner.Unpin()
}

// Unused, but present to make the compiler happy
