"""A message broker in memory, with consumer groups and redelivery."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from plugbox import Delivery, Message, Metadata, PubSub, Pulled

WINDOW = 16
"""How many messages a subscription may have out at once."""

REDELIVER_AFTER = 0.5
"""Seconds until a message that the application has failed comes again."""


@dataclass
class Queue:
    """What one consumer group has still to get of one topic. It is there from the group's first subscription on."""

    waiting: deque[Message] = field(default_factory=deque)
    failed: deque[tuple[float, Message]] = field(default_factory=deque)
    """Each with the moment when it is to come again, the next one first."""

    def revive(self, now: float) -> None:
        """What has failed and is to come again by now goes before all others, in its order."""
        due = [message for moment, message in self.failed if moment <= now]
        for _ in due:
            self.failed.popleft()
        self.waiting.extendleft(reversed(due))


@dataclass
class Subscription:
    queue: Queue
    out: dict[str, Message] = field(default_factory=dict)
    """What is not acknowledged, by its id."""


class MyPubSub(PubSub):
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._queues: dict[tuple[str, str], Queue] = {}
        self._subscriptions: dict[int, Subscription] = {}
        self._last_id = 0

    def publish(self, message: Message) -> None:
        for (topic, _), queue in self._queues.items():
            if topic == message.topic:
                queue.waiting.append(message)

    def subscribe(self, subscription: int, topic: str, metadata: Metadata) -> int:
        group = metadata.get("consumerID", "")
        queue = self._queues.setdefault((topic, group), Queue())
        self._subscriptions[subscription] = Subscription(queue)
        return WINDOW

    def unsubscribe(self, subscription: int) -> None:
        closed = self._subscriptions.pop(subscription, None)
        if closed is not None:
            closed.queue.waiting.extendleft(reversed(closed.out.values()))

    def pull(self, wanted: Mapping[int, int]) -> Pulled:
        now = self._now()
        deliveries = []
        due = []
        for id, room in wanted.items():
            subscription = self._subscriptions[id]
            queue = subscription.queue
            queue.revive(now)
            for _ in range(min(room, len(queue.waiting))):
                message = queue.waiting.popleft()
                self._last_id += 1
                subscription.out[str(self._last_id)] = message
                deliveries.append(
                    Delivery(id, str(self._last_id), message.topic, message.data, message.content_type, message.metadata)
                )
            if queue.failed:
                due.append(queue.failed[0][0])
        return Pulled(deliveries, again_in=min(due) - now if due else None)

    def ack(self, subscription: int, message_id: str, failure: str | None) -> None:
        known = self._subscriptions.get(subscription)
        message = known.out.pop(message_id, None) if known else None
        if known and message and failure is not None:
            print(f"a message of the topic {message.topic!r} comes again: {failure}")
            known.queue.failed.append((self._now() + REDELIVER_AFTER, message))
