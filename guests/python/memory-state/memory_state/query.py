"""Queries: what a filter finds, sorted, a page at a time."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import total_ordering
from heapq import nsmallest

from memory_state.entry import Entry
from memory_state.filter import test
from memory_state.values import Kind, Missing, find, kind
from plugbox import Found, InvalidArgument, Json, Page, Query, SortKey, parse_json

# What a field gives to sort by: the place of its kind, and the value where its kind has an order. An empty list for a field
# that is missing.
SortValue = list[Json]

_ORDERED = {Kind.BOOL: bool, Kind.NUMBER: int | float, Kind.TEXT: str}


def run(entries: Iterable[tuple[str, Entry]], query: Query) -> Page:
    """Answers one page. Sorting and paging need every match at hand, but of each only its key and what it is sorted by."""
    wanted = test(query.filter)
    paths = [key.path.split(".") for key in query.sort]
    after = None if query.token is None else _read_token(query.token, query.sort)
    matches = []
    for key, entry in entries:
        try:
            document = parse_json(entry.value)
        except ValueError:
            # What is not JSON is not found.
            continue
        if wanted(document):
            values = [_sort_value(find(document, path)) for path in paths]
            place = Place.of(values, key, query.sort)
            if after is None or after < place:
                matches.append((place, entry))
    page = matches if query.limit is None else nsmallest(query.limit, matches, key=_place)
    if query.limit is None:
        page.sort(key=_place)
    token = _token(page[-1][0], query.sort) if page and len(page) < len(matches) else None
    return Page([Found(place.key, entry.value, str(entry.etag), entry.content_type) for place, entry in page], token)


@total_ordering
@dataclass(slots=True)
class Descending:
    """Stands where another value would, in the opposite order."""

    value: SortValue

    def __lt__(self, other: "Descending") -> bool:
        return other.value < self.value


@total_ordering
@dataclass(slots=True)
class Place:
    """Where an item stands in the order of a query. Where what it is sorted by leaves two items equal, their keys decide, so
    that the order is the same for every page.
    """

    values: list[SortValue]
    key: str
    order: tuple[object, ...]

    @classmethod
    def of(cls, values: list[SortValue], key: str, sort: Sequence[SortKey]) -> "Place":
        pairs = zip(values, sort, strict=True)
        # What is missing is last in both directions.
        parts = [(not value, Descending(value) if key.descending else value) for value, key in pairs]
        return cls(values, key, (*parts, key))

    def __lt__(self, other: "Place") -> bool:
        return self.order < other.order


def _place(match: tuple[Place, Entry]) -> Place:
    return match[0]


def _sort_value(field: Json | Missing) -> SortValue:
    if isinstance(field, Missing):
        return []
    place = kind(field)
    return [int(place), field] if place in _ORDERED else [int(place)]


def _token(last: Place, sort: Sequence[SortKey]) -> str:
    """What the next page follows on from: the place of this page's last item. It holds the place and not a count of items, so
    that what is written or deleted between two pages neither hides nor repeats any other item.
    """
    return json.dumps({"sort": _described(sort), "after": last.values, "key": last.key})


def _read_token(token: str, sort: Sequence[SortKey]) -> Place:
    """Reads a token that a client sends back."""
    try:
        match parse_json(token):
            case {"sort": described, "after": [*values], "key": str(key), **rest} if not rest:
                if described != _described(sort):
                    raise InvalidArgument("the token is one of a query that sorts otherwise")
                return Place.of([_read_sort_value(value) for value in values], key, sort)
    except (ValueError, TypeError):
        pass
    raise InvalidArgument("the token is not one of this store")


def _read_sort_value(value: Json) -> SortValue:
    match value:
        case []:
            return []
        case [int(place)] if Kind(place) not in _ORDERED:
            return [place]
        case [int(place), held] if isinstance(held, _ORDERED[Kind(place)]) and kind(held) == place:
            return [place, held]
    raise ValueError


def _described(sort: Sequence[SortKey]) -> list[Json]:
    return [[key.path, key.descending] for key in sort]
