package main

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"plugbox"
	"plugbox/pubsub"
)

// listen opens subscriptions of one group to the topic t.
func (b *broker) listen(t *testing.T, group string, ids ...pubsub.SubscriptionID) {
	t.Helper()
	for _, id := range ids {
		if _, err := b.Subscribe(id, "t", plugbox.Metadata{"consumerID": group}); err != nil {
			t.Fatal(err)
		}
	}
}

func (b *broker) send(t *testing.T, data ...string) {
	t.Helper()
	for _, data := range data {
		if err := b.Publish(pubsub.Message{Topic: "t", Data: []byte(data)}); err != nil {
			t.Fatal(err)
		}
	}
}

// next is the one message that there is for a subscription, and its id; or none and when to ask again.
func (b *broker) next(t *testing.T, id pubsub.SubscriptionID) (data, messageID string, wake time.Time) {
	t.Helper()
	pulled, err := b.Pull([]pubsub.Demand{{ID: id, Messages: 1}})
	if err != nil || len(pulled.Deliveries) > 1 {
		t.Fatalf("pulled is %v, %v", pulled, err)
	}
	for _, delivery := range pulled.Deliveries {
		data, messageID = string(delivery.Message.Data), delivery.MessageID
	}
	return data, messageID, pulled.Wake
}

func TestAMessageReachesEachGroupOnce(t *testing.T) {
	b := newBroker()
	b.listen(t, "one", 1, 2)
	b.listen(t, "other", 3)
	b.send(t, "a")
	var got []string
	for id := range pubsub.SubscriptionID(3) {
		data, _, _ := b.next(t, id+1)
		got = append(got, data)
	}
	if got[0]+got[1] != "a" || got[2] != "a" {
		t.Errorf("they got %q", got)
	}
}

func TestWhatHasFailedComesAgainAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroker()
		b.listen(t, "", 1)
		b.send(t, "a", "b")
		_, messageID, _ := b.next(t, 1)
		b.Ack(1, messageID, errors.New("not now"))
		if data, messageID, _ := b.next(t, 1); data != "b" {
			t.Errorf("meanwhile there is %q", data)
		} else {
			b.Ack(1, messageID, nil)
		}
		data, _, wake := b.next(t, 1)
		if data != "" || time.Until(wake) != redeliverAfter {
			t.Errorf("it comes at %v", wake)
		}
		time.Sleep(redeliverAfter)
		if data, messageID, _ := b.next(t, 1); data != "a" {
			t.Errorf("then there is %q", data)
		} else {
			b.Ack(1, messageID, nil)
		}
		if data, _, wake := b.next(t, 1); data != "" || !wake.IsZero() {
			t.Errorf("what is done with comes again: %q, %v", data, wake)
		}
	})
}

func TestWhatIsOutWhenASubscriptionClosesIsForTheNext(t *testing.T) {
	b := newBroker()
	b.listen(t, "", 1)
	b.send(t, "a", "b")
	b.next(t, 1)
	b.Unsubscribe(1)
	b.listen(t, "", 2)
	for _, want := range []string{"a", "b"} {
		if data, _, _ := b.next(t, 2); data != want {
			t.Errorf("it is %q, not %q", data, want)
		}
	}
}
