"""The store: writes, expiry, bulk calls, transactions."""

import random

import pytest

from memory_state.store import MemoryState
from plugbox import (
    Concurrency,
    DeleteRequest,
    Error,
    EtagInvalid,
    EtagMismatch,
    GetRequest,
    InvalidArgument,
    Item,
    SetRequest,
)

FIRST = Concurrency.FIRST_WRITE


class Clock:
    """In milliseconds, and it goes when a test says so."""

    def __init__(self) -> None:
        self.time = 1_700_000_000_000

    def __call__(self) -> int:
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(clock):
    return MemoryState(clock)


def put(key, value="1", ttl=None, **more):
    return SetRequest(key, value.encode(), metadata={} if ttl is None else {"ttlInSeconds": ttl}, **more)


def text(store, key):
    item = store.get(GetRequest(key))
    return None if item is None else item.value.decode()


def etag(store, key):
    return store.get(GetRequest(key)).etag


def expiry(store, key):
    return store.get(GetRequest(key)).metadata.get("ttlExpireTime")


def test_keeps_value_and_content_type_until_deleted(store):
    assert store.get(GetRequest("a")) is None
    store.set(SetRequest("a", b"\xff\0", "text/plain"))
    assert store.get(GetRequest("a")) == Item(b"\xff\0", etag(store, "a"), "text/plain", {})
    store.set(put("a", "2"))
    assert (text(store, "a"), store.get(GetRequest("a")).content_type) == ("2", None)
    store.delete(DeleteRequest("a"))
    store.delete(DeleteRequest("a"))
    assert text(store, "a") is None


def test_an_etag_changes_at_each_write_and_never_comes_back(store):
    etags = []
    for _ in range(3):
        store.set(put("a"))
        etags.append(etag(store, "a"))
        store.set(put("a"))
        etags.append(etag(store, "a"))
        store.delete(DeleteRequest("a"))
    assert len(set(etags)) == 6


def test_a_store_that_starts_later_makes_other_etags(clock, store):
    store.set(put("a"))
    clock.time += 1
    later = MemoryState(clock)
    later.set(put("a"))
    assert int(etag(later, "a")) > int(etag(store, "a"))


@pytest.mark.parametrize("concurrency", list(Concurrency))
def test_the_etag_decides_whatever_the_concurrency(store, concurrency):
    store.set(put("a"))
    stale = etag(store, "a")
    store.set(put("a", "2", etag=stale, concurrency=concurrency))
    for write in (
        lambda: store.set(put("a", "3", etag=stale, concurrency=concurrency)),
        lambda: store.delete(DeleteRequest("a", stale, concurrency)),
        lambda: store.set(put("missing", etag=stale, concurrency=concurrency)),
        lambda: store.delete(DeleteRequest("missing", stale, concurrency)),
    ):
        with pytest.raises(EtagMismatch):
            write()
    assert (text(store, "a"), text(store, "missing")) == ("2", None)
    store.delete(DeleteRequest("a", etag(store, "a"), concurrency))
    assert text(store, "a") is None


@pytest.mark.parametrize("wrong", ["x", "+7", "007", "-7", "1.0", " 7", "٣"])
def test_what_this_store_never_writes_is_no_etag(store, wrong):
    store.set(put("a"))
    with pytest.raises(EtagInvalid):
        store.set(put("a", "2", etag=wrong))
    with pytest.raises(EtagInvalid):
        store.delete(DeleteRequest("a", wrong))
    assert text(store, "a") == "1"


def test_without_an_etag_the_first_write_wins_where_that_is_asked(store):
    store.set(put("a", "1", concurrency=FIRST))
    with pytest.raises(EtagMismatch):
        store.set(put("a", "2", concurrency=FIRST))
    with pytest.raises(EtagMismatch):
        store.set(put("a", "2", etag="", concurrency=FIRST))
    store.delete(DeleteRequest("a", concurrency=FIRST))
    store.set(put("a", "3", concurrency=FIRST))
    assert text(store, "a") == "3"


def test_init_keeps_the_items(store):
    store.set(put("a"))
    store.init({"anything": "else"})
    assert text(store, "a") == "1" and set(store.features) == {"ETAG", "TTL"}


def test_an_item_is_there_until_its_time(clock, store):
    store.set(put("a", ttl="2"))
    assert expiry(store, "a") == "2023-11-14T22:13:22.000Z"
    clock.time += 1999
    assert text(store, "a") == "1"
    clock.time += 1
    assert text(store, "a") is None
    with pytest.raises(EtagMismatch):
        store.delete(DeleteRequest("a", "7"))
    store.set(put("a", "2", concurrency=FIRST))
    assert (text(store, "a"), expiry(store, "a")) == ("2", None)


@pytest.mark.parametrize("later", [None, "-1", "0"])
def test_a_later_write_decides_anew(clock, store, later):
    store.set(put("a", ttl="1"))
    store.set(put("a", "2", ttl=later))
    assert expiry(store, "a") is None
    clock.time += 10_000
    store.set(put("b"))
    assert text(store, "a") == "2"


@pytest.mark.parametrize("wrong", ["x", "", "-2", "1.5", "9" * 30, str(10**12)])
def test_what_is_no_life_is_refused(store, wrong):
    store.set(put("a", ttl="100"))
    before = store.get(GetRequest("a"))
    with pytest.raises(InvalidArgument, match="ttlInSeconds"):
        store.set(put("a", "2", ttl=wrong))
    assert store.get(GetRequest("a")) == before


def test_the_longest_life_lasts_to_the_end_of_the_year_9999(clock, store):
    clock.time = 253_402_300_799_999 - 5000
    store.set(put("a", ttl="5"))
    assert expiry(store, "a") == "9999-12-31T23:59:59.999Z"
    with pytest.raises(InvalidArgument, match="9999"):
        store.set(put("a", ttl="6"))


def test_expired_items_give_their_memory_back(clock, store):
    for number in range(1000):
        store.set(put(f"k{number}", ttl="1"))
    store.set(put("kept", ttl="1"))
    store.set(put("kept"))
    assert store.held() == (1001, 1000)
    clock.time += 1000
    for _ in range(40):
        store.set(put("new"))
    assert store.held() == (2, 0)


def test_good_items_are_applied_and_the_first_failure_is_the_answer(store):
    with pytest.raises(EtagInvalid, match="'b'"):
        store.bulk_set([put("a"), put("b", etag="x"), put("c", ttl="x"), put("d")])
    answers = store.bulk_get([GetRequest(key) for key in "abcda"])
    assert [item and item.value for item in answers] == [b"1", None, None, b"1", b"1"]
    with pytest.raises(EtagMismatch, match="'d'"):
        store.bulk_delete([DeleteRequest("a"), DeleteRequest("d", "7"), DeleteRequest("nobody")])
    assert (text(store, "a"), text(store, "d")) == (None, "1")


def test_a_later_operation_sees_what_an_earlier_one_did(store):
    store.set(put("a"))
    store.transact([DeleteRequest("a"), put("a", "2", concurrency=FIRST), put("a", "3")], {"any": "thing"})
    assert text(store, "a") == "3"
    with pytest.raises(EtagMismatch):
        store.transact([put("b"), put("b", concurrency=FIRST)], {})
    assert text(store, "b") is None


def test_a_failed_transaction_leaves_everything_as_it_was(clock, store):
    """Any operations, one of which fails."""
    chance = random.Random(3)
    for _ in range(300):
        for key in "abc":
            if chance.random() < 0.5:
                store.set(put(key, str(chance.random()), ttl=chance.choice([None, "1", "5"])))
        clock.time += chance.randrange(700)
        before = sorted((key, entry) for key, entry in store.items())
        operations = []
        for _ in range(chance.randrange(8)):
            key = chance.choice("abc")
            operations.append(put(key, "x", ttl=chance.choice([None, "3"])) if chance.random() < 0.6 else DeleteRequest(key))
        operations.insert(chance.randrange(len(operations) + 1), put("a", etag="1"))
        with pytest.raises(Error):
            store.transact(operations, {})
        assert sorted((key, entry) for key, entry in store.items()) == before
        entries, expiring = store.held()
        assert entries == len(store._entries)
        assert expiring == sum(entry.expires is not None for entry in store._entries.values())
