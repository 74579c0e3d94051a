//! What an invocation asks to be sent.

use wasi::http::types::Method;

use crate::bindings::dapr::components::types::{Error, Metadata};
use crate::bindings::exports::dapr::components::output_binding::Invocation;
use crate::invalid_argument;
use crate::settings::{ERROR_IF_NOT_2XX, Settings, find, truth};

/// Dapr's name for sending something, and the methods by their names.
pub const OPERATIONS: [&str; 7] = ["create", "get", "delete", "post", "put", "patch", "head"];

/// The metadata that go along as headers though they begin with a small letter: they carry the caller's trace.
const TRACE: [&str; 3] = ["traceparent", "tracestate", "baggage"];

/// What is sent, and what is accepted, where the invocation names no other.
const JSON: &str = "application/json; charset=utf-8";

#[derive(Debug)]
pub struct Request {
    pub method: Method,
    pub path_with_query: String,
    pub headers: Vec<(String, String)>,
    /// None for a method that sends nothing. An invocation's data are then left out.
    pub body: Option<Vec<u8>>,
    pub error_if_not_2xx: bool,
}

impl Request {
    pub fn new(settings: &Settings, invocation: Invocation) -> Result<Self, Error> {
        let Invocation {
            operation,
            data,
            metadata,
        } = invocation;
        let (method, has_body) = method(&operation)?;
        let body = has_body.then_some(data);
        let asked = truth(&metadata, ERROR_IF_NOT_2XX)?;
        Ok(Self {
            method,
            path_with_query: settings.address.path_with_query(find(&metadata, "path"))?,
            headers: headers(metadata, body.as_deref())?,
            body,
            error_if_not_2xx: asked.unwrap_or(settings.error_if_not_2xx),
        })
    }
}

/// The method that an operation stands for, and whether it sends data.
fn method(operation: &str) -> Result<(Method, bool), Error> {
    Ok(match operation {
        "create" | "post" => (Method::Post, true),
        "put" => (Method::Put, true),
        "patch" => (Method::Patch, true),
        "get" => (Method::Get, false),
        "delete" => (Method::Delete, false),
        "head" => (Method::Head, false),
        _ => {
            return Err(invalid_argument(format!(
                "there is no operation {operation:?}, only {}",
                OPERATIONS.join(", ")
            )));
        }
    })
}

/// The metadata whose names begin with a capital letter, and what every request has.
fn headers(metadata: Metadata, body: Option<&[u8]>) -> Result<Vec<(String, String)>, Error> {
    let is_header = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_uppercase()) || TRACE.contains(&name)
    };
    let mut headers: Vec<(String, String)> = metadata
        .into_iter()
        .filter(|(name, _)| is_header(name))
        .collect();
    let has = |headers: &[(String, String)], wanted: &str| {
        headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    if has(&headers, "Content-Length") {
        return Err(invalid_argument(
            "the metadata Content-Length cannot be chosen: it follows from the data",
        ));
    }
    if !has(&headers, "Accept") {
        headers.push(("Accept".to_owned(), JSON.to_owned()));
    }
    if let Some(body) = body {
        if !has(&headers, "Content-Type") {
            headers.push(("Content-Type".to_owned(), JSON.to_owned()));
        }
        // Without it the body would go in chunks, which not every server takes.
        headers.push(("Content-Length".to_owned(), body.len().to_string()));
    }
    Ok(headers)
}
