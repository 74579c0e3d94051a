//! A secret store over a JSON file in a folder that the host grants.
//!
//! This file is the border: each function that the host calls is one line here. The rules behind it are plain Rust,
//! which `cargo test` runs without WebAssembly.
//!
//! No message of this store holds anything that stands in the file.

mod file;
mod flatten;
mod settings;
mod store;

use std::cell::RefCell;

use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::{bulk_secret_store, secret_store};
use secret_store::Secret;
use store::Store;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::FileSecrets;
    wit_bindgen::generate!({ path: "../../../wit", world: "full-secret-store", generate_all });
    export!(FileSecrets);
}

struct FileSecrets;

thread_local! {
    static STORE: RefCell<Option<Store>> = const { RefCell::new(None) };
}

impl secret_store::Guest for FileSecrets {
    /// Needs `secretsFile`, and takes `nestedSeparator` and `multiValued`.
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        let store = Store::open(&properties)?;
        let features = store.features();
        STORE.set(Some(store));
        Ok(features)
    }

    fn get(name: String, _metadata: Metadata) -> Result<Secret, Error> {
        with_store(|store| store.get(&name))
    }
}

impl bulk_secret_store::Guest for FileSecrets {
    fn bulk_get(_metadata: Metadata) -> Result<Vec<(String, Secret)>, Error> {
        with_store(Store::bulk_get)
    }
}

fn with_store<T>(answer: impl FnOnce(&mut Store) -> Result<T, Error>) -> Result<T, Error> {
    STORE.with_borrow_mut(|store| match store {
        Some(store) => answer(store),
        None => Err(error(
            Code::FailedPrecondition,
            "init was not called, so there is no file",
        )),
    })
}

fn error(code: Code, message: impl Into<String>) -> Error {
    let message = message.into();
    Error { code, message }
}

#[cfg(test)]
mod tests;
