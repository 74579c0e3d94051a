// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package hello

import (
	witRuntime "plugbox/internal/abi"
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/layotto_components_hello"
	"runtime"
	"unsafe"
)

var staticPinner = runtime.Pinner{}
var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, (4 * 4), 4))
var syncExportPinner = runtime.Pinner{}

//go:wasmexport layotto:components/hello@0.1.0#init
func wasm_export_layotto_components_hello_init(arg0 uintptr, arg1 uint32, arg2 uintptr, arg3 uint32, arg4 uintptr, arg5 uint32, arg6 uintptr, arg7 uint32, arg8 int32, arg9 uintptr, arg10 uint32, arg11 int32, arg12 uintptr, arg13 uint32) uintptr {

	pinner := &syncExportPinner
	value := witRuntime.String((*uint8)(unsafe.Pointer(arg0)), arg1)
	value0 := witRuntime.String((*uint8)(unsafe.Pointer(arg2)), arg3)
	result := make([]witTypes.Tuple2[string, string], 0, arg5)
	for index := 0; index < int(arg5); index++ {
		base := unsafe.Add(unsafe.Pointer(arg4), index*(4*4))
		value1 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value2 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))

		result = append(result, witTypes.Tuple2[string, string]{F0: value1, F1: value2})
	}

	result8 := make([]layotto_components_hello.SecretReference, 0, arg7)
	for index := 0; index < int(arg7); index++ {
		base := unsafe.Add(unsafe.Pointer(arg6), index*(10*4))
		value3 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), 0))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), 4)))
		value4 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (2 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (3 * 4))))
		var option witTypes.Option[string]
		switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (4 * 4)))) {
		case 0:

			option = witTypes.None[string]()
		case 1:
			value5 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (5 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (6 * 4))))

			option = witTypes.Some[string](value5)
		default:
			panic("unreachable")
		}
		var option7 witTypes.Option[string]
		switch uint8(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (7 * 4)))) {
		case 0:

			option7 = witTypes.None[string]()
		case 1:
			value6 := witRuntime.String((*uint8)(unsafe.Pointer(uintptr(*(*uint32)(unsafe.Add(unsafe.Pointer(base), (8 * 4)))))), *(*uint32)(unsafe.Add(unsafe.Pointer(base), (9 * 4))))

			option7 = witTypes.Some[string](value6)
		default:
			panic("unreachable")
		}

		result8 = append(result8, layotto_components_hello.SecretReference{StoreName: value3, Key: value4, SubKey: option, InjectAs: option7})
	}

	var option10 witTypes.Option[string]
	switch arg8 {
	case 0:

		option10 = witTypes.None[string]()
	case 1:
		value9 := witRuntime.String((*uint8)(unsafe.Pointer(arg9)), arg10)

		option10 = witTypes.Some[string](value9)
	default:
		panic("unreachable")
	}
	var option12 witTypes.Option[string]
	switch arg11 {
	case 0:

		option12 = witTypes.None[string]()
	case 1:
		value11 := witRuntime.String((*uint8)(unsafe.Pointer(arg12)), arg13)

		option12 = witTypes.Some[string](value11)
	default:
		panic("unreachable")
	}
	witRuntime.Unpin()
	result13 := onInit(layotto_components_hello.Config{Kind: value, Hello: value0, Properties: result, Secrets: result8, SecretStore: option10, ConfigStore: option12})

	switch result13.Tag() {
	case witTypes.ResultOk:

		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))

	case witTypes.ResultErr:
		payload := result13.Err()
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

//go:wasmexport cabi_post_layotto:components/hello@0.1.0#init
func wasm_export_post_return_layotto_components_hello_init(result uintptr) {
	syncExportPinner.Unpin()
}

//go:wasmexport layotto:components/hello@0.1.0#say-hello
func wasm_export_layotto_components_hello_say_hello(arg0 uintptr, arg1 uint32) uintptr {

	pinner := &syncExportPinner
	value := witRuntime.String((*uint8)(unsafe.Pointer(arg0)), arg1)
	witRuntime.Unpin()
	result := onSayHello(value)

	switch result.Tag() {
	case witTypes.ResultOk:
		payload := result.Ok()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(0))
		utf8 := unsafe.Pointer(unsafe.StringData(payload))
		pinner.Pin(utf8)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(uint32(len(payload)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = uint32(uintptr(uintptr(utf8)))

	case witTypes.ResultErr:
		payload := result.Err()
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 0)) = int8(int32(1))
		*(*int8)(unsafe.Add(unsafe.Pointer(exportReturnArea), 4)) = int8(int32((payload).Code))
		utf80 := unsafe.Pointer(unsafe.StringData((payload).Message))
		pinner.Pin(utf80)
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (3 * 4))) = uint32(uint32(len((payload).Message)))
		*(*uint32)(unsafe.Add(unsafe.Pointer(exportReturnArea), (2 * 4))) = uint32(uintptr(uintptr(utf80)))

	default:
		panic("unreachable")
	}
	return exportReturnArea

}

//go:wasmexport cabi_post_layotto:components/hello@0.1.0#say-hello
func wasm_export_post_return_layotto_components_hello_say_hello(result uintptr) {
	syncExportPinner.Unpin()
}

// Unused, but present to make the compiler happy
