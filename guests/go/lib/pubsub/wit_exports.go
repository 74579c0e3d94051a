// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package pubsub

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_pub_sub"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (24 + 4*4), 8))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:components/pub-sub@0.1.0#init
func wasm_export_dapr_components_pub_sub_init(arg0 uintptr, arg1 uint32) uintptr {

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

//go:wasmexport cabi_post_dapr:components/pub-sub@0.1.0#init
func wasm_export_post_return_dapr_components_pub_sub_init(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/pub-sub@0.1.0#publish
func wasm_export_dapr_components_pub_sub_publish(arg0 uintptr, arg1 uint32, arg2 uintptr, arg3 uint32, arg4 int32, arg5 uintptr, arg6 uint32, arg7 uintptr, arg8 uint32) uintptr {

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
	result := make([]witTypes.Tuple2[string, string], 0, arg8)
	for index := 0; index < int(arg8); index++ {
		base := unsafe.Add(unsafe.Pointer(arg7), index*(4*4))
		value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value3 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result = append(result, witTypes.Tuple2[string, string]{F0: value2, F1: value3})
	}

	witRuntime.Unpin()
	result4 := onPublish(dapr_components_pub_sub.Outgoing{Topic: value, Data: value0, ContentType: option, Metadata: result})

	switch result4.Tag() {
	case witTypes.ResultOk:

		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))

	case witTypes.ResultErr:
		payload := result4.Err()
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

//go:wasmexport cabi_post_dapr:components/pub-sub@0.1.0#publish
func wasm_export_post_return_dapr_components_pub_sub_publish(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/pub-sub@0.1.0#subscribe
func wasm_export_dapr_components_pub_sub_subscribe(arg0 int64, arg1 uintptr, arg2 uint32, arg3 uintptr, arg4 uint32) uintptr {

	pinner := &syncExportPinner
	value := witRuntime.String((*uint8)(unsafe.Pointer(arg1)), arg2)
	result := make([]witTypes.Tuple2[string, string], 0, arg4)
	for index := 0; index < int(arg4); index++ {
		base := unsafe.Add(unsafe.Pointer(arg3), index*(4*4))
		value0 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result = append(result, witTypes.Tuple2[string, string]{F0: value0, F1: value1})
	}

	witRuntime.Unpin()
	result2 := onSubscribe(uint64(arg0), value, result)

	switch result2.Tag() {
	case witTypes.ResultOk:
		payload := result2.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		*(*int32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int32(payload)

	case witTypes.ResultErr:
		payload := result2.Err()
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

//go:wasmexport cabi_post_dapr:components/pub-sub@0.1.0#subscribe
func wasm_export_post_return_dapr_components_pub_sub_subscribe(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/pub-sub@0.1.0#unsubscribe
func wasm_export_dapr_components_pub_sub_unsubscribe(arg0 int64) {

	onUnsubscribe(uint64(arg0))

}

//go:wasmexport dapr:components/pub-sub@0.1.0#pull
func wasm_export_dapr_components_pub_sub_pull(arg0 uintptr, arg1 uint32) uintptr {

	pinner := &syncExportPinner
	result := make([]dapr_components_pub_sub.Demand, 0, arg1)
	for index := 0; index < int(arg1); index++ {
		base := unsafe.Add(unsafe.Pointer(arg0), index*16)

		result = append(result, dapr_components_pub_sub.Demand{Id: uint64(*(*int64)(unsafe.Add(unsafe.Pointer(base), 0))), Messages: uint32(*(*int32)(unsafe.Add(unsafe.Pointer(base), 8)))})
	}

	witRuntime.Unpin()
	result0 := onPull(result)

	switch result0.Tag() {
	case witTypes.ResultOk:
		payload := result0.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		slice6 := (payload).Deliveries
		length8 := uint32(len(slice6))
		result7 := witRuntime.Allocate(pinner, uintptr(length8*(16+10*4)), 8)
		for index, element := range slice6 {
			base := unsafe.Add(result7, index*(16+10*4))
			*(*int64)(unsafe.Add(unsafe.Pointer(base), 0)) = int64((element).Id)
			utf8 := unsafe.Pointer(unsafe.StringData((element).MessageId))
			pinner.Pin(utf8)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 1*4))) = uint32(uint32(len((element).MessageId)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 8)) = uint32(uintptr(uintptr(utf8)))
			utf81 := unsafe.Pointer(unsafe.StringData((element).Topic))
			pinner.Pin(utf81)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 3*4))) = uint32(uint32(len((element).Topic)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 2*4))) = uint32(uintptr(uintptr(utf81)))
			data := unsafe.Pointer(unsafe.SliceData((element).Data))
			pinner.Pin(data)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 5*4))) = uint32(uint32(len((element).Data)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 4*4))) = uint32(uintptr(uintptr(data)))

			switch (element).ContentType.Tag() {
			case witTypes.OptionNone:
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (8 + 6*4))) = int8(int32(0))

			case witTypes.OptionSome:
				payload := (element).ContentType.Some()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (8 + 6*4))) = int8(int32(1))
				utf82 := unsafe.Pointer(unsafe.StringData(payload))
				pinner.Pin(utf82)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 8*4))) = uint32(uint32(len(payload)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 7*4))) = uint32(uintptr(uintptr(utf82)))

			default:
				panic("unreachable")
			}
			slice := (element).Metadata
			length := uint32(len(slice))
			result5 := witRuntime.Allocate(pinner, uintptr(length*(4*4)), 4)
			for index, element := range slice {
				base := unsafe.Add(result5, index*(4*4))
				utf83 := unsafe.Pointer(unsafe.StringData((element).F0))
				pinner.Pin(utf83)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).F0)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf83)))
				utf84 := unsafe.Pointer(unsafe.StringData((element).F1))
				pinner.Pin(utf84)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).F1)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf84)))

			}

			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 10*4))) = uint32(length)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 9*4))) = uint32(uintptr(uintptr(result5)))

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 1*4))) = uint32(length8)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = uint32(uintptr(uintptr(result7)))

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
		slice9 := (payload).Waits
		length11 := uint32(len(slice9))
		result10 := witRuntime.Allocate(pinner, uintptr(length11*4), 4)
		for index, element := range slice9 {
			base := unsafe.Add(result10, index*4)
			*(*int32)(unsafe.Add(unsafe.Pointer(base), 0)) = (element).TakeHandle()

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (24 + 3*4))) = uint32(length11)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (24 + 2*4))) = uint32(uintptr(uintptr(result10)))

	case witTypes.ResultErr:
		payload := result0.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 8)) = int8(int32((payload).Code))
		utf812 := unsafe.Pointer(unsafe.StringData((payload).Message))
		pinner.Pin(utf812)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 2*4))) = uint32(uint32(len((payload).Message)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 + 1*4))) = uint32(uintptr(uintptr(utf812)))

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:components/pub-sub@0.1.0#pull
func wasm_export_post_return_dapr_components_pub_sub_pull(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:components/pub-sub@0.1.0#ack
func wasm_export_dapr_components_pub_sub_ack(arg0 int64, arg1 uintptr, arg2 uint32, arg3 int32, arg4 uintptr, arg5 uint32) {

	value := witRuntime.String((*uint8)(unsafe.Pointer(arg1)), arg2)
	var variant dapr_components_pub_sub.Outcome
	switch arg3 {
	case 0:

		variant = dapr_components_pub_sub.MakeOutcomeAccepted()

	case 1:
		value0 := witRuntime.String((*uint8)(unsafe.Pointer(arg4)), arg5)

		variant = dapr_components_pub_sub.MakeOutcomeFailed(value0)

	default:
		panic("unreachable")
	}
	witRuntime.Unpin()
	onAck(uint64(arg0), value, variant)

}

// Unused, but present to make the compiler happy
