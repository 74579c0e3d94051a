// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_components_input_binding

import (
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_types"
	"plugbox/internal/wit/wasi_io_poll"
)

type Metadata = []witTypes.Tuple2[string, string]
type Error = dapr_components_types.Error
type Pollable = wasi_io_poll.Pollable

// Names a reader: one stream of events to one application. plugbox chooses it; it is never used twice in one instance.
type ReaderId = uint64

// How many events a reader can take now, at least 1.
type Demand struct {
	Id     uint64
	Events uint32
}

// An event for a reader.
type Event struct {
	Id uint64
	// Names the event among those of this reader that are not answered. Never empty.
	EventId     string
	Data        []uint8
	ContentType witTypes.Option[string]
	Metadata    []witTypes.Tuple2[string, string]
}

// What there is, and what to wait for: as in `pub-sub.pulled`.
type Pulled struct {
	Events  []Event
	AgainIn witTypes.Option[uint64]
	Waits   []*wasi_io_poll.Pollable
}
