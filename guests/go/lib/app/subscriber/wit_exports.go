// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package subscriber

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_app_event_types"
	"plugbox/internal/wit/dapr_app_subscriber"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (2 * 4), 4))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:app/subscriber@0.1.0#subscriptions
func wasm_export_dapr_app_subscriber_subscriptions() uintptr {

	pinner := &syncExportPinner
	result := onSubscriptions()
	slice11 := result
	length13 := uint32(len(slice11))
	result12 := witRuntime.Allocate(pinner, uintptr(length13*(16+15*4)), 4)
	for index, element := range slice11 {
		base := unsafe.Add(result12, index*(16+15*4))
		utf8 := unsafe.Pointer(unsafe.StringData((element).Pubsub))
		pinner.Pin(utf8)
		*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).Pubsub)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf8)))
		utf80 := unsafe.Pointer(unsafe.StringData((element).Topic))
		pinner.Pin(utf80)
		*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).Topic)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf80)))
		slice := (element).Routes
		length := uint32(len(slice))
		result3 := witRuntime.Allocate(pinner, uintptr(length*(4*4)), 4)
		for index, element := range slice {
			base := unsafe.Add(result3, index*(4*4))
			utf81 := unsafe.Pointer(unsafe.StringData((element).Matches))
			pinner.Pin(utf81)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).Matches)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf81)))
			utf82 := unsafe.Pointer(unsafe.StringData((element).Path))
			pinner.Pin(utf82)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).Path)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf82)))

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(base), (5 * 4))) = uint32(length)
		*(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4))) = uint32(uintptr(uintptr(result3)))

		switch (element).DefaultPath.Tag() {
		case witTypes.OptionNone:
			*(*int8)(unsafe.Add(unsafe.Pointer(base), (6 * 4))) = int8(int32(0))

		case witTypes.OptionSome:
			payload := (element).DefaultPath.Some()
			*(*int8)(unsafe.Add(unsafe.Pointer(base), (6 * 4))) = int8(int32(1))
			utf84 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf84)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (7 * 4))) = uint32(uintptr(uintptr(utf84)))

		default:
			panic("unreachable")
		}

		switch (element).DeadLetterTopic.Tag() {
		case witTypes.OptionNone:
			*(*int8)(unsafe.Add(unsafe.Pointer(base), (9 * 4))) = int8(int32(0))

		case witTypes.OptionSome:
			payload := (element).DeadLetterTopic.Some()
			*(*int8)(unsafe.Add(unsafe.Pointer(base), (9 * 4))) = int8(int32(1))
			utf85 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf85)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (11 * 4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (10 * 4))) = uint32(uintptr(uintptr(utf85)))

		default:
			panic("unreachable")
		}

		switch (element).Bulk.Tag() {
		case witTypes.OptionNone:
			*(*int8)(unsafe.Add(unsafe.Pointer(base), (12 * 4))) = int8(int32(0))

		case witTypes.OptionSome:
			payload := (element).Bulk.Some()
			*(*int8)(unsafe.Add(unsafe.Pointer(base), (12 * 4))) = int8(int32(1))

			switch (payload).MaxMessages.Tag() {
			case witTypes.OptionNone:
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (4 + 12*4))) = int8(int32(0))

			case witTypes.OptionSome:
				payload := (payload).MaxMessages.Some()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (4 + 12*4))) = int8(int32(1))
				*(*int32)(unsafe.Add(unsafe.Pointer(base), (8 + 12*4))) = int32(payload)

			default:
				panic("unreachable")
			}

			switch (payload).MaxWait.Tag() {
			case witTypes.OptionNone:
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (12 + 12*4))) = int8(int32(0))

			case witTypes.OptionSome:
				payload := (payload).MaxWait.Some()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), (12 + 12*4))) = int8(int32(1))
				*(*int32)(unsafe.Add(unsafe.Pointer(base), (16 + 12*4))) = int32(payload)

			default:
				panic("unreachable")
			}

		default:
			panic("unreachable")
		}
		slice8 := (element).Metadata
		length10 := uint32(len(slice8))
		result9 := witRuntime.Allocate(pinner, uintptr(length10*(4*4)), 4)
		for index, element := range slice8 {
			base := unsafe.Add(result9, index*(4*4))
			utf86 := unsafe.Pointer(unsafe.StringData((element).F0))
			pinner.Pin(utf86)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).F0)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf86)))
			utf87 := unsafe.Pointer(unsafe.StringData((element).F1))
			pinner.Pin(utf87)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).F1)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf87)))

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(base), (16 + 14*4))) = uint32(length10)
		*(*uint32)(unsafe.Add(unsafe.Pointer(base), (16 + 13*4))) = uint32(uintptr(uintptr(result9)))

	}

	*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = uint32(length13)
	*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = uint32(uintptr(uintptr(result12)))
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:app/subscriber@0.1.0#subscriptions
func wasm_export_post_return_dapr_app_subscriber_subscriptions(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport dapr:app/subscriber@0.1.0#handle
func wasm_export_dapr_app_subscriber_handle(arg0 uintptr) int32 {

	value := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), 4)))
	value0 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (3 * 4))))
	value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (4 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (5 * 4))))
	value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (6 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (7 * 4))))
	var option witTypes.Option[string]
	switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (8 * 4)))) {
	case 0:

		option = witTypes.None[string]()
	case 1:
		value3 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (9 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (10 * 4))))

		option = witTypes.Some[string](value3)
	default:
		panic("unreachable")
	}
	value4 := witRuntime.Slice((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (11 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (12 * 4))))
	var option6 witTypes.Option[string]
	switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (13 * 4)))) {
	case 0:

		option6 = witTypes.None[string]()
	case 1:
		value5 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (14 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (15 * 4))))

		option6 = witTypes.Some[string](value5)
	default:
		panic("unreachable")
	}
	var option8 witTypes.Option[string]
	switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (16 * 4)))) {
	case 0:

		option8 = witTypes.None[string]()
	case 1:
		value7 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (17 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (18 * 4))))

		option8 = witTypes.Some[string](value7)
	default:
		panic("unreachable")
	}
	var option10 witTypes.Option[string]
	switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (19 * 4)))) {
	case 0:

		option10 = witTypes.None[string]()
	case 1:
		value9 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (20 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (21 * 4))))

		option10 = witTypes.Some[string](value9)
	default:
		panic("unreachable")
	}
	result := make([]witTypes.Tuple2[string, dapr_app_event_types.Attribute], 0, *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (23 * 4))))
	for index := 0; index < int(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (23 * 4)))); index++ {
		base := unsafe.Add(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (22 * 4))))), index*(8+4*4))
		value11 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		var variant dapr_app_event_types.Attribute
		switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))) {
		case 0:

			variant = dapr_app_event_types.MakeAttributeBoolean((uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 2*4)))) != 0))

		case 1:

			variant = dapr_app_event_types.MakeAttributeNumber(*(*float64)(unsafe.Add(unsafe.Pointer(base), (8 + 2*4))))

		case 2:
			value12 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 2*4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 3*4))))

			variant = dapr_app_event_types.MakeAttributeText(value12)

		case 3:
			value13 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 2*4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 + 3*4))))

			variant = dapr_app_event_types.MakeAttributeJson(value13)

		default:
			panic("unreachable")
		}

		result = append(result, witTypes.Tuple2[string, dapr_app_event_types.Attribute]{F0: value11, F1: variant})
	}

	value14 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (24 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (25 * 4))))
	value15 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (26 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (27 * 4))))
	var option17 witTypes.Option[string]
	switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (28 * 4)))) {
	case 0:

		option17 = witTypes.None[string]()
	case 1:
		value16 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (29 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (30 * 4))))

		option17 = witTypes.Some[string](value16)
	default:
		panic("unreachable")
	}
	result20 := make([]witTypes.Tuple2[string, string], 0, *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (32 * 4))))
	for index := 0; index < int(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (32 * 4)))); index++ {
		base := unsafe.Add(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (31 * 4))))), index*(4*4))
		value18 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value19 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result20 = append(result20, witTypes.Tuple2[string, string]{F0: value18, F1: value19})
	}

	witRuntime.Unpin()
	result21 := onHandle(dapr_app_subscriber.Message{Event: dapr_app_event_types.CloudEvent{Id: value, Source: value0, Kind: value1, SpecVersion: value2, ContentType: option, Data: value4, Subject: option6, Time: option8, DataSchema: option10, Extensions: result}, Pubsub: value14, Topic: value15, Path: option17, Metadata: result20})
	return int32(result21)

}

// Unused, but present to make the compiler happy
