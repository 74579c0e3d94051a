//! A state store in memory: values with etags.

use crate::bindings::dapr::components::state_types::{
    Concurrency, DeleteRequest, GetRequest, Item, SetRequest, StateError,
};
use crate::bindings::dapr::components::types::{Error, Metadata};
use crate::bindings::exports::dapr::components::state_store::Guest;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

thread_local! {
    static ITEMS: RefCell<HashMap<String, Item>> = RefCell::default();
    // From the time of the start on: an etag of before a restart, which loses all items, fits none of after it.
    static LAST_ETAG: Cell<u128> = Cell::new(
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos()),
    );
}

impl Guest for crate::Guest {
    fn init(_properties: Metadata) -> Result<Vec<String>, Error> {
        Ok(vec!["ETAG".to_owned()])
    }

    fn get(request: GetRequest) -> Result<Option<Item>, StateError> {
        Ok(ITEMS.with_borrow(|items| items.get(&request.key).cloned()))
    }

    fn set(request: SetRequest) -> Result<(), StateError> {
        let first_write = request.concurrency == Concurrency::FirstWrite;
        check(&request.key, request.etag.as_deref(), first_write)?;
        let etag = LAST_ETAG.get() + 1;
        LAST_ETAG.set(etag);
        let item = Item {
            value: request.value,
            etag: Some(etag.to_string()),
            content_type: request.content_type,
            metadata: Vec::new(),
        };
        ITEMS.with_borrow_mut(|items| items.insert(request.key, item));
        Ok(())
    }

    fn delete(request: DeleteRequest) -> Result<(), StateError> {
        check(&request.key, request.etag.as_deref(), false)?;
        ITEMS.with_borrow_mut(|items| items.remove(&request.key));
        Ok(())
    }
}

/// Whether a write may go on: an etag must be the item's own, and a first write must be the first.
fn check(key: &str, etag: Option<&str>, first_write: bool) -> Result<(), StateError> {
    let current = ITEMS.with_borrow(|items| items.get(key).and_then(|item| item.etag.clone()));
    match (etag, current) {
        (Some(etag), _) if etag.parse::<u128>().is_err() => Err(StateError::EtagInvalid(
            "etags of this store are numbers".to_owned(),
        )),
        (Some(etag), current) if current.as_deref() != Some(etag) => Err(StateError::EtagMismatch(
            format!("{key} was written since, or deleted"),
        )),
        (None, Some(_)) if first_write => Err(StateError::EtagMismatch(format!(
            "{key} was written already"
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings::dapr::components::state_types::Consistency;

    fn set(value: &str, etag: Option<&str>) -> Result<(), StateError> {
        crate::Guest::set(SetRequest {
            key: "greeting".to_owned(),
            value: value.into(),
            etag: etag.map(str::to_owned),
            concurrency: Concurrency::LastWrite,
            consistency: Consistency::Strong,
            content_type: None,
            metadata: Vec::new(),
        })
    }

    fn get() -> Option<Item> {
        crate::Guest::get(GetRequest {
            key: "greeting".to_owned(),
            consistency: Consistency::Strong,
            metadata: Vec::new(),
        })
        .unwrap()
    }

    #[test]
    fn what_was_set_is_there_and_only_its_own_etag_writes_over_it() {
        assert!(get().is_none());
        set("hello", None).unwrap();
        let first = get().unwrap();
        assert_eq!(first.value, b"hello");
        set("good day", first.etag.as_deref()).unwrap();
        let late = set("too late", first.etag.as_deref());
        assert!(matches!(late, Err(StateError::EtagMismatch(_))));
        assert_eq!(get().unwrap().value, b"good day");
    }
}
