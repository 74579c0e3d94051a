// Package bulkpublish is for message brokers that publish many messages better than one by one. A guest that imports it has the
// feature BULK_PUBSUB.
package bulkpublish

import (
	"plugbox"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_bulk_publish"
)

// Entry is one message of many.
type Entry struct {
	// ID names the message in the answer.
	ID   string
	Data []byte
	// ContentType is empty where the application named none.
	ContentType string
	Metadata    plugbox.Metadata
}

// Failure is a message that could not be published, and why.
type Failure struct {
	ID  string
	Err error
}

// Broker publishes many messages.
type Broker interface {
	// BulkPublish publishes what it can, and answers which messages it could not publish. An error means that it published none.
	BulkPublish(topic string, entries []Entry, metadata plugbox.Metadata) ([]Failure, error)
}

var exported border.Exported[Broker]

// Export makes the guest publish many messages. Call it once, in an init function; a guest that does is a pubsub.Broker too.
func Export(broker Broker) {
	exported.Set(broker)
}

func onBulkPublish(
	topic string, messages []dapr_components_bulk_publish.Entry, metadata border.Pairs,
) border.Result[[]dapr_components_bulk_publish.Failure] {
	entries := make([]Entry, len(messages))
	for i, message := range messages {
		entries[i] = Entry{
			ID:          message.EntryId,
			Data:        message.Data,
			ContentType: message.ContentType.Some(),
			Metadata:    border.Metadata(message.Metadata),
		}
	}
	failed, err := exported.Get().BulkPublish(topic, entries, border.Metadata(metadata))
	failures := make([]dapr_components_bulk_publish.Failure, len(failed))
	for i, failure := range failed {
		failures[i] = dapr_components_bulk_publish.Failure{EntryId: failure.ID, Reason: failure.Err.Error()}
	}
	return border.Answer(failures, err)
}
