package abi

import "unsafe"

var arguments = chunks{grow: grow}

// init runs when the module of WASI preview 1, which the guest is linked with, has all its memory: it asks for that here too,
// before the Go runtime has begun, and does not give it back.
func init() {
	arguments.keep()
}

// sbrk is how the runtime itself asks for memory. What grew the memory otherwise would be written over by the runtime later.
//
//go:linkname sbrk runtime.sbrk
func sbrk(size uintptr) unsafe.Pointer

func grow(size uintptr) uintptr {
	return uintptr(sbrk(size))
}

//go:wasmexport cabi_realloc
func cabiRealloc(old unsafe.Pointer, oldSize, align, newSize uintptr) uintptr {
	address := arguments.take(newSize, align)
	if old != nil && address < nowhere-newSize {
		room := unsafe.Slice((*byte)(unsafe.Pointer(address)), newSize)
		copy(room, unsafe.Slice((*byte)(old), oldSize))
	}
	return address
}

// Unpin begins a call: its arguments are copied by now, and their memory can be used again.
func Unpin() {
	arguments.release()
}
