// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package bulkpublish

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_bulk_publish"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (4 * 4), 4))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:components/bulk-publish@0.1.0#bulk-publish
func wasm_export_dapr_components_bulk_publish_bulk_publish(arg0 uintptr, arg1 uint32, arg2 uintptr, arg3 uint32, arg4 uintptr, arg5 uint32) uintptr {

	pinner := &syncExportPinner
	value := witRuntime.String((*uint8)(unsafe.Pointer(arg0)), arg1)
	result5 := make([]dapr_components_bulk_publish.Entry, 0, arg3)
	for index := 0; index < int(arg3); index++ {
		base := unsafe.Add(unsafe.Pointer(arg2), index*(9*4))
		value0 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value1 := witRuntime.Slice((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))
		var option witTypes.Option[string]
		switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4)))) {
		case 0:

			option = witTypes.None[string]()
		case 1:
			value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (5 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (6 * 4))))

			option = witTypes.Some[string](value2)
		default:
			panic("unreachable")
		}
		result := make([]witTypes.Tuple2[string, string], 0, *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4))))
		for index := 0; index < int(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4)))); index++ {
			base := unsafe.Add(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (7 * 4))))), index*(4*4))
			value3 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
			value4 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

			result = append(result, witTypes.Tuple2[string, string]{F0: value3, F1: value4})
		}

		result5 = append(result5, dapr_components_bulk_publish.Entry{EntryId: value0, Data: value1, ContentType: option, Metadata: result})
	}

	result8 := make([]witTypes.Tuple2[string, string], 0, arg5)
	for index := 0; index < int(arg5); index++ {
		base := unsafe.Add(unsafe.Pointer(arg4), index*(4*4))
		value6 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value7 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result8 = append(result8, witTypes.Tuple2[string, string]{F0: value6, F1: value7})
	}

	witRuntime.Unpin()
	result9 := onBulkPublish(value, result5, result8)

	switch result9.Tag() {
	case witTypes.ResultOk:
		payload := result9.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		slice := payload
		length := uint32(len(slice))
		result11 := witRuntime.Allocate(pinner, uintptr(length*(4*4)), 4)
		for index, element := range slice {
			base := unsafe.Add(result11, index*(4*4))
			utf8 := unsafe.Pointer(unsafe.StringData((element).EntryId))
			pinner.Pin(utf8)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).EntryId)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf8)))
			utf810 := unsafe.Pointer(unsafe.StringData((element).Reason))
			pinner.Pin(utf810)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).Reason)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf810)))

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(length)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = uint32(uintptr(uintptr(result11)))

	case witTypes.ResultErr:
		payload := result9.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int8(int32((payload).Code))
		utf812 := unsafe.Pointer(unsafe.StringData((payload).Message))
		pinner.Pin(utf812)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (3 * 4))) = uint32(uint32(len((payload).Message)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(uintptr(uintptr(utf812)))

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/bulk-publish@0.1.0#bulk-publish
func wasm_export_post_return_dapr_components_bulk_publish_bulk_publish(result uintptr) {
	syncExportPinner.Unpin()
}

// Unused, but present to make the compiler happy
