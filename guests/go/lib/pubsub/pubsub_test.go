package pubsub

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_pub_sub"
)

// recorder remembers what it was called with, and answers what a test tells it to.
type recorder struct {
	published Message
	wanted    []Demand
	acked     []any
	closed    SubscriptionID
	pulled    Pulled
	err       error
}

func (r *recorder) Init(plugbox.Metadata) ([]Feature, error) { return []Feature{MessageTTL}, r.err }

func (r *recorder) Publish(message Message) error {
	r.published = message
	return r.err
}

func (r *recorder) Subscribe(id SubscriptionID, topic string, metadata plugbox.Metadata) (uint32, error) {
	return uint32(id) + uint32(len(topic)) + uint32(len(metadata)), r.err
}

func (r *recorder) Unsubscribe(id SubscriptionID) { r.closed = id }

func (r *recorder) Pull(wanted []Demand) (Pulled, error) {
	r.wanted = wanted
	return r.pulled, r.err
}

func (r *recorder) Ack(id SubscriptionID, messageID string, failure error) {
	r.acked = []any{id, messageID, failure}
}

var broker = &recorder{}

func init() { Export(broker) }

func TestAMessageHasAllThatTheClientSent(t *testing.T) {
	*broker = recorder{}
	onPublish(dapr_components_pub_sub.Outgoing{
		Topic: "t", Data: []byte("d"), ContentType: abi.Some("text/plain"), Metadata: border.Pairs{{F0: "a", F1: "1"}},
	})
	want := Message{Topic: "t", Data: []byte("d"), ContentType: "text/plain", Metadata: plugbox.Metadata{"a": "1"}}
	if !reflect.DeepEqual(broker.published, want) {
		t.Errorf("the message is %v", broker.published)
	}
	if window := onSubscribe(3, "topic", border.Pairs{{F0: "a", F1: "1"}}); window.Ok() != 9 {
		t.Errorf("the window is %v", window)
	}
	if onUnsubscribe(7); broker.closed != 7 {
		t.Errorf("%d is closed", broker.closed)
	}
}

func TestWhatIsPulledReachesTheHostWithWhenThereMayBeMore(t *testing.T) {
	*broker = recorder{pulled: Pulled{
		Deliveries: []Delivery{{ID: 1, MessageID: "m", Message: Message{Topic: "t", Data: []byte("d")}}},
		Wake:       time.Now().Add(-time.Second),
	}}
	pulled := onPull([]dapr_components_pub_sub.Demand{{Id: 1, Messages: 2}})
	want := []dapr_components_pub_sub.Delivery{{Id: 1, MessageId: "m", Topic: "t", Data: []byte("d")}}
	if !reflect.DeepEqual(pulled.Ok().Deliveries, want) || pulled.Ok().AgainIn != abi.Some[uint64](0) {
		t.Errorf("pulled is %v", pulled)
	}
	if !reflect.DeepEqual(broker.wanted, []Demand{{1, 2}}) {
		t.Errorf("%v is wanted", broker.wanted)
	}
	broker.pulled = Pulled{}
	if again := onPull(nil).Ok().AgainIn; again.Tag() != abi.OptionNone {
		t.Errorf("the host waits %v", again)
	}
}

func TestAnErrorReachesTheHost(t *testing.T) {
	*broker = recorder{err: errors.New("why")}
	if onInit(nil).Err().Message != "why" || onPublish(dapr_components_pub_sub.Outgoing{}).Err().Message != "why" ||
		onSubscribe(1, "t", nil).Err().Message != "why" || onPull(nil).Err().Message != "why" {
		t.Error("an error is lost")
	}
}

func TestAFailureComesInTheApplicationsWords(t *testing.T) {
	onAck(1, "m", dapr_components_pub_sub.MakeOutcomeAccepted())
	if !reflect.DeepEqual(broker.acked, []any{SubscriptionID(1), "m", error(nil)}) {
		t.Errorf("it is %v", broker.acked)
	}
	onAck(1, "m", dapr_components_pub_sub.MakeOutcomeFailed("why"))
	if !reflect.DeepEqual(broker.acked, []any{SubscriptionID(1), "m", errors.New("why")}) {
		t.Errorf("it is %v", broker.acked)
	}
}
