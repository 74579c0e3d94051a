//! What the server's answer becomes.

use http::StatusCode;

use crate::bindings::dapr::components::types::Metadata;
use crate::bindings::exports::dapr::components::output_binding::Response;

/// The status as a number, and with its usual words.
const STATUS_CODE: &str = "statusCode";
const STATUS: &str = "status";

/// Puts the status and the headers into metadata, under names that do not collide: those of headers are capitalised.
pub fn response(status: u16, headers: Vec<(String, Vec<u8>)>, body: Vec<u8>) -> Response {
    let mut metadata: Metadata = vec![
        (STATUS_CODE.to_owned(), status.to_string()),
        (STATUS.to_owned(), describe(status)),
    ];
    for (name, value) in headers {
        let name = capitalise(&name);
        let value = String::from_utf8_lossy(&value);
        match metadata.iter_mut().find(|(found, _)| *found == name) {
            Some((_, values)) => *values = format!("{values}, {value}"),
            None => metadata.push((name, value.into_owned())),
        }
    }
    let content_type = metadata.iter().find(|(name, _)| name == "Content-Type");
    Response {
        data: body,
        content_type: content_type.map(|(_, value)| value.clone()),
        metadata,
    }
}

/// A status as servers write it: `404 Not Found`.
pub fn describe(status: u16) -> String {
    let known = StatusCode::from_u16(status).ok();
    match known.and_then(|status| status.canonical_reason()) {
        Some(words) => format!("{status} {words}"),
        None => status.to_string(),
    }
}

/// Writes a header's name in the usual way, whatever way it came: `Content-Type`.
fn capitalise(name: &str) -> String {
    let mut starts = true;
    let letter = |c: char| {
        let written = match starts {
            true => c.to_ascii_uppercase(),
            false => c.to_ascii_lowercase(),
        };
        starts = c == '-';
        written
    };
    name.chars().map(letter).collect()
}
