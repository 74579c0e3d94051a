// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_app_subscriber

import (
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_app_event_types"
)

type Metadata = []witTypes.Tuple2[string, string]
type CloudEvent = dapr_app_event_types.CloudEvent
type Outcome = dapr_app_event_types.Outcome

// A path for some messages.
type Route struct {
	// Which: an expression of the Common Expression Language, like `event.type == "order.placed"`.
	Matches string
	// What their `path` is then.
	Path string
}

// Many messages at once. What is none is daprd's to choose.
type Bulk struct {
	// The most messages, at least 1.
	MaxMessages witTypes.Option[uint32]
	// The most milliseconds that a message waits for others, at least 1.
	MaxWait witTypes.Option[uint32]
}

// Messages that the application wants.
type Subscription struct {
	// The broker: the name of its Component resource. Never empty.
	Pubsub string
	// Never empty.
	Topic string
	// The first that matches names the path; empty for no difference between messages.
	Routes []Route
	// The path of messages that no route matches.
	DefaultPath witTypes.Option[string]
	// Where messages go that are dropped, or were delivered as often as they may.
	DeadLetterTopic witTypes.Option[string]
	// Many messages at once. An application that does not export `bulk-subscriber` gets them one by one all the same.
	Bulk witTypes.Option[Bulk]
	// For the broker; and for daprd, `rawPayload`, which is `true` where messages are no CloudEvents.
	Metadata []witTypes.Tuple2[string, string]
}

// A message.
type Message struct {
	Event  dapr_app_event_types.CloudEvent
	Pubsub string
	Topic  string
	// Where the subscription's routes lead it; none without routes.
	Path witTypes.Option[string]
	// What the broker says of it. daprd writes the names in lower case.
	Metadata []witTypes.Tuple2[string, string]
}
