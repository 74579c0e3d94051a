"""A broker through what componentize-py makes."""

import pytest
from componentize_py_types import Err
from wit_world.exports import bulk_publish as wit_bulk
from wit_world.exports import pub_sub as wit
from wit_world.imports import types

import plugbox
from plugbox.adapt.bulk_publish import BulkPublish
from plugbox.adapt.made import Made
from plugbox.adapt.pub_sub import PubSub


class Broker(plugbox.PubSub, plugbox.BulkPublish):
    """Answers what a test wants, and remembers what it was asked."""

    features = ("MESSAGE_TTL",)

    def __init__(self, answer: object = None) -> None:
        self.answer = answer
        self.asked: list[object] = []

    def act(self, *asked: object) -> object:
        self.asked.extend(asked)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def publish(self, message):
        self.act(message)

    def bulk_publish(self, topic, entries, metadata):
        return self.act(topic, *entries, metadata)

    def subscribe(self, subscription, topic, metadata):
        return self.act(subscription, topic, metadata)

    def unsubscribe(self, subscription):
        self.act(subscription)

    def pull(self, wanted):
        return self.act(wanted)

    def ack(self, subscription, message_id, failure):
        self.act(subscription, message_id, failure)


def adapted(answer: object = None) -> tuple[Broker, PubSub]:
    broker = Broker(answer)
    return broker, PubSub(Made(lambda: broker))


def test_messages_subscriptions_and_answers_come_as_they_are():
    broker, adapter = adapted(3)
    assert adapter.init([]) == ["MESSAGE_TTL"]
    adapter.publish(wit.Outgoing("t", b"\xff", "text/plain", [("a", "b")]))
    assert adapter.subscribe(7, "t/#", [("consumerID", "app")]) == 3
    adapter.ack(7, "1", wit.Outcome_Accepted())
    adapter.ack(7, "2", wit.Outcome_Failed("why"))
    adapter.unsubscribe(7)
    message = plugbox.Message("t", b"\xff", "text/plain", {"a": "b"})
    assert broker.asked == [message, 7, "t/#", {"consumerID": "app"}, 7, "1", None, 7, "2", "why", 7]


def test_a_pull_answers_deliveries_and_what_to_wait_for():
    delivery = plugbox.Delivery(7, "1", "t", b"x", None, {"a": "b"})
    broker, adapter = adapted(plugbox.Pulled([delivery], again_in=0.1, waits=["socket"]))
    got = adapter.pull([wit.Demand(7, 2), wit.Demand(8, 1)])
    assert broker.asked == [{7: 2, 8: 1}]
    assert got == wit.Pulled([wit.Delivery(7, "1", "t", b"x", None, [("a", "b")])], 100_000_000, ["socket"])


@pytest.mark.parametrize(
    ("seconds", "nanoseconds"),
    [(None, None), (0, 0), (-1, 0), (1e-10, 1), (1.5, 1_500_000_000), (float("inf"), 10**18)],
)
def test_a_wait_is_never_too_short(seconds, nanoseconds):
    assert adapted(plugbox.Pulled(again_in=seconds))[1].pull([]) == wit.Pulled([], nanoseconds, [])


@pytest.mark.parametrize("seconds", ["1", float("nan")])
def test_a_wait_is_a_number_of_seconds(seconds, capsys):
    with pytest.raises(Err) as raised:
        adapted(plugbox.Pulled(again_in=seconds))[1].pull([])
    assert raised.value.value.code is types.Code.INTERNAL
    assert "again_in is" in capsys.readouterr().err


@pytest.mark.parametrize("window", [0, -1, 2**32, "1", None, True])
def test_a_window_is_a_number_from_one_on(window):
    with pytest.raises(Err) as raised:
        adapted(window)[1].subscribe(1, "t", [])
    assert raised.value.value.code is types.Code.INTERNAL


def test_errors_answer_where_there_is_an_answer_and_are_told_to_the_log_elsewhere(capsys):
    _, adapter = adapted(plugbox.ResourceExhausted("full"))
    with pytest.raises(Err) as raised:
        adapter.publish(wit.Outgoing("t", b"", None, []))
    assert raised.value.value == types.Error(types.Code.RESOURCE_EXHAUSTED, "full")
    assert capsys.readouterr().err == ""
    adapter.ack(1, "1", wit.Outcome_Accepted())
    adapter.unsubscribe(1)
    assert capsys.readouterr().err.count("full") == 2


def test_a_bulk_publish_answers_what_could_not_be_published():
    broker = Broker([plugbox.Failure("2", "full")])
    adapter = BulkPublish(Made(lambda: broker))
    got = adapter.bulk_publish("t", [wit_bulk.Entry("2", b"x", None, [("a", "b")])], [("c", "d")])
    assert got == [wit_bulk.Failure("2", "full")]
    assert broker.asked == ["t", plugbox.Entry("2", b"x", None, {"a": "b"}), {"c": "d"}]


@pytest.mark.parametrize("text", ["0", "-1", "", "1.5", "ten"])
def test_a_message_s_life_is_a_number_from_one_on(text):
    assert plugbox.Message("t", b"").ttl() is None
    assert plugbox.Message("t", b"", metadata={"ttlInSeconds": "3"}).ttl() == 3
    with pytest.raises(plugbox.InvalidArgument, match="ttlInSeconds"):
        plugbox.Message("t", b"", metadata={"ttlInSeconds": text}).ttl()
