"""Queries: what is found, in which order, page by page."""

import json
import random

import pytest

from memory_state.store import MemoryState
from plugbox import AllOf, AnyOf, Compare, Comparison, InvalidArgument, OneOf, Query, SetRequest, SortKey

EQ, NEQ, GT, GTE, LT, LTE = Comparison


@pytest.fixture
def store():
    return MemoryState()


def fill(store, **values):
    for key, value in values.items():
        store.set(SetRequest(key, value if isinstance(value, bytes) else json.dumps(value).encode()))


def keys(page):
    return [found.key for found in page.items]


def found(store, filter=None, *sort, **more):
    return " ".join(keys(store.query(Query(filter, sort, **more))))


def matches(filter, document):
    store = MemoryState()
    fill(store, k=document)
    return found(store, filter) == "k"


def test_finds_json_and_nothing_else(store):
    fill(store, b={"s": 1}, a=[1], number=1, text="x", null=None)
    for key, value in [("broken", b'{"s'), ("binary", b"\xff"), ("empty", b""), ("nan", b"NaN"), ("deep", b"[" * 100_000)]:
        store.set(SetRequest(key, value))
    assert found(store) == "a b null number text"
    page = store.query(Query(Compare("s", EQ, 1)))
    assert [(item.key, item.value, item.content_type) for item in page.items] == [("b", b'{"s": 1}', None)]
    assert page.token is None and page.items[0].etag is not None


@pytest.mark.parametrize(
    ("value", "other", "order"),
    [
        (1, 1.0, "="),
        (1, 2, "<"),
        (2.5, 2, ">"),
        (2**63, 2**63 + 1, "<"),
        # As floats, these were the same.
        (2**53 + 1, float(2**53), ">"),
        ("a", "b", "<"),
        ("Z", "a", "<"),
        ("\uffff", "\U0001f600", "<"),
        (False, True, "<"),
        (None, None, "="),
        # Of different kinds, and without an order.
        (True, 1, ""),
        (0, False, ""),
        ("1", 1, ""),
        (None, 0, ""),
        ([1], [1.0], "="),
        ([1], [True], ""),
        ([1], [2], ""),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}, "="),
        ({"a": True}, {"a": 1}, ""),
        ([], {}, ""),
    ],
)
def test_comparisons(value, other, order):
    expected = {EQ: "=", NEQ: "<>", GT: ">", GTE: ">=", LT: "<", LTE: "<="}
    for comparison, signs in expected.items():
        holds = (order in signs and order != "") or (comparison is NEQ and order == "")
        assert matches(Compare("v", comparison, other), {"v": value}) is holds, comparison
    assert matches(OneOf("v", ["never", other]), {"v": value}) is (order == "=")


def test_where_there_is_no_field_only_neq_is_true():
    for document in ({"w": 1}, {"v": {"x": 1}}, [1], 1, {"v": [{"x": {"y": 1}}]}):
        for comparison in Comparison:
            assert matches(Compare("v.x.y", comparison, None), document) is (comparison is NEQ)
        assert not matches(OneOf("v.x.y", [None]), document)
    assert matches(Compare("v.x.y", EQ, None), {"v": {"x": {"y": None}}})


def test_all_of_and_any_of_nest():
    a, b, c = (Compare(name, EQ, True) for name in "abc")
    filter = AnyOf([AllOf([a, b]), c])
    assert matches(filter, {"a": True, "b": True}) and matches(filter, {"c": True})
    assert not matches(filter, {"a": True, "c": False})


def test_sorts_by_each_key_in_turn_with_missing_fields_last(store):
    fill(store, null={"v": None}, false={"v": False}, two_b={"v": 2, "w": "b"}, two_a={"v": 2.0, "w": "a"}, two={"v": 2})
    fill(store, ten={"v": 10}, text={"v": "1"}, array={"v": []}, object={"v": {}}, none={})
    up = found(store, None, SortKey("v"), SortKey("w"))
    assert up == "null false two_a two_b two ten text array object none"
    down = found(store, None, SortKey("v", True), SortKey("w", True))
    assert down == "object array text ten two_b two_a two false null none"
    assert found(store, None, SortKey("nowhere", True)) == "array false none null object ten text two two_a two_b"


def test_pages_lead_through_all_that_is_found_in_its_order(store):
    chance = random.Random(5)
    values = [None, True, False, 0, 1, 1.5, "a", "ä", "\\ud800", [], [1], {}, {"a": 1}]
    for _ in range(30):
        fill(store, **{f"k{n}": {name: chance.choice(values) for name in "vw" if chance.random() < 0.8} for n in range(25)})
        sort = [SortKey(name, chance.random() < 0.5) for name in chance.sample("vw", chance.randrange(3))]
        whole = keys(store.query(Query(sort=sort)))
        pages, token = [], None
        while True:
            page = store.query(Query(sort=sort, limit=chance.randrange(1, 9), token=token))
            pages += keys(page)
            # What comes and goes between two pages neither hides nor repeats the others.
            store.set(SetRequest(f"k{chance.randrange(25)}x", b"not JSON"))
            token = page.token
            if token is None:
                break
        assert pages == whole and len(set(whole)) == 25


def test_the_last_page_has_no_token(store):
    fill(store, a=1, b=1, c=1, d=1)
    assert store.query(Query(limit=4)).token is None
    first = store.query(Query(limit=2))
    second = store.query(Query(limit=2, token=first.token))
    assert (keys(first), keys(second), second.token) == (["a", "b"], ["c", "d"], None)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"sort":[["v",false]],"after":[]}',
        '{"sort":[["v",false]],"after":[],"key":"a"}',
        '{"sort":[["v",false]],"after":[[2]],"key":"a"}',
        '{"sort":[["v",false]],"after":[[2,"x"]],"key":"a"}',
        '{"sort":[["v",false]],"after":[[2,true]],"key":"a"}',
        '{"sort":[["v",false]],"after":[[9]],"key":"a"}',
        '{"sort":[["v",false]],"after":[[0]],"key":7}',
        '{"sort":[["v",false]],"after":[[0]],"key":"a","more":1}',
        '{"sort":[["v",true]],"after":[[0]],"key":"a"}',
        "[" * 100_000,
    ],
)
def test_a_token_of_another_make_is_refused(store, token):
    fill(store, a={"v": 1})
    with pytest.raises(InvalidArgument, match="token"):
        store.query(Query(sort=[SortKey("v")], token=token))
