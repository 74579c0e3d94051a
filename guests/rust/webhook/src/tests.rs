//! What the binding makes of properties, invocations and answers. The exchange itself needs a host.

mod address;
mod answer;
mod failure;
mod request;
mod settings;

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::output_binding::Invocation;
use crate::request::Request;
use crate::settings::Settings;

fn metadata<const N: usize>(all: [(&str, &str); N]) -> Metadata {
    all.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// Settings with a url and one property more.
fn settings(name: &str, value: &str) -> Result<Settings, Error> {
    Settings::read(&metadata([
        ("url", "https://example.com/hook"),
        (name, value),
    ]))
}

fn invoke<const N: usize>(operation: &str, all: [(&str, &str); N]) -> Result<Request, Error> {
    let invocation = Invocation {
        operation: operation.to_owned(),
        data: b"{}".to_vec(),
        metadata: metadata(all),
    };
    Request::new(&settings("", "").unwrap(), invocation)
}

/// The message of an `invalid-argument`.
fn refusal<T>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error {
            code: Code::InvalidArgument,
            message,
        }) => message,
        Err(other) => panic!("not an invalid-argument: {other:?}"),
        Ok(_) => panic!("not refused"),
    }
}
