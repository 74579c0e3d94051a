package main

import (
	"cmp"
	"log"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/google/btree"

	"plugbox"
	"plugbox/pubsub"
)

// deliveryCount is the metadata of a delivery that is not the first of its message.
const deliveryCount = "deliveryCount"

// broker is the queues, the subscriptions, and what happens between them.
type broker struct {
	settings settings
	// queues never go.
	queues        []*queue
	subscriptions map[pubsub.SubscriptionID]*subscription
	// expiring are the messages that expire, by when; until they have, or are done with.
	expiring     *btree.BTreeG[expiring]
	lastMessage  uint64
	lastDelivery uint64
	now          func() time.Time
}

type subscription struct {
	queue *queue
	// out is what is not acknowledged, by the id that it was delivered under.
	out map[string]*held
}

// expiring is a message in one of the queues, which the place tells.
type expiring struct {
	*message
	place int
}

func newBroker(now func() time.Time) *broker {
	settings, err := readSettings(nil)
	if err != nil {
		panic(err)
	}
	sooner := func(a, b expiring) bool {
		return cmp.Or(
			a.expires.Compare(b.expires), cmp.Compare(a.number, b.number), cmp.Compare(a.place, b.place),
		) < 0
	}
	return &broker{
		settings:      settings,
		subscriptions: map[pubsub.SubscriptionID]*subscription{},
		expiring:      btree.NewG(16, sooner),
		now:           now,
	}
}

// publish reaches all queues that are for the message's topic, or none.
func (b *broker) publish(published pubsub.Message) error {
	if err := checkTopic(published.Topic); err != nil {
		return err
	}
	life, err := life(published.Metadata)
	if err != nil {
		return err
	}
	b.clearExpired()
	for _, queue := range b.queues {
		if queue.len() >= int(b.settings.maxMessages) && queue.filter.matches(published.Topic) {
			return plugbox.Errorf(plugbox.ResourceExhausted,
				"the group %q has %d messages of the topic %q to take first; maxMessages allows %d",
				queue.group, queue.len(), published.Topic, b.settings.maxMessages)
		}
	}
	b.lastMessage++
	message := &message{Message: published, number: b.lastMessage}
	if life > 0 {
		message.expires = b.now().Add(life)
	}
	for place, queue := range b.queues {
		if !queue.filter.matches(published.Topic) {
			continue
		}
		queue.push(message)
		if life > 0 {
			b.expiring.ReplaceOrInsert(expiring{message, place})
		}
	}
	return nil
}

// subscribe answers the subscription's window.
func (b *broker) subscribe(id pubsub.SubscriptionID, topic string, metadata plugbox.Metadata) (uint32, error) {
	window, err := window(metadata, b.settings.window)
	if err != nil {
		return 0, err
	}
	filter, err := newFilter(topic)
	if err != nil {
		return 0, err
	}
	if b.subscriptions[id] != nil {
		return 0, plugbox.Errorf(plugbox.InvalidArgument, "there is a subscription %d already", id)
	}
	group, named := metadata["consumerID"]
	if !named {
		group = b.settings.group
	}
	same := func(queue *queue) bool { return queue.group == group && queue.filter.text == filter.text }
	place := slices.IndexFunc(b.queues, same)
	if place < 0 {
		place = len(b.queues)
		b.queues = append(b.queues, newQueue(group, filter))
	}
	b.subscriptions[id] = &subscription{b.queues[place], map[string]*held{}}
	return window, nil
}

func (b *broker) unsubscribe(id pubsub.SubscriptionID) {
	subscription := b.subscriptions[id]
	if subscription == nil {
		return
	}
	delete(b.subscriptions, id)
	now := b.now()
	for _, held := range subscription.out {
		if held.hasExpired(now) {
			b.forget(subscription.queue, held)
		} else {
			subscription.queue.returned(held)
		}
	}
}

// pull is what there is, by turns where subscriptions share a queue; and when there may be more, if time alone can bring it.
func (b *broker) pull(wanted []pubsub.Demand) pubsub.Pulled {
	b.clearExpired()
	now := b.now()
	var pulled pubsub.Pulled
	left := slices.Clone(wanted)
	for len(left) > 0 {
		again := left[:0]
		for _, demand := range left {
			if demand.Messages == 0 {
				continue
			}
			delivery, due, found := b.deliver(demand.ID, now)
			if found {
				pulled.Deliveries = append(pulled.Deliveries, delivery)
				again = append(again, pubsub.Demand{ID: demand.ID, Messages: demand.Messages - 1})
			} else if !due.IsZero() && (pulled.Wake.IsZero() || due.Before(pulled.Wake)) {
				pulled.Wake = due
			}
		}
		left = again
	}
	return pulled
}

// deliver is the next message for a subscription; or when there may be one, if time alone can bring it.
func (b *broker) deliver(id pubsub.SubscriptionID, now time.Time) (pubsub.Delivery, time.Time, bool) {
	subscription := b.subscriptions[id]
	if subscription == nil {
		return pubsub.Delivery{}, time.Time{}, false
	}
	held, found := subscription.queue.next(now)
	if !found {
		return pubsub.Delivery{}, subscription.queue.due(), false
	}
	// Each delivery has an id of its own, so that no answer to one is taken for the answer to another.
	b.lastDelivery++
	messageID := strconv.FormatUint(b.lastDelivery, 10)
	subscription.out[messageID] = held
	delivery := pubsub.Delivery{ID: id, MessageID: messageID, Message: held.Message}
	if held.deliveries > 1 {
		metadata := plugbox.Metadata{}
		maps.Copy(metadata, held.Metadata)
		metadata[deliveryCount] = strconv.FormatUint(uint64(held.deliveries), 10)
		delivery.Message.Metadata = metadata
	}
	return delivery, time.Time{}, true
}

func (b *broker) ack(id pubsub.SubscriptionID, messageID string, failure error) {
	subscription := b.subscriptions[id]
	if subscription == nil || subscription.out[messageID] == nil {
		return
	}
	held := subscription.out[messageID]
	delete(subscription.out, messageID)
	most := b.settings.maxDeliveries
	now := b.now()
	switch {
	case failure != nil && most > 0 && held.deliveries >= most:
		log.Printf("a message of the topic %q is dropped after %d failed deliveries, the last one because: %v",
			held.Topic, held.deliveries, failure)
		b.forget(subscription.queue, held)
	case failure == nil || held.hasExpired(now):
		b.forget(subscription.queue, held)
	default:
		subscription.queue.postponed(held, now.Add(b.settings.redeliverAfter))
	}
}

// forget is done with a message that was out.
func (b *broker) forget(queue *queue, held *held) {
	queue.settled()
	if !held.expires.IsZero() {
		b.expiring.Delete(expiring{held.message, slices.Index(b.queues, queue)})
	}
}

// clearExpired gives back the memory of the messages that have expired.
func (b *broker) clearExpired() {
	if b.expiring.Len() == 0 {
		// The clock is asked only where it can matter: it costs a call out of the guest.
		return
	}
	now := b.now()
	for {
		next, found := b.expiring.Min()
		if !found || next.expires.After(now) {
			return
		}
		b.expiring.DeleteMin()
		b.queues[next.place].expired(next.message)
	}
}
