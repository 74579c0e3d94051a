//! What the store promises, called as the host calls it. Each test runs on a thread, so with a store, of its own.

use super::*;

fn set(key: &str, etag: Option<&str>, concurrency: Concurrency) -> Result<(), StateError> {
    MinimalState::set(SetRequest {
        key: key.to_owned(),
        value: b"value".to_vec(),
        content_type: Some("text/plain".to_owned()),
        etag: etag.map(str::to_owned),
        concurrency,
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    })
}

fn delete(key: &str, etag: Option<&str>) -> Result<(), StateError> {
    MinimalState::delete(DeleteRequest {
        key: key.to_owned(),
        etag: etag.map(str::to_owned),
        concurrency: Concurrency::Unspecified,
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    })
}

fn get(key: &str) -> Option<Item> {
    MinimalState::get(GetRequest {
        key: key.to_owned(),
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    })
    .unwrap()
}

fn etag(key: &str) -> String {
    get(key).unwrap().etag.unwrap()
}

#[test]
fn keeps_a_value_until_it_is_deleted() {
    assert!(get("k").is_none());
    set("k", None, Concurrency::Unspecified).unwrap();
    let item = get("k").unwrap();
    assert_eq!(item.value, b"value");
    assert_eq!(item.content_type.as_deref(), Some("text/plain"));
    delete("k", None).unwrap();
    assert!(get("k").is_none());
    delete("k", None).unwrap();
}

#[test]
fn an_etag_lets_one_write_through() {
    set("k", None, Concurrency::Unspecified).unwrap();
    let first = etag("k");
    set("k", Some(&first), Concurrency::LastWrite).unwrap();
    assert_ne!(etag("k"), first);
    assert!(matches!(
        set("k", Some(&first), Concurrency::LastWrite),
        Err(StateError::EtagMismatch(_))
    ));
    assert!(matches!(
        delete("k", Some(&first)),
        Err(StateError::EtagMismatch(_))
    ));
    delete("k", Some(&etag("k"))).unwrap();
    assert!(matches!(
        delete("k", Some(&first)),
        Err(StateError::EtagMismatch(_))
    ));
    set("k", None, Concurrency::Unspecified).unwrap();
    assert_ne!(etag("k"), first, "an etag does not come back");
}

#[test]
fn what_is_no_number_is_no_etag() {
    for wrong in ["not-an-etag", "", "-1", "1.5"] {
        assert!(matches!(
            set("k", Some(wrong), Concurrency::Unspecified),
            Err(StateError::EtagInvalid(_))
        ));
        assert!(matches!(
            delete("k", Some(wrong)),
            Err(StateError::EtagInvalid(_))
        ));
    }
    assert!(get("k").is_none());
}

#[test]
fn the_first_write_wins_where_that_is_asked() {
    set("k", None, Concurrency::FirstWrite).unwrap();
    assert!(matches!(
        set("k", None, Concurrency::FirstWrite),
        Err(StateError::EtagMismatch(_))
    ));
    set("k", Some(&etag("k")), Concurrency::FirstWrite).unwrap();
    set("k", None, Concurrency::LastWrite).unwrap();
}
