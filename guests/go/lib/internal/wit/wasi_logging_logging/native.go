//go:build !wasip1

// Package wasi_logging_logging stands, on a machine of its own, for what only a host of guests can give.
package wasi_logging_logging

import "log"

// The levels, as the contract numbers them.
const (
	LevelTrace uint8 = iota
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
	LevelCritical
)

// Log writes to standard error.
func Log(level uint8, context, message string) {
	log.Print(level, " ", context, message)
}
