"""The queues, the subscriptions, and what happens between them."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from memory_broker import topic as topics
from memory_broker.queue import Held, Published, Queue
from memory_broker.settings import Settings
from memory_broker.topic import Filter
from plugbox import (
    BulkPublish,
    Deadlines,
    Delivery,
    Entry,
    Error,
    Failure,
    InvalidArgument,
    Message,
    Metadata,
    PubSub,
    Pulled,
    ResourceExhausted,
)
from plugbox.pub_sub import ttl_of


@dataclass(slots=True)
class Subscription:
    """An open subscription."""

    queue: int
    out: dict[str, Held] = field(default_factory=dict)
    """What is not acknowledged, by the id that it was delivered under."""


class MemoryBroker(PubSub, BulkPublish):
    """The broker. A later ``init`` finds all messages and subscriptions still there, under the new settings; the group and the
    window of a subscription are those from when it was opened.
    """

    features = ("MESSAGE_TTL", "SUBSCRIBE_WILDCARDS", "BULK_SUBSCRIBE_IMMEDIATE")

    def __init__(self, now: Callable[[], int] = time.monotonic_ns) -> None:
        self._now = now
        self._settings = Settings()
        # A queue never goes, so its place names it.
        self._queues: list[Queue] = []
        self._subscriptions: dict[int, Subscription] = {}
        # Messages by number and place of the queue, until they have expired or are done with.
        self._expiring = Deadlines[tuple[int, int]]()
        self._last_message = 0
        self._last_delivery = 0

    def init(self, properties: Metadata) -> None:
        self._settings = Settings.of(properties)

    def publish(self, message: Message) -> None:
        """The message reaches all queues that are for its topic, or none."""
        topics.check(message.topic)
        seconds = message.ttl()
        self._clear_expired()
        places = [place for place, queue in enumerate(self._queues) if queue.filter.matches(message.topic)]
        most = self._settings.max_messages
        for queue in (self._queues[place] for place in places):
            if len(queue) >= most:
                raise ResourceExhausted(
                    f"the group {queue.group!r} has {len(queue)} messages of the topic {message.topic!r} to take first; "
                    f"maxMessages allows {most}"
                )
        self._last_message += 1
        expires = None if seconds is None else self._now() + seconds * 1_000_000_000
        published = Published(self._last_message, message, expires)
        for place in places:
            self._queues[place].push(published)
            if expires is not None:
                self._expiring.put((published.number, place), expires)

    def bulk_publish(self, topic: str, entries: Sequence[Entry], metadata: Metadata) -> list[Failure]:
        """Publishes the entries in their order, as far as each can be."""
        topics.check(topic)
        ttl_of(metadata)
        # An answer could not say which of several entries with one id it means, so none of them is published.
        ids = Counter(entry.entry_id for entry in entries)
        failures = []
        for entry in entries:
            try:
                if not entry.entry_id:
                    raise InvalidArgument("the entry has no id")
                if ids[entry.entry_id] > 1:
                    raise InvalidArgument("several entries have this id")
                self.publish(Message(topic, entry.data, entry.content_type, {**metadata, **entry.metadata}))
            except Error as error:
                failures.append(Failure(entry.entry_id, error.message))
        return failures

    def subscribe(self, subscription: int, topic: str, metadata: Metadata) -> int:
        group, window = self._settings.of_subscription(metadata)
        filter = Filter(topic)
        if subscription in self._subscriptions:
            raise InvalidArgument(f"there is a subscription {subscription} already")
        self._subscriptions[subscription] = Subscription(self._queue(group, filter))
        return window

    def _queue(self, group: str, filter: Filter) -> int:
        """The place of a group's queue, which is made where there is none."""
        for place, queue in enumerate(self._queues):
            if queue.group == group and queue.filter.topic == filter.topic:
                return place
        self._queues.append(Queue(group, filter))
        return len(self._queues) - 1

    def unsubscribe(self, subscription: int) -> None:
        closed = self._subscriptions.pop(subscription, None)
        if closed is None:
            return
        now = self._now()
        queue = self._queues[closed.queue]
        for held in closed.out.values():
            if held.published.has_expired(now):
                self._forget(closed.queue, held)
            else:
                queue.returned(held)

    def pull(self, wanted: Mapping[int, int]) -> Pulled:
        """What there is, by turns where subscriptions share a queue; and how long it takes until there may be more, if time
        alone can bring it.
        """
        self._clear_expired()
        now = self._now()
        deliveries: list[Delivery] = []
        due: list[int] = []
        left = {id: room for id, room in wanted.items() if room > 0 and id in self._subscriptions}
        while left:
            for id in list(left):
                subscription = self._subscriptions[id]
                queue = self._queues[subscription.queue]
                held = queue.next(now)
                if held is None:
                    again = queue.due()
                    if again is not None:
                        due.append(again)
                    left[id] = 0
                else:
                    deliveries.append(self._deliver(id, subscription, held))
                    left[id] -= 1
                if left[id] == 0:
                    del left[id]
        return Pulled(deliveries, (min(due) - now) / 1e9 if due else None)

    def _deliver(self, id: int, subscription: Subscription, held: Held) -> Delivery:
        # Each delivery has an id of its own, so that no answer to one is taken for the answer to another.
        self._last_delivery += 1
        message_id = str(self._last_delivery)
        subscription.out[message_id] = held
        message = held.published.message
        metadata = message.metadata
        if held.deliveries > 1:
            metadata = {**metadata, "deliveryCount": str(held.deliveries)}
        return Delivery(id, message_id, message.topic, message.data, message.content_type, metadata)

    def ack(self, subscription: int, message_id: str, failure: str | None) -> None:
        known = self._subscriptions.get(subscription)
        held = None if known is None else known.out.pop(message_id, None)
        if known is None or held is None:
            return
        most = self._settings.max_deliveries
        now = self._now()
        if failure is not None and most is not None and held.deliveries >= most:
            print(
                f"a message of the topic {held.published.message.topic!r} is dropped after {held.deliveries} failed "
                f"deliveries, the last one because: {failure}",
                file=sys.stderr,
            )
            self._forget(known.queue, held)
        elif failure is None or held.published.has_expired(now):
            self._forget(known.queue, held)
        else:
            self._queues[known.queue].postponed(held, now + self._settings.redeliver_after)

    def _forget(self, place: int, held: Held) -> None:
        """Is done with a message that was out."""
        self._queues[place].settled()
        self._expiring.discard((held.published.number, place))

    def _clear_expired(self) -> None:
        """Gives back the memory of the messages that have expired."""
        if not self._expiring:
            # The clock is asked only where it can matter: it costs a call out of the guest.
            return
        now = self._now()
        while (expired := self._expiring.take(now)) is not None:
            number, place = expired
            self._queues[place].expired(number)

    def held(self) -> tuple[int, int]:
        """How many messages take memory, and how many of them expire."""
        return sum(map(len, self._queues)), len(self._expiring)
