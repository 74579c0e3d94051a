"""How JSON values are found by path and compared."""

from enum import IntEnum

from plugbox import Json


class Kind(IntEnum):
    """The kinds of values, in the order in which they are sorted."""

    NULL = 0
    BOOL = 1
    NUMBER = 2
    TEXT = 3
    ARRAY = 4
    OBJECT = 5


# By the very type: to Python, true is an integer.
_KINDS = {
    type(None): Kind.NULL,
    bool: Kind.BOOL,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    str: Kind.TEXT,
    list: Kind.ARRAY,
    dict: Kind.OBJECT,
}


class Missing:
    """There is no such field."""


MISSING = Missing()


def kind(value: Json) -> Kind:
    return _KINDS[type(value)]


def find(document: Json, path: list[str]) -> Json | Missing:
    """The field at a path. Arrays have no fields."""
    value = document
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return MISSING
        value = value[name]
    return value


def equal(a: Json, b: Json) -> bool:
    """Whether two values are the same: 1 and 1.0 are, 1 and true are not. The parser bounds the depth."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(held, b[name]) for name, held in a.items())
    return kind(a) == kind(b) and a == b


def less(a: Json, b: Json) -> bool:
    """Whether the first is before the second. Values of different kinds have no order, nor have arrays or objects."""
    match a, b:
        case (bool(), bool()):
            return a < b
        case (bool(), _) | (_, bool()):
            return False
        case (int() | float(), int() | float()):
            # Exact: Python rounds no integer to a float here.
            return a < b
        case (str(), str()):
            return a < b
        case _:
            return False
