"""The items and the rules of writing them: etags, first writes, expiry, bulk calls and transactions."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from memory_state import etag, expiry
from memory_state.entry import Entry
from memory_state.query import run
from plugbox import (
    BulkStateStore,
    Concurrency,
    Deadlines,
    DeleteRequest,
    Error,
    EtagMismatch,
    GetRequest,
    Item,
    Metadata,
    Operation,
    Page,
    QueriableStateStore,
    Query,
    SetRequest,
    StateStore,
    TransactionalStateStore,
)

# How many expired items one write clears away. More than the one that it may add, so that they never pile up; few enough that
# no write has to wait for the clearing of a million.
CLEARED_PER_WRITE = 32

R = TypeVar("R")


class MemoryState(StateStore, BulkStateStore, TransactionalStateStore, QueriableStateStore):
    """All that is stored. Needs no properties, and a later ``init`` finds the items still there: applications do not expect to
    lose their state because the Component resource has changed.
    """

    features = ("ETAG", "TTL")

    def __init__(self, now: Callable[[], int] = expiry.now) -> None:
        self._now = now
        self._entries: dict[str, Entry] = {}
        self._expiring = Deadlines[str]()
        self._etags = etag.Etags(now())

    def get(self, request: GetRequest) -> Item | None:
        entry = self._live(request.key)
        if entry is None:
            return None
        metadata = {} if entry.expires is None else {"ttlExpireTime": expiry.rfc3339(entry.expires)}
        return Item(entry.value, str(entry.etag), entry.content_type, metadata)

    def set(self, request: SetRequest) -> None:
        self._clear_expired(1)
        self._write(request)

    def delete(self, request: DeleteRequest) -> None:
        self._clear_expired(1)
        self._remove(request)

    def bulk_get(self, requests: Sequence[GetRequest]) -> list[Item | Error | None]:
        return [self.get(request) for request in requests]

    def bulk_set(self, requests: Sequence[SetRequest]) -> None:
        _each(self.set, requests)

    def bulk_delete(self, requests: Sequence[DeleteRequest]) -> None:
        _each(self.delete, requests)

    def transact(self, operations: Sequence[Operation], metadata: Metadata) -> None:
        """What the operations before a failure did is undone, the last of them first."""
        self._clear_expired(len(operations))
        done: list[tuple[str, Entry | None]] = []
        try:
            for operation in operations:
                before = self._write(operation) if isinstance(operation, SetRequest) else self._remove(operation)
                done.append((operation.key, before))
        except BaseException:
            for key, entry in reversed(done):
                self._replace(key, entry)
            raise

    def query(self, query: Query) -> Page:
        return run(self.items(), query)

    def items(self) -> Iterator[tuple[str, Entry]]:
        """All entries that have not expired, in no order."""
        now = self._now()
        for key, entry in self._entries.items():
            if entry.expires is None or entry.expires > now:
                yield key, entry

    def held(self) -> tuple[int, int]:
        """How many entries take memory, those that have expired among them, and how many expire."""
        return len(self._entries), len(self._expiring)

    def _live(self, key: str) -> Entry | None:
        entry = self._entries.get(key)
        # The clock is asked only for entries that expire: it costs a call out of the guest.
        if entry is None or (entry.expires is not None and entry.expires <= self._now()):
            return None
        return entry

    def _write(self, request: SetRequest) -> Entry | None:
        """Answers what was there before."""
        self._check(request.key, request.etag, request.concurrency is Concurrency.FIRST_WRITE)
        seconds = request.ttl()
        expires = None if seconds is None else expiry.moment_after(self._now(), seconds, request)
        entry = Entry(request.value, request.content_type, self._etags.next(), expires)
        return self._replace(request.key, entry)

    def _remove(self, request: DeleteRequest) -> Entry | None:
        """Answers what was there before."""
        self._check(request.key, request.etag, first_only=False)
        return self._replace(request.key, None)

    def _check(self, key: str, wanted: str | None, first_only: bool) -> None:
        """Whether a write with this etag may go on. ``first_only`` speaks where there is none."""
        if not wanted:
            if first_only and self._live(key) is not None:
                raise EtagMismatch(f"key {key!r} is there already, and only its first write can succeed")
            return
        parsed = etag.parse(wanted, key)
        entry = self._live(key)
        if entry is None:
            raise EtagMismatch(f"key {key!r} is not there, so no etag matches")
        if entry.etag != parsed:
            raise EtagMismatch(f"key {key!r} has the etag {entry.etag} now, not {parsed}")

    def _replace(self, key: str, entry: Entry | None) -> Entry | None:
        """Puts an entry, or none, in the place of what is there, and answers that. All changes go through here, so that the
        expiries are never out of step.
        """
        before = self._entries.pop(key, None)
        if entry is not None:
            self._entries[key] = entry
        if entry is not None and entry.expires is not None:
            self._expiring.put(key, entry.expires)
        else:
            self._expiring.discard(key)
        return before

    def _clear_expired(self, writes: int) -> None:
        """Gives back the memory of items that have expired, some for each write to come."""
        if not self._expiring:
            return
        now = self._now()
        for _ in range(writes * CLEARED_PER_WRITE):
            key = self._expiring.take(now)
            if key is None:
                return
            del self._entries[key]


def _each(write: Callable[[R], None], requests: Sequence[R]) -> None:
    """Does what can be done of all requests, and raises the first failure."""
    failures: list[Error] = []
    for request in requests:
        try:
            write(request)
        except Error as error:
            failures.append(error)
    if failures:
        raise failures[0]
