"""A state store in memory, with etags."""

import time

from plugbox import Concurrency, DeleteRequest, EtagInvalid, EtagMismatch, GetRequest, Item, SetRequest, StateStore


class MyStateStore(StateStore):
    """Each write gives an item a new etag, by which a later write can tell that nobody else has written meanwhile."""

    features = ("ETAG",)

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        # From the clock on: no etag of an instance before this one is taken for one of its own.
        self._last_etag = time.time_ns()

    def get(self, request: GetRequest) -> Item | None:
        return self._items.get(request.key)

    def set(self, request: SetRequest) -> None:
        if request.etag is not None:
            self._check(request.key, request.etag)
        elif request.concurrency is Concurrency.FIRST_WRITE and request.key in self._items:
            raise EtagMismatch(f"{request.key!r} is there already")
        self._last_etag += 1
        self._items[request.key] = Item(request.value, str(self._last_etag), request.content_type)

    def delete(self, request: DeleteRequest) -> None:
        if request.etag is not None:
            self._check(request.key, request.etag)
        self._items.pop(request.key, None)

    def _check(self, key: str, etag: str) -> None:
        if not (etag.isascii() and etag.isdigit()):
            raise EtagInvalid(f"{etag!r} is no etag of this store, whose etags are numbers")
        item = self._items.get(key)
        if item is None or item.etag != etag:
            raise EtagMismatch(f"{key!r} has another etag now, or is gone")
