//! Etags and concurrency of single writes.

use super::*;

#[test]
fn keeps_value_and_content_type_until_deleted() {
    let mut store = store();
    assert!(store.get("k").is_none());
    let mut request = set("k", "v");
    request.content_type = Some("text/plain".to_owned());
    store.set(request).unwrap();
    let item = store.get("k").unwrap();
    assert_eq!(item.value, b"v");
    assert_eq!(item.content_type.as_deref(), Some("text/plain"));
    assert_eq!(item.metadata, []);
    store.delete(delete("k")).unwrap();
    assert!(store.get("k").is_none());
    store.delete(delete("k")).unwrap();
}

#[test]
fn an_etag_changes_at_each_write_and_never_comes_back() {
    let mut store = store();
    let mut seen = Vec::new();
    for _ in 0..5 {
        store.set(set("k", "same")).unwrap();
        seen.push(store.etag("k"));
        store.set(set("k", "same")).unwrap();
        seen.push(store.etag("k"));
        store.delete(delete("k")).unwrap();
    }
    let written = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), written);
    assert!(seen.iter().all(|etag| !etag.is_empty()));
}

#[test]
fn a_store_that_starts_later_makes_other_etags() {
    let mut first = store();
    first.set(set("k", "v")).unwrap();
    wait(1);
    let mut second = store();
    second.set(set("k", "v")).unwrap();
    assert!(is_mismatch(
        second.set(set("k", "w").etag(&first.etag("k")))
    ));
}

#[test]
fn the_etag_decides_whatever_the_concurrency() {
    for concurrency in [
        Concurrency::Unspecified,
        Concurrency::FirstWrite,
        Concurrency::LastWrite,
    ] {
        let mut store = store();
        let write = |value, etag: &str| set("k", value).etag(etag).concurrency(concurrency);
        store.set(set("k", "1")).unwrap();
        let first = store.etag("k");
        store.set(write("2", &first)).unwrap();
        assert!(is_mismatch(store.set(write("3", &first))));
        assert_eq!(store.text("k").as_deref(), Some("2"));
        assert!(is_mismatch(store.delete(delete("k").etag(&first))));
        let second = store.etag("k");
        store.delete(delete("k").etag(&second)).unwrap();
        assert!(is_mismatch(store.set(write("4", &second))));
        assert!(is_mismatch(store.delete(delete("k").etag(&second))));
        assert!(store.get("k").is_none());
    }
}

#[test]
fn what_this_store_never_writes_is_no_etag() {
    let mut store = store();
    store.set(set("k", "v")).unwrap();
    let padded = format!("0{}", store.etag("k"));
    let signed = format!("+{}", store.etag("k"));
    let long = "9".repeat(100);
    for wrong in ["bad-etag", " ", "-1", "1.5", "0x1", &padded, &signed, &long] {
        assert!(
            is_invalid_etag(store.set(set("k", "w").etag(wrong))),
            "{wrong}"
        );
        assert!(
            is_invalid_etag(store.delete(delete("k").etag(wrong))),
            "{wrong}"
        );
        assert!(is_invalid_etag(store.set(set("missing", "w").etag(wrong))));
    }
    for other in ["0", "1", "9999999", "18446744073709551615"] {
        assert!(is_mismatch(store.set(set("k", "w").etag(other))), "{other}");
        assert!(is_mismatch(store.delete(delete("missing").etag(other))));
    }
    assert_eq!(store.text("k").as_deref(), Some("v"));
}

#[test]
fn without_an_etag_the_first_write_wins_where_that_is_asked() {
    for etag in [None, Some("")] {
        let mut store = store();
        let mut request = set("k", "1").concurrency(Concurrency::FirstWrite);
        request.etag = etag.map(str::to_owned);
        store.set(request.clone()).unwrap();
        assert!(is_mismatch(store.set(request.clone())));
        assert_eq!(store.text("k").as_deref(), Some("1"));
        store
            .set(set("k", "2").concurrency(Concurrency::LastWrite))
            .unwrap();
        store.delete(delete("k")).unwrap();
        store.set(request).unwrap();
    }
}
