"""``PubSub`` as the host calls it."""

from wit_world.exports import pub_sub as wit

from plugbox import pub_sub
from plugbox.adapt import checked
from plugbox.adapt.failures import fallible, initial, silent
from plugbox.adapt.made import Made


class PubSub:
    def __init__(self, made: Made[pub_sub.PubSub]) -> None:
        self._made = made

    @initial
    def init(self, properties: list[tuple[str, str]]) -> list[str]:
        broker = self._made()
        broker.init(dict(properties))
        return checked.names(broker.features, "features")

    @fallible
    def publish(self, message: wit.Outgoing) -> None:
        self._made().publish(pub_sub.Message(message.topic, message.data, message.content_type, dict(message.metadata)))

    @fallible
    def subscribe(self, id: int, topic: str, metadata: list[tuple[str, str]]) -> int:
        window = self._made().subscribe(id, topic, dict(metadata))
        return checked.count(window, "the window that subscribe answered", least=1)

    @silent
    def unsubscribe(self, id: int) -> None:
        self._made().unsubscribe(id)

    @fallible
    def pull(self, wanted: list[wit.Demand]) -> wit.Pulled:
        pulled = self._made().pull({demand.id: demand.messages for demand in wanted})
        deliveries = [_delivery(delivery) for delivery in pulled.deliveries]
        return wit.Pulled(deliveries, checked.nanoseconds(pulled.again_in, "again_in"), list(pulled.waits))

    @silent
    def ack(self, id: int, message_id: str, outcome: wit.Outcome) -> None:
        failure = outcome.value if isinstance(outcome, wit.Outcome_Failed) else None
        self._made().ack(id, message_id, failure)


def _delivery(delivery: pub_sub.Delivery) -> wit.Delivery:
    return wit.Delivery(
        checked.number(delivery.subscription, "the subscription of a delivery"),
        checked.text(delivery.message_id, "the id of a message"),
        checked.text(delivery.topic, "the topic of a message"),
        checked.data(delivery.data, "the data of a message"),
        checked.optional_text(delivery.content_type, "the content type of a message"),
        checked.pairs(delivery.metadata, "the metadata of a message"),
    )
