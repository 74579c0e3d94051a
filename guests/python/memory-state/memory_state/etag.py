"""Etags: numbers that only ever go up, so that none comes twice, whatever is deleted and written again."""

from plugbox import EtagInvalid, parse_integer


class Etags:
    """Makes them.

    A store that was ended with all its items may have a successor, whose etags must not match those that clients still hold: so
    it counts from the time of its start, in nanoseconds, which no store outruns.
    """

    def __init__(self, milliseconds: int) -> None:
        self._last = milliseconds * 1_000_000

    def next(self) -> int:
        self._last += 1
        return self._last


def parse(text: str, key: str) -> int:
    """Reads an etag that a client sends, for a key."""
    try:
        etag = parse_integer(text)
        # `+7` and `007` are numbers too, but this store writes neither.
        if etag >= 0 and str(etag) == text:
            return etag
    except ValueError:
        pass
    raise EtagInvalid(f"{text!r}, given for key {key!r}, is not an etag of this store: those are decimal numbers")
