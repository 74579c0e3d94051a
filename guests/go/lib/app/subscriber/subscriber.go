// Package subscriber is for guests that are applications which take messages of brokers.
package subscriber

import (
	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_app_event_types"
	"plugbox/internal/wit/dapr_app_subscriber"
)

// Subscription is what messages an application wants.
type Subscription struct {
	// PubSub is the broker: the name of its Component resource.
	PubSub string
	Topic  string
	// Routes name the paths of messages: the first that matches. None for no difference between them.
	Routes []Route
	// DefaultPath is the path of messages that no route matches, empty for none.
	DefaultPath string
	// DeadLetterTopic is where messages go that are dropped, or were delivered as often as they may; empty for nowhere.
	DeadLetterTopic string
	// Metadata are for the broker; and for daprd, `rawPayload`, which is `true` where messages are no CloudEvents.
	Metadata plugbox.Metadata
}

// Route is a path for some messages.
type Route struct {
	// Matches is an expression of the Common Expression Language, like `event.type == "order.placed"`.
	Matches string
	Path    string
}

// Event is a message as a CloudEvent: what was published, or what Dapr has put around it. What there is none of is empty.
type Event struct {
	ID, Source, Type, SpecVersion string
	ContentType                   string
	Data                          []byte
	Subject, Time, DataSchema     string
	// Extensions are all other attributes: each a bool, a float64, a string or a JSON.
	Extensions map[string]any
}

// JSON is the text of an attribute that is neither a bool nor a number nor a text.
type JSON string

// Message is what a broker brought.
type Message struct {
	Event  Event
	PubSub string
	Topic  string
	// Path is where the subscription's routes lead it; empty without routes.
	Path string
	// Metadata are what the broker says of it. daprd writes the names in lower case.
	Metadata plugbox.Metadata
}

// Outcome is what becomes of a message.
type Outcome = dapr_app_event_types.Outcome

const (
	// Success is for a message that is done with.
	Success = dapr_app_event_types.OutcomeSuccess
	// Retry is for one that is to come again.
	Retry = dapr_app_event_types.OutcomeRetry
	// Drop is for one that is not to come again; it goes to the topic for dead letters, where there is one.
	Drop = dapr_app_event_types.OutcomeDrop
)

// Handler takes messages.
type Handler interface {
	// Subscriptions are what the application wants. Asked when the guest is loaded: the answer may depend on the environment, and on
	// nothing else.
	Subscriptions() []Subscription

	// Handle takes a message. One for which it panics comes again, to another instance.
	Handle(message Message) Outcome
}

var exported border.Exported[Handler]

// Export makes the guest an application that takes messages. Call it once, in an init function.
func Export(handler Handler) {
	exported.Set(handler)
}

func onSubscriptions() []dapr_app_subscriber.Subscription {
	var all []dapr_app_subscriber.Subscription
	for _, wanted := range exported.Get().Subscriptions() {
		var routes []dapr_app_subscriber.Route
		for _, route := range wanted.Routes {
			routes = append(routes, dapr_app_subscriber.Route(route))
		}
		all = append(all, dapr_app_subscriber.Subscription{
			Pubsub:          wanted.PubSub,
			Topic:           wanted.Topic,
			Routes:          routes,
			DefaultPath:     abi.Text(wanted.DefaultPath),
			DeadLetterTopic: abi.Text(wanted.DeadLetterTopic),
			Metadata:        border.List(wanted.Metadata),
		})
	}
	return all
}

func onHandle(message dapr_app_subscriber.Message) Outcome {
	return exported.Get().Handle(Message{
		Event:    event(message.Event),
		PubSub:   message.Pubsub,
		Topic:    message.Topic,
		Path:     message.Path.Some(),
		Metadata: border.Metadata(message.Metadata),
	})
}

func event(event dapr_app_event_types.CloudEvent) Event {
	var extensions map[string]any
	if len(event.Extensions) > 0 {
		extensions = make(map[string]any, len(event.Extensions))
	}
	for _, pair := range event.Extensions {
		extensions[pair.F0] = attribute(pair.F1)
	}
	return Event{
		ID:          event.Id,
		Source:      event.Source,
		Type:        event.Kind,
		SpecVersion: event.SpecVersion,
		ContentType: event.ContentType.Some(),
		Data:        event.Data,
		Subject:     event.Subject.Some(),
		Time:        event.Time.Some(),
		DataSchema:  event.DataSchema.Some(),
		Extensions:  extensions,
	}
}

func attribute(value dapr_app_event_types.Attribute) any {
	switch value.Tag() {
	case dapr_app_event_types.AttributeBoolean:
		return value.Boolean()
	case dapr_app_event_types.AttributeNumber:
		return value.Number()
	case dapr_app_event_types.AttributeText:
		return value.Text()
	default:
		return JSON(value.Json())
	}
}
