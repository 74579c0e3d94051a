from plugbox import Message, Pulled
from pub_sub import REDELIVER_AFTER, MyPubSub


def data(pulled: Pulled) -> list[tuple[int, bytes]]:
    return [(delivery.subscription, delivery.data) for delivery in pulled.deliveries]


def ids(pulled: Pulled) -> list[str]:
    return [delivery.message_id for delivery in pulled.deliveries]


def test_each_group_gets_every_message_once() -> None:
    broker = MyPubSub()
    for subscription, group in [(1, "one"), (2, "one"), (3, "other")]:
        broker.subscribe(subscription, "topic", {"consumerID": group})
    broker.publish(Message("topic", b"a"))
    broker.publish(Message("topic", b"b"))
    broker.publish(Message("another", b"c"))
    assert data(broker.pull({1: 1, 2: 9, 3: 9})) == [(1, b"a"), (2, b"b"), (3, b"a"), (3, b"b")]
    assert data(broker.pull({1: 9, 2: 9, 3: 9})) == []


def test_what_has_failed_comes_again_after_a_while_and_what_was_taken_does_not() -> None:
    now = 100.0
    broker = MyPubSub(lambda: now)
    broker.subscribe(1, "topic", {})
    for letter in [b"a", b"b", b"c", b"d"]:
        broker.publish(Message("topic", letter))
    first, second, third = ids(broker.pull({1: 3}))
    broker.ack(1, first, "why")
    broker.ack(1, second, None)
    broker.ack(1, third, "why")
    pulled = broker.pull({1: 9})
    assert (data(pulled), pulled.again_in) == ([(1, b"d")], REDELIVER_AFTER)
    now += REDELIVER_AFTER
    assert data(broker.pull({1: 9})) == [(1, b"a"), (1, b"c")]


def test_what_was_out_when_a_subscription_closed_is_for_the_next_one() -> None:
    broker = MyPubSub()
    broker.subscribe(1, "topic", {})
    broker.publish(Message("topic", b"a"))
    broker.publish(Message("topic", b"b"))
    broker.pull({1: 9})
    broker.unsubscribe(1)
    broker.subscribe(2, "topic", {})
    assert data(broker.pull({2: 9})) == [(2, b"a"), (2, b"b")]
