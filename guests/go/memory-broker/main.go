// Command memory-broker is a message broker in memory with all that Dapr knows of messages: consumer groups, wildcards, expiry, bulk
// publishing.
//
// Groups: a subscription belongs to the group `consumerID` of its own metadata; without that, to the `consumerID` of the last Init,
// which daprd sets to the application's name. A group has one queue for each topic that it subscribed to, in that spelling: each
// queue gets every message of its topic once, in the order of publishing, and hands it to one of the queue's subscriptions. So
// applications each see all messages, and the copies of one application share them.
//
// A queue is there from its first subscription on: what was published before is not for it. It stays when its subscriptions close,
// and keeps what comes. When it holds maxMessages, publishing to it fails with a ResourceExhausted.
//
// Deliveries: a message that the application has failed comes again after redeliverInterval, before all later ones that still wait;
// those are delivered meanwhile. What a subscription had out when it closes is delivered again at once, and counts as not delivered.
// From the second delivery on the metadata `deliveryCount` says how many there were.
//
// Wildcards are those of MQTT: in the topic of a subscription, whose levels / parts, the level + stands for any one level, and # at
// the end for all that follow, none included: a/# has a too. In the midst of a level both are ordinary.
//
// Expiry: the metadata `ttlInSeconds` of a message, an integer from 1 on, is how long it can be delivered. For a bulk publish, the
// request's own metadata holds for each entry that does not say otherwise.
//
// The properties:
//
//	consumerID         the group of the subscriptions from now on; also in a subscription's metadata. One group without a name.
//	maxInFlight        messages out and not acknowledged, for each subscription; also in a subscription's metadata. 1.
//	redeliverInterval  like 1.5s, 250ms, 1h30m; at most a day. 100ms.
//	maxDeliveries      after so many failed deliveries a message is dropped, with a line on standard error. No end.
//	maxMessages        how many messages a queue holds, those that are out included. 100000.
//
// This file is the border: each function that the host calls is a line or two here. The rules behind it are plain Go, which
// `go test` runs without WebAssembly. Nothing outlives the instance.
package main

import (
	"time"

	"plugbox"
	"plugbox/pubsub"
	"plugbox/pubsub/bulkpublish"
)

func init() {
	memory := memoryBroker{newBroker(time.Now)}
	pubsub.Export(memory)
	bulkpublish.Export(memory)
}

func main() {}

type memoryBroker struct {
	*broker
}

// Init may be called again: all messages and subscriptions are still there, under the new settings; the group and the window of a
// subscription are those from when it was opened.
func (m memoryBroker) Init(properties plugbox.Metadata) ([]pubsub.Feature, error) {
	settings, err := readSettings(properties)
	if err != nil {
		return nil, err
	}
	m.settings = settings
	return []pubsub.Feature{pubsub.MessageTTL, pubsub.SubscribeWildcards, pubsub.BulkSubscribeImmediate}, nil
}

func (m memoryBroker) Publish(message pubsub.Message) error {
	return m.publish(message)
}

func (m memoryBroker) BulkPublish(
	topic string, entries []bulkpublish.Entry, metadata plugbox.Metadata,
) ([]bulkpublish.Failure, error) {
	return m.bulkPublish(topic, entries, metadata)
}

func (m memoryBroker) Subscribe(id pubsub.SubscriptionID, topic string, metadata plugbox.Metadata) (uint32, error) {
	return m.subscribe(id, topic, metadata)
}

func (m memoryBroker) Unsubscribe(id pubsub.SubscriptionID) {
	m.unsubscribe(id)
}

func (m memoryBroker) Pull(wanted []pubsub.Demand) (pubsub.Pulled, error) {
	return m.pull(wanted), nil
}

func (m memoryBroker) Ack(id pubsub.SubscriptionID, messageID string, failure error) {
	m.ack(id, messageID, failure)
}
