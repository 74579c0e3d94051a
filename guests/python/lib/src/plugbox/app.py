"""Applications behind Dapr. Subclass what yours takes; daprd is told of the rest that it does not want it."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from plugbox.types import Exported, Metadata

Headers = Iterable[tuple[str, str]]
"""Names and values beside a body. Names are in lower case, and may come more than once."""


@dataclass(slots=True)
class Http:
    """What HTTP says of a call beyond its path, headers and body."""

    verb: str
    """A method of HTTP in capitals, like ``GET``."""
    query: str | None = None
    """What stands behind the ``?``, as it was written."""


@dataclass(slots=True)
class InvokeRequest:
    """A call of an application's method."""

    method: str
    """The name, or the path without the ``/`` it began with."""
    data: bytes = b""
    content_type: str | None = None
    type_url: str | None = None
    """The type of the data, where it is a message of protobuf that was packed with its type."""
    http: Http | None = None
    """None for a call that has nothing of HTTP."""
    headers: Headers = ()


@dataclass(slots=True)
class InvokeResponse:
    """What a method answers."""

    data: bytes = b""
    content_type: str | None = None
    type_url: str | None = None
    headers: Headers = ()


class Invoke(Exported):
    """Calls by other applications, or by Dapr's own API."""

    @abstractmethod
    def invoke(self, request: InvokeRequest) -> InvokeResponse:
        """Serves a call. What it raises reaches the caller as a gRPC status: raise ``Unimplemented`` for an unknown method."""


@dataclass(slots=True)
class Route:
    """A path for some messages."""

    matches: str
    """An expression of the Common Expression Language, like ``event.type == "order.placed"``."""
    path: str


@dataclass(slots=True)
class Subscription:
    """Messages that an application wants."""

    pubsub: str
    """The broker: the name of its Component resource."""
    topic: str
    routes: Iterable[Route] = ()
    """The first that matches names the path; none for no difference between messages."""
    default_path: str | None = None
    """The path of messages that no route matches."""
    dead_letter_topic: str | None = None
    """Where messages go that are dropped, or were delivered as often as they may."""
    metadata: Metadata = field(default_factory=dict)
    """For the broker; and for daprd, ``rawPayload``, which is ``true`` where messages are no CloudEvents."""


@dataclass(slots=True)
class CloudEvent:
    """What was published, or what Dapr has put around it."""

    id: str
    source: str
    type: str
    spec_version: str
    data: bytes
    content_type: str | None = None
    subject: str | None = None
    time: str | None = None
    data_schema: str | None = None
    extensions: Mapping[str, object] = field(default_factory=dict)
    """All other attributes, as ``json.loads`` would read them."""


@dataclass(slots=True)
class Received:
    """A message that has come to an application."""

    event: CloudEvent
    pubsub: str
    topic: str
    path: str | None = None
    """Where the subscription's routes lead it; none without routes."""
    metadata: Metadata = field(default_factory=dict)
    """What the broker says of it. daprd writes the names in lower case."""


class Outcome(Enum):
    """What becomes of a message, by the places that they have in the contract."""

    SUCCESS = 0
    """It is done with."""
    RETRY = 1
    """It is to come again."""
    DROP = 2
    """It is not to come again, and goes to the topic for dead letters, where there is one."""


class Subscriber(Exported):
    """Messages of brokers."""

    @abstractmethod
    def subscriptions(self) -> Iterable[Subscription]:
        """What the application wants. Asked when the guest is loaded: it may depend on the environment, and on nothing else."""

    @abstractmethod
    def receive(self, message: Received) -> Outcome:
        """Takes a message. One for which this raises comes again."""
