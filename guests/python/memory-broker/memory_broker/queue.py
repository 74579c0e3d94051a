"""What one group has still to get of one topic."""

from collections import OrderedDict
from dataclasses import dataclass
from heapq import heappop, heappush

from memory_broker.topic import Filter
from plugbox import Message


@dataclass(slots=True)
class Published:
    """A message as it was published. All queues that have it share it."""

    number: int
    """Counts up in the order of publishing."""
    message: Message
    expires: int | None

    def has_expired(self, now: int) -> bool:
        return self.expires is not None and self.expires <= now


@dataclass(slots=True)
class Held:
    """A message in one queue, or out from it."""

    published: Published
    deliveries: int = 0


class Queue:
    """Messages in the order in which they are to be delivered.

    A message is taken by its age, so all that was out once is older than all that never was: what comes back goes before what
    is fresh.
    """

    def __init__(self, group: str, filter: Filter) -> None:
        self.group = group
        self.filter = filter
        self._fresh: OrderedDict[int, Held] = OrderedDict()
        # By number, and the numbers as a heap; a number whose message has expired is passed over.
        self._returned: dict[int, Held] = {}
        self._oldest: list[int] = []
        # What has failed, by when it is ready again.
        self._failed: list[tuple[int, int, Held]] = []
        self._out = 0

    def __len__(self) -> int:
        """How many messages take memory."""
        return len(self._fresh) + len(self._returned) + len(self._failed) + self._out

    def push(self, published: Published) -> None:
        self._fresh[published.number] = Held(published)

    def next(self, now: int) -> Held | None:
        """The oldest message that can be delivered. It is out until it is ``settled``, ``returned`` or ``postponed``."""
        while self._failed and self._failed[0][0] <= now:
            _, number, held = heappop(self._failed)
            if not held.published.has_expired(now):
                self._give_back(number, held)
        first = self._take()
        if first is not None:
            first.deliveries += 1
            self._out += 1
        return first

    def due(self) -> int | None:
        """When the next of those that have failed is ready again."""
        return self._failed[0][0] if self._failed else None

    def settled(self) -> None:
        """A message that was out is done with."""
        self._out -= 1

    def returned(self, held: Held) -> None:
        """A message that was out counts as not delivered."""
        self.settled()
        held.deliveries -= 1
        self._give_back(held.published.number, held)

    def postponed(self, held: Held, due: int) -> None:
        """A message that was out has failed."""
        self.settled()
        heappush(self._failed, (due, held.published.number, held))

    def expired(self, number: int) -> None:
        """Forgets a message that can be delivered. One that has failed is looked at when it is ready again, and one that is out
        when it comes back.
        """
        self._fresh.pop(number, None)
        self._returned.pop(number, None)

    def _give_back(self, number: int, held: Held) -> None:
        self._returned[number] = held
        heappush(self._oldest, number)

    def _take(self) -> Held | None:
        while self._oldest:
            held = self._returned.pop(heappop(self._oldest), None)
            if held is not None:
                return held
        return self._fresh.popitem(last=False)[1] if self._fresh else None
