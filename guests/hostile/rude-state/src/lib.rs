//! A state store that misbehaves on request, so that the host's tests can see what the host makes of it.
//!
//! `get` does what the key says; any other key is looked up among those that were set:
//!
//! | key | what happens |
//! |---|---|
//! | `trap` | panics, with a message on standard error (`set` and `delete` do too) |
//! | `loop` | never returns (nor do `set` and `delete`) |
//! | `allocate` | takes memory until it is refused, then panics |
//! | `sleep:<milliseconds>` | waits in the host, then answers `awake` |
//! | `reply:<bytes>` | answers a value of that size |
//! | `init-count` | answers how often `init` ran in this instance, failures included |
//! | `property:<name>` | answers what the last `init` was given under that name, none for nothing |
//! | `print:<text>` | writes a line to standard output and one to standard error, answers none |
//! | `mismatch`, `invalid`, `row-mismatch`, `app-error` | fails with that case of `state-error` |
//! | `code:<code>` | fails with `other` and that code, in its name's spelling in WIT |
//!
//! `init` fails with a `failed-precondition` whose message is the property `fail`, and panics when `trap-in-init` is `true`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use bindings::dapr::components::state_types::{
    AppError, DeleteRequest, GetRequest, Item, RowMismatch, SetRequest, StateError,
};
use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::state_store::Guest;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::RudeState;
    wit_bindgen::generate!({ path: "../../../wit", world: "minimal-state-store", generate_all });
    export!(RudeState);
}

struct RudeState;

thread_local! {
    static ITEMS: RefCell<HashMap<String, Vec<u8>>> = RefCell::default();
    static PROPERTIES: RefCell<HashMap<String, String>> = RefCell::default();
    static INITS: Cell<u64> = const { Cell::new(0) };
}

impl Guest for RudeState {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        INITS.set(INITS.get() + 1);
        PROPERTIES.set(properties.into_iter().collect());
        if property("trap-in-init").as_deref() == Some("true") {
            trap("init was asked to trap");
        }
        match property("fail") {
            Some(message) => Err(Error {
                code: Code::FailedPrecondition,
                message,
            }),
            None => Ok(Vec::new()),
        }
    }

    fn get(request: GetRequest) -> Result<Option<Item>, StateError> {
        hang(&request.key);
        let (verb, argument) = request.key.split_once(':').unwrap_or((&request.key, ""));
        let value = match verb {
            "allocate" => allocate(),
            "sleep" => {
                std::thread::sleep(Duration::from_millis(number(argument)?));
                Some(b"awake".to_vec())
            }
            "reply" => Some(vec![b'x'; number(argument)?]),
            "init-count" => Some(INITS.get().to_string().into_bytes()),
            "property" => property(argument).map(String::into_bytes),
            "print" => {
                println!("{argument}");
                eprintln!("{argument}");
                None
            }
            "mismatch" | "invalid" | "row-mismatch" | "app-error" | "code" => {
                return Err(failure(verb, argument));
            }
            _ => ITEMS.with_borrow(|items| items.get(&request.key).cloned()),
        };
        Ok(value.map(|value| Item {
            value,
            etag: None,
            content_type: None,
            metadata: Vec::new(),
        }))
    }

    fn set(request: SetRequest) -> Result<(), StateError> {
        hang(&request.key);
        ITEMS.with_borrow_mut(|items| items.insert(request.key, request.value));
        Ok(())
    }

    fn delete(request: DeleteRequest) -> Result<(), StateError> {
        hang(&request.key);
        ITEMS.with_borrow_mut(|items| items.remove(&request.key));
        Ok(())
    }
}

/// What every function does for some keys: not return.
fn hang(key: &str) {
    match key {
        "trap" => trap("asked to trap"),
        "loop" => loop {
            std::hint::spin_loop();
        },
        _ => {}
    }
}

#[expect(clippy::panic, reason = "this is what it is for")]
fn trap(why: &str) -> ! {
    panic!("{why}")
}

/// Ends only by a trap, whether the host refuses memory or ends the instance for asking.
fn allocate() -> ! {
    const STEP: usize = 1 << 20;
    let mut held = Vec::new();
    loop {
        let mut more: Vec<u8> = Vec::new();
        if more.try_reserve_exact(STEP).is_err() {
            trap(&format!("memory was refused after {} MiB", held.len()));
        }
        // What nobody looks at, the compiler would not allocate.
        held.push(std::hint::black_box(more));
    }
}

fn property(name: &str) -> Option<String> {
    PROPERTIES.with_borrow(|properties| properties.get(name).cloned())
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, StateError> {
    let refused = |_| other(Code::InvalidArgument, format!("{text:?} is not a number"));
    text.parse().map_err(refused)
}

fn other(code: Code, message: String) -> StateError {
    StateError::Other(Error { code, message })
}

fn failure(verb: &str, argument: &str) -> StateError {
    match verb {
        "mismatch" => StateError::EtagMismatch("asked for a mismatch".to_owned()),
        "invalid" => StateError::EtagInvalid("asked for an invalid etag".to_owned()),
        "row-mismatch" => StateError::RowMismatch(RowMismatch {
            expected: 3,
            affected: 1,
        }),
        "app-error" => StateError::AppError(AppError {
            code: Code::ResourceExhausted,
            http_status: 429,
            tag: "ERR_QUOTA".to_owned(),
            reason: "QUOTA_EXCEEDED".to_owned(),
            domain: "example.com".to_owned(),
            message: "quota exceeded".to_owned(),
        }),
        _ => match code(argument) {
            Some(code) => other(code, format!("asked for {argument}")),
            None => other(Code::InvalidArgument, format!("no code {argument:?}")),
        },
    }
}

fn code(name: &str) -> Option<Code> {
    Some(match name {
        "invalid-argument" => Code::InvalidArgument,
        "not-found" => Code::NotFound,
        "already-exists" => Code::AlreadyExists,
        "failed-precondition" => Code::FailedPrecondition,
        "aborted" => Code::Aborted,
        "out-of-range" => Code::OutOfRange,
        "permission-denied" => Code::PermissionDenied,
        "unauthenticated" => Code::Unauthenticated,
        "resource-exhausted" => Code::ResourceExhausted,
        "unimplemented" => Code::Unimplemented,
        "unavailable" => Code::Unavailable,
        "deadline-exceeded" => Code::DeadlineExceeded,
        "data-loss" => Code::DataLoss,
        "cancelled" => Code::Cancelled,
        "internal" => Code::Internal,
        "unknown" => Code::Unknown,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
