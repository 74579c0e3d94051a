import pytest

from plugbox import Concurrency, DeleteRequest, EtagInvalid, EtagMismatch, GetRequest, Item, SetRequest
from state_store import MyStateStore


def stored(store: MyStateStore, key: str) -> Item:
    item = store.get(GetRequest(key))
    assert item is not None
    return item


def test_what_is_set_can_be_had_until_it_is_deleted() -> None:
    store = MyStateStore()
    store.set(SetRequest("key", b"value", "text/plain"))
    item = stored(store, "key")
    assert (item.value, item.content_type) == (b"value", "text/plain")
    store.delete(DeleteRequest("key"))
    assert store.get(GetRequest("key")) is None


def test_a_write_with_an_old_etag_changes_nothing() -> None:
    store = MyStateStore()
    store.set(SetRequest("key", b"1"))
    old = stored(store, "key").etag
    store.set(SetRequest("key", b"2", etag=old))
    with pytest.raises(EtagMismatch):
        store.set(SetRequest("key", b"3", etag=old))
    with pytest.raises(EtagMismatch):
        store.delete(DeleteRequest("key", etag=old))
    with pytest.raises(EtagInvalid):
        store.delete(DeleteRequest("key", etag="new"))
    assert stored(store, "key").value == b"2"


def test_the_first_write_wins_where_that_is_asked_for() -> None:
    store = MyStateStore()
    store.set(SetRequest("key", b"1", concurrency=Concurrency.FIRST_WRITE))
    with pytest.raises(EtagMismatch):
        store.set(SetRequest("key", b"2", concurrency=Concurrency.FIRST_WRITE))
