package subscriber

import (
	"reflect"
	"testing"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_app_event_types"
	"plugbox/internal/wit/dapr_app_subscriber"
)

// reader keeps the last message, and drops it.
type reader struct{ last Message }

func (*reader) Subscriptions() []Subscription {
	return []Subscription{{
		PubSub:          "broker",
		Topic:           "orders",
		Routes:          []Route{{"event.type == 'a'", "/a"}},
		DefaultPath:     "/other",
		DeadLetterTopic: "dead",
		Metadata:        plugbox.Metadata{"rawPayload": "true"},
	}, {PubSub: "broker", Topic: "plain"}}
}

func (r *reader) Handle(message Message) Outcome {
	r.last = message
	return Drop
}

func TestSubscriptionsAndMessagesCrossTheBorder(t *testing.T) {
	r := &reader{}
	Export(r)
	want := []dapr_app_subscriber.Subscription{{
		Pubsub:          "broker",
		Topic:           "orders",
		Routes:          []dapr_app_subscriber.Route{{Matches: "event.type == 'a'", Path: "/a"}},
		DefaultPath:     abi.Some("/other"),
		DeadLetterTopic: abi.Some("dead"),
		Metadata:        border.Pairs{{F0: "rawPayload", F1: "true"}},
	}, {Pubsub: "broker", Topic: "plain"}}
	if all := onSubscriptions(); !reflect.DeepEqual(all, want) {
		t.Errorf("the subscriptions are %v", all)
	}

	outcome := onHandle(dapr_app_subscriber.Message{
		Event: dapr_app_event_types.CloudEvent{
			Id: "1", Source: "s", Kind: "k", SpecVersion: "1.0", Data: []byte("d"),
			ContentType: abi.Some("text/plain"), Time: abi.Some("now"),
			Extensions: []abi.Tuple2[string, dapr_app_event_types.Attribute]{
				{F0: "b", F1: dapr_app_event_types.MakeAttributeBoolean(true)},
				{F0: "n", F1: dapr_app_event_types.MakeAttributeNumber(1.5)},
				{F0: "t", F1: dapr_app_event_types.MakeAttributeText("x")},
				{F0: "j", F1: dapr_app_event_types.MakeAttributeJson("[1]")},
			},
		},
		Pubsub: "broker", Topic: "orders", Path: abi.Some("/a"), Metadata: border.Pairs{{F0: "m", F1: "1"}},
	})
	message := Message{
		Event: Event{
			ID: "1", Source: "s", Type: "k", SpecVersion: "1.0", ContentType: "text/plain", Data: []byte("d"), Time: "now",
			Extensions: map[string]any{"b": true, "n": 1.5, "t": "x", "j": JSON("[1]")},
		},
		PubSub: "broker", Topic: "orders", Path: "/a", Metadata: plugbox.Metadata{"m": "1"},
	}
	if outcome != Drop || !reflect.DeepEqual(r.last, message) {
		t.Errorf("the message is %v, its outcome %v", r.last, outcome)
	}
}
