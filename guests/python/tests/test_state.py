"""A state store through what componentize-py makes: what the author sees, and what the host gets."""

import sys
from types import ModuleType, SimpleNamespace

import pytest
import wit_world.exports
from componentize_py_types import Err, Ok
from wit_world.exports import transactional_state_store
from wit_world.imports import state_types as wit
from wit_world.imports import types

import plugbox
from plugbox.adapt.bulk_state import BulkStateStore
from plugbox.adapt.made import Made
from plugbox.adapt.state import StateStore
from plugbox.adapt.transactional_state import TransactionalStateStore


class Store(plugbox.StateStore, plugbox.BulkStateStore, plugbox.TransactionalStateStore):
    """Answers what a test wants, and remembers what it was asked."""

    def __init__(self, answer: object = None) -> None:
        self.answer = answer
        self.asked: list[object] = []

    def act(self, *asked: object) -> object:
        self.asked.extend(asked)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def init(self, properties):
        self.act(properties)

    def get(self, request):
        return self.act(request)

    def set(self, request):
        self.act(request)

    def delete(self, request):
        self.act(request)

    def bulk_get(self, requests):
        return self.act(*requests)

    def bulk_set(self, requests):
        self.act(*requests)

    def bulk_delete(self, requests):
        self.act(*requests)

    def transact(self, operations, metadata):
        self.act(*operations, metadata)


GET = wit.GetRequest("key", wit.Consistency.STRONG, [("name", "value")])
SET = wit.SetRequest("key", b"\xff", "text/plain", "7", wit.Concurrency.FIRST_WRITE, wit.Consistency.EVENTUAL, [])
DELETE = wit.DeleteRequest("key", None, wit.Concurrency.LAST_WRITE, wit.Consistency.UNSPECIFIED, [("a", "b")])


def answer_to(answer: object) -> object:
    """What the host gets where the author answers or raises this."""
    store = StateStore(Made(lambda: Store(answer)))
    try:
        return store.get(GET)
    except Err as err:
        return err.value


def test_a_request_comes_with_everything_that_the_client_sent():
    made = Store()
    store = StateStore(Made(lambda: made))
    store.init([("a", "1"), ("b", "2")])
    store.get(GET)
    store.set(SET)
    store.delete(DELETE)
    first, last = plugbox.Concurrency.FIRST_WRITE, plugbox.Concurrency.LAST_WRITE
    assert made.asked == [
        {"a": "1", "b": "2"},
        plugbox.GetRequest("key", plugbox.Consistency.STRONG, {"name": "value"}),
        plugbox.SetRequest("key", b"\xff", "text/plain", "7", first, plugbox.Consistency.EVENTUAL, {}),
        plugbox.DeleteRequest("key", None, last, plugbox.Consistency.UNSPECIFIED, {"a": "b"}),
    ]


def test_an_item_is_what_the_author_answers():
    assert answer_to(None) is None
    item = plugbox.Item(b"\0", "1", "text/plain", {"ttlExpireTime": "soon"})
    assert answer_to(item) == wit.Item(b"\0", "1", "text/plain", [("ttlExpireTime", "soon")])
    assert answer_to(plugbox.Item(bytearray(b"x"))) == wit.Item(b"x", None, None, [])


def test_init_answers_the_features():
    class WithFeatures(Store):
        features = ("ETAG", "TTL")

    assert StateStore(Made(WithFeatures)).init([]) == ["ETAG", "TTL"]
    assert StateStore(Made(Store)).init([]) == []


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (plugbox.EtagMismatch("m"), wit.StateError_EtagMismatch("m")),
        (plugbox.EtagInvalid("m"), wit.StateError_EtagInvalid("m")),
        (plugbox.RowMismatch(3, 2), wit.StateError_RowMismatch(wit.RowMismatch(3, 2))),
        (
            plugbox.AppError("m", code=plugbox.Code.ABORTED, http_status=418, tag="T", reason="R", domain="d"),
            wit.StateError_AppError(wit.AppError(types.Code.ABORTED, 418, "T", "R", "d", "m")),
        ),
        (plugbox.NotFound("m"), wit.StateError_Other(types.Error(types.Code.NOT_FOUND, "m"))),
        (plugbox.Error("m"), wit.StateError_Other(types.Error(types.Code.UNKNOWN, "m"))),
        (
            plugbox.Error("m", plugbox.Code.DATA_LOSS),
            wit.StateError_Other(types.Error(types.Code.DATA_LOSS, "m")),
        ),
    ],
)
def test_each_error_reaches_the_host_as_what_it_is(raised, expected):
    assert answer_to(raised) == expected


def test_every_code_is_the_contracts_own():
    assert [code.name for code in plugbox.Code] == [code.name for code in types.Code]
    for code in plugbox.Code:
        assert answer_to(plugbox.Error("", code)) == wit.StateError_Other(types.Error(types.Code[code.name], ""))


@pytest.mark.parametrize(
    "answer",
    [
        KeyError("password"),
        SystemExit(1),
        RecursionError(),
        # What componentize-py would end the guest for.
        "an item",
        plugbox.Item("text"),
        plugbox.Item(5),
        plugbox.Item(b"", etag=5),
        plugbox.Item(b"", etag="\ud800"),
        plugbox.Item(b"", metadata={"a": 1}),
        plugbox.Item(b"", metadata=["a"]),
    ],
)
def test_what_the_author_did_not_mean_is_an_error_and_its_words_are_in_the_log_alone(answer, capsys):
    got = answer_to(answer)
    assert isinstance(got, wit.StateError_Other) and got.value.code is types.Code.INTERNAL
    assert "log" in got.value.message and "password" not in got.value.message
    assert "Error" in (written := capsys.readouterr().err) or "SystemExit" in written


def test_the_words_of_what_fails_in_init_are_not_even_in_the_log(capsys):
    store = StateStore(Made(lambda: Store(ValueError("invalid literal for int(): 'oak'"))))
    with pytest.raises(Err) as raised:
        store.init([("password", "oak")])
    written = capsys.readouterr().err
    assert "ValueError" in written and "in init" in written and "oak" not in written + str(raised.value.value)


def test_a_guest_without_memory_says_so():
    got = answer_to(MemoryError())
    assert isinstance(got, wit.StateError_Other) and got.value.code is types.Code.RESOURCE_EXHAUSTED


def test_the_words_of_an_error_can_be_any():
    assert answer_to(plugbox.EtagMismatch("\ud800!")) == wit.StateError_EtagMismatch("?!")


def test_bulk_calls_answer_for_each_request_in_its_order():
    made = Store([plugbox.Item(b"1"), None, plugbox.NotFound("why")])
    store = BulkStateStore(Made(lambda: made))
    assert store.bulk_get([GET] * 3) == [Ok(wit.Item(b"1", None, None, [])), Ok(None), Err("why")]
    assert len(made.asked) == 3
    store.bulk_set([SET])
    store.bulk_delete([DELETE])
    assert [type(asked) for asked in made.asked[3:]] == [plugbox.SetRequest, plugbox.DeleteRequest]


def test_a_transaction_is_a_list_of_sets_and_deletes():
    made = Store()
    store = TransactionalStateStore(Made(lambda: made))
    operations = [transactional_state_store.Operation_Set(SET), transactional_state_store.Operation_Delete(DELETE)]
    store.transact(operations, [("a", "b")])
    kinds = [type(asked) for asked in made.asked]
    assert kinds == [plugbox.SetRequest, plugbox.DeleteRequest, dict]
    assert store.max_operations() is None
    made.max_operations = 5
    assert store.max_operations() == 5


@pytest.mark.parametrize(("text", "seconds"), [(None, None), ("5", 5), ("+5", 5), ("0", None), ("-1", None)])
def test_a_ttl_is_a_number_of_seconds_or_none(text, seconds):
    metadata = {} if text is None else {"ttlInSeconds": text}
    assert plugbox.SetRequest("key", b"", metadata=metadata).ttl() == seconds


@pytest.mark.parametrize("text", ["", "-2", "1.5", "1_000", " 1", "ten", "٣", "9" * 5000])
def test_what_is_no_ttl_is_refused(text):
    with pytest.raises(plugbox.InvalidArgument, match="ttlInSeconds"):
        plugbox.SetRequest("key", b"", metadata={"ttlInSeconds": text}).ttl()


def exported(monkeypatch: pytest.MonkeyPatch, *blocks: type) -> SimpleNamespace:
    module = ModuleType("an_app")
    monkeypatch.setitem(sys.modules, "an_app", module)
    plugbox.export("an_app", *blocks)
    return SimpleNamespace(**vars(module))


def test_the_author_s_object_is_made_at_the_first_call_and_shared_by_its_blocks(monkeypatch):
    made = []

    class Counted(Store):
        def __init__(self):
            super().__init__()
            made.append(self)

    app = exported(monkeypatch, Counted)
    # This much happens when the guest is built.
    store, bulk = app.StateStore(), app.BulkStateStore()
    assert made == []
    store.init([])
    bulk.bulk_set([])
    assert len(made) == 1


def test_an_object_that_cannot_be_made_is_tried_again_at_the_next_init():
    attempts = []

    def make():
        attempts.append(None)
        if len(attempts) == 1:
            raise plugbox.Unavailable("not yet")
        return Store()

    store = StateStore(Made(make))
    with pytest.raises(Err) as raised:
        store.init([])
    assert raised.value.value == types.Error(types.Code.UNAVAILABLE, "not yet")
    assert store.init([]) == []


def test_only_building_blocks_can_be_exported_and_each_once(monkeypatch):
    with pytest.raises(TypeError, match="building blocks"):
        exported(monkeypatch, dict)
    with pytest.raises(TypeError, match="second StateStore"):
        exported(monkeypatch, Store, Store)


def test_a_world_that_is_too_small_is_named_at_the_build(monkeypatch):
    monkeypatch.delattr(wit_world.exports, "transactional_state_store")
    monkeypatch.setitem(sys.modules, "wit_world.exports.transactional_state_store", None)
    monkeypatch.delitem(sys.modules, "plugbox.adapt.transactional_state")
    with pytest.raises(TypeError, match="Store is a TransactionalStateStore, which the world"):
        exported(monkeypatch, Store)
