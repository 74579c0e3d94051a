"""What the Component resource says of the broker, and what the metadata of a subscription says.

=====================  ===================================================================================  ==============
property               meaning                                                                               without it
=====================  ===================================================================================  ==============
``consumerID``         the group of the subscriptions from now on; also in a subscription's metadata         a nameless one
``maxInFlight``        messages out and not acknowledged, for each subscription; also in its metadata        1
``redeliverInterval``  like ``1.5s``, ``250ms``, ``1h30m``; at most a day                                    ``100ms``
``maxDeliveries``      after so many failed deliveries a message is dropped, with a line on standard error   no end
``maxMessages``        how many messages a queue holds, those that are out included                          100000
=====================  ===================================================================================  ==============
"""

import re
from dataclasses import dataclass

from plugbox import InvalidArgument, Metadata, parse_integer

_MOST = 2**32 - 1
_DAY = 24 * 60 * 60 * 1_000_000_000
_UNITS = {
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60 * 1_000_000_000,
    "h": 60 * 60 * 1_000_000_000,
    "d": _DAY,
}
_PART = r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(ms|s|m|h|d)"


@dataclass(slots=True)
class Settings:
    """How the broker is to behave."""

    group: str = ""
    """The group of a subscription that does not name its own."""
    window: int = 1
    """The window of a subscription that does not name its own."""
    redeliver_after: int = 100_000_000
    """In nanoseconds."""
    max_deliveries: int | None = None
    max_messages: int = 100_000

    @classmethod
    def of(cls, properties: Metadata) -> "Settings":
        default = cls()
        return cls(
            properties.get("consumerID", default.group),
            _number(properties, "maxInFlight") or default.window,
            _interval(properties, default.redeliver_after),
            _number(properties, "maxDeliveries"),
            _number(properties, "maxMessages") or default.max_messages,
        )

    def of_subscription(self, metadata: Metadata) -> tuple[str, int]:
        """The group and the window of a subscription."""
        return metadata.get("consumerID", self.group), _number(metadata, "maxInFlight") or self.window


def _number(metadata: Metadata, name: str) -> int | None:
    text = metadata.get(name)
    if text is None:
        return None
    try:
        number = parse_integer(text)
    except ValueError:
        number = 0
    if not 1 <= number <= _MOST:
        raise InvalidArgument(f"{name} is {text!r}, and that is not an integer from 1 on, or too large")
    return number


def _interval(properties: Metadata, default: int) -> int:
    text = properties.get("redeliverInterval")
    if text is None:
        return default
    if re.fullmatch(f"(?:{_PART})+", text) is not None:
        interval = sum(round(float(number) * _UNITS[unit]) for number, unit in re.findall(_PART, text))
        if interval <= _DAY:
            return interval
    raise InvalidArgument(f"redeliverInterval is {text!r}, and that is not a duration of at most a day, like 100ms or 1m30s")
