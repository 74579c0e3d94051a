package main

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"plugbox"
	"plugbox/pubsub"
)

// testBroker is a broker with a clock of its own.
type testBroker struct {
	*broker
	t       *testing.T
	present time.Time
}

func newTestBroker(t *testing.T, properties plugbox.Metadata) *testBroker {
	t.Helper()
	test := &testBroker{t: t, present: time.Unix(1_000_000, 0)}
	test.broker = newBroker(func() time.Time { return test.present })
	test.configure(properties)
	return test
}

func (b *testBroker) configure(properties plugbox.Metadata) {
	b.t.Helper()
	_, err := memoryBroker{b.broker}.Init(properties)
	b.must(err)
}

func (b *testBroker) wait(milliseconds int) {
	b.present = b.present.Add(time.Duration(milliseconds) * time.Millisecond)
}

func (b *testBroker) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func testMessage(topic, data string) pubsub.Message {
	return pubsub.Message{Topic: topic, Data: []byte(data), ContentType: "text/plain"}
}

func mortal(data, seconds string) pubsub.Message {
	message := testMessage("t", data)
	message.Metadata = plugbox.Metadata{"ttlInSeconds": seconds}
	return message
}

func (b *testBroker) send(topic string, data ...string) {
	b.t.Helper()
	for _, data := range data {
		b.must(b.publish(testMessage(topic, data)))
	}
}

func (b *testBroker) listen(id pubsub.SubscriptionID, topic string) {
	b.t.Helper()
	_, err := b.subscribe(id, topic, nil)
	b.must(err)
}

func (b *testBroker) listenAs(id pubsub.SubscriptionID, topic, group string) {
	b.t.Helper()
	_, err := b.subscribe(id, topic, plugbox.Metadata{"consumerID": group})
	b.must(err)
}

// take is what one subscription gets that can take so many messages.
func (b *testBroker) take(id pubsub.SubscriptionID, messages uint32) []pubsub.Delivery {
	b.t.Helper()
	deliveries := b.pull([]pubsub.Demand{{ID: id, Messages: messages}}).Deliveries
	for _, delivery := range deliveries {
		if delivery.ID != id {
			b.t.Fatalf("%d gets what is for %d", id, delivery.ID)
		}
	}
	return deliveries
}

// takeOne is the one message that a subscription gets which can take two.
func (b *testBroker) takeOne(id pubsub.SubscriptionID) pubsub.Delivery {
	b.t.Helper()
	deliveries := b.take(id, 2)
	if len(deliveries) != 1 {
		b.t.Fatalf("there are %d messages", len(deliveries))
	}
	return deliveries[0]
}

func texts(deliveries []pubsub.Delivery) string {
	var texts []string
	for _, delivery := range deliveries {
		texts = append(texts, string(delivery.Message.Data))
	}
	return strings.Join(texts, " ")
}

// gets says what a subscription gets that is something else.
func (b *testBroker) gets(id pubsub.SubscriptionID, messages uint32, want string) {
	b.t.Helper()
	if got := texts(b.take(id, messages)); got != want {
		b.t.Errorf("%d gets %q, not %q", id, got, want)
	}
}

// waits says how long is to be waited for subscriptions, where that is something else; -1 for no end.
func (b *testBroker) waits(milliseconds int, ids ...pubsub.SubscriptionID) {
	b.t.Helper()
	var wanted []pubsub.Demand
	for _, id := range ids {
		wanted = append(wanted, pubsub.Demand{ID: id, Messages: 1})
	}
	pulled := b.pull(wanted)
	want := b.present.Add(time.Duration(milliseconds) * time.Millisecond)
	if milliseconds < 0 {
		want = time.Time{}
	}
	if len(pulled.Deliveries) > 0 || !pulled.Wake.Equal(want) {
		b.t.Errorf("there are %d messages, and more at %v, not at %v", len(pulled.Deliveries), pulled.Wake, want)
	}
}

func (b *testBroker) accept(delivery pubsub.Delivery) {
	b.ack(delivery.ID, delivery.MessageID, nil)
}

func (b *testBroker) fail(delivery pubsub.Delivery) {
	b.ack(delivery.ID, delivery.MessageID, errors.New("the test says so"))
}

// holds says how many messages take memory, and how many of them expire, where that is something else.
func (b *testBroker) holds(messages, expiring int) {
	b.t.Helper()
	held := 0
	for _, queue := range b.queues {
		held += queue.len()
	}
	if held != messages || b.expiring.Len() != expiring {
		b.t.Errorf("%d messages are held, and %d of them expire", held, b.broker.expiring.Len())
	}
}

// refused is an error with a code and certain words.
func refused(t *testing.T, err error, code plugbox.Code, words ...string) {
	t.Helper()
	if err == nil || plugbox.CodeOf(err) != code {
		t.Fatalf("%v does not have the code %d", err, code)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v does not name %s", err, word)
		}
	}
}

func TestAMessageComesAsItWasPublished(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(7, "orders")
	message := testMessage("orders", "a")
	message.Metadata = plugbox.Metadata{"color": "blue"}
	b.must(b.publish(message))
	delivery := b.takeOne(7)
	if delivery.MessageID == "" || delivery.Message.Topic != "orders" || string(delivery.Message.Data) != "a" ||
		delivery.Message.ContentType != "text/plain" || !maps.Equal(delivery.Message.Metadata, message.Metadata) {
		t.Errorf("it comes as %v", delivery)
	}
}

func TestMessagesComeInOrderAndNoMoreThanAskedFor(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	b.send("t", "a", "b", "c", "d")
	b.gets(1, 3, "a b c")
	b.gets(1, 3, "d")
	b.waits(-1, 1)
	b.send("t", "e")
	b.gets(1, 0, "")
	b.gets(1, 1, "e")
}

func TestWhatIsAcceptedIsGone(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	b.send("t", "a")
	delivery := b.takeOne(1)
	b.holds(1, 0)
	b.accept(delivery)
	b.accept(delivery)
	b.fail(delivery)
	b.holds(0, 0)
	b.waits(-1, 1)
}

func TestWhatFailsComesAgainAfterTheIntervalAndFirst(t *testing.T) {
	b := newTestBroker(t, plugbox.Metadata{"redeliverInterval": "250ms"})
	b.listen(1, "t")
	message := testMessage("t", "a")
	message.Metadata = plugbox.Metadata{deliveryCount: "mine"}
	b.must(b.publish(message))
	first := b.takeOne(1)
	if first.Message.Metadata[deliveryCount] != "mine" {
		t.Errorf("its metadata are %v", first.Message.Metadata)
	}
	b.fail(first)
	b.waits(250, 1)
	b.send("t", "b", "c")
	// It does not hold up the next.
	b.gets(1, 1, "b")
	b.wait(249)
	b.gets(1, 0, "")
	b.wait(1)
	again := b.take(1, 3)
	if texts(again) != "a c" || again[0].Message.Metadata[deliveryCount] != "2" || again[0].MessageID == first.MessageID {
		t.Errorf("what comes again is %v", again)
	}
	if message.Metadata[deliveryCount] != "mine" {
		t.Error("the message itself is changed")
	}
	// The answer to the first delivery is not the answer to the second.
	b.accept(first)
	b.fail(again[0])
	b.wait(250)
	if count := b.takeOne(1).Message.Metadata[deliveryCount]; count != "3" {
		t.Errorf("the third delivery says %s", count)
	}
}

func TestTheWaitIsThatForTheEarliestOfThoseThatAsked(t *testing.T) {
	b := newTestBroker(t, nil)
	for id, topic := range []string{"a", "b"} {
		id := pubsub.SubscriptionID(id)
		b.listen(id, topic)
		b.send(topic, "x")
		b.fail(b.takeOne(id))
		b.wait(30)
	}
	b.waits(40, 1, 0)
	b.waits(70, 1)
	// A subscription that got all it can take waits for nothing.
	b.send("b", "y")
	if pulled := b.pull([]pubsub.Demand{{ID: 1, Messages: 1}}); len(pulled.Deliveries) != 1 || !pulled.Wake.IsZero() {
		t.Errorf("it gets %v", pulled)
	}
}

func TestDeliveriesEndWhereTheyAreBounded(t *testing.T) {
	b := newTestBroker(t, plugbox.Metadata{"maxDeliveries": "2", "redeliverInterval": "0s"})
	b.listen(1, "t")
	b.send("t", "a")
	b.fail(b.takeOne(1))
	b.fail(b.takeOne(1))
	b.waits(-1, 1)
	b.holds(0, 0)
}

func TestClosingGivesBackWhatWasOutInItsOrder(t *testing.T) {
	b := newTestBroker(t, plugbox.Metadata{"maxDeliveries": "1"})
	b.listen(1, "t")
	b.send("t", "a", "b", "c", "d")
	out := b.take(1, 3)
	b.accept(out[1])
	b.unsubscribe(1)
	b.unsubscribe(1)
	// Too late.
	b.accept(out[0])
	b.gets(1, 9, "")
	b.listen(2, "t")
	again := b.take(2, 9)
	if texts(again) != "a c d" || again[0].Message.Metadata != nil || again[0].MessageID == out[0].MessageID {
		t.Errorf("what comes again is %v", again)
	}
}

func TestAStrangerChangesNothing(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	b.send("t", "a")
	b.gets(9, 1, "")
	b.unsubscribe(9)
	delivery := b.takeOne(1)
	b.ack(9, delivery.MessageID, nil)
	b.ack(1, "no such id", nil)
	b.holds(1, 0)
	_, err := b.subscribe(1, "t", nil)
	refused(t, err, plugbox.InvalidArgument, "1")
}

func TestSubscriptionsOfAGroupShareItsMessages(t *testing.T) {
	b := newTestBroker(t, plugbox.Metadata{"consumerID": "app"})
	b.listen(1, "t")
	b.listen(2, "t")
	b.send("t", "a", "b", "c", "d", "e")
	pulled := b.pull([]pubsub.Demand{{ID: 1, Messages: 4}, {ID: 2, Messages: 4}})
	second := slices.DeleteFunc(slices.Clone(pulled.Deliveries), func(d pubsub.Delivery) bool { return d.ID == 1 })
	first := slices.DeleteFunc(pulled.Deliveries, func(d pubsub.Delivery) bool { return d.ID == 2 })
	if texts(first) != "a c e" || texts(second) != "b d" || !pulled.Wake.IsZero() {
		t.Errorf("they get %s and %s", texts(first), texts(second))
	}
	// What one does not take in the end, the other gets.
	b.unsubscribe(1)
	b.gets(2, 4, "a c e")
}

func TestEachGroupGetsEachMessage(t *testing.T) {
	b := newTestBroker(t, plugbox.Metadata{"consumerID": "app"})
	b.listen(1, "t")
	b.listenAs(2, "t", "other")
	b.listenAs(3, "t", "app")
	b.send("t", "a", "b")
	b.gets(1, 1, "a")
	b.gets(2, 9, "a b")
	b.gets(3, 9, "b")
}

func TestANewNameIsForTheSubscriptionsFromThenOn(t *testing.T) {
	b := newTestBroker(t, plugbox.Metadata{"consumerID": "app"})
	b.listen(1, "t")
	b.send("t", "a")
	b.configure(plugbox.Metadata{"consumerID": "other"})
	b.listen(2, "t")
	b.send("t", "b")
	b.gets(1, 9, "a b")
	b.gets(2, 9, "b")
}

func TestAQueueBeginsWithItsFirstSubscriptionAndOutlivesThem(t *testing.T) {
	b := newTestBroker(t, nil)
	b.send("t", "before")
	b.listen(1, "t")
	b.send("t", "a")
	b.unsubscribe(1)
	b.send("t", "b")
	b.send("elsewhere", "x")
	b.holds(2, 0)
	b.listen(2, "t")
	b.gets(2, 9, "a b")
}

func TestAFullQueueRefusesUntilSomethingIsTaken(t *testing.T) {
	b := newTestBroker(t, plugbox.Metadata{"maxMessages": "2"})
	b.listen(1, "t")
	b.listenAs(2, "t", "slow")
	b.send("t", "a", "b")
	for _, delivery := range b.take(1, 9) {
		b.accept(delivery)
	}
	refused(t, b.publish(testMessage("t", "c")), plugbox.ResourceExhausted, `"slow"`, "maxMessages")
	// None of the groups got it.
	b.gets(1, 9, "")
	// What is out still takes memory.
	out := b.take(2, 1)
	refused(t, b.publish(testMessage("t", "c")), plugbox.ResourceExhausted)
	b.accept(out[0])
	b.send("t", "c")
	b.gets(1, 9, "c")
	b.gets(2, 9, "b c")
}

func TestTheWindowIsTheSubscriptionsOwnOrTheBrokers(t *testing.T) {
	b := newTestBroker(t, plugbox.Metadata{"maxInFlight": "5"})
	for id, row := range []struct {
		metadata plugbox.Metadata
		want     uint32
	}{{nil, 5}, {plugbox.Metadata{"maxInFlight": "20"}, 20}} {
		window, err := b.subscribe(pubsub.SubscriptionID(id), "t", row.metadata)
		b.must(err)
		if window != row.want {
			t.Errorf("the window is %d", window)
		}
	}
	_, err := b.subscribe(3, "t", plugbox.Metadata{"maxInFlight": "0"})
	refused(t, err, plugbox.InvalidArgument, "maxInFlight")
	// What was refused is not there.
	b.listen(3, "t")
}

func TestWhatHasExpiredIsNotDelivered(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	for _, message := range []pubsub.Message{mortal("a", "2"), mortal("b", "1"), testMessage("t", "c")} {
		b.must(b.publish(message))
	}
	b.holds(3, 2)
	b.wait(999)
	b.gets(1, 1, "a")
	b.wait(1)
	b.gets(1, 9, "c")
	b.holds(2, 1)
}

func TestMemoryComesBackThoughNobodyTakes(t *testing.T) {
	b := newTestBroker(t, plugbox.Metadata{"maxMessages": "2"})
	b.listen(1, "t")
	b.unsubscribe(1)
	for range 5 {
		b.must(b.publish(mortal("a", "1")))
		b.must(b.publish(mortal("b", "1")))
		b.wait(1000)
	}
	b.send("elsewhere", "x")
	b.holds(0, 0)
}

func TestWhatExpiresWhileItIsOutDoesNotComeAgain(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	for _, data := range []string{"a", "b", "c", "d"} {
		b.must(b.publish(mortal(data, "1")))
	}
	out := b.take(1, 4)
	// Expires between the failure and the redelivery.
	b.wait(950)
	b.fail(out[0])
	b.waits(100, 1)
	b.wait(50)
	b.fail(out[1])
	b.accept(out[2])
	b.unsubscribe(1)
	b.listen(2, "t")
	b.wait(50)
	b.waits(-1, 2)
	b.holds(0, 0)
}

func TestWhatWasClearedWhileItWasOutDoesNotComeAgain(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	b.must(b.publish(mortal("a", "1")))
	b.must(b.publish(mortal("b", "1")))
	out := b.take(1, 2)
	b.wait(1000)
	b.send("elsewhere", "x")
	b.fail(out[0])
	b.unsubscribe(1)
	b.listen(2, "t")
	b.wait(100)
	b.gets(2, 9, "")
	b.holds(0, 0)
}

func TestWhatIsAcceptedLeavesNothingBehind(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	b.listen(2, "t")
	b.listenAs(3, "t", "other")
	b.must(b.publish(mortal("a", "1000")))
	b.accept(b.takeOne(2))
	b.holds(1, 1)
	b.accept(b.takeOne(3))
	b.holds(0, 0)
}

func TestALifeIsAnIntegerFromOneOn(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	for _, wrong := range []string{"0", "-1", "1.5", "", " 1", "soon", "18446744073709551616"} {
		refused(t, b.publish(mortal("a", wrong)), plugbox.InvalidArgument, "ttlInSeconds", `"`+wrong+`"`)
	}
	b.holds(0, 0)
	// Longer than a clock can count: for ever.
	b.must(b.publish(mortal("a", "18446744073709551615")))
	b.must(b.publish(mortal("b", "18446744074")))
	b.wait(1000)
	b.gets(1, 2, "a b")
}

func TestEachQueueGetsAMessageOnce(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "orders/+")
	b.listen(2, "orders/eu")
	b.listen(3, "orders/+")
	b.send("orders/eu", "a")
	b.send("orders/us", "b")
	got := b.take(1, 9)
	if len(got) != 2 || got[0].Message.Topic != "orders/eu" || got[1].Message.Topic != "orders/us" {
		t.Errorf("it gets %v", got)
	}
	b.gets(2, 9, "a")
	b.gets(3, 9, "")
}
