//! The smallest honest state store: one interface, a `HashMap`, and etags that hold.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bindings::dapr::components::state_types::*;
use bindings::dapr::components::types::{Error, Metadata};
use bindings::exports::dapr::components::state_store::Guest;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::MinimalState;
    wit_bindgen::generate!({ path: "../../../wit", world: "minimal-state-store", generate_all });
    export!(MinimalState);
}

struct MinimalState;

thread_local! {
    static ITEMS: RefCell<HashMap<String, Item>> = RefCell::default();
    // Etags count up from the time of the start, so that an etag from before a restart, which lost all items,
    // does not happen to match an item written since.
    static LAST_ETAG: Cell<u128> = Cell::new(
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos()),
    );
}

impl Guest for MinimalState {
    fn init(_properties: Metadata) -> Result<Vec<String>, Error> {
        // Without `TTL` here, `ttlInSeconds` is not obeyed: items stay until they are deleted.
        Ok(vec!["ETAG".to_owned()])
    }

    fn get(request: GetRequest) -> Result<Option<Item>, StateError> {
        Ok(ITEMS.with_borrow(|items| items.get(&request.key).cloned()))
    }

    fn set(request: SetRequest) -> Result<(), StateError> {
        let first_write = request.concurrency == Concurrency::FirstWrite;
        check(&request.key, &request.etag, first_write)?;
        LAST_ETAG.set(LAST_ETAG.get() + 1);
        let item = Item {
            value: request.value,
            etag: Some(LAST_ETAG.get().to_string()),
            content_type: request.content_type,
            metadata: Vec::new(),
        };
        ITEMS.with_borrow_mut(|items| items.insert(request.key, item));
        Ok(())
    }

    fn delete(request: DeleteRequest) -> Result<(), StateError> {
        check(&request.key, &request.etag, false)?;
        ITEMS.with_borrow_mut(|items| items.remove(&request.key));
        Ok(())
    }
}

/// Whether a write to a key may go on.
fn check(key: &str, etag: &Option<String>, first_write: bool) -> Result<(), StateError> {
    ITEMS.with_borrow(|items| match (etag, items.get(key)) {
        (Some(etag), _) if etag.parse::<u128>().is_err() => Err(StateError::EtagInvalid(format!(
            "{etag:?} is not an etag of this store: they are numbers"
        ))),
        (Some(_), Some(item)) if item.etag == *etag => Ok(()),
        (Some(_), _) => Err(StateError::EtagMismatch(format!(
            "key {key:?} has been written or deleted since"
        ))),
        (None, Some(_)) if first_write => Err(StateError::EtagMismatch(format!(
            "key {key:?} has been written already"
        ))),
        (None, _) => Ok(()),
    })
}

#[cfg(test)]
mod tests;
