"""Things that end at a moment, the next one first."""

from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Deadlines(Generic[K]):
    """The moments at which keys are due, in any unit that only goes up.

    A heap alone would keep what was taken back until its moment comes: a day, for what lives a day. This one gives the memory
    back.
    """

    def __init__(self) -> None:
        # The serial number tells a key's entry in the heap from those that it had before.
        self._live: dict[K, int] = {}
        self._heap: list[tuple[int, int, K]] = []
        self._serial = 0

    def __len__(self) -> int:
        return len(self._live)

    def put(self, key: K, moment: int) -> None:
        """The key is due at that moment, and no longer at another."""
        self._serial += 1
        self._live[key] = self._serial
        heappush(self._heap, (moment, self._serial, key))
        self._compact()

    def discard(self, key: K) -> None:
        """The key is due no more."""
        self._live.pop(key, None)
        self._compact()

    def next(self) -> int | None:
        """The first of all moments."""
        while self._heap:
            moment, serial, key = self._heap[0]
            if self._live.get(key) == serial:
                return moment
            heappop(self._heap)
        return None

    def take(self, now: int) -> K | None:
        """Takes the first key out, if it is due by now."""
        moment = self.next()
        if moment is None or moment > now:
            return None
        _, _, key = heappop(self._heap)
        del self._live[key]
        return key

    def _compact(self) -> None:
        if len(self._heap) > 2 * len(self._live) + 64:
            self._heap = [entry for entry in self._heap if self._live.get(entry[2]) == entry[1]]
            heapify(self._heap)
