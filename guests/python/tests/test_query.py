"""Queries as the author sees them."""

import pytest
from componentize_py_types import Err
from wit_world.exports import queriable_state_store as wit
from wit_world.imports import state_types, types

import plugbox
from plugbox import AllOf, AnyOf, Compare, Comparison, OneOf
from plugbox.adapt.made import Made
from plugbox.adapt.queriable_state import QueriableStateStore


class Store(plugbox.QueriableStateStore):
    def __init__(self, page: plugbox.Page) -> None:
        self.page = page
        self.asked: list[plugbox.Query] = []

    def query(self, query):
        self.asked.append(query)
        return self.page


def asked(nodes: list[wit.Node]) -> plugbox.Query:
    store = Store(plugbox.Page([]))
    QueriableStateStore(Made(lambda: store)).query(wit.QueryRequest(nodes, [wit.SortKey("a", True)], 5, "t", [("a", "b")]))
    return store.asked[0]


def compare(value: wit.Value) -> wit.Node:
    return wit.Node_Compare(wit.Compare("a.b", wit.Comparison.GTE, value))


def test_a_filter_is_a_tree():
    nodes = [
        wit.Node_AllOf([1, 2]),
        compare(wit.Value_Integer(1)),
        wit.Node_AnyOf([3, 4]),
        compare(wit.Value_Null()),
        wit.Node_OneOf(wit.OneOf("c", [wit.Value_Text("x"), wit.Value_Boolean(True)])),
    ]
    query = asked(nodes)
    assert query.filter == AllOf(
        [
            Compare("a.b", Comparison.GTE, 1),
            AnyOf([Compare("a.b", Comparison.GTE, None), OneOf("c", ["x", True])]),
        ]
    )
    assert (query.sort, query.limit, query.token) == ([plugbox.SortKey("a", True)], 5, "t")
    assert query.metadata == {"a": "b"}


def test_without_nodes_there_is_no_filter():
    assert asked([]).filter is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (wit.Value_Null(), None),
        (wit.Value_Boolean(False), False),
        (wit.Value_Integer(-1), -1),
        (wit.Value_Number(0.5), 0.5),
        (wit.Value_Text("1"), "1"),
        (wit.Value_Json('{"a": [1, null]}'), {"a": [1, None]}),
    ],
)
def test_values_are_pythons_own(value, expected):
    got = asked([compare(value)]).filter
    assert isinstance(got, Compare) and got.value == expected and type(got.value) is type(expected)


@pytest.mark.parametrize(
    "nodes", [[wit.Node_AllOf([0])], [wit.Node_AnyOf([1])], [compare(wit.Value_Json("[" * 1000 + "]" * 1000))]]
)
def test_what_is_no_filter_is_refused(nodes):
    with pytest.raises(Err) as raised:
        asked(nodes)
    assert isinstance(raised.value.value, state_types.StateError_Other)
    assert raised.value.value.value.code is types.Code.INVALID_ARGUMENT


def test_a_page_is_what_the_author_answers():
    page = plugbox.Page([plugbox.Found("k", b"1", "7", "text/plain")], "next", {"a": "b"})
    got = QueriableStateStore(Made(lambda: Store(page))).query(wit.QueryRequest([], [], None, None, []))
    assert got == wit.Page([wit.Found("k", b"1", "7", "text/plain")], "next", [("a", "b")])
