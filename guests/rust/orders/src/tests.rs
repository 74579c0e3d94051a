//! What the application does for whom, with a Dapr that can be looked at.

mod bulk;
mod events;
mod failures;
mod fake;
mod invocations;
mod receipts;
mod rules;

use serde_json::{Value, json};

use super::*;
use crate::bindings::dapr::app::invocation_types::Http;
use crate::bindings::dapr::components::status_types::Detail;
use fake::Fake;

fn settings() -> Settings {
    Settings::read(|_| None)
}

/// An order of two kinds of tea, for 10.47.
fn tea(id: &str) -> Value {
    json!({
        "id": id,
        "customer": "ada@example.com",
        "lines": [
            {"item": "Assam", "count": 2, "price": 449},
            {"item": "Sencha", "count": 1, "price": 149},
        ],
    })
}

fn request(method: &str, data: &[u8]) -> Request {
    Request {
        method: method.to_owned(),
        data: data.to_vec(),
        content_type: None,
        type_url: None,
        http: None,
        headers: Vec::new(),
    }
}

fn place(dapr: &Fake, order: &Value) -> Result<Value, Status> {
    let request = request("place", order.to_string().as_bytes());
    let response = serve(dapr, &settings(), &request)?;
    assert_eq!(response.content_type.as_deref(), Some("application/json"));
    Ok(serde_json::from_slice(&response.data).unwrap())
}

fn find(dapr: &Fake, id: &str) -> Result<Value, Status> {
    let response = serve(dapr, &settings(), &request(&format!("orders/{id}"), b""))?;
    Ok(serde_json::from_slice(&response.data).unwrap())
}

/// The error's name among the details; where there are several, that of what is below.
fn reason(status: &Status) -> &str {
    let mut reasons = status.details.iter().filter_map(|detail| match detail {
        Detail::ErrorInfo(info) => Some(&*info.reason),
        _ => None,
    });
    reasons.next_back().unwrap_or_default()
}

/// What a status is about: kinds and names.
fn resources(status: &Status) -> Vec<(&str, &str)> {
    let resources = status.details.iter().filter_map(|detail| match detail {
        Detail::ResourceInfo(about) => Some((&*about.kind, &*about.name)),
        _ => None,
    });
    resources.collect()
}
