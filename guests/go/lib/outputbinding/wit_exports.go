// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package outputbinding

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_output_binding"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (8 * 4), 4))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:components/output-binding@0.1.0#init
func wasm_export_dapr_components_output_binding_init(arg0 uintptr, arg1 uint32) uintptr {

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

//go:wasmexport cabi_post_dapr:components/output-binding@0.1.0#init
func wasm_export_post_return_dapr_components_output_binding_init(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/output-binding@0.1.0#invoke
func wasm_export_dapr_components_output_binding_invoke(arg0 uintptr, arg1 uint32, arg2 uintptr, arg3 uint32, arg4 uintptr, arg5 uint32) uintptr {

	pinner := &syncExportPinner
	value := witRuntime.String((*uint8)(unsafe.Pointer(arg0)), arg1)
	value0 := witRuntime.Slice((*uint8)(unsafe.Pointer(arg2)), arg3)
	result := make([]witTypes.Tuple2[string, string], 0, arg5)
	for index := 0; index < int(arg5); index++ {
		base := unsafe.Add(unsafe.Pointer(arg4), index*(4*4))
		value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result = append(result, witTypes.Tuple2[string, string]{F0: value1, F1: value2})
	}

	witRuntime.Unpin()
	result3 := onInvoke(dapr_components_output_binding.Invocation{Operation: value, Data: value0, Metadata: result})

	switch result3.Tag() {
	case witTypes.ResultOk:
		payload := result3.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		data := unsafe.Pointer(unsafe.SliceData((payload).Data))
		pinner.Pin(data)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(uint32(len((payload).Data)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = uint32(uintptr(uintptr(data)))

		switch (payload).ContentType.Tag() {
		case witTypes.OptionNone:
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (3 * 4))) = int8(int32(0))

		case witTypes.OptionSome:
			payload := (payload).ContentType.Some()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (3 * 4))) = int8(int32(1))
			utf8 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf8)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (5 * 4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (4 * 4))) = uint32(uintptr(uintptr(utf8)))

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

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (7 * 4))) = uint32(length)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (6 * 4))) = uint32(uintptr(uintptr(result6)))

	case witTypes.ResultErr:
		payload := result3.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int8(int32((payload).Code))
		utf87 := unsafe.Pointer(unsafe.StringData((payload).Message))
		pinner.Pin(utf87)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (3 * 4))) = uint32(uint32(len((payload).Message)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(uintptr(uintptr(utf87)))

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/output-binding@0.1.0#invoke
func wasm_export_post_return_dapr_components_output_binding_invoke(result uintptr) {
	syncExportPinner.Unpin()
}

// Unused, but present to make the compiler happy
