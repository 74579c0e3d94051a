// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package bulkstate

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_state_types"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (24 + 8*4), 8))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:components/bulk-state-store@0.1.0#bulk-get
func wasm_export_dapr_components_bulk_state_store_bulk_get(arg0 uintptr, arg1 uint32) uintptr {

	pinner := &syncExportPinner
	result2 := make([]dapr_components_state_types.GetRequest, 0, arg1)
	for index := 0; index < int(arg1); index++ {
		base := unsafe.Add(unsafe.Pointer(arg0), index*(5*4))
		value := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		result := make([]witTypes.Tuple2[string, string], 0, *(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4))))
		for index := 0; index < int(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4)))); index++ {
			base := unsafe.Add(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))), index*(4*4))
			value0 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
			value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

			result = append(result, witTypes.Tuple2[string, string]{F0: value0, F1: value1})
		}

		result2 = append(result2, dapr_components_state_types.GetRequest{Key: value, Consistency: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))))), Metadata: result})
	}

	witRuntime.Unpin()
	result3 := onBulkGet(result2)

	switch result3.Tag() {
	case witTypes.ResultOk:
		payload := result3.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		slice9 := payload
		length11 := uint32(len(slice9))
		result10 := witRuntime.Allocate(pinner, uintptr(length11*(12*4)), 4)
		for index, element := range slice9 {
			base := unsafe.Add(result10, index*(12*4))

			switch element.Tag() {
			case witTypes.ResultOk:
				payload := element.Ok()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), 0)) = int8(int32(0))

				switch payload.Tag() {
				case witTypes.OptionNone:
					*(*int8)(unsafe.Add(unsafe.Pointer(base), 4)) = int8(int32(0))

				case witTypes.OptionSome:
					payload := payload.Some()
					*(*int8)(unsafe.Add(unsafe.Pointer(base), 4)) = int8(int32(1))
					data := unsafe.Pointer(unsafe.SliceData((payload).Value))
					pinner.Pin(data)
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((payload).Value)))
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(data)))

					switch (payload).Etag.Tag() {
					case witTypes.OptionNone:
						*(*int8)(unsafe.Add(unsafe.Pointer(base), (4 * 4))) = int8(int32(0))

					case witTypes.OptionSome:
						payload := (payload).Etag.Some()
						*(*int8)(unsafe.Add(unsafe.Pointer(base), (4 * 4))) = int8(int32(1))
						utf8 := unsafe.Pointer(unsafe.StringData(payload))
						pinner.Pin(utf8)
						*(*uint32)(unsafe.Add(unsafe.Pointer(base), (6 * 4))) = uint32(uint32(len(payload)))
						*(*uint32)(unsafe.Add(unsafe.Pointer(base), (5 * 4))) = uint32(uintptr(uintptr(utf8)))

					default:
						panic("unreachable")
					}

					switch (payload).ContentType.Tag() {
					case witTypes.OptionNone:
						*(*int8)(unsafe.Add(unsafe.Pointer(base), (7 * 4))) = int8(int32(0))

					case witTypes.OptionSome:
						payload := (payload).ContentType.Some()
						*(*int8)(unsafe.Add(unsafe.Pointer(base), (7 * 4))) = int8(int32(1))
						utf84 := unsafe.Pointer(unsafe.StringData(payload))
						pinner.Pin(utf84)
						*(*uint32)(unsafe.Add(unsafe.Pointer(base), (9 * 4))) = uint32(uint32(len(payload)))
						*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4))) = uint32(uintptr(uintptr(utf84)))

					default:
						panic("unreachable")
					}
					slice := (payload).Metadata
					length := uint32(len(slice))
					result7 := witRuntime.Allocate(pinner, uintptr(length*(4*4)), 4)
					for index, element := range slice {
						base := unsafe.Add(result7, index*(4*4))
						utf85 := unsafe.Pointer(unsafe.StringData((element).F0))
						pinner.Pin(utf85)
						*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).F0)))
						*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf85)))
						utf86 := unsafe.Pointer(unsafe.StringData((element).F1))
						pinner.Pin(utf86)
						*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).F1)))
						*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf86)))

					}

					*(*uint32)(unsafe.Add(unsafe.Pointer(base), (11 * 4))) = uint32(length)
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), (10 * 4))) = uint32(uintptr(uintptr(result7)))

				default:
					panic("unreachable")
				}

			case witTypes.ResultErr:
				payload := element.Err()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), 0)) = int8(int32(1))
				utf88 := unsafe.Pointer(unsafe.StringData(payload))
				pinner.Pin(utf88)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uint32(len(payload)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uintptr(uintptr(utf88)))

			default:
				panic("unreachable")
			}

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 1*4))) = uint32(length11)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = uint32(uintptr(uintptr(result10)))

	case witTypes.ResultErr:
		payload := result3.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))

		switch payload.Tag() {
		case dapr_components_state_types.StateErrorEtagMismatch:
			payload := payload.EtagMismatch()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(0))
			utf812 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf812)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf812)))

		case dapr_components_state_types.StateErrorEtagInvalid:
			payload := payload.EtagInvalid()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(1))
			utf813 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf813)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf813)))

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
			utf814 := unsafe.Pointer(unsafe.StringData((payload).Tag))
			pinner.Pin(utf814)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Tag)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf814)))
			utf815 := unsafe.Pointer(unsafe.StringData((payload).Reason))
			pinner.Pin(utf815)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 4*4))) = uint32(uint32(len((payload).Reason)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 3*4))) = uint32(uintptr(uintptr(utf815)))
			utf816 := unsafe.Pointer(unsafe.StringData((payload).Domain))
			pinner.Pin(utf816)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 6*4))) = uint32(uint32(len((payload).Domain)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 5*4))) = uint32(uintptr(uintptr(utf816)))
			utf817 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf817)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 8*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 7*4))) = uint32(uintptr(uintptr(utf817)))

		case dapr_components_state_types.StateErrorOther:
			payload := payload.Other()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(4))
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int8(int32((payload).Code))
			utf818 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf818)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf818)))

		default:
			panic("unreachable")
		}

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/bulk-state-store@0.1.0#bulk-get
func wasm_export_post_return_dapr_components_bulk_state_store_bulk_get(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/bulk-state-store@0.1.0#bulk-set
func wasm_export_dapr_components_bulk_state_store_bulk_set(arg0 uintptr, arg1 uint32) uintptr {

	pinner := &syncExportPinner
	result6 := make([]dapr_components_state_types.SetRequest, 0, arg1)
	for index := 0; index < int(arg1); index++ {
		base := unsafe.Add(unsafe.Pointer(arg0), index*(13*4))
		value := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value0 := witRuntime.Slice((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))
		var option witTypes.Option[string]
		switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4)))) {
		case 0:

			option = witTypes.None[string]()
		case 1:
			value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (5 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (6 * 4))))

			option = witTypes.Some[string](value1)
		default:
			panic("unreachable")
		}
		var option3 witTypes.Option[string]
		switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (7 * 4)))) {
		case 0:

			option3 = witTypes.None[string]()
		case 1:
			value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (9 * 4))))

			option3 = witTypes.Some[string](value2)
		default:
			panic("unreachable")
		}
		result := make([]witTypes.Tuple2[string, string], 0, *(*uint32)(unsafe.Add(unsafe.Pointer(base), (12 * 4))))
		for index := 0; index < int(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (12 * 4)))); index++ {
			base := unsafe.Add(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (11 * 4))))), index*(4*4))
			value4 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
			value5 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

			result = append(result, witTypes.Tuple2[string, string]{F0: value4, F1: value5})
		}

		result6 = append(result6, dapr_components_state_types.SetRequest{Key: value, Value: value0, ContentType: option, Etag: option3, Concurrency: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (10 * 4))))), Consistency: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (1 + 10*4))))), Metadata: result})
	}

	witRuntime.Unpin()
	result7 := onBulkSet(result6)

	switch result7.Tag() {
	case witTypes.ResultOk:

		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))

	case witTypes.ResultErr:
		payload := result7.Err()
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

//go:wasmexport cabi_post_dapr:components/bulk-state-store@0.1.0#bulk-set
func wasm_export_post_return_dapr_components_bulk_state_store_bulk_set(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/bulk-state-store@0.1.0#bulk-delete
func wasm_export_dapr_components_bulk_state_store_bulk_delete(arg0 uintptr, arg1 uint32) uintptr {

	pinner := &syncExportPinner
	result3 := make([]dapr_components_state_types.DeleteRequest, 0, arg1)
	for index := 0; index < int(arg1); index++ {
		base := unsafe.Add(unsafe.Pointer(arg0), index*(8*4))
		value := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		var option witTypes.Option[string]
		switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))) {
		case 0:

			option = witTypes.None[string]()
		case 1:
			value0 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4))))

			option = witTypes.Some[string](value0)
		default:
			panic("unreachable")
		}
		result := make([]witTypes.Tuple2[string, string], 0, *(*uint32)(unsafe.Add(unsafe.Pointer(base), (7 * 4))))
		for index := 0; index < int(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (7 * 4)))); index++ {
			base := unsafe.Add(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (6 * 4))))), index*(4*4))
			value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
			value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

			result = append(result, witTypes.Tuple2[string, string]{F0: value1, F1: value2})
		}

		result3 = append(result3, dapr_components_state_types.DeleteRequest{Key: value, Etag: option, Concurrency: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (5 * 4))))), Consistency: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (1 + 5*4))))), Metadata: result})
	}

	witRuntime.Unpin()
	result4 := onBulkDelete(result3)

	switch result4.Tag() {
	case witTypes.ResultOk:

		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))

	case witTypes.ResultErr:
		payload := result4.Err()
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
			utf85 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf85)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf85)))

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
			utf86 := unsafe.Pointer(unsafe.StringData((payload).Tag))
			pinner.Pin(utf86)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Tag)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf86)))
			utf87 := unsafe.Pointer(unsafe.StringData((payload).Reason))
			pinner.Pin(utf87)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 4*4))) = uint32(uint32(len((payload).Reason)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 3*4))) = uint32(uintptr(uintptr(utf87)))
			utf88 := unsafe.Pointer(unsafe.StringData((payload).Domain))
			pinner.Pin(utf88)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 6*4))) = uint32(uint32(len((payload).Domain)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 5*4))) = uint32(uintptr(uintptr(utf88)))
			utf89 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf89)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 8*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 7*4))) = uint32(uintptr(uintptr(utf89)))

		case dapr_components_state_types.StateErrorOther:
			payload := payload.Other()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(4))
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int8(int32((payload).Code))
			utf810 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf810)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf810)))

		default:
			panic("unreachable")
		}

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/bulk-state-store@0.1.0#bulk-delete
func wasm_export_post_return_dapr_components_bulk_state_store_bulk_delete(result uintptr) {
	syncExportPinner.Unpin()
}

// Unused, but present to make the compiler happy
