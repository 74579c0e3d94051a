//! What becomes of a write's etag, its concurrency and its life.

use super::*;
use crate::bindings::dapr::components::state_types::{
    Concurrency, Consistency, SetRequest, StateError,
};
use crate::change::{Change, Condition};
use crate::expiry;

fn set(etag: Option<&str>, concurrency: Concurrency) -> Result<Change, StateError> {
    let request = SetRequest {
        key: "key".to_owned(),
        value: Vec::new(),
        content_type: None,
        etag: etag.map(str::to_owned),
        concurrency,
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    };
    Change::set(request, 0)
}

#[test]
fn an_etag_decides_where_there_is_one() {
    use Concurrency::{FirstWrite, LastWrite, Unspecified};
    let etag = || Condition::Etag("17".to_owned());
    for (given, concurrency, expected) in [
        (None, Unspecified, Condition::Any),
        (None, LastWrite, Condition::Any),
        (None, FirstWrite, Condition::New),
        (Some(""), FirstWrite, Condition::New),
        (Some("17"), Unspecified, etag()),
        (Some("17"), LastWrite, etag()),
        (Some("17"), FirstWrite, etag()),
    ] {
        let change = set(given, concurrency).ok().unwrap();
        assert_eq!(change.condition, expected, "{given:?} {concurrency:?}");
    }
}

#[test]
fn what_is_no_number_is_no_etag_and_never_a_word_of_the_script() {
    for etag in ["any", "new", "-1", "1.0", " 1", "\u{661}"] {
        let outcome = set(Some(etag), Concurrency::Unspecified);
        let Err(StateError::EtagInvalid(why)) = outcome else {
            panic!("{etag}");
        };
        assert!(why.contains("\"key\""), "{why}");
    }
}

#[test]
fn a_life_is_whole_seconds() {
    let life = |text: &str| expiry::requested(&metadata(&[("ttlInSeconds", text)]));
    assert_eq!(expiry::requested(&metadata(&[])).unwrap(), None);
    for (text, expected) in [("1", 1), ("86400", 86400), ("0", 0), ("-1", 0)] {
        assert_eq!(life(text).unwrap(), Some(expected));
    }
    for text in ["-2", "1.5", "soon", "1s", "9223372036854775807", "1e3"] {
        let why = refusal(life(text));
        assert!(why.contains("ttlInSeconds") && why.contains(text), "{why}");
    }
}
