// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package transactions

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_state_types"
	"plugbox/internal/wit/dapr_components_transactional_state_store"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (24 + 8*4), 8))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:components/transactional-state-store@0.1.0#transact
func wasm_export_dapr_components_transactional_state_store_transact(arg0 uintptr, arg1 uint32, arg2 uintptr, arg3 uint32) uintptr {

	pinner := &syncExportPinner
	result12 := make([]dapr_components_transactional_state_store.Operation, 0, arg1)
	for index := 0; index < int(arg1); index++ {
		base := unsafe.Add(unsafe.Pointer(arg0), index*(14*4))
		var variant dapr_components_transactional_state_store.Operation
		switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))) {
		case 0:
			value := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))))
			value0 := witRuntime.Slice((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4))))
			var option witTypes.Option[string]
			switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (5 * 4)))) {
			case 0:

				option = witTypes.None[string]()
			case 1:
				value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (6 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (7 * 4))))

				option = witTypes.Some[string](value1)
			default:
				panic("unreachable")
			}
			var option3 witTypes.Option[string]
			switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4)))) {
			case 0:

				option3 = witTypes.None[string]()
			case 1:
				value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (9 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (10 * 4))))

				option3 = witTypes.Some[string](value2)
			default:
				panic("unreachable")
			}
			result := make([]witTypes.Tuple2[string, string], 0, *(*uint32)(unsafe.Add(unsafe.Pointer(base), (13 * 4))))
			for index := 0; index < int(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (13 * 4)))); index++ {
				base := unsafe.Add(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (12 * 4))))), index*(4*4))
				value4 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
				value5 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

				result = append(result, witTypes.Tuple2[string, string]{F0: value4, F1: value5})
			}

			variant = dapr_components_transactional_state_store.MakeOperationSet(dapr_components_state_types.SetRequest{Key: value, Value: value0, ContentType: option, Etag: option3, Concurrency: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (11 * 4))))), Consistency: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (1 + 11*4))))), Metadata: result})

		case 1:
			value6 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))))
			var option8 witTypes.Option[string]
			switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4)))) {
			case 0:

				option8 = witTypes.None[string]()
			case 1:
				value7 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (5 * 4))))

				option8 = witTypes.Some[string](value7)
			default:
				panic("unreachable")
			}
			result11 := make([]witTypes.Tuple2[string, string], 0, *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4))))
			for index := 0; index < int(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4)))); index++ {
				base := unsafe.Add(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (7 * 4))))), index*(4*4))
				value9 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
				value10 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

				result11 = append(result11, witTypes.Tuple2[string, string]{F0: value9, F1: value10})
			}

			variant = dapr_components_transactional_state_store.MakeOperationDelete(dapr_components_state_types.DeleteRequest{Key: value6, Etag: option8, Concurrency: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (6 * 4))))), Consistency: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (1 + 6*4))))), Metadata: result11})

		default:
			panic("unreachable")
		}

		result12 = append(result12, variant)
	}

	result15 := make([]witTypes.Tuple2[string, string], 0, arg3)
	for index := 0; index < int(arg3); index++ {
		base := unsafe.Add(unsafe.Pointer(arg2), index*(4*4))
		value13 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value14 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result15 = append(result15, witTypes.Tuple2[string, string]{F0: value13, F1: value14})
	}

	witRuntime.Unpin()
	result16 := onTransact(result12, result15)

	switch result16.Tag() {
	case witTypes.ResultOk:

		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))

	case witTypes.ResultErr:
		payload := result16.Err()
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
			utf817 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf817)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf817)))

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
			utf818 := unsafe.Pointer(unsafe.StringData((payload).Tag))
			pinner.Pin(utf818)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Tag)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf818)))
			utf819 := unsafe.Pointer(unsafe.StringData((payload).Reason))
			pinner.Pin(utf819)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 4*4))) = uint32(uint32(len((payload).Reason)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 3*4))) = uint32(uintptr(uintptr(utf819)))
			utf820 := unsafe.Pointer(unsafe.StringData((payload).Domain))
			pinner.Pin(utf820)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 6*4))) = uint32(uint32(len((payload).Domain)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 5*4))) = uint32(uintptr(uintptr(utf820)))
			utf821 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf821)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 8*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 7*4))) = uint32(uintptr(uintptr(utf821)))

		case dapr_components_state_types.StateErrorOther:
			payload := payload.Other()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(4))
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int8(int32((payload).Code))
			utf822 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf822)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf822)))

		default:
			panic("unreachable")
		}

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/transactional-state-store@0.1.0#transact
func wasm_export_post_return_dapr_components_transactional_state_store_transact(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/transactional-state-store@0.1.0#max-operations
func wasm_export_dapr_components_transactional_state_store_max_operations() uintptr {

	result := onMaxOperations()

	switch result.Tag() {
	case witTypes.OptionNone:
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))

	case witTypes.OptionSome:
		payload := result.Some()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int32(payload)

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

// Unused, but present to make the compiler happy
