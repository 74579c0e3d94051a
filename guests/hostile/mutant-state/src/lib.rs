//! The example guest `memory-state` with one mistake of choice, so that the host's tests see which rule notices.
//!
//! All that is good about it comes from there. This file is its border once more, with the mistakes: the property `mutation`
//! of `init` names one, as `tests/rules/mutants.rs` does, where each stands beside the rules that it breaks.

#[path = "../../../rust/memory-state/src/etag.rs"]
mod etag;
#[path = "../../../rust/memory-state/src/expiry.rs"]
mod expiry;
#[path = "../../../rust/memory-state/src/filter.rs"]
mod filter;
#[path = "../../../rust/memory-state/src/json.rs"]
mod json;
#[path = "../../mutation.rs"]
mod mutation;
mod mutations;
#[path = "../../../rust/memory-state/src/query.rs"]
mod query;
#[cfg_attr(test, allow(dead_code))] // Some of it is for its own tests, which are not here.
#[path = "../../../rust/memory-state/src/store.rs"]
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
use expiry::Moment;
use mutation::is;
use store::Store;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Mutant;
    wit_bindgen::generate!({
        path: "../../../wit",
        world: "full-state-store",
        generate_all,
        additional_derives: [PartialEq],
    });
    export!(Mutant);
}

struct Mutant;

thread_local! {
    static STORE: RefCell<Store> = RefCell::new(Store::new(Moment::now));
}

impl state_store::Guest for Mutant {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        let again = mutation::choose(&properties);
        if again && is("init-once") {
            let message = "init was called already".to_owned();
            let code = Code::FailedPrecondition;
            return Err(Error { code, message });
        }
        if is("feature-in-small-letters") {
            return Ok(vec!["etag".to_owned(), "TTL".to_owned()]);
        }
        Ok(vec!["ETAG".to_owned(), "TTL".to_owned()])
    }

    fn get(request: GetRequest) -> Result<Option<Item>, StateError> {
        let as_json = request
            .metadata
            .iter()
            .any(|(name, _)| name == "contentType");
        let key = mutations::key(request.key);
        match STORE.with_borrow(|store| store.get(&key)) {
            None if is("missing-is-an-error") => {
                Err(other(Code::NotFound, format!("there is no key {key:?}")))
            }
            Some(item) if item.value.is_empty() && is("empty-is-missing") => Ok(None),
            Some(item) if as_json && is("value-quoted-as-json") => {
                let value = format!("\"{}\"", item.value.escape_ascii()).into_bytes();
                Ok(Some(Item { value, ..item }))
            }
            found => Ok(found.map(mutations::item)),
        }
    }

    fn set(request: SetRequest) -> Result<(), StateError> {
        STORE.with_borrow_mut(|store| set(store, request))
    }

    fn delete(request: DeleteRequest) -> Result<(), StateError> {
        STORE.with_borrow_mut(|store| delete(store, request))
    }
}

fn set(store: &mut Store, request: SetRequest) -> Result<(), StateError> {
    mutations::check(&request)?;
    let Some(request) = mutations::set(store, request) else {
        return Ok(());
    };
    let unbound = SetRequest {
        etag: None,
        ..request.clone()
    };
    let outcome = store.set(request);
    if matches!(outcome, Err(StateError::EtagMismatch(_))) && is("mismatch-is-written") {
        store.set(unbound)?;
    }
    outcome.map_err(mutations::mismatch)
}

fn delete(store: &mut Store, mut request: DeleteRequest) -> Result<(), StateError> {
    request.key = mutations::key(request.key);
    if is("delete-ignored") {
        return Ok(());
    }
    if is("delete-of-missing-fails") && store.get(&request.key).is_none() {
        return Err(other(Code::NotFound, "there is no such key".to_owned()));
    }
    if is("delete-takes-all") {
        *store = Store::new(Moment::now);
    }
    if is("etag-ignored-by-delete") {
        request.etag = None;
    }
    store.delete(request).map_err(mutations::mismatch)
}

impl bulk_state_store::Guest for Mutant {
    fn bulk_get(
        requests: Vec<GetRequest>,
    ) -> Result<Vec<Result<Option<Item>, String>>, StateError> {
        let answer = |request: &GetRequest| STORE.with_borrow(|store| store.get(&request.key));
        let found = requests.iter().map(answer).collect();
        Ok(mutations::bulk_found(&requests, found)
            .into_iter()
            .map(Ok)
            .collect())
    }

    fn bulk_set(mut requests: Vec<SetRequest>) -> Result<(), StateError> {
        if requests.is_empty() && is("bulk-of-nothing-fails") {
            return Err(invalid_argument("there is nothing to do".to_owned()));
        }
        if is("bulk-set-all-or-nothing") {
            let operations = requests.into_iter().map(Operation::Set).collect();
            return STORE.with_borrow_mut(|store| store.transact(operations));
        }
        if is("bulk-set-last-only") {
            requests = requests.split_off(requests.len().saturating_sub(1));
        }
        if is("bulk-set-without-ttl") {
            requests.iter_mut().for_each(|it| it.metadata.clear());
        }
        let outcome = STORE.with_borrow_mut(|store| {
            each(requests, "bulk-set-stops", |request| set(store, request))
        });
        match is("bulk-set-says-nothing") {
            true => Ok(()),
            false => outcome,
        }
    }

    fn bulk_delete(requests: Vec<DeleteRequest>) -> Result<(), StateError> {
        STORE.with_borrow_mut(|store| {
            each(requests, "bulk-delete-stops", |request| {
                delete(store, request)
            })
        })
    }
}

impl transactional_state_store::Guest for Mutant {
    fn transact(operations: Vec<Operation>, metadata: Metadata) -> Result<(), StateError> {
        if !metadata.is_empty() && is("transact-metadata-refused") {
            return Err(invalid_argument("there is no metadata".to_owned()));
        }
        if operations.is_empty() && is("transact-of-nothing-fails") {
            return Err(invalid_argument("there is nothing to do".to_owned()));
        }
        if operations.len() > 50 && is("transact-of-many-fails") {
            return Err(invalid_argument("that is too much".to_owned()));
        }
        let operations = mutations::operations(operations);
        STORE.with_borrow_mut(|store| match is("transact-one-by-one") {
            false => store.transact(operations),
            true => each(operations, "transact-one-by-one", |operation| {
                store.transact(vec![operation])
            }),
        })
    }

    fn max_operations() -> Option<u32> {
        None
    }
}

impl queriable_state_store::Guest for Mutant {
    fn query(request: QueryRequest) -> Result<Page, StateError> {
        if !request.metadata.is_empty() && is("query-metadata-refused") {
            return Err(invalid_argument("there is no metadata".to_owned()));
        }
        let sort = request.sort.clone();
        let request = mutations::query(request);
        let page = STORE.with_borrow(|store| query::run(store, request))?;
        Ok(mutations::page(page, &sort))
    }
}

/// Does what can be done of all requests, and answers the first failure; or stops there, which is a mistake.
fn each<R>(
    requests: Vec<R>,
    stops: &str,
    mut write: impl FnMut(R) -> Result<(), StateError>,
) -> Result<(), StateError> {
    let mut outcome = Ok(());
    for request in requests {
        outcome = outcome.and(write(request));
        if outcome.is_err() && is(stops) {
            break;
        }
    }
    outcome
}

fn other(code: Code, message: String) -> StateError {
    StateError::Other(Error { code, message })
}

/// The answer to a request that is wrong and would be wrong at any time.
fn invalid_argument(message: String) -> StateError {
    other(Code::InvalidArgument, message)
}
