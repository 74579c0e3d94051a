package main

import (
	"errors"
	"maps"

	"plugbox"
	"plugbox/pubsub"
	"plugbox/pubsub/bulkpublish"
)

// bulkPublish publishes the entries in their order, as far as each can be, and answers one failure for each that cannot.
func (b *broker) bulkPublish(
	topic string, entries []bulkpublish.Entry, metadata plugbox.Metadata,
) ([]bulkpublish.Failure, error) {
	if err := checkTopic(topic); err != nil {
		return nil, err
	}
	if _, err := life(metadata); err != nil {
		return nil, err
	}
	// An answer could not say which of several entries with one id it means, so none of them is published.
	ids := map[string]int{}
	for _, entry := range entries {
		ids[entry.ID]++
	}
	var failures []bulkpublish.Failure
	for _, entry := range entries {
		var err error
		switch {
		case entry.ID == "":
			err = errors.New("the entry has no id")
		case ids[entry.ID] > 1:
			err = errors.New("several entries have this id")
		default:
			err = b.publish(pubsub.Message{
				Topic:       topic,
				Data:        entry.Data,
				ContentType: entry.ContentType,
				Metadata:    joined(entry.Metadata, metadata),
			})
		}
		if err != nil {
			failures = append(failures, bulkpublish.Failure{ID: entry.ID, Err: err})
		}
	}
	return failures, nil
}

// joined is an entry's metadata, and of the request's what the entry does not say itself.
func joined(own, request plugbox.Metadata) plugbox.Metadata {
	all := plugbox.Metadata{}
	maps.Copy(all, request)
	maps.Copy(all, own)
	return all
}
