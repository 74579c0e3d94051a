package main

import (
	"slices"
	"strconv"
	"time"

	"plugbox"
	"plugbox/pubsub"
)

func init() { pubsub.Export(newBroker()) }

// redeliverAfter is how long a message rests that the application has failed.
const redeliverAfter = 100 * time.Millisecond

// broker is a message broker: consumer groups each get every message of a topic, and the subscriptions of one group share them.
type broker struct {
	// queues are there from their first subscription on, and stay when it closes.
	queues        map[address]*queue
	subscriptions map[pubsub.SubscriptionID]*subscription
	published     uint64
}

type address struct{ group, topic string }

// queue is what a group has still to get, in the order of publishing.
type queue struct{ messages []*message }

type message struct {
	pubsub.Message
	number uint64
	// due is when it can be delivered again, once it has failed.
	due time.Time
}

type subscription struct {
	queue *queue
	// out is what is not acknowledged, by its id.
	out map[string]*message
}

func newBroker() *broker {
	return &broker{queues: map[address]*queue{}, subscriptions: map[pubsub.SubscriptionID]*subscription{}}
}

// Init may come again, and messages and subscriptions stay.
func (b *broker) Init(plugbox.Metadata) ([]pubsub.Feature, error) { return nil, nil }

func (b *broker) Publish(published pubsub.Message) error {
	b.published++
	for address, queue := range b.queues {
		if address.topic == published.Topic {
			queue.put(&message{Message: published, number: b.published})
		}
	}
	return nil
}

// Subscribe allows for one message at a time.
func (b *broker) Subscribe(id pubsub.SubscriptionID, topic string, metadata plugbox.Metadata) (uint32, error) {
	address := address{metadata["consumerID"], topic}
	if b.queues[address] == nil {
		b.queues[address] = &queue{}
	}
	b.subscriptions[id] = &subscription{b.queues[address], map[string]*message{}}
	return 1, nil
}

func (b *broker) Unsubscribe(id pubsub.SubscriptionID) {
	if closed := b.subscriptions[id]; closed != nil {
		delete(b.subscriptions, id)
		for _, message := range closed.out {
			closed.queue.put(message)
		}
	}
}

func (b *broker) Pull(wanted []pubsub.Demand) (pubsub.Pulled, error) {
	var pulled pubsub.Pulled
	now := time.Now()
	for _, demand := range wanted {
		subscription := b.subscriptions[demand.ID]
		for range demand.Messages {
			message, due := subscription.queue.take(now)
			if message == nil {
				if pulled.Wake.IsZero() || !due.IsZero() && due.Before(pulled.Wake) {
					pulled.Wake = due
				}
				break
			}
			messageID := strconv.FormatUint(message.number, 10)
			subscription.out[messageID] = message
			delivery := pubsub.Delivery{ID: demand.ID, MessageID: messageID, Message: message.Message}
			pulled.Deliveries = append(pulled.Deliveries, delivery)
		}
	}
	return pulled, nil
}

func (b *broker) Ack(id pubsub.SubscriptionID, messageID string, failure error) {
	subscription := b.subscriptions[id]
	if subscription == nil || subscription.out[messageID] == nil {
		return
	}
	message := subscription.out[messageID]
	delete(subscription.out, messageID)
	if failure != nil {
		message.due = time.Now().Add(redeliverAfter)
		subscription.queue.put(message)
	}
}

// put puts a message where it belongs by its number: what comes back stands where it stood.
func (q *queue) put(put *message) {
	place := len(q.messages)
	for place > 0 && q.messages[place-1].number > put.number {
		place--
	}
	q.messages = slices.Insert(q.messages, place, put)
}

// take is the first message that is due, or none and when there will be one; zero where time alone brings none.
func (q *queue) take(now time.Time) (*message, time.Time) {
	var next time.Time
	for place, message := range q.messages {
		if !message.due.After(now) {
			q.messages = slices.Delete(q.messages, place, place+1)
			return message, time.Time{}
		}
		if next.IsZero() || message.due.Before(next) {
			next = message.due
		}
	}
	return nil, next
}
