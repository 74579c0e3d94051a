"""The broker: who gets a message, when, and how often."""

import pytest

from memory_broker import topic
from memory_broker.broker import MemoryBroker
from memory_broker.settings import Settings
from memory_broker.topic import Filter
from plugbox import Entry, InvalidArgument, Message, ResourceExhausted

MS = 1_000_000


class Broker(MemoryBroker):
    """With a clock that goes when a test says so, and words for what tests do."""

    def __init__(self, **properties: str) -> None:
        self.time = 0
        super().__init__(lambda: self.time)
        self.init(properties)

    def send(self, topic: str, *texts: str, **metadata: str) -> None:
        for text in texts:
            self.publish(Message(topic, text.encode(), "text/plain", metadata))

    def listen(self, id: int, topic: str = "t", **metadata: str) -> int:
        return self.subscribe(id, topic, metadata)

    def take(self, id: int, room: int = 9):
        deliveries = list(self.pull({id: room}).deliveries)
        assert all(delivery.subscription == id for delivery in deliveries)
        return deliveries

    def texts(self, id: int, room: int = 9) -> str:
        return " ".join(delivery.data.decode() for delivery in self.take(id, room))

    def wait_of(self, id: int) -> float | None:
        pulled = self.pull({id: 1})
        assert not pulled.deliveries
        return pulled.again_in

    def accept(self, delivery) -> None:
        self.ack(delivery.subscription, delivery.message_id, None)

    def fail(self, delivery) -> None:
        self.ack(delivery.subscription, delivery.message_id, "the test says so")


def test_a_message_comes_as_it_was_published_and_once():
    broker = Broker()
    broker.listen(1)
    broker.send("t", "x", a="b")
    (delivery,) = broker.take(1)
    assert (delivery.topic, delivery.data, delivery.content_type, delivery.metadata) == ("t", b"x", "text/plain", {"a": "b"})
    assert broker.take(1) == []
    broker.accept(delivery)
    assert broker.held() == (0, 0)


def test_messages_come_in_order_and_no_more_than_asked_for():
    broker = Broker()
    broker.listen(1)
    broker.send("t", *"abcde")
    assert (broker.texts(1, 2), broker.texts(1, 0), broker.texts(1)) == ("a b", "", "c d e")
    assert broker.pull({}).deliveries == []


def test_subscriptions_of_a_group_share_its_messages_by_turns():
    broker = Broker(consumerID="app")
    broker.listen(1)
    broker.listen(2)
    broker.send("t", *"abcde")
    pulled = broker.pull({1: 4, 2: 4, 99: 1})
    assert [(d.subscription, d.data) for d in pulled.deliveries] == [(1, b"a"), (2, b"b"), (1, b"c"), (2, b"d"), (1, b"e")]
    assert pulled.again_in is None
    broker.unsubscribe(1)
    assert broker.texts(2) == "a c e"


def test_each_group_gets_each_message():
    broker = Broker(consumerID="app")
    broker.listen(1)
    broker.listen(2, consumerID="other")
    broker.listen(3, consumerID="app")
    broker.send("t", "a", "b")
    assert (broker.texts(1, 1), broker.texts(2), broker.texts(3)) == ("a", "a b", "b")


def test_a_new_name_is_for_the_subscriptions_from_then_on():
    broker = Broker(consumerID="app")
    broker.listen(1)
    broker.send("t", "a")
    broker.init({"consumerID": "other"})
    broker.listen(2)
    broker.send("t", "b")
    assert (broker.texts(1), broker.texts(2)) == ("a b", "b")


def test_a_queue_begins_with_its_first_subscription_and_outlives_them():
    broker = Broker()
    broker.send("t", "before")
    broker.listen(1)
    broker.send("t", "a")
    broker.unsubscribe(1)
    broker.send("t", "b")
    broker.send("elsewhere", "x")
    broker.listen(2)
    assert (broker.held(), broker.texts(2)) == ((2, 0), "a b")


def test_a_full_queue_refuses_until_something_is_taken():
    broker = Broker(maxMessages="2")
    broker.listen(1)
    broker.listen(2, consumerID="slow")
    broker.send("t", "a", "b")
    for delivery in broker.take(1):
        broker.accept(delivery)
    with pytest.raises(ResourceExhausted, match=r"'slow'.*maxMessages"):
        broker.send("t", "c")
    # None of the groups got it.
    assert broker.take(1) == []
    # What is out still takes memory.
    (out,) = broker.take(2, 1)
    with pytest.raises(ResourceExhausted):
        broker.send("t", "c")
    broker.accept(out)
    broker.send("t", "c")
    assert (broker.texts(1), broker.texts(2)) == ("c", "b c")


def test_what_fails_comes_again_after_the_interval_and_first():
    broker = Broker(redeliverInterval="250ms")
    broker.listen(1)
    broker.send("t", *"abc")
    (out,) = broker.take(1, 1)
    broker.fail(out)
    assert broker.texts(1, 1) == "b"
    broker.time += 249 * MS
    assert broker.texts(1, 0) == ""
    broker.time += MS
    a, c = broker.take(1)
    assert (a.data, c.data, a.metadata, c.metadata) == (b"a", b"c", {"deliveryCount": "2"}, {})
    assert a.message_id != out.message_id
    # A late second word on the first delivery says nothing of this one.
    broker.accept(out)
    broker.fail(a)
    assert broker.wait_of(1) == 0.25
    broker.time += 100 * MS
    assert broker.wait_of(1) == 0.15


def test_the_wait_is_that_for_the_earliest_of_those_that_asked():
    broker = Broker()
    for id, name in [(1, "s"), (2, "t")]:
        broker.listen(id, name)
        broker.send(name, "x")
    broker.fail(broker.take(2)[0])
    broker.time += 10 * MS
    broker.fail(broker.take(1)[0])
    assert (broker.wait_of(1), broker.pull({1: 1, 2: 1}).again_in) == (0.1, 0.09)


def test_deliveries_end_where_they_are_bounded(capsys):
    broker = Broker(maxDeliveries="2", redeliverInterval="0ms")
    broker.listen(1)
    broker.send("t", "x", ttlInSeconds="9")
    for _ in range(2):
        broker.fail(broker.take(1)[0])
    assert (broker.wait_of(1), broker.held()) == (None, (0, 0))
    assert "the test says so" in capsys.readouterr().err


def test_closing_gives_back_what_was_out_in_its_order_and_counts_as_no_attempt():
    broker = Broker()
    broker.listen(1)
    broker.send("t", *"abc")
    broker.take(1, 2)
    broker.unsubscribe(1)
    broker.listen(2)
    assert [(d.data, dict(d.metadata)) for d in broker.take(2)] == [(b"a", {}), (b"b", {}), (b"c", {})]


def test_a_stranger_changes_nothing():
    broker = Broker()
    broker.listen(1)
    broker.send("t", "x")
    (out,) = broker.take(1)
    broker.ack(1, "nobody", None)
    broker.ack(2, out.message_id, None)
    broker.unsubscribe(2)
    assert broker.held() == (1, 0)
    with pytest.raises(InvalidArgument, match="already"):
        broker.listen(1, "other")


def test_what_has_expired_is_not_delivered():
    broker = Broker()
    broker.listen(1)
    broker.send("t", "a", ttlInSeconds="2")
    broker.send("t", "b", ttlInSeconds="1")
    broker.send("t", "c")
    assert broker.held() == (3, 2)
    broker.time += 999 * MS
    assert broker.texts(1, 1) == "a"
    broker.time += MS
    assert (broker.texts(1), broker.held()) == ("c", (2, 1))


def test_memory_comes_back_though_nobody_takes():
    broker = Broker(maxMessages="2")
    broker.listen(1)
    broker.unsubscribe(1)
    for _ in range(500):
        broker.send("t", "a", "b", ttlInSeconds="1")
        broker.time += 1000 * MS
    broker.send("elsewhere", "x")
    assert broker.held() == (0, 0) and len(broker._queues[0]._fresh) == 0


def test_what_expires_while_it_is_out_does_not_come_again():
    broker = Broker()
    broker.listen(1)
    broker.send("t", *"abcd", ttlInSeconds="1")
    a, b, c, _ = broker.take(1)
    broker.time += 950 * MS
    broker.fail(a)
    assert broker.wait_of(1) == 0.1
    broker.time += 50 * MS
    broker.fail(b)
    broker.accept(c)
    broker.unsubscribe(1)
    broker.listen(2)
    broker.time += 50 * MS
    assert (broker.wait_of(2), broker.held()) == (None, (0, 0))


@pytest.mark.parametrize("wrong", ["0", "-1", "", "1.5", "ten"])
def test_a_life_is_an_integer_from_one_on(wrong):
    broker = Broker()
    with pytest.raises(InvalidArgument, match="ttlInSeconds"):
        broker.send("t", "x", ttlInSeconds=wrong)
    with pytest.raises(InvalidArgument, match="ttlInSeconds"):
        broker.bulk_publish("t", [Entry("1", b"")], {"ttlInSeconds": wrong})


def test_good_entries_are_published_in_order_among_bad_ones():
    broker = Broker(maxMessages="3")
    broker.listen(1)
    lives = {"2": "0", "3": "1"}
    entries = [
        Entry(id, id.encode(), None, {"ttlInSeconds": lives[id]} if id in lives else {})
        for id in ("1", "", "2", "3", "x", "x", "4", "5")
    ]
    failures = broker.bulk_publish("t", entries, {"ttlInSeconds": "5", "a": "b"})
    assert [failure.entry_id for failure in failures] == ["", "2", "x", "x", "5"]
    assert "maxMessages" in failures[-1].reason
    broker.time += 1000 * MS
    deliveries = broker.take(1)
    assert [d.data for d in deliveries] == [b"1", b"4"] and deliveries[0].metadata == {"ttlInSeconds": "5", "a": "b"}


@pytest.mark.parametrize(
    ("filter", "yes", "no"),
    [
        ("a/b", ["a/b"], ["a/b/", "a", "A/b"]),
        ("a/+/c", ["a/b/c", "a/x/c", "a//c"], ["a/c", "a/b/b/c", "a/b", "a/b/c/d", "b/b/c"]),
        ("+", ["a"], ["a/b"]),
        ("+/+", ["/a"], ["a"]),
        ("a/#", ["a", "a/", "a/b", "a/b/c"], ["ab", "b/a"]),
        ("#", ["a", "a/b", "/"], []),
        ("+/b/#", ["a/b/c/d", "a/b"], ["a/c", "a"]),
        ("c++", ["c++"], ["cat"]),
        ("c#/+", ["c#/x"], ["c/x"]),
    ],
)
def test_wildcards_are_those_of_mqtt(filter, yes, no):
    assert all(Filter(filter).matches(topic) for topic in yes)
    assert not any(Filter(filter).matches(topic) for topic in no)


def test_what_can_never_match_is_refused():
    for wrong in ("", "#/a", "a/#/b", "#/#"):
        with pytest.raises(InvalidArgument):
            Filter(wrong)
    for wrong in ("", "a/+", "#", "+/b"):
        with pytest.raises(InvalidArgument):
            topic.check(wrong)
    topic.check("c++/c#")


def test_each_queue_gets_a_message_once():
    broker = Broker()
    for id, name in enumerate(["a/b", "a/+", "#"]):
        broker.listen(id, name)
    broker.send("a/b", "x")
    assert [broker.take(id)[0].topic for id in range(3)] == ["a/b"] * 3


def test_the_window_is_the_subscriptions_own_or_the_brokers():
    broker = Broker(maxInFlight="5")
    assert (broker.listen(1), broker.listen(2, maxInFlight="20")) == (5, 20)
    with pytest.raises(InvalidArgument, match="maxInFlight"):
        broker.listen(3, maxInFlight="0")
    # What was refused is not there.
    assert broker.listen(3) == 5


def test_everything_can_be_said_or_left_out():
    assert Settings.of({"other": "x"}) == Settings("", 1, 100 * MS, None, 100_000)
    said = {"consumerID": "g", "maxInFlight": "2", "redeliverInterval": "1h30m1.5s", "maxDeliveries": "3", "maxMessages": "4"}
    assert Settings.of(said) == Settings("g", 2, 5_401_500 * MS, 3, 4)


@pytest.mark.parametrize("name", ["maxInFlight", "maxDeliveries", "maxMessages", "redeliverInterval"])
@pytest.mark.parametrize("wrong", ["", "0", "-1", "x", "1.5", str(2**32), "25h", "1s "])
def test_what_is_wrong_is_named(name, wrong):
    with pytest.raises(InvalidArgument, match=name):
        Settings.of({name: wrong})
