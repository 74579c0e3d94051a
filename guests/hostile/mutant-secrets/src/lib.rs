//! The example guest `file-secrets` with one mistake of choice, so that the host's tests see which rule notices.
//!
//! All that is good about it comes from there. This file is its border once more, with the mistakes: the property `mutation`
//! of `init` names one, as `tests/rules/mutants.rs` does, where each stands beside the rules that it breaks.

#[path = "../../../rust/file-secrets/src/file.rs"]
mod file;
#[path = "../../../rust/file-secrets/src/flatten.rs"]
mod flatten;
#[path = "../../mutation.rs"]
mod mutation;
#[path = "../../../rust/file-secrets/src/settings.rs"]
mod settings;
#[path = "../../../rust/file-secrets/src/store.rs"]
mod store;

use std::cell::{Cell, RefCell};

use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::{bulk_secret_store, secret_store};
use mutation::is;
use secret_store::Secret;
use store::Store;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Mutant;
    wit_bindgen::generate!({ path: "../../../wit", world: "full-secret-store", generate_all });
    export!(Mutant);
}

struct Mutant;

thread_local! {
    static STORE: RefCell<Option<Store>> = const { RefCell::new(None) };
    static GETS: Cell<u32> = const { Cell::new(0) };
}

impl secret_store::Guest for Mutant {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        let again = mutation::choose(&properties);
        if again && is("init-once") {
            return Err(error(Code::FailedPrecondition, "init was called already"));
        }
        let store = Store::open(&properties)?;
        let mut features = store.features();
        STORE.set(Some(store));
        if is("feature-unknown") {
            features.push("MULTIPLE_KEYS".to_owned());
        }
        Ok(features)
    }

    fn get(name: String, _metadata: Metadata) -> Result<Secret, Error> {
        GETS.set(GETS.get() + 1);
        if name.is_empty() && is("empty-name-accepted") {
            return Ok(vec![(String::new(), String::new())]);
        }
        match with_store(|store| store.get(&name)) {
            Err(_) if is("missing-is-empty") => Ok(Vec::new()),
            Err(why) if is("missing-is-internal") => Err(error(Code::Internal, why.message)),
            Err(why) if is("errors-tell") => {
                let all = with_store(Store::bulk_get)?;
                let message = format!("{}: there are {all:?}", why.message);
                Err(error(why.code, message))
            }
            Err(why) => Err(why),
            Ok(secret) => Ok(secret.into_iter().map(mistaken).collect()),
        }
    }
}

impl bulk_secret_store::Guest for Mutant {
    fn bulk_get(_metadata: Metadata) -> Result<Vec<(String, Secret)>, Error> {
        let mut all = with_store(Store::bulk_get)?;
        if is("bulk-get-leaves-one-out") {
            all.retain(|(name, _)| name != "password");
        }
        if is("bulk-get-hides-values") {
            let values = all.iter_mut().flat_map(|(_, secret)| secret);
            values.for_each(|(_, value)| *value = "***".to_owned());
        }
        if is("bulk-get-names-too-many") {
            all.push(("no-such-secret".to_owned(), Vec::new()));
        }
        Ok(all)
    }
}

/// One value of a secret as `get` answers it.
fn mistaken((mut name, mut value): (String, String)) -> (String, String) {
    if is("value-without-its-name") {
        name = "value".to_owned();
    }
    if is("value-is-trimmed") {
        value.pop();
    }
    if is("value-changes") {
        value.push_str(&GETS.get().to_string());
    }
    (name, value)
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
