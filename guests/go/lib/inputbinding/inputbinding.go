// Package inputbinding is for guests that bring events from outside to an application. As in the package pubsub, events are
// pulled, and plugbox waits.
package inputbinding

import (
	"errors"
	"time"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_input_binding"
)

// ReaderID names a stream of events to one application. plugbox chooses it; it is never used twice in one instance.
type ReaderID uint64

// Demand is how many events a reader can take now, at least 1.
type Demand struct {
	ID     ReaderID
	Events uint32
}

// Event is for a reader.
type Event struct {
	ID ReaderID
	// EventID names the event among those of this reader that are not answered. Never empty.
	EventID string
	Data    []byte
	// ContentType is empty for none.
	ContentType string
	Metadata    plugbox.Metadata
}

// Pulled is what there is now, and when there may be more.
type Pulled struct {
	// Events are no more for each reader than it asked for.
	Events []Event
	// Wake is when plugbox is to pull again though nothing was called meanwhile. Zero: only another call can bring more.
	Wake time.Time
}

// Binding is an input binding.
type Binding interface {
	// Init is called before anything else, once for each Component resource of Dapr that names this binding, with the resource's
	// metadata; and again when that resource is changed, or after plugbox had to start a new instance.
	Init(properties plugbox.Metadata) error

	// Open tells that an application begins to listen. It answers how many events it may have and not have answered at once, at
	// least 1.
	Open(id ReaderID) (window uint32, err error)

	// Close tells that the application has gone. What it has not answered counts as not delivered.
	Close(id ReaderID)

	// Pull answers at once: what there is for these readers, and when there may be more.
	Pull(wanted []Demand) (Pulled, error)

	// Answer is what the application says to an event: what it returned, or why it failed. Unknown ids are to be ignored.
	Answer(id ReaderID, eventID string, response []byte, failure error)
}

var exported border.Exported[Binding]

// Export makes the guest an input binding. Call it once, in an init function.
func Export(binding Binding) {
	exported.Set(binding)
}

func onInit(properties border.Pairs) border.Result[abi.Unit] {
	return border.Done(exported.Get().Init(border.Metadata(properties)))
}

func onOpen(id uint64) border.Result[uint32] {
	return border.Answer(exported.Get().Open(ReaderID(id)))
}

func onClose(id uint64) {
	exported.Get().Close(ReaderID(id))
}

func onPull(wanted []dapr_components_input_binding.Demand) border.Result[dapr_components_input_binding.Pulled] {
	demands := make([]Demand, len(wanted))
	for i, demand := range wanted {
		demands[i] = Demand{ReaderID(demand.Id), demand.Events}
	}
	pulled, err := exported.Get().Pull(demands)
	if err != nil {
		return border.Answer(dapr_components_input_binding.Pulled{}, err)
	}
	events := make([]dapr_components_input_binding.Event, len(pulled.Events))
	for i, event := range pulled.Events {
		events[i] = dapr_components_input_binding.Event{
			Id:          uint64(event.ID),
			EventId:     event.EventID,
			Data:        event.Data,
			ContentType: abi.Text(event.ContentType),
			Metadata:    border.List(event.Metadata),
		}
	}
	return border.Answer(dapr_components_input_binding.Pulled{Events: events, AgainIn: border.Again(pulled.Wake)}, nil)
}

func onAnswer(id uint64, eventID string, outcome abi.Result[[]byte, string]) {
	var failure error
	if outcome.Tag() == abi.ResultErr {
		failure = errors.New(outcome.Err())
	}
	exported.Get().Answer(ReaderID(id), eventID, outcome.Ok(), failure)
}
