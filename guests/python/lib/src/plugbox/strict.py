"""Parsers that take what the protocol means, and no more: Python's own take more, or end the guest."""

import json
import math
import re

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""A JSON value."""

MAX_DEPTH = 128
"""How deep JSON may nest. Python's parser would go on until the guest's stack is full, which ends the guest with all its
memory.
"""

_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_integer(text: str) -> int:
    """An integer in decimal digits. ``int`` would take spaces, underscores and other scripts' digits too.

    Raises ``ValueError`` for anything else.
    """
    if _INTEGER.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not an integer")
    return int(text)


def parse_json(data: bytes | str) -> Json:
    """The JSON value that a text or its UTF-8 stands for.

    Raises ``ValueError`` for anything else: for what is not UTF-8, for ``NaN``, for numbers that are too large, for half a
    character, and for what nests deeper than ``MAX_DEPTH``.
    """
    text = data if isinstance(data, str) else data.decode()
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(text)
    value: Json = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    if _SURROGATE.search(text) is not None:
        # Half a character cannot be written again: this raises a ValueError for it.
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        match token[0]:
            case "[" | "{":
                depth += 1
                if depth > MAX_DEPTH:
                    raise ValueError(f"the JSON nests deeper than {MAX_DEPTH} levels")
            case "]" | "}":
                depth -= 1


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number
