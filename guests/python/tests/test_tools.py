"""The parsers and the deadlines."""

import random

import pytest

from plugbox import Deadlines, parse_integer, parse_json


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("-12", -12), ("+7", 7), ("007", 7)])
def test_an_integer_is_decimal_digits(text, value):
    assert parse_integer(text) == value


@pytest.mark.parametrize("text", ["", " 1", "1 ", "1_0", "0x1", "1.0", "٣", "1\n"])
def test_what_int_would_take_beyond_that_is_refused(text):
    with pytest.raises(ValueError, match="is not an integer"):
        parse_integer(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        (" 7 ", 7),
        (b"[" * 128 + b"]" * 128, None),
        # Brackets in texts nest nothing.
        ('"' + "[" * 500 + '\\""', "[" * 500 + '"'),
        ("[" + "[]," * 500 + "[]]", None),
    ],
)
def test_json_is_parsed(text, value):
    got = parse_json(text)
    assert value is None or got == value


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff",
        b'"a"\0',
        "{}".encode("utf-16"),
        "NaN",
        "[Infinity]",
        "1e400",
        '"\\ud800"',
        '{"\\udfff": 1}',
        "9" * 5000,
        "[" * 129 + "]" * 129,
        '{"a":' * 129 + "1" + "}" * 129,
        "[" * 100_000,
    ],
)
def test_what_is_not_json_is_refused(text):
    with pytest.raises(ValueError):
        parse_json(text)


def test_deadlines_come_in_their_order_and_only_when_they_are_due():
    deadlines = Deadlines[str]()
    for key, moment in [("c", 3), ("a", 1), ("b", 2), ("d", 4)]:
        deadlines.put(key, moment)
    deadlines.put("c", 5)
    deadlines.discard("b")
    deadlines.discard("nobody")
    assert (len(deadlines), deadlines.next()) == (3, 1)
    assert [deadlines.take(4) for _ in range(3)] == ["a", "d", None]
    assert (deadlines.take(5), deadlines.next(), len(deadlines)) == ("c", None, 0)


def test_deadlines_give_back_the_memory_of_what_is_due_no_more():
    deadlines = Deadlines[int]()
    for key in range(10_000):
        deadlines.put(key, 10**9)
        deadlines.discard(key)
        deadlines.put(-1, 10**9 + key)
    assert len(deadlines) == 1
    assert len(deadlines._heap) < 100


def test_deadlines_agree_with_a_plain_dictionary():
    chance = random.Random(7)
    deadlines, plain = Deadlines[int](), {}
    for now in range(2000):
        key, moment = chance.randrange(20), now + chance.randrange(50)
        if chance.random() < 0.6:
            deadlines.put(key, moment)
            plain[key] = moment
        else:
            deadlines.discard(key)
            plain.pop(key, None)
        while (taken := deadlines.take(now)) is not None:
            assert plain[taken] == min(plain.values()) <= now
            del plain[taken]
        assert len(deadlines) == len(plain) and deadlines.next() == min(plain.values(), default=None)
