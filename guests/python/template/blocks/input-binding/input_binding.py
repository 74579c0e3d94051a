"""An input binding that brings an event at an interval: the property ``interval``, like ``500ms``, ``1s`` or ``5m``."""

import re
import time
from collections.abc import Callable, Mapping

from plugbox import Event, InputBinding, InvalidArgument, Metadata, PulledEvents

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class MyInputBinding(InputBinding):
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._interval = 1.0
        # When the next event is due, by reader.
        self._due: dict[int, float] = {}
        self._last_event = 0

    def init(self, properties: Metadata) -> None:
        self._interval = seconds(properties.get("interval", "1s"))

    def open(self, reader: int) -> int:
        self._due[reader] = self._now() + self._interval
        # One at a time: the next event waits for the answer.
        return 1

    def close(self, reader: int) -> None:
        self._due.pop(reader, None)

    def pull(self, wanted: Mapping[int, int]) -> PulledEvents:
        now = self._now()
        events = []
        for reader in wanted:
            if self._due[reader] <= now:
                self._due[reader] = now + self._interval
                self._last_event += 1
                events.append(Event(reader, str(self._last_event), f"event {self._last_event}".encode(), "text/plain"))
        due = [self._due[reader] for reader in wanted]
        return PulledEvents(events, again_in=min(due) - now if due else None)

    def answer(self, reader: int, event_id: str, data: bytes, failure: str | None) -> None:
        if failure is not None:
            print(f"the application has failed event {event_id}: {failure}")


def seconds(text: str) -> float:
    match = re.fullmatch("([0-9]{1,9})(ms|s|m|h)", text)
    if match is None or int(match[1]) == 0:
        raise InvalidArgument(f"interval is {text!r}, and that is no time like 500ms, 1s or 5m")
    return int(match[1]) * UNITS[match[2]]
