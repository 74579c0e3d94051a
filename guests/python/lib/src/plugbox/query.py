"""Queries of state stores."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from plugbox.strict import Json
from plugbox.types import Metadata


class Comparison(Enum):
    """How two values are compared, by the places in the contract.

    Values of different kinds are not equal, and neither is before the other. Take care: to Python, ``True == 1``.
    """

    EQ = 0
    NEQ = 1
    GT = 2
    GTE = 3
    LT = 4
    LTE = 5


@dataclass(slots=True)
class AllOf:
    """True where all parts are. Never without parts."""

    parts: Sequence["Filter"]


@dataclass(slots=True)
class AnyOf:
    """True where any part is. Never without parts."""

    parts: Sequence["Filter"]


@dataclass(slots=True)
class Compare:
    """True where the field at a path compares so with a value. Where there is no such field, only ``NEQ`` is true."""

    path: str
    """Names of fields from the outside in, with dots between."""
    comparison: Comparison
    value: Json


@dataclass(slots=True)
class OneOf:
    """True where the field at a path equals any of the values."""

    path: str
    values: Sequence[Json]


Filter = AllOf | AnyOf | Compare | OneOf


@dataclass(slots=True)
class SortKey:
    """One key to sort by. Items without the field come last, also when descending."""

    path: str
    descending: bool = False


@dataclass(slots=True)
class Query:
    """What to find. It is well formed: plugbox has checked it."""

    filter: Filter | None = None
    """None for every item whose value is JSON."""
    sort: Sequence[SortKey] = ()
    limit: int | None = None
    """The most items in one page, at least 1; None for all."""
    token: str | None = None
    """From the page before; None for the first page."""
    metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Found:
    """One item that was found."""

    key: str
    value: bytes
    etag: str | None = None
    content_type: str | None = None


@dataclass(slots=True)
class Page:
    """Some of what was found."""

    items: Sequence[Found]
    token: str | None = None
    """Asks for the next page; None when this is the last."""
    metadata: Metadata = field(default_factory=dict)
