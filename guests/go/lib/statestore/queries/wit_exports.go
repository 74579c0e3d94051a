// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package queries

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_queriable_state_store"
	"plugbox/internal/wit/dapr_components_state_types"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (24 + 8*4), 8))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:components/queriable-state-store@0.1.0#query
func wasm_export_dapr_components_queriable_state_store_query(arg0 uintptr, arg1 uint32, arg2 uintptr, arg3 uint32, arg4 int32, arg5 int32, arg6 int32, arg7 uintptr, arg8 uint32, arg9 uintptr, arg10 uint32) uintptr {

	pinner := &syncExportPinner
	result9 := make([]dapr_components_queriable_state_store.Node, 0, arg1)
	for index := 0; index < int(arg1); index++ {
		base := unsafe.Add(unsafe.Pointer(arg0), index*(24+4*4))
		var variant8 dapr_components_queriable_state_store.Node
		switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))) {
		case 0:
			value := witRuntime.Slice((*uint32)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 8))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 1*4))))

			variant8 = dapr_components_queriable_state_store.MakeNodeAllOf(value)

		case 1:
			value0 := witRuntime.Slice((*uint32)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 8))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 1*4))))

			variant8 = dapr_components_queriable_state_store.MakeNodeAnyOf(value0)

		case 2:
			value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 8))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 1*4))))
			var variant dapr_components_queriable_state_store.Value
			switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (16 + 2*4)))) {
			case 0:

				variant = dapr_components_queriable_state_store.MakeValueNull()

			case 1:

				variant = dapr_components_queriable_state_store.MakeValueBoolean((uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (24 + 2*4)))) != 0))

			case 2:

				variant = dapr_components_queriable_state_store.MakeValueInteger(*(*int64)(unsafe.Add(unsafe.Pointer(base), (24 + 2*4))))

			case 3:

				variant = dapr_components_queriable_state_store.MakeValueNumber(*(*float64)(unsafe.Add(unsafe.Pointer(base), (24 + 2*4))))

			case 4:
				value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (24 + 2*4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (24 + 3*4))))

				variant = dapr_components_queriable_state_store.MakeValueText(value2)

			case 5:
				value3 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (24 + 2*4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (24 + 3*4))))

				variant = dapr_components_queriable_state_store.MakeValueJson(value3)

			default:
				panic("unreachable")
			}

			variant8 = dapr_components_queriable_state_store.MakeNodeCompare(dapr_components_queriable_state_store.Compare{Path: value1, Comparison: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 2*4))))), Value: variant})

		case 3:
			value4 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 8))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 1*4))))
			result := make([]dapr_components_queriable_state_store.Value, 0, *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 3*4))))
			for index := 0; index < int(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 3*4)))); index++ {
				base := unsafe.Add(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 2*4))))), index*(8+2*4))
				var variant7 dapr_components_queriable_state_store.Value
				switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))) {
				case 0:

					variant7 = dapr_components_queriable_state_store.MakeValueNull()

				case 1:

					variant7 = dapr_components_queriable_state_store.MakeValueBoolean((uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 8))) != 0))

				case 2:

					variant7 = dapr_components_queriable_state_store.MakeValueInteger(*(*int64)(unsafe.Add(unsafe.Pointer(base), 8)))

				case 3:

					variant7 = dapr_components_queriable_state_store.MakeValueNumber(*(*float64)(unsafe.Add(unsafe.Pointer(base), 8)))

				case 4:
					value5 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 8))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 1*4))))

					variant7 = dapr_components_queriable_state_store.MakeValueText(value5)

				case 5:
					value6 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 8))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 1*4))))

					variant7 = dapr_components_queriable_state_store.MakeValueJson(value6)

				default:
					panic("unreachable")
				}

				result = append(result, variant7)
			}

			variant8 = dapr_components_queriable_state_store.MakeNodeOneOf(dapr_components_queriable_state_store.OneOf{Path: value4, Values: result})

		default:
			panic("unreachable")
		}

		result9 = append(result9, variant8)
	}

	result11 := make([]dapr_components_queriable_state_store.SortKey, 0, arg3)
	for index := 0; index < int(arg3); index++ {
		base := unsafe.Add(unsafe.Pointer(arg2), index*(3*4))
		value10 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))

		result11 = append(result11, dapr_components_queriable_state_store.SortKey{Path: value10, Descending: (uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))) != 0)})
	}

	var option witTypes.Option[uint32]
	switch arg4 {
	case 0:

		option = witTypes.None[uint32]()
	case 1:

		option = witTypes.Some[uint32](uint32(arg5))
	default:
		panic("unreachable")
	}
	var option13 witTypes.Option[string]
	switch arg6 {
	case 0:

		option13 = witTypes.None[string]()
	case 1:
		value12 := witRuntime.String((*uint8)(unsafe.Pointer(arg7)), arg8)

		option13 = witTypes.Some[string](value12)
	default:
		panic("unreachable")
	}
	result16 := make([]witTypes.Tuple2[string, string], 0, arg10)
	for index := 0; index < int(arg10); index++ {
		base := unsafe.Add(unsafe.Pointer(arg9), index*(4*4))
		value14 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value15 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result16 = append(result16, witTypes.Tuple2[string, string]{F0: value14, F1: value15})
	}

	witRuntime.Unpin()
	result17 := onQuery(dapr_components_queriable_state_store.QueryRequest{Filter: result9, Sort: result11, Limit: option, Token: option13, Metadata: result16})

	switch result17.Tag() {
	case witTypes.ResultOk:
		payload := result17.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		slice := (payload).Items
		length := uint32(len(slice))
		result20 := witRuntime.Allocate(pinner, uintptr(length*(10*4)), 4)
		for index, element := range slice {
			base := unsafe.Add(result20, index*(10*4))
			utf8 := unsafe.Pointer(unsafe.StringData((element).Key))
			pinner.Pin(utf8)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).Key)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf8)))
			data := unsafe.Pointer(unsafe.SliceData((element).Value))
			pinner.Pin(data)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).Value)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(data)))

			switch (element).Etag.Tag() {
			case witTypes.OptionNone:
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (4 * 4))) = int8(int32(0))

			case witTypes.OptionSome:
				payload := (element).Etag.Some()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (4 * 4))) = int8(int32(1))
				utf818 := unsafe.Pointer(unsafe.StringData(payload))
				pinner.Pin(utf818)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (6 * 4))) = uint32(uint32(len(payload)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (5 * 4))) = uint32(uintptr(uintptr(utf818)))

			default:
				panic("unreachable")
			}

			switch (element).ContentType.Tag() {
			case witTypes.OptionNone:
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (7 * 4))) = int8(int32(0))

			case witTypes.OptionSome:
				payload := (element).ContentType.Some()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (7 * 4))) = int8(int32(1))
				utf819 := unsafe.Pointer(unsafe.StringData(payload))
				pinner.Pin(utf819)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (9 * 4))) = uint32(uint32(len(payload)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4))) = uint32(uintptr(uintptr(utf819)))

			default:
				panic("unreachable")
			}

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 1*4))) = uint32(length)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = uint32(uintptr(uintptr(result20)))

		switch (payload).Token.Tag() {
		case witTypes.OptionNone:
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 2*4))) = int8(int32(0))

		case witTypes.OptionSome:
			payload := (payload).Token.Some()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 2*4))) = int8(int32(1))
			utf821 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf821)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 4*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 3*4))) = uint32(uintptr(uintptr(utf821)))

		default:
			panic("unreachable")
		}
		slice24 := (payload).Metadata
		length26 := uint32(len(slice24))
		result25 := witRuntime.Allocate(pinner, uintptr(length26*(4*4)), 4)
		for index, element := range slice24 {
			base := unsafe.Add(result25, index*(4*4))
			utf822 := unsafe.Pointer(unsafe.StringData((element).F0))
			pinner.Pin(utf822)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).F0)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf822)))
			utf823 := unsafe.Pointer(unsafe.StringData((element).F1))
			pinner.Pin(utf823)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).F1)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf823)))

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 6*4))) = uint32(length26)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 5*4))) = uint32(uintptr(uintptr(result25)))

	case witTypes.ResultErr:
		payload := result17.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))

		switch payload.Tag() {
		case dapr_components_state_types.StateErrorEtagMismatch:
			payload := payload.EtagMismatch()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(0))
			utf827 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf827)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf827)))

		case dapr_components_state_types.StateErrorEtagInvalid:
			payload := payload.EtagInvalid()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(1))
			utf828 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf828)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = uint32(uintptr(uintptr(utf828)))

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
			utf829 := unsafe.Pointer(unsafe.StringData((payload).Tag))
			pinner.Pin(utf829)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Tag)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf829)))
			utf830 := unsafe.Pointer(unsafe.StringData((payload).Reason))
			pinner.Pin(utf830)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 4*4))) = uint32(uint32(len((payload).Reason)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 3*4))) = uint32(uintptr(uintptr(utf830)))
			utf831 := unsafe.Pointer(unsafe.StringData((payload).Domain))
			pinner.Pin(utf831)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 6*4))) = uint32(uint32(len((payload).Domain)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 5*4))) = uint32(uintptr(uintptr(utf831)))
			utf832 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf832)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 8*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 7*4))) = uint32(uintptr(uintptr(utf832)))

		case dapr_components_state_types.StateErrorOther:
			payload := payload.Other()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32(4))
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 16)) = int8(int32((payload).Code))
			utf833 := unsafe.Pointer(unsafe.StringData((payload).Message))
			pinner.Pin(utf833)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 2*4))) = uint32(uint32(len((payload).Message)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (16 + 1*4))) = uint32(uintptr(uintptr(utf833)))

		default:
			panic("unreachable")
		}

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/queriable-state-store@0.1.0#query
func wasm_export_post_return_dapr_components_queriable_state_store_query(result uintptr) {
	syncExportPinner.Unpin()
}

// Unused, but present to make the compiler happy
