//! A state store in memory with all that Dapr knows of state: etags, first writes, expiry, bulk calls, transactions, queries.
//!
//! This file is the border: each function that the host calls is one line here. The rules behind it are plain Rust,
//! which `cargo test` runs without WebAssembly.
//!
//! Nothing bounds what is stored but the memory that the host grants to the instance. What is stored is handed over to the instance
//! that takes this one's place; a trap loses it.

mod etag;
mod expiry;
mod filter;
mod json;
mod query;
mod save;
mod store;

use std::cell::RefCell;

use bindings::dapr::components::state_types::{
    DeleteRequest, GetRequest, Item, SetRequest, StateError,
};
use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::queriable_state_store::{Page, QueryRequest};
use bindings::exports::dapr::components::transactional_state_store::Operation;
use bindings::exports::dapr::components::{
    bulk_state_store, queriable_state_store, state_store, transactional_state_store,
};
use bindings::exports::plugbox::runner::handover::{self, Saved};
use expiry::Moment;
use store::Store;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::MemoryState;
    wit_bindgen::generate!({
        path: "../../../wit",
        world: "lasting-state-store",
        generate_all,
        additional_derives: [PartialEq],
    });
    export!(MemoryState);
}

struct MemoryState;

thread_local! {
    static STORE: RefCell<Store> = RefCell::new(Store::new(Moment::now));
}

impl state_store::Guest for MemoryState {
    /// Needs no properties. Whoever calls it again finds the items still there: Dapr does so when the Component
    /// resource has changed, and its applications do not expect to lose their state by that.
    fn init(_properties: Metadata) -> Result<Vec<String>, Error> {
        Ok(vec!["ETAG".to_owned(), "TTL".to_owned()])
    }

    fn get(request: GetRequest) -> Result<Option<Item>, StateError> {
        Ok(STORE.with_borrow(|store| store.get(&request.key)))
    }

    fn set(request: SetRequest) -> Result<(), StateError> {
        STORE.with_borrow_mut(|store| store.set(request))
    }

    fn delete(request: DeleteRequest) -> Result<(), StateError> {
        STORE.with_borrow_mut(|store| store.delete(request))
    }
}

impl bulk_state_store::Guest for MemoryState {
    fn bulk_get(
        requests: Vec<GetRequest>,
    ) -> Result<Vec<Result<Option<Item>, String>>, StateError> {
        Ok(STORE.with_borrow(|store| {
            let answer = |request: &GetRequest| Ok(store.get(&request.key));
            requests.iter().map(answer).collect()
        }))
    }

    fn bulk_set(requests: Vec<SetRequest>) -> Result<(), StateError> {
        STORE.with_borrow_mut(|store| each(requests, |request| store.set(request)))
    }

    fn bulk_delete(requests: Vec<DeleteRequest>) -> Result<(), StateError> {
        STORE.with_borrow_mut(|store| each(requests, |request| store.delete(request)))
    }
}

impl transactional_state_store::Guest for MemoryState {
    /// The transaction's own metadata is for stores that are spread over partitions; an item's expiry comes with its operation.
    fn transact(operations: Vec<Operation>, _metadata: Metadata) -> Result<(), StateError> {
        STORE.with_borrow_mut(|store| store.transact(operations))
    }

    fn max_operations() -> Option<u32> {
        None
    }
}

impl queriable_state_store::Guest for MemoryState {
    fn query(request: QueryRequest) -> Result<Page, StateError> {
        STORE.with_borrow(|store| query::run(store, request))
    }
}

impl handover::Guest for MemoryState {
    fn save() -> Result<Saved, Error> {
        STORE.with_borrow(save::save)
    }

    fn restore(saved: Saved) -> Result<(), Error> {
        STORE.with_borrow_mut(|store| save::restore(store, &saved))
    }
}

/// Does what can be done of all requests, and answers the first failure.
fn each<R>(
    requests: Vec<R>,
    mut write: impl FnMut(R) -> Result<(), StateError>,
) -> Result<(), StateError> {
    let mut outcome = Ok(());
    for request in requests {
        outcome = outcome.and(write(request));
    }
    outcome
}

/// The answer to a request that is wrong and would be wrong at any time.
fn invalid_argument(message: String) -> StateError {
    StateError::Other(Error {
        code: Code::InvalidArgument,
        message,
    })
}

#[cfg(test)]
mod tests;
