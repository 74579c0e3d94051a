// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package invoke

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_app_invocation_types"
	"plugbox/internal/wit/dapr_components_status_types"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (11 * 4), 4))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport dapr:app/invoke@0.1.0#handle
func wasm_export_dapr_app_invoke_handle(arg0 uintptr) uintptr {

	pinner := &syncExportPinner
	value := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), 4)))
	value0 := witRuntime.Slice((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (3 * 4))))
	var option witTypes.Option[string]
	switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (4 * 4)))) {
	case 0:

		option = witTypes.None[string]()
	case 1:
		value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (5 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (6 * 4))))

		option = witTypes.Some[string](value1)
	default:
		panic("unreachable")
	}
	var option3 witTypes.Option[string]
	switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (7 * 4)))) {
	case 0:

		option3 = witTypes.None[string]()
	case 1:
		value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (8 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (9 * 4))))

		option3 = witTypes.Some[string](value2)
	default:
		panic("unreachable")
	}
	var option6 witTypes.Option[dapr_app_invocation_types.Http]
	switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (10 * 4)))) {
	case 0:

		option6 = witTypes.None[dapr_app_invocation_types.Http]()
	case 1:
		var option5 witTypes.Option[string]
		switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (12 * 4)))) {
		case 0:

			option5 = witTypes.None[string]()
		case 1:
			value4 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (13 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (14 * 4))))

			option5 = witTypes.Some[string](value4)
		default:
			panic("unreachable")
		}

		option6 = witTypes.Some[dapr_app_invocation_types.Http](dapr_app_invocation_types.Http{Verb: uint8(uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (11 * 4))))), Query: option5})
	default:
		panic("unreachable")
	}
	result := make([]witTypes.Tuple2[string, string], 0, *(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (16 * 4))))
	for index := 0; index < int(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (16 * 4)))); index++ {
		base := unsafe.Add(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(arg0), (15 * 4))))), index*(4*4))
		value7 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value8 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result = append(result, witTypes.Tuple2[string, string]{F0: value7, F1: value8})
	}

	witRuntime.Unpin()
	result9 := onHandle(dapr_app_invocation_types.Request{Method: value, Data: value0, ContentType: option, TypeUrl: option3, Http: option6, Headers: result})

	switch result9.Tag() {
	case witTypes.ResultOk:
		payload := result9.Ok()
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

		switch (payload).TypeUrl.Tag() {
		case witTypes.OptionNone:
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (6 * 4))) = int8(int32(0))

		case witTypes.OptionSome:
			payload := (payload).TypeUrl.Some()
			*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), (6 * 4))) = int8(int32(1))
			utf810 := unsafe.Pointer(unsafe.StringData(payload))
			pinner.Pin(utf810)
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (8 * 4))) = uint32(uint32(len(payload)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (7 * 4))) = uint32(uintptr(uintptr(utf810)))

		default:
			panic("unreachable")
		}
		slice := (payload).Headers
		length := uint32(len(slice))
		result13 := witRuntime.Allocate(pinner, uintptr(length*(4*4)), 4)
		for index, element := range slice {
			base := unsafe.Add(result13, index*(4*4))
			utf811 := unsafe.Pointer(unsafe.StringData((element).F0))
			pinner.Pin(utf811)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).F0)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf811)))
			utf812 := unsafe.Pointer(unsafe.StringData((element).F1))
			pinner.Pin(utf812)
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).F1)))
			*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf812)))

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (10 * 4))) = uint32(length)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (9 * 4))) = uint32(uintptr(uintptr(result13)))

	case witTypes.ResultErr:
		payload := result9.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int8(int32((payload).Code))
		utf814 := unsafe.Pointer(unsafe.StringData((payload).Message))
		pinner.Pin(utf814)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (3 * 4))) = uint32(uint32(len((payload).Message)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(uintptr(uintptr(utf814)))
		slice33 := (payload).Details
		length35 := uint32(len(slice33))
		result34 := witRuntime.Allocate(pinner, uintptr(length35*(10*4)), 4)
		for index, element := range slice33 {
			base := unsafe.Add(result34, index*(10*4))

			switch element.Tag() {
			case dapr_components_status_types.DetailErrorInfo:
				payload := element.ErrorInfo()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), 0)) = int8(int32(0))
				utf815 := unsafe.Pointer(unsafe.StringData((payload).Reason))
				pinner.Pin(utf815)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uint32(len((payload).Reason)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uintptr(uintptr(utf815)))
				utf816 := unsafe.Pointer(unsafe.StringData((payload).Domain))
				pinner.Pin(utf816)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4))) = uint32(uint32(len((payload).Domain)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uintptr(uintptr(utf816)))
				slice19 := (payload).Metadata
				length21 := uint32(len(slice19))
				result20 := witRuntime.Allocate(pinner, uintptr(length21*(4*4)), 4)
				for index, element := range slice19 {
					base := unsafe.Add(result20, index*(4*4))
					utf817 := unsafe.Pointer(unsafe.StringData((element).F0))
					pinner.Pin(utf817)
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).F0)))
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf817)))
					utf818 := unsafe.Pointer(unsafe.StringData((element).F1))
					pinner.Pin(utf818)
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).F1)))
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf818)))

				}

				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (6 * 4))) = uint32(length21)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (5 * 4))) = uint32(uintptr(uintptr(result20)))

			case dapr_components_status_types.DetailBadRequest:
				payload := element.BadRequest()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), 0)) = int8(int32(1))
				slice24 := payload
				length26 := uint32(len(slice24))
				result25 := witRuntime.Allocate(pinner, uintptr(length26*(4*4)), 4)
				for index, element := range slice24 {
					base := unsafe.Add(result25, index*(4*4))
					utf822 := unsafe.Pointer(unsafe.StringData((element).Field))
					pinner.Pin(utf822)
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uint32(len((element).Field)))
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0)) = uint32(uintptr(uintptr(utf822)))
					utf823 := unsafe.Pointer(unsafe.StringData((element).Description))
					pinner.Pin(utf823)
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uint32(len((element).Description)))
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uintptr(uintptr(utf823)))

				}

				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(length26)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uintptr(uintptr(result25)))

			case dapr_components_status_types.DetailResourceInfo:
				payload := element.ResourceInfo()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), 0)) = int8(int32(2))
				utf827 := unsafe.Pointer(unsafe.StringData((payload).Kind))
				pinner.Pin(utf827)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uint32(len((payload).Kind)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uintptr(uintptr(utf827)))
				utf828 := unsafe.Pointer(unsafe.StringData((payload).Name))
				pinner.Pin(utf828)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4))) = uint32(uint32(len((payload).Name)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uintptr(uintptr(utf828)))

				switch (payload).Owner.Tag() {
				case witTypes.OptionNone:
					*(*int8)(unsafe.Add(unsafe.Pointer(base), (5 * 4))) = int8(int32(0))

				case witTypes.OptionSome:
					payload := (payload).Owner.Some()
					*(*int8)(unsafe.Add(unsafe.Pointer(base), (5 * 4))) = int8(int32(1))
					utf829 := unsafe.Pointer(unsafe.StringData(payload))
					pinner.Pin(utf829)
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), (7 * 4))) = uint32(uint32(len(payload)))
					*(*uint32)(unsafe.Add(unsafe.Pointer(base), (6 * 4))) = uint32(uintptr(uintptr(utf829)))

				default:
					panic("unreachable")
				}
				utf830 := unsafe.Pointer(unsafe.StringData((payload).Description))
				pinner.Pin(utf830)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (9 * 4))) = uint32(uint32(len((payload).Description)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4))) = uint32(uintptr(uintptr(utf830)))

			case dapr_components_status_types.DetailOther:
				payload := element.Other()
				*(*int8)(unsafe.Add(unsafe.Pointer(base), 0)) = int8(int32(3))
				utf831 := unsafe.Pointer(unsafe.StringData((payload).TypeUrl))
				pinner.Pin(utf831)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4))) = uint32(uint32(len((payload).TypeUrl)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)) = uint32(uintptr(uintptr(utf831)))
				data32 := unsafe.Pointer(unsafe.SliceData((payload).Value))
				pinner.Pin(data32)
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4))) = uint32(uint32(len((payload).Value)))
				*(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))) = uint32(uintptr(uintptr(data32)))

			default:
				panic("unreachable")
			}

		}

		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (5 * 4))) = uint32(length35)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (4 * 4))) = uint32(uintptr(uintptr(result34)))

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_dapr:app/invoke@0.1.0#handle
func wasm_export_post_return_dapr_app_invoke_handle(result uintptr) {
	syncExportPinner.Unpin()
}

// Unused, but present to make the compiler happy
