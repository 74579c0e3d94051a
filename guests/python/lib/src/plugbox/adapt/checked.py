"""What authors return, as the contract wants it. What is wrong ends the guest if it gets as far as componentize-py, so it stops
here, as a ``TypeError`` that names it.
"""

import math
from collections.abc import Iterable, Mapping

_U32 = 2**32 - 1
_U64 = 2**64 - 1


def text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} is {_kind(value)}, not str")
    if not value.isascii():
        # Half a character is a ValueError here, and the end of the guest later.
        value.encode()
    return value


def optional_text(value: object, what: str) -> str | None:
    return None if value is None else text(value, what)


def lenient_text(value: object) -> str:
    """For words to people: whatever it is, they can read it."""
    return str(value).encode(errors="replace").decode()


def data(value: object, what: str) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    raise TypeError(f"{what} is {_kind(value)}, not bytes")


def pairs(value: object, what: str) -> list[tuple[str, str]]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{what} is {_kind(value)}, not a mapping")
    return [(text(name, f"a name in {what}"), text(held, f"a value in {what}")) for name, held in value.items()]


def names(value: object, what: str) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{what} is {_kind(value)}, not a collection of names")
    return [text(name, f"a name in {what}") for name in value]


def count(value: object, what: str, *, least: int = 0, most: int = _U32) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{what} is {_kind(value)}, not int")
    if not least <= value <= most:
        raise ValueError(f"{what} is {value}, and that is not from {least} to {most}")
    return value


def number(value: object, what: str) -> int:
    return count(value, what, most=_U64)


def nanoseconds(seconds: object, what: str) -> int | None:
    """Rounded up: who is woken too early would only wait again."""
    if seconds is None:
        return None
    if not isinstance(seconds, int | float):
        raise TypeError(f"{what} is {_kind(seconds)}, not a number of seconds")
    if math.isnan(seconds):
        raise ValueError(f"{what} is not a number")
    return 0 if seconds <= 0 else min(math.ceil(min(seconds, 1e9) * 1e9), _U64)


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__
