//! An output binding that sends each invocation to a server by HTTP and answers with what the server says.
//!
//! This file is the border: what the host calls, and the kinds of errors that it gets. The rules behind it are plain
//! Rust, which `cargo test` runs without WebAssembly; only `exchange` talks to WASI.
//!
//! It reaches the servers that the host grants, and no other. Redirects are not followed: they are answers like others.

mod address;
mod answer;
mod exchange;
mod failure;
mod request;
mod settings;

use std::cell::RefCell;

use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::output_binding::{Guest, Invocation, Response};
use exchange::Exchange;
use request::Request;
use settings::Settings;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Webhook;
    wit_bindgen::generate!({ path: "../../../wit", world: "output-binding-guest", generate_all });
    export!(Webhook);
}

struct Webhook;

thread_local! {
    static SETTINGS: RefCell<Option<Settings>> = const { RefCell::new(None) };
}

impl Guest for Webhook {
    /// Needs `url`, and takes `errorIfNot2XX` and `responseTimeout`.
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        let settings = Settings::read(&properties)?;
        SETTINGS.set(Some(settings));
        Ok(request::OPERATIONS.map(str::to_owned).to_vec())
    }

    /// Takes the metadata `path` and `errorIfNot2XX`; those that begin with a capital letter are headers.
    fn invoke(request: Invocation) -> Result<Response, Error> {
        SETTINGS.with_borrow(|settings| match settings {
            Some(settings) => invoke(settings, request),
            None => Err(error(
                Code::FailedPrecondition,
                "init was not called, so there is no url",
            )),
        })
    }
}

fn invoke(settings: &Settings, invocation: Invocation) -> Result<Response, Error> {
    let request = Request::new(settings, invocation)?;
    let exchange = Exchange::begin(settings);
    let response = exchange.send(&request)?;
    if request.error_if_not_2xx {
        failure::check(response.status(), settings.address.authority())?;
    }
    let body = exchange.body(&response)?;
    let headers = response.headers().entries();
    Ok(answer::response(response.status(), headers, body))
}

fn error(code: Code, message: impl Into<String>) -> Error {
    let message = message.into();
    Error { code, message }
}

/// The answer to a request that is wrong and would be wrong at any time.
fn invalid_argument(message: impl Into<String>) -> Error {
    error(Code::InvalidArgument, message)
}

#[cfg(test)]
mod tests;
