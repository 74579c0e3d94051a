// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package bulksecrets

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (4 * 4), 4))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:components/bulk-secret-store@0.1.0#bulk-get
func wasm_export_dapr_components_bulk_secret_store_bulk_get(arg0 uintptr, arg1 uint32) uintptr {

	pinner := &syncExportPinner
	result := make([]witTypes.Tuple2[string, string], 0, arg1)
	for index := 0; index < int(arg1); index++ {
		base := unsafe.Add(unsafe.Pointer(arg0), index*(4*4))
		value := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value0 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result = append(result, witTypes.Tuple2[string, string]{F0: value, F1: value0})
	}

	witRuntime.Unpin()
	result1 := onBulkGet(result)

	switch result1.Tag() {
	case witTypes.ResultOk:
		payload := result1.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		slice5 := payload
		length7 := uint32(len(slice5))
		result6 := witRuntime.Allocate(pinner, uintptr(length7*(4*4)), 4)
		for index, element := range slice5 {
			base := unsafe.Add(result6, index*(4*4))
			utf8 := unsafe.Pointer(unsafe.StringData((element).F0))
			pinner.Pin(utf8)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).F0)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf8)))
			slice := (element).F1
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

			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(length)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(result4)))

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(length7)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = uint32(uintptr(uintptr(result6)))

	case witTypes.ResultErr:
		payload := result1.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int8(int32((payload).Code))
		utf88 := unsafe.Pointer(unsafe.StringData((payload).Message))
		pinner.Pin(utf88)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (3 * 4))) = uint32(uint32(len((payload).Message)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(uintptr(uintptr(utf88)))

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/bulk-secret-store@0.1.0#bulk-get
func wasm_export_post_return_dapr_components_bulk_secret_store_bulk_get(result uintptr) {
	syncExportPinner.Unpin()
}

// Unused, but present to make the compiler happy
