//! Bulk calls and the rest of the border, called as the host calls it.

use super::*;
use crate::MemoryState;
use crate::bindings::dapr::components::state_types::GetRequest;
use crate::bindings::exports::dapr::components::bulk_state_store::Guest as Bulk;
use crate::bindings::exports::dapr::components::state_store::Guest as State;
use crate::bindings::exports::dapr::components::transactional_state_store::Guest as Transactional;

fn get(key: &str) -> GetRequest {
    GetRequest {
        key: key.to_owned(),
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    }
}

fn values(keys: &[&str]) -> Vec<Option<String>> {
    let requests = keys.iter().map(|key| get(key)).collect();
    let answers = MemoryState::bulk_get(requests).unwrap();
    let text = |value| String::from_utf8(value).unwrap();
    let answers = answers.into_iter();
    answers
        .map(|answer| answer.unwrap().map(|item| text(item.value)))
        .collect()
}

#[test]
fn good_items_are_applied_and_the_first_failure_is_the_answer() {
    let outcome = MemoryState::bulk_set(vec![
        set("a", "1"),
        set("b", "2").etag("1"),
        set("c", "3").etag("bad-etag"),
        set("d", "4"),
    ]);
    assert!(is_mismatch(outcome));
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        values(&["d", "b", "a", "c", "a"]),
        [some("4"), None, some("1"), None, some("1")]
    );

    let outcome = MemoryState::bulk_delete(vec![
        delete("a").etag("bad-etag"),
        delete("missing").etag("1"),
        delete("missing"),
        delete("d"),
    ]);
    assert!(is_invalid_etag(outcome));
    assert_eq!(values(&["a", "d"]), [some("1"), None]);
    assert_eq!(values(&[]), []);
}

#[test]
fn init_names_the_features_and_keeps_the_items() {
    assert_eq!(MemoryState::init(Vec::new()).unwrap(), ["ETAG", "TTL"]);
    MemoryState::set(set("k", "v")).unwrap();
    MemoryState::init(vec![("any".to_owned(), "thing".to_owned())]).unwrap();
    assert_eq!(MemoryState::get(get("k")).unwrap().unwrap().value, b"v");
    MemoryState::delete(delete("k")).unwrap();
    assert_eq!(MemoryState::get(get("k")).unwrap(), None);
    assert_eq!(MemoryState::max_operations(), None);
}
