"""State stores."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from plugbox.errors import Error, InvalidArgument
from plugbox.query import Page, Query
from plugbox.strict import parse_integer
from plugbox.types import Block, FeaturedBlock, Metadata


class Concurrency(Enum):
    """How writes to one key by several writers are settled, by the places in the contract."""

    UNSPECIFIED = 0
    """The client does not say; the same as ``LAST_WRITE``."""
    FIRST_WRITE = 1
    """Without an etag, ``set`` succeeds only when the key is not there; else it is an ``EtagMismatch``."""
    LAST_WRITE = 2


class Consistency(Enum):
    """How fresh a read, or how durable a write, is to be, by the places in the contract."""

    UNSPECIFIED = 0
    EVENTUAL = 1
    STRONG = 2


@dataclass(slots=True)
class GetRequest:
    """What to read."""

    key: str
    consistency: Consistency = Consistency.UNSPECIFIED
    metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class SetRequest:
    """What to write."""

    key: str
    value: bytes
    content_type: str | None = None
    etag: str | None = None
    """The write happens only if the item's etag is this one."""
    concurrency: Concurrency = Concurrency.UNSPECIFIED
    consistency: Consistency = Consistency.UNSPECIFIED
    metadata: Metadata = field(default_factory=dict)

    def ttl(self) -> int | None:
        """The life that the item is to have, in seconds; None for no end, which is also what -1 and 0 ask for.

        Raises ``InvalidArgument`` for what is less or is not an integer.
        """
        text = self.metadata.get("ttlInSeconds")
        if text is None:
            return None
        wrong = f"the metadata ttlInSeconds of key {self.key!r} is {text!r}, and"
        try:
            seconds = parse_integer(text)
        except ValueError:
            raise InvalidArgument(f"{wrong} that is not an integer") from None
        if seconds < -1:
            raise InvalidArgument(f"{wrong} a life cannot be negative; -1 stands for no expiry")
        return seconds if seconds > 0 else None


@dataclass(slots=True)
class DeleteRequest:
    """What to delete. Without an etag the concurrency means nothing: a delete is never the first write."""

    key: str
    etag: str | None = None
    concurrency: Concurrency = Concurrency.UNSPECIFIED
    consistency: Consistency = Consistency.UNSPECIFIED
    metadata: Metadata = field(default_factory=dict)


Operation = SetRequest | DeleteRequest
"""One step of a transaction."""


@dataclass(slots=True)
class Item:
    """What is stored under a key."""

    value: bytes
    etag: str | None = None
    """Changes at each write. None in a store without etags."""
    content_type: str | None = None
    metadata: Metadata = field(default_factory=dict)
    """``ttlExpireTime``, the moment of expiry in RFC 3339, while an expiry is set."""


class StateStore(FeaturedBlock):
    """A state store: all that there must be. plugbox answers bulk calls by looping over these functions.

    The features are ``ETAG`` (etags are kept and checked), ``TTL`` (``ttlInSeconds`` is obeyed) and ``PARTITION_KEY``; those
    for transactions and queries come from the other classes here.
    """

    @abstractmethod
    def get(self, request: GetRequest) -> Item | None:
        """The item under a key; None for a missing one, or one that has expired."""

    @abstractmethod
    def set(self, request: SetRequest) -> None:
        """Writes a value under a key, over what may be there. Nothing is written when it fails."""

    @abstractmethod
    def delete(self, request: DeleteRequest) -> None:
        """Deletes a key. A missing one is no error, unless an etag was given: then it is an ``EtagMismatch``."""


class BulkStateStore(Block):
    """Bulk calls that are better than one by one. Not atomic: what can be done is done."""

    @abstractmethod
    def bulk_get(self, requests: Sequence[GetRequest]) -> Iterable[Item | Error | None]:
        """One answer for each request, in their order: the item, None for a missing key, or why this one failed."""

    @abstractmethod
    def bulk_set(self, requests: Sequence[SetRequest]) -> None:
        """Writes the good ones even when others fail, and then raises the first failure."""

    @abstractmethod
    def bulk_delete(self, requests: Sequence[DeleteRequest]) -> None:
        """Deletes the good ones even when others fail, and then raises the first failure."""


class TransactionalStateStore(Block):
    """Transactions, which Dapr's actors need."""

    max_operations: int | None = None
    """The most operations that one transaction can have; None for no limit. Asked after ``init``."""

    @abstractmethod
    def transact(self, operations: Sequence[Operation], metadata: Metadata) -> None:
        """Does all the operations, in their order, or none. A later one sees what an earlier one wrote."""


class QueriableStateStore(Block):
    """Queries over values that are JSON."""

    @abstractmethod
    def query(self, query: Query) -> Page:
        """The items whose values are JSON and match. A token that this store did not make is an ``InvalidArgument``."""
