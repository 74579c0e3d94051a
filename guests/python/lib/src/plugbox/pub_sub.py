"""Message brokers."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugbox.errors import InvalidArgument
from plugbox.strict import parse_integer
from plugbox.types import Block, FeaturedBlock, Metadata


@dataclass(slots=True)
class Message:
    """A message that an application publishes."""

    topic: str
    data: bytes
    content_type: str | None = None
    metadata: Metadata = field(default_factory=dict)

    def ttl(self) -> int | None:
        """How long it can be delivered, in seconds; None for no end. See ``ttl_of``."""
        return ttl_of(self.metadata)


def ttl_of(metadata: Metadata) -> int | None:
    """The life in seconds that a message asks for. Raises ``InvalidArgument`` for what is not an integer from 1 on."""
    text = metadata.get("ttlInSeconds")
    if text is None:
        return None
    try:
        seconds = parse_integer(text)
    except ValueError:
        seconds = 0
    if seconds < 1:
        raise InvalidArgument(f"ttlInSeconds is {text!r}, and that is not an integer from 1 on, or too large")
    return seconds


@dataclass(slots=True)
class Delivery:
    """A message for a subscription."""

    subscription: int
    message_id: str
    """Names the message among those of this subscription that are not acknowledged. Never empty."""
    topic: str
    """What it was published to, which is another than the subscription's where that has wildcards."""
    data: bytes
    content_type: str | None = None
    metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Pulled:
    """What there is, and what to wait for."""

    deliveries: Iterable[Delivery] = ()
    again_in: float | None = None
    """In so many seconds there may be more, though nobody calls."""
    waits: Iterable[Any] = ()
    """Pollables of WASI, for guests that have some of their own."""


class PubSub(FeaturedBlock):
    """A message broker.

    Messages are pulled, and waiting is the host's work: plugbox calls ``pull`` when a subscription can take more, after each
    call that may have brought something, and when the time of ``Pulled.again_in`` is over. So there are no threads here.

    The features are ``MESSAGE_TTL`` and ``SUBSCRIBE_WILDCARDS``. ``consumerID`` among the properties is the application's
    consumer group.
    """

    @abstractmethod
    def publish(self, message: Message) -> None:
        """Publishes a message. Once this returns, it is the broker's."""

    @abstractmethod
    def subscribe(self, subscription: int, topic: str, metadata: Metadata) -> int:
        """Opens a subscription, under a number that plugbox chooses: what is published from now on is for it.

        Answers how many messages it may have out and not acknowledged at once, at least 1.
        """

    @abstractmethod
    def unsubscribe(self, subscription: int) -> None:
        """Closes a subscription. What it has not acknowledged counts as not delivered, and not as an attempt."""

    @abstractmethod
    def pull(self, wanted: Mapping[int, int]) -> Pulled:
        """Answers at once what there is for these subscriptions, each with how many messages it can take."""

    @abstractmethod
    def ack(self, subscription: int, message_id: str, failure: str | None) -> None:
        """The application has taken a message; or it has not, and ``failure`` says why. Unknown ids are to be ignored."""


@dataclass(slots=True)
class Entry:
    """One message of many."""

    entry_id: str
    data: bytes
    content_type: str | None = None
    metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Failure:
    """A message that could not be published."""

    entry_id: str
    reason: str


class BulkPublish(Block):
    """Many messages at once, for a broker that does that better than one by one."""

    @abstractmethod
    def bulk_publish(self, topic: str, entries: Sequence[Entry], metadata: Metadata) -> Iterable[Failure]:
        """Publishes what it can, and answers what it could not. An error means that it published none."""
