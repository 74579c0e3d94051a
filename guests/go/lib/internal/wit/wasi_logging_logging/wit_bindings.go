// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

//go:build wasip1

package wasi_logging_logging

import (
	"runtime"
	"unsafe"
)

const (
	// Each step, for whoever follows the code.
	LevelTrace uint8 = 0
	// What helps to find a fault.
	LevelDebug uint8 = 1
	// What happens in the ordinary course of things.
	LevelInfo uint8 = 2
	// Something is odd, and work goes on.
	LevelWarn uint8 = 3
	// Something failed.
	LevelError uint8 = 4
	// Nothing works any more.
	LevelCritical uint8 = 5
)

// How much a message matters, from the least to the most.
type Level = uint8

//go:wasmimport wasi:logging/logging@0.1.0-draft log
func wasm_import_log(arg0 int32, arg1 uintptr, arg2 uint32, arg3 uintptr, arg4 uint32)

func Log(level Level, context string, message string) {
	pinner := &runtime.Pinner{}
	defer pinner.Unpin()

	utf8 := unsafe.Pointer(unsafe.StringData(context))
	pinner.Pin(utf8)
	utf80 := unsafe.Pointer(unsafe.StringData(message))
	pinner.Pin(utf80)
	wasm_import_log(int32(level), uintptr(utf8), uint32(len(context)), uintptr(utf80), uint32(len(message)))

}
