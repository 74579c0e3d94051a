// Package pubsub is for guests that are message brokers.
//
// Messages are pulled, and waiting is plugbox's work: a broker never blocks for a message. plugbox calls Pull when a subscription
// can take more, after every call that may have brought something (a Publish, an Ack), and at the moment that the last Pull
// named. So one instance serves any number of subscriptions and publishes, without goroutines.
package pubsub

import (
	"errors"
	"time"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_pub_sub"
)

// Feature is what a broker says of itself that its exports cannot show.
type Feature string

const (
	// MessageTTL is for a broker that obeys the metadata `ttlInSeconds`.
	MessageTTL Feature = "MESSAGE_TTL"
	// SubscribeWildcards is for a broker whose subscriptions can name many topics at once.
	SubscribeWildcards Feature = "SUBSCRIBE_WILDCARDS"
	// BulkSubscribeImmediate is for a broker whose messages daprd is not to hold back until there are more for a bulk subscription.
	BulkSubscribeImmediate Feature = "BULK_SUBSCRIBE_IMMEDIATE"
)

// SubscriptionID names a subscription. plugbox chooses it; it is never used twice in one instance.
type SubscriptionID uint64

// Message is what an application publishes.
type Message struct {
	Topic string
	Data  []byte
	// ContentType is empty where the application named none.
	ContentType string
	// Metadata may have `ttlInSeconds`, in a broker that names the feature MessageTTL: the message's life in whole seconds.
	Metadata plugbox.Metadata
}

// Demand is how many messages a subscription can take now, at least 1.
type Demand struct {
	ID       SubscriptionID
	Messages uint32
}

// Delivery is a message for a subscription.
type Delivery struct {
	ID SubscriptionID
	// MessageID names the message among those of this subscription that are not acknowledged. Never empty.
	MessageID string
	// Message has the topic that it was published to, which is another than the subscription's where that has wildcards.
	Message Message
}

// Pulled is what there is now, and when there may be more.
type Pulled struct {
	// Deliveries are no more for each subscription than it asked for. More are dropped by plugbox as if they had failed.
	Deliveries []Delivery
	// Wake is when plugbox is to pull again though nothing was called meanwhile. Zero: only another call can bring more.
	Wake time.Time
}

// Broker is a message broker.
type Broker interface {
	// Init is called before anything else, once for each Component resource of Dapr that names this broker, with the resource's
	// metadata; and again when that resource is changed, or after plugbox had to start a new instance. `consumerID` among the
	// properties is the application's name, which stands for its consumer group.
	Init(properties plugbox.Metadata) ([]Feature, error)

	// Publish publishes a message. Once this returns, it is the broker's.
	Publish(message Message) error

	// Subscribe opens a subscription: what is published from now on is for it. It answers how many messages it may have out and
	// not acknowledged at once, at least 1; applications handle them one at a time.
	//
	// `consumerID` in the metadata is the group that it belongs to. plugbox puts there what the subscriber named at Init, where the
	// subscription itself names none: several applications may share an instance.
	//
	// After a new instance was started, plugbox opens the subscriptions of the one before again, with other ids.
	Subscribe(id SubscriptionID, topic string, metadata plugbox.Metadata) (window uint32, err error)

	// Unsubscribe closes a subscription. What it was given and did not acknowledge counts as not delivered, and not as an attempt.
	// An id that the broker does not know is to be ignored.
	Unsubscribe(id SubscriptionID)

	// Pull answers at once: what there is for these subscriptions, and when there may be more. An error closes nothing: plugbox
	// asks again after a while, which grows with each error in a row.
	Pull(wanted []Demand) (Pulled, error)

	// Ack tells that the application is done with a message, once for each delivery, unless the subscription is closed before. The
	// failure is nil where it has taken it, and says why where it has not: whether, when and how often that is delivered again is
	// the broker's affair. An id that the broker does not know (any more) is to be ignored.
	Ack(id SubscriptionID, messageID string, failure error)
}

var exported border.Exported[Broker]

// Export makes the guest a message broker. Call it once, in an init function.
func Export(broker Broker) {
	exported.Set(broker)
}

func onInit(properties border.Pairs) border.Result[[]string] {
	return border.Features(exported.Get().Init(border.Metadata(properties)))
}

func onPublish(message dapr_components_pub_sub.Outgoing) border.Result[abi.Unit] {
	return border.Done(exported.Get().Publish(Message{
		Topic:       message.Topic,
		Data:        message.Data,
		ContentType: message.ContentType.Some(),
		Metadata:    border.Metadata(message.Metadata),
	}))
}

func onSubscribe(id uint64, topic string, metadata border.Pairs) border.Result[uint32] {
	return border.Answer(exported.Get().Subscribe(SubscriptionID(id), topic, border.Metadata(metadata)))
}

func onUnsubscribe(id uint64) {
	exported.Get().Unsubscribe(SubscriptionID(id))
}

func onPull(wanted []dapr_components_pub_sub.Demand) border.Result[dapr_components_pub_sub.Pulled] {
	demands := make([]Demand, len(wanted))
	for i, demand := range wanted {
		demands[i] = Demand{SubscriptionID(demand.Id), demand.Messages}
	}
	pulled, err := exported.Get().Pull(demands)
	if err != nil {
		return border.Answer(dapr_components_pub_sub.Pulled{}, err)
	}
	deliveries := make([]dapr_components_pub_sub.Delivery, len(pulled.Deliveries))
	for i, delivery := range pulled.Deliveries {
		deliveries[i] = dapr_components_pub_sub.Delivery{
			Id:          uint64(delivery.ID),
			MessageId:   delivery.MessageID,
			Topic:       delivery.Message.Topic,
			Data:        delivery.Message.Data,
			ContentType: abi.Text(delivery.Message.ContentType),
			Metadata:    border.List(delivery.Message.Metadata),
		}
	}
	return border.Answer(dapr_components_pub_sub.Pulled{
		Deliveries: deliveries,
		AgainIn:    border.Again(pulled.Wake),
	}, nil)
}

func onAck(id uint64, messageID string, outcome dapr_components_pub_sub.Outcome) {
	var failure error
	if outcome.Tag() == dapr_components_pub_sub.OutcomeFailed {
		failure = errors.New(outcome.Failed())
	}
	exported.Get().Ack(SubscriptionID(id), messageID, failure)
}
