// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_components_pub_sub

import (
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_types"
	"plugbox/internal/wit/wasi_io_poll"
)

type Metadata = []witTypes.Tuple2[string, string]
type Error = dapr_components_types.Error
type Pollable = wasi_io_poll.Pollable

// Names a subscription. plugbox chooses it; it is never used twice in one instance.
type SubscriptionId = uint64

// A message that an application publishes.
type Outgoing struct {
	Topic       string
	Data        []uint8
	ContentType witTypes.Option[string]
	// What the application sent along; `ttlInSeconds` is the message's life in whole seconds, where the feature
	// `MESSAGE_TTL` is named.
	Metadata []witTypes.Tuple2[string, string]
}

// How many messages a subscription can take now, at least 1.
type Demand struct {
	Id       uint64
	Messages uint32
}

// A message for a subscription.
type Delivery struct {
	Id uint64
	// Names the message among those of this subscription that are not acknowledged. Never empty.
	MessageId string
	// The topic that it was published to, which is another than the subscription's where that has wildcards.
	Topic       string
	Data        []uint8
	ContentType witTypes.Option[string]
	Metadata    []witTypes.Tuple2[string, string]
}

// What there is, and what to wait for.
type Pulled struct {
	// No more for each subscription than it asked for. More are dropped by plugbox as if they had failed.
	Deliveries []Delivery
	// plugbox pulls again so many nanoseconds from now, or earlier. None: there is nothing that time brings.
	AgainIn witTypes.Option[uint64]
	// plugbox pulls again when one of these is ready, too: for a guest that waits for something of the host's, like a socket.
	// Without either it pulls again after the next call to this instance.
	// plugbox drops all of them before any other call into the instance, so that a pollable never outlives what it came from.
	// (The one exception is a guest that is an input binding too: the two are pulled one after the other, and then waited for together.)
	Waits []*wasi_io_poll.Pollable
}

const (
	// The application has taken it.
	OutcomeAccepted uint8 = 0
	// It has not, and why, in words. Whether, when and how often it is delivered again is the guest's affair.
	OutcomeFailed uint8 = 1
)

// What became of a message.
type Outcome struct {
	tag   uint8
	value any
}

func (self Outcome) Tag() uint8 {
	return self.tag
}

func (self Outcome) Failed() string {
	if self.tag != OutcomeFailed {
		panic("tag mismatch")
	}
	return self.value.(string)
}

func MakeOutcomeAccepted() Outcome {
	return Outcome{OutcomeAccepted, nil}
}
func MakeOutcomeFailed(value string) Outcome {
	return Outcome{OutcomeFailed, value}
}
