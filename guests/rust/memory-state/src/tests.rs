//! What the store promises, rule by rule. Each test has a store and a clock of its own.

mod bulk;
mod expiry;
mod filter;
mod query;
mod save;
mod transact;
mod writes;

use std::cell::Cell;

use crate::bindings::dapr::components::state_types::{
    Concurrency, Consistency, DeleteRequest, SetRequest, StateError,
};
use crate::bindings::dapr::components::types::{Code, Error};
use crate::expiry::Moment;
use crate::store::Store;

thread_local! {
    /// In seconds.
    static NOW: Cell<u64> = const { Cell::new(1_000_000) };
}

fn now() -> Moment {
    Moment::from_milliseconds(NOW.get() * 1000)
}

fn wait(seconds: u64) {
    NOW.set(NOW.get() + seconds);
}

fn store() -> Store {
    Store::new(now)
}

fn set(key: &str, value: &str) -> SetRequest {
    SetRequest {
        key: key.to_owned(),
        value: value.as_bytes().to_vec(),
        content_type: None,
        etag: None,
        concurrency: Concurrency::Unspecified,
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    }
}

fn delete(key: &str) -> DeleteRequest {
    DeleteRequest {
        key: key.to_owned(),
        etag: None,
        concurrency: Concurrency::Unspecified,
        consistency: Consistency::Unspecified,
        metadata: Vec::new(),
    }
}

impl SetRequest {
    fn etag(mut self, etag: &str) -> Self {
        self.etag = Some(etag.to_owned());
        self
    }

    fn concurrency(mut self, concurrency: Concurrency) -> Self {
        self.concurrency = concurrency;
        self
    }

    fn ttl(mut self, seconds: &str) -> Self {
        self.metadata = vec![("ttlInSeconds".to_owned(), seconds.to_owned())];
        self
    }
}

impl DeleteRequest {
    fn etag(mut self, etag: &str) -> Self {
        self.etag = Some(etag.to_owned());
        self
    }
}

impl Store {
    fn text(&self, key: &str) -> Option<String> {
        let item = self.get(key)?;
        Some(String::from_utf8(item.value).unwrap())
    }

    fn etag(&self, key: &str) -> String {
        self.get(key).unwrap().etag.unwrap()
    }
}

fn is_mismatch(outcome: Result<(), StateError>) -> bool {
    matches!(outcome, Err(StateError::EtagMismatch(text)) if !text.is_empty())
}

fn is_invalid_etag(outcome: Result<(), StateError>) -> bool {
    matches!(outcome, Err(StateError::EtagInvalid(text)) if !text.is_empty())
}

/// The message of an `invalid-argument`.
fn refusal<T: std::fmt::Debug>(outcome: Result<T, StateError>) -> String {
    match outcome {
        Err(StateError::Other(Error {
            code: Code::InvalidArgument,
            message,
        })) => message,
        other => panic!("not an invalid-argument: {other:?}"),
    }
}
