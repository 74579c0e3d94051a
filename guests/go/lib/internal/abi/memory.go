package abi

import (
	"runtime"
	"slices"
	"strings"
	"unsafe"
)

// Arguments, and results of what the guest imports, are written by the host into memory that it asks for by `cabi_realloc`.
// While it does so the guest may call nothing outside. Memory from Go's heap would be wrong for that: to get more of it, Go may
// collect garbage or give pages back, both of which read the clock, and the clock is outside. The instance would trap, after some
// thousands of calls or with the first large value. So this memory is not the collector's: it is taken from the system, holds
// arguments only until the generated code has copied them, and is used again by the next call.

// chunk is one piece of such memory.
type chunk struct {
	start, size uintptr
	// kept is what is never released, and used is that and what was taken since.
	kept, used uintptr
}

// A further chunk is at least half as large as all before it, so that their number is small, and their sum in proportion to the
// largest call.
type chunks struct {
	// An array, since to append would be to ask for memory of Go's heap.
	all   [32]chunk
	count int
	grow  func(size uintptr) uintptr
}

// smallest is the size of the first chunk, more than the arguments of most calls, and sizes are multiples of it, as those of pages.
const smallest = 64 << 10

// nowhere is an address that no memory reaches: the host refuses to write there, and says so.
const nowhere = ^uintptr(0)

// take finds room. The alignment is a power of two.
func (c *chunks) take(size, align uintptr) uintptr {
	for i := range c.all[:c.count] {
		if address := c.all[i].take(size, align); address != 0 {
			return address
		}
	}
	sum := uintptr(0)
	for _, chunk := range c.all[:c.count] {
		sum += chunk.size
	}
	room := (max(size+align, sum/2) + smallest - 1) &^ (smallest - 1)
	if room < size {
		return nowhere &^ (align - 1)
	}
	start := uintptr(0)
	if c.count < len(c.all) {
		start = c.grow(room)
	}
	if start == 0 {
		return nowhere &^ (align - 1)
	}
	c.all[c.count] = chunk{start: start, size: room}
	c.count++
	return c.all[c.count-1].take(size, align)
}

// take is 0 where there is no room.
func (c *chunk) take(size, align uintptr) uintptr {
	address := (c.start + c.used + align - 1) &^ (align - 1)
	end := address + size
	if end < address || end > c.start+c.size {
		return 0
	}
	c.used = end - c.start
	return address
}

// keep lets nobody have again what was taken until now.
func (c *chunks) keep() {
	for i := range c.all[:c.count] {
		c.all[i].kept = c.all[i].used
	}
}

// release makes room of everything else.
func (c *chunks) release() {
	for i := range c.all[:c.count] {
		c.all[i].used = c.all[i].kept
	}
}

// String copies a text that the host has written.
func String(data *byte, length uint32) string {
	return strings.Clone(unsafe.String(data, length))
}

// Slice copies a list that the host has written.
func Slice[T any](data *T, length uint32) []T {
	return slices.Clone(unsafe.Slice(data, length))
}

// Allocate makes room for a list that the host is to read, until the pinner lets go of it.
func Allocate(pinner *runtime.Pinner, size, align uintptr) unsafe.Pointer {
	if size == 0 {
		return nil
	}
	// Words of 8 bytes are aligned for everything in the contract.
	room := unsafe.Pointer(unsafe.SliceData(make([]uint64, (size+7)/8)))
	pinner.Pin(room)
	return room
}

// Handle names a resource of the host.
type Handle struct {
	value int32
}

// MakeHandle is a handle that the host gave.
func MakeHandle(value int32) *Handle {
	return &Handle{value}
}

// Use is the handle, which stays the guest's.
func (h *Handle) Use() int32 {
	if h.value == 0 {
		panic("a resource of the host is used after it was given away")
	}
	return h.value
}

// Take is the handle, which is the guest's no more.
func (h *Handle) Take() int32 {
	value := h.Use()
	h.value = 0
	return value
}

// TakeOrNil is the handle or 0, and is the guest's no more.
func (h *Handle) TakeOrNil() int32 {
	value := h.value
	h.value = 0
	return value
}

// Set gives the handle a resource.
func (h *Handle) Set(value int32) {
	h.value = value
}
