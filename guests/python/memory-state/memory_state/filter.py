"""Filters: which JSON values a query wants."""

from collections.abc import Callable, Sequence

from memory_state.values import Missing, equal, find, less
from plugbox import AllOf, AnyOf, Compare, Comparison, Filter, Json, OneOf

Test = Callable[[Json], bool]


def test(filter: Filter | None) -> Test:
    """A filter made ready, once for a query and not once for an item. Without one, everything is wanted."""
    match filter:
        case None:
            return lambda document: True
        case AllOf(parts):
            tests = [test(part) for part in parts]
            return lambda document: all(test(document) for test in tests)
        case AnyOf(parts):
            tests = [test(part) for part in parts]
            return lambda document: any(test(document) for test in tests)
        case Compare(path, comparison, value):
            names, holds = path.split("."), _HOLDS[comparison]
            return lambda document: holds(find(document, names), value)
        case OneOf(path, values):
            names = path.split(".")
            return lambda document: _is_one_of(find(document, names), values)


def _is_one_of(field: Json | Missing, values: Sequence[Json]) -> bool:
    return not isinstance(field, Missing) and any(equal(field, value) for value in values)


def _eq(field: Json | Missing, value: Json) -> bool:
    return not isinstance(field, Missing) and equal(field, value)


def _gt(field: Json | Missing, value: Json) -> bool:
    return not isinstance(field, Missing) and less(value, field)


def _lt(field: Json | Missing, value: Json) -> bool:
    return not isinstance(field, Missing) and less(field, value)


_HOLDS: dict[Comparison, Callable[[Json | Missing, Json], bool]] = {
    Comparison.EQ: _eq,
    Comparison.NEQ: lambda field, value: not _eq(field, value),
    Comparison.GT: _gt,
    Comparison.GTE: lambda field, value: _gt(field, value) or _eq(field, value),
    Comparison.LT: _lt,
    Comparison.LTE: lambda field, value: _lt(field, value) or _eq(field, value),
}
