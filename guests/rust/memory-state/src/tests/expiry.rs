//! Expiry: what asks for it, what shows it, and that it gives memory back.

use super::*;

fn expiry(store: &Store, key: &str) -> Option<String> {
    let metadata = store.get(key).unwrap().metadata;
    match metadata.as_slice() {
        [] => None,
        [(name, value)] => {
            assert_eq!(name, "ttlExpireTime");
            Some(value.clone())
        }
        more => panic!("too much metadata: {more:?}"),
    }
}

#[test]
fn an_item_is_there_until_its_time() {
    let mut store = store();
    store.set(set("k", "v").ttl("10")).unwrap();
    assert_eq!(
        expiry(&store, "k").as_deref(),
        Some("1970-01-12T13:46:50.000Z")
    );
    wait(9);
    assert!(store.get("k").is_some());
    wait(1);
    assert!(store.get("k").is_none());
}

#[test]
fn an_expired_item_is_a_missing_one() {
    let mut store = store();
    store.set(set("k", r#"{"a":1}"#).ttl("10")).unwrap();
    let etag = store.etag("k");
    wait(10);
    assert_eq!(store.iter().count(), 0);
    // The write of another key clears the expired one away for good: ask before and after.
    for _ in 0..2 {
        assert!(is_mismatch(store.set(set("k", "w").etag(&etag))));
        assert!(is_mismatch(store.delete(delete("k").etag(&etag))));
        store.set(set("other", "v")).unwrap();
    }
    store.delete(delete("k")).unwrap();
    store.set(set("k", "v").ttl("10")).unwrap();
    wait(10);
    store
        .set(set("k", "w").concurrency(Concurrency::FirstWrite))
        .unwrap();
    assert_eq!(store.text("k").as_deref(), Some("w"));
}

#[test]
fn a_later_write_decides_anew() {
    for (ttl, expected) in [
        (None, None),
        (Some("-1"), None),
        (Some("0"), None),
        (Some("20"), Some("1970-01-12T13:47:05.000Z")),
        (Some("+20"), Some("1970-01-12T13:47:05.000Z")),
    ] {
        NOW.set(1_000_000);
        let mut store = store();
        store.set(set("k", "v").ttl("10")).unwrap();
        wait(5);
        let request = set("k", "w");
        store
            .set(match ttl {
                Some(ttl) => request.ttl(ttl),
                None => request,
            })
            .unwrap();
        assert_eq!(expiry(&store, "k").as_deref(), expected, "{ttl:?}");
        wait(6);
        store.set(set("other", "v")).unwrap();
        assert_eq!(store.text("k").as_deref(), Some("w"), "{ttl:?}");
    }
}

#[test]
fn what_is_no_life_is_refused() {
    let mut store = store();
    store.set(set("k", "v")).unwrap();
    for wrong in [
        "foo",
        "",
        " 5",
        "1.5",
        "1e3",
        "-2",
        "-9223372036854775808",
        "9223372036854775807",
        "9223372036854775808",
        "253402300800",
        "99999999999999999999999",
    ] {
        let message = refusal(store.set(set("k", "w").ttl(wrong)));
        assert!(
            message.contains("ttlInSeconds") && message.contains(wrong),
            "{message}"
        );
    }
    assert_eq!(store.text("k").as_deref(), Some("v"));
    assert_eq!(store.held(), (1, 0));
}

#[test]
fn the_longest_life_lasts_to_the_end_of_the_year_9999() {
    let mut store = store();
    let seconds = 253_402_300_799 - NOW.get();
    store.set(set("k", "v").ttl(&seconds.to_string())).unwrap();
    assert_eq!(
        expiry(&store, "k").as_deref(),
        Some("9999-12-31T23:59:59.000Z")
    );
    refusal(store.set(set("k", "v").ttl(&(seconds + 1).to_string())));
}

#[test]
fn names_of_metadata_compare_exactly() {
    let mut store = store();
    for name in ["TTLInSeconds", "ttlinseconds", "ttlInSeconds "] {
        let mut request = set("k", "v");
        request.metadata = vec![(name.to_owned(), "x".to_owned())];
        store.set(request).unwrap();
        assert_eq!(expiry(&store, "k"), None);
    }
}

#[test]
fn expired_items_give_their_memory_back() {
    let mut store = store();
    for _ in 0..100 {
        for item in 0..100 {
            store.set(set(&format!("k{item}"), "v").ttl("10")).unwrap();
        }
        wait(1);
    }
    assert_eq!(store.held(), (100, 100), "no key is counted twice");
    wait(10);
    for _ in 0..4 {
        store.set(set("other", "v")).unwrap();
    }
    assert_eq!(store.held(), (1, 0));
}

#[test]
fn a_stream_of_items_that_expire_does_not_grow() {
    let mut store = store();
    for item in 0..10_000 {
        store.set(set(&format!("k{item}"), "v").ttl("10")).unwrap();
        if item % 10 == 0 {
            wait(1);
        }
        assert!(store.held().0 <= 110);
    }
}
