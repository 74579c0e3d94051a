// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package inputbinding

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_input_binding"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (24 + 4*4), 8))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:components/input-binding@0.1.0#init
func wasm_export_dapr_components_input_binding_init(arg0 uintptr, arg1 uint32) uintptr {

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

		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))

	case witTypes.ResultErr:
		payload := result1.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int8(int32((payload).Code))
		utf8 := unsafe.Pointer(unsafe.StringData((payload).Message))
		pinner.Pin(utf8)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (3 * 4))) = uint32(uint32(len((payload).Message)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(uintptr(uintptr(utf8)))

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/input-binding@0.1.0#init
func wasm_export_post_return_dapr_components_input_binding_init(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/input-binding@0.1.0#open
func wasm_export_dapr_components_input_binding_open(arg0 int64) uintptr {

	pinner := &syncExportPinner
	result := onOpen(uint64(arg0))

	switch result.Tag() {
	case witTypes.ResultOk:
		payload := result.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		*(*int32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int32(payload)

	case witTypes.ResultErr:
		payload := result.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int8(int32((payload).Code))
		utf8 := unsafe.Pointer(unsafe.StringData((payload).Message))
		pinner.Pin(utf8)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (3 * 4))) = uint32(uint32(len((payload).Message)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(uintptr(uintptr(utf8)))

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/input-binding@0.1.0#open
func wasm_export_post_return_dapr_components_input_binding_open(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/input-binding@0.1.0#close
func wasm_export_dapr_components_input_binding_close(arg0 int64) {

	onClose(uint64(arg0))

}

//go:wasmexport dapr:components/input-binding@0.1.0#pull
func wasm_export_dapr_components_input_binding_pull(arg0 uintptr, arg1 uint32) uintptr {

	pinner := &syncExportPinner
	result := make([]dapr_components_input_binding.Demand, 0, arg1)
	for index := 0; index < int(arg1); index++ {
		base := unsafe.Add(unsafe.Pointer(arg0), index*16)

		result = append(result, dapr_components_input_binding.Demand{Id: uint64(*(*int64)(unsafe.Add(unsafe.Pointer(base), 0))), Events: uint32(*(*int32)(unsafe.Add(unsafe.Pointer(base), 8)))})
	}

	witRuntime.Unpin()
	result0 := onPull(result)

	switch result0.Tag() {
	case witTypes.ResultOk:
		payload := result0.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		slice5 := (payload).Events
		length7 := uint32(len(slice5))
		result6 := witRuntime.Allocate(pinner, uintptr(length7*(16+8*4)), 8)
		for index, element := range slice5 {
			base := unsafe.Add(result6, index*(16+8*4))
			*(*int64)(unsafe.Add(unsafe.Pointer(base), 0)) = int64((element).Id)
			utf8 := unsafe.Pointer(unsafe.StringData((element).EventId))
			pinner.Pin(utf8)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 1*4))) = uint32(uint32(len((element).EventId)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 8)) = uint32(uintptr(uintptr(utf8)))
			data := unsafe.Pointer(unsafe.SliceData((element).Data))
			pinner.Pin(data)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 3*4))) = uint32(uint32(len((element).Data)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 2*4))) = uint32(uintptr(uintptr(data)))

			switch (element).ContentType.Tag() {
			case witTypes.OptionNone:
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (8 + 4*4))) = int8(int32(0))

			case witTypes.OptionSome:
				payload := (element).ContentType.Some()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (8 + 4*4))) = int8(int32(1))
				utf81 := unsafe.Pointer(unsafe.StringData(payload))
				pinner.Pin(utf81)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 6*4))) = uint32(uint32(len(payload)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 5*4))) = uint32(uintptr(uintptr(utf81)))

			default:
				panic("unreachable")
			}
			slice := (element).Metadata
			length := uint32(len(slice))
			result4 := witRuntime.Allocate(pinner, uintptr(length*(4*4)), 4)
			for index, element := range slice {
				base := unsafe.Add(result4, index*(4*4))
				utf82 := unsafe.Pointer(unsafe.StringData((element).F0))
				pinner.Pin(utf82)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).F0)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf82)))
				utf83 := unsafe.Pointer(unsafe.StringData((element).F1))
				pinner.Pin(utf83)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).F1)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf83)))

			}

			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 8*4))) = uint32(length)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 7*4))) = uint32(uintptr(uintptr(result4)))

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 1*4))) = uint32(length7)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = uint32(uintptr(uintptr(result6)))

		switch (payload).AgainIn.Tag() {
		case witTypes.OptionNone:
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 2*4))) = int8(int32(0))

		case witTypes.OptionSome:
			payload := (payload).AgainIn.Some()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 2*4))) = int8(int32(1))
			*(*int64)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = int64(payload)

		default:
			panic("unreachable")
		}
		slice8 := (payload).Waits
		length10 := uint32(len(slice8))
		result9 := witRuntime.Allocate(pinner, uintptr(length10*4), 4)
		for index, element := range slice8 {
			base := unsafe.Add(result9, index*4)
			*(*int32)(unsafe.Add(unsafe.Pointer(base), 0)) = (element).TakeHandle()

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (24 + 3*4))) = uint32(length10)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (24 + 2*4))) = uint32(uintptr(uintptr(result9)))

	case witTypes.ResultErr:
		payload := result0.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32((payload).Code))
		utf811 := unsafe.Pointer(unsafe.StringData((payload).Message))
		pinner.Pin(utf811)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 2*4))) = uint32(uint32(len((payload).Message)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 1*4))) = uint32(uintptr(uintptr(utf811)))

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/input-binding@0.1.0#pull
func wasm_export_post_return_dapr_components_input_binding_pull(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/input-binding@0.1.0#answer
func wasm_export_dapr_components_input_binding_answer(arg0 int64, arg1 uintptr, arg2 uint32, arg3 int32, arg4 uintptr, arg5 uint32) {

	value := witRuntime.String((*uint8)(unsafe.Pointer(arg1)), arg2)
	var result witTypes.Result[[]uint8, string]
	switch arg3 {
	case 0:
		value0 := witRuntime.Slice((*uint8)(unsafe.Pointer(arg4)), arg5)

		result = witTypes.Ok[[]uint8, string](value0)
	case 1:
		value1 := witRuntime.String((*uint8)(unsafe.Pointer(arg4)), arg5)

		result = witTypes.Err[[]uint8, string](value1)
	default:
		panic("unreachable")
	}
	witRuntime.Unpin()
	onAnswer(uint64(arg0), value, result)

}

// Unused, but present to make the compiler happy
