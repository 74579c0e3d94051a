//! The answers that need no host to be seen.

use super::*;
use bindings::dapr::components::state_types::Consistency;

fn get(key: &str) -> Result<Option<Vec<u8>>, StateError> {
    let item = RudeState::get(GetRequest {
        key: key.to_owned(),
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    })?;
    Ok(item.map(|item| item.value))
}

fn init(properties: &[(&str, &str)]) -> Result<Vec<String>, Error> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    RudeState::init(properties.iter().map(owned).collect())
}

#[test]
fn answers_what_the_key_asks_for() {
    init(&[]).unwrap();
    init(&[("redisHost", "localhost")]).unwrap();
    assert_eq!(init(&[("fail", "no host")]).unwrap_err().message, "no host");
    init(&[("color", "blue")]).unwrap();
    assert_eq!(get("init-count").unwrap().unwrap(), b"4");
    assert_eq!(get("property:color").unwrap().unwrap(), b"blue");
    assert_eq!(get("property:redisHost").unwrap(), None);
    assert_eq!(get("reply:3").unwrap().unwrap(), b"xxx");
    assert_eq!(get("sleep:1").unwrap().unwrap(), b"awake");
    assert_eq!(get("print:hello").unwrap(), None);
    assert_eq!(get("app||key").unwrap(), None);
}

#[test]
fn fails_as_the_key_asks() {
    let fails = |key| get(key).unwrap_err();
    assert!(matches!(fails("mismatch"), StateError::EtagMismatch(_)));
    assert!(matches!(fails("invalid"), StateError::EtagInvalid(_)));
    assert!(matches!(fails("row-mismatch"), StateError::RowMismatch(_)));
    assert!(matches!(fails("app-error"), StateError::AppError(_)));
    let code = |key| match fails(key) {
        StateError::Other(error) => error.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code("code:data-loss"), Code::DataLoss);
    assert_eq!(code("code:ok"), Code::InvalidArgument);
    assert_eq!(code("reply:many"), Code::InvalidArgument);
}

#[test]
#[should_panic(expected = "asked to trap")]
fn traps_as_the_key_asks() {
    let _ = get("trap");
}
