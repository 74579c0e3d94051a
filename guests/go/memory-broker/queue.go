package main

import (
	"cmp"
	"time"

	"github.com/google/btree"

	"plugbox/pubsub"
)

// message is a message as it was published. All queues that have it share it.
type message struct {
	pubsub.Message
	// number counts up in the order of publishing.
	number uint64
	// expires is zero for never, and else always later than when it was published.
	expires time.Time
}

// held is a message in one queue, or out from it.
type held struct {
	*message
	deliveries uint32
	// due is when it is ready again, once it has failed.
	due time.Time
}

func (h *held) hasExpired(now time.Time) bool {
	return !h.expires.IsZero() && !h.expires.After(now)
}

// queue is what one group has still to get of one topic.
type queue struct {
	group  string
	filter filter
	// ready is what can be delivered, by its number: what comes back stands where it stood.
	ready *btree.BTreeG[*held]
	// failed is what has failed, by when it is ready again.
	failed *btree.BTreeG[*held]
	// out is how many messages are out with subscriptions.
	out int
}

func newQueue(group string, filter filter) *queue {
	earlier := func(a, b *held) bool { return a.number < b.number }
	sooner := func(a, b *held) bool {
		return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.number, b.number)) < 0
	}
	return &queue{group: group, filter: filter, ready: btree.NewG(16, earlier), failed: btree.NewG(16, sooner)}
}

// len is how many messages take memory.
func (q *queue) len() int {
	return q.ready.Len() + q.failed.Len() + q.out
}

func (q *queue) push(message *message) {
	q.ready.ReplaceOrInsert(&held{message: message})
}

// next is the oldest message that can be delivered, if there is any. It is out until it is settled, returned or postponed.
func (q *queue) next(now time.Time) (*held, bool) {
	for {
		first, found := q.failed.Min()
		if !found || first.due.After(now) {
			break
		}
		q.failed.DeleteMin()
		if !first.hasExpired(now) {
			q.ready.ReplaceOrInsert(first)
		}
	}
	next, found := q.ready.DeleteMin()
	if found {
		next.deliveries++
		q.out++
	}
	return next, found
}

// due is when the next of those that have failed is ready again, zero where none has.
func (q *queue) due() time.Time {
	first, found := q.failed.Min()
	if !found {
		return time.Time{}
	}
	return first.due
}

// settled is for a message that was out and is done with.
func (q *queue) settled() {
	q.out--
}

// returned is for a message that was out and counts as not delivered.
func (q *queue) returned(held *held) {
	q.settled()
	held.deliveries--
	q.ready.ReplaceOrInsert(held)
}

// postponed is for a message that was out and has failed.
func (q *queue) postponed(held *held, due time.Time) {
	q.settled()
	held.due = due
	q.failed.ReplaceOrInsert(held)
}

// expired forgets a message that can be delivered. One that has failed is looked at when it is ready again, and one that is out when
// it comes back.
func (q *queue) expired(message *message) {
	q.ready.Delete(&held{message: message})
}
