//go:build !wasip1

// Package wasi_io_poll stands, on a machine of its own, for what only a host of guests can give.
package wasi_io_poll

// Pollable is something of the host's to wait for.
type Pollable struct{}
