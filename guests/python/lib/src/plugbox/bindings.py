"""Input and output bindings."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from plugbox.types import Block, Metadata


@dataclass(slots=True)
class Event:
    """An event for a reader."""

    reader: int
    event_id: str
    """Names the event among those of this reader that are not answered. Never empty."""
    data: bytes
    content_type: str | None = None
    metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class PulledEvents:
    """What there is, and what to wait for: as in ``Pulled``."""

    events: Iterable[Event] = ()
    again_in: float | None = None
    waits: Iterable[Any] = ()


class InputBinding(Block):
    """Events from outside that reach an application. As in ``PubSub``, events are pulled, and the host waits."""

    @abstractmethod
    def open(self, reader: int) -> int:
        """An application begins to listen. Answers how many events it may have and not have answered at once, at least 1."""

    @abstractmethod
    def close(self, reader: int) -> None:
        """The application has gone. What it has not answered counts as not delivered."""

    @abstractmethod
    def pull(self, wanted: Mapping[int, int]) -> PulledEvents:
        """Answers at once what there is for these readers, each with how many events it can take."""

    @abstractmethod
    def answer(self, reader: int, event_id: str, data: bytes, failure: str | None) -> None:
        """What the application returned to an event; or why it failed, in ``failure``. Unknown ids are to be ignored."""


@dataclass(slots=True)
class Invocation:
    """What an application asks for."""

    operation: str
    data: bytes
    metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Response:
    """What an operation gave."""

    data: bytes = b""
    content_type: str | None = None
    metadata: Metadata = field(default_factory=dict)


class OutputBinding(Block):
    """Operations on something outside."""

    operations: Collection[str] = ()
    """Their names; Dapr's own for the usual ones are ``create``, ``get``, ``delete`` and ``list``. Asked after ``init``."""

    @abstractmethod
    def invoke(self, request: Invocation) -> Response:
        """Does one of the operations."""
