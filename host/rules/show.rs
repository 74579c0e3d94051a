//! Requests and answers as one line of text: what is not set is left out, and long values are cut.

use std::collections::HashMap;

use prost::Message;
use tonic::{Code, Status};
use tonic_types::pb;

use crate::proto::dapr::{
    BulkDeleteRequest, BulkDeleteResponse, BulkGetRequest, BulkGetResponse, BulkSetRequest,
    BulkSetResponse, BulkStateItem, DeleteRequest, DeleteResponse, Etag, FeaturesRequest,
    FeaturesResponse, GetRequest, GetResponse, InitRequest, InitResponse, MultiMaxSizeRequest,
    MultiMaxSizeResponse, PingRequest, PingResponse, QueryItem, QueryRequest, QueryResponse,
    SetRequest, SetResponse, StateOptions, TransactionalStateOperation, TransactionalStateRequest,
    TransactionalStateResponse, transactional_state_operation::Request,
};

/// How many bytes of a value are shown.
const VALUE: usize = 160;

/// How many items of a list are shown.
const ITEMS: usize = 12;

/// Appends itself to a line of text, each part with a space before it.
pub trait Show {
    fn show(&self, line: &mut String);
}

/// The message alone.
pub fn text(message: &impl Show) -> String {
    let mut line = String::new();
    message.show(&mut line);
    line.trim_start().to_owned()
}

/// Appends formatted text; writing to a `String` does not fail.
macro_rules! add {
    ($line:expr, $($what:tt)*) => {{ let _ = std::fmt::Write::write_fmt($line, format_args!($($what)*)); }};
}
pub(super) use add;

pub fn named(line: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        add!(line, " {name}={value:?}");
    }
}

pub fn bytes(line: &mut String, name: &str, value: &[u8]) {
    match std::str::from_utf8(value) {
        Ok(text) if text.len() <= VALUE => add!(line, " {name}={text:?}"),
        _ => {
            let start = value.get(..VALUE.min(value.len())).unwrap_or_default();
            let dots = if value.len() > VALUE { "…" } else { "" };
            add!(line, " {name}=\"{}\"{dots}", start.escape_ascii());
            add!(line, " ({} bytes)", value.len());
        }
    }
}

fn etag(line: &mut String, etag: Option<&Etag>) {
    if let Some(etag) = etag {
        add!(line, " etag={:?}", etag.value);
    }
}

pub fn metadata(line: &mut String, metadata: &HashMap<String, String>) {
    if !metadata.is_empty() {
        let mut sorted: Vec<_> = metadata.iter().collect();
        sorted.sort();
        line.push_str(" metadata={");
        for (place, (name, value)) in sorted.into_iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            add!(line, "{comma}{name}: {value:?}");
        }
        line.push('}');
    }
}

fn options(line: &mut String, options: Option<&StateOptions>) {
    if let Some(options) = options {
        add!(line, " {}", options.concurrency().as_str_name());
        add!(line, " {}", options.consistency().as_str_name());
    }
}

pub fn list<T: Show>(line: &mut String, items: &[T]) {
    line.push_str(" [");
    for (place, item) in items.iter().take(ITEMS).enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        add!(line, "{comma}{}", text(item));
    }
    if let Some(more) = items.len().checked_sub(ITEMS).filter(|more| *more > 0) {
        add!(line, ", and {more} more");
    }
    line.push(']');
}

/// How each message is shown.
macro_rules! show {
    ($($message:ty: |$self:ident, $line:ident| $body:block)*) => {
        $(impl Show for $message {
            fn show(&self, $line: &mut String) {
                let $self = self;
                $body
            }
        })*
    };
}
pub(super) use show;

/// Messages without fields.
macro_rules! show_nothing {
    ($($message:ty),*) => { $(impl Show for $message { fn show(&self, _: &mut String) {} })* };
}
pub(super) use show_nothing;

show_nothing!(
    (),
    InitResponse,
    FeaturesRequest,
    PingRequest,
    PingResponse,
    SetResponse,
    DeleteResponse,
    BulkSetResponse,
    BulkDeleteResponse,
    TransactionalStateResponse,
    MultiMaxSizeRequest
);

show! {
    InitRequest: |it, line| {
        // The names alone: the values can be secrets.
        let properties = it.metadata.iter().flat_map(|metadata| metadata.properties.keys());
        let mut names: Vec<&str> = properties.map(String::as_str).collect();
        names.sort_unstable();
        named(line, "properties", &names.join(", "));
    }
    FeaturesResponse: |it, line| { add!(line, " {:?}", it.features); }
    MultiMaxSizeResponse: |it, line| { add!(line, " max_size={}", it.max_size); }
    GetRequest: |it, line| {
        add!(line, " key={:?}", it.key);
        metadata(line, &it.metadata);
        if it.consistency != 0 {
            add!(line, " {}", it.consistency().as_str_name());
        }
    }
    GetResponse: |it, line| {
        bytes(line, "data", &it.data);
        etag(line, it.etag.as_ref());
        named(line, "content_type", &it.content_type);
        metadata(line, &it.metadata);
    }
    SetRequest: |it, line| {
        add!(line, " key={:?}", it.key);
        bytes(line, "value", &it.value);
        etag(line, it.etag.as_ref());
        named(line, "content_type", &it.content_type);
        metadata(line, &it.metadata);
        options(line, it.options.as_ref());
    }
    DeleteRequest: |it, line| {
        add!(line, " key={:?}", it.key);
        etag(line, it.etag.as_ref());
        metadata(line, &it.metadata);
        options(line, it.options.as_ref());
    }
    BulkGetRequest: |it, line| { list(line, &it.items); }
    BulkGetResponse: |it, line| { list(line, &it.items); }
    BulkSetRequest: |it, line| { list(line, &it.items); }
    BulkDeleteRequest: |it, line| { list(line, &it.items); }
    BulkStateItem: |it, line| {
        add!(line, " key={:?}", it.key);
        bytes(line, "data", &it.data);
        named(line, "error", &it.error);
        etag(line, it.etag.as_ref());
        named(line, "content_type", &it.content_type);
        metadata(line, &it.metadata);
    }
    TransactionalStateRequest: |it, line| {
        list(line, &it.operations);
        metadata(line, &it.metadata);
    }
    TransactionalStateOperation: |it, line| {
        match &it.request {
            Some(Request::Set(set)) => { line.push_str("Set"); set.show(line); }
            Some(Request::Delete(delete)) => { line.push_str("Delete"); delete.show(line); }
            None => line.push_str("nothing"),
        }
    }
    QueryRequest: |it, line| {
        let query = it.query.clone().unwrap_or_default();
        let mut filter: Vec<_> = query.filter.iter().collect();
        filter.sort_by_key(|(operator, _)| *operator);
        for (operator, operand) in filter {
            add!(line, " {operator}: {}", String::from_utf8_lossy(&operand.value));
        }
        for sort in &query.sort {
            add!(line, " sort={:?} {}", sort.key, sort.order().as_str_name());
        }
        if let Some(page) = &query.pagination {
            add!(line, " limit={}", page.limit);
            named(line, "token", &page.token);
        }
        metadata(line, &it.metadata);
    }
    QueryResponse: |it, line| {
        list(line, &it.items);
        named(line, "token", &it.token);
        metadata(line, &it.metadata);
    }
    QueryItem: |it, line| {
        add!(line, " key={:?}", it.key);
        bytes(line, "data", &it.data);
        named(line, "error", &it.error);
        etag(line, it.etag.as_ref());
        named(line, "content_type", &it.content_type);
    }
    Status: |it, line| {
        add!(line, " {} {:?}", code(it.code()), it.message());
        if it.details().is_empty() {
            line.push_str(" without details");
        } else {
            details(line, it.details());
        }
    }
}

/// What travels in `grpc-status-details-bin`.
fn details(line: &mut String, encoded: &[u8]) {
    let Ok(status) = pb::Status::decode(encoded) else {
        return line.push_str(" with details that are not a google.rpc.Status");
    };
    add!(line, " with details of code {}:", code(status.code.into()));
    for detail in &status.details {
        let name = detail.type_url.rsplit('/').next().unwrap_or_default();
        let content = match name {
            "google.rpc.BadRequest" => pb::BadRequest::decode(&*detail.value)
                .ok()
                .map(|it| format!("{:?}", it.field_violations)),
            "google.rpc.ErrorInfo" => pb::ErrorInfo::decode(&*detail.value)
                .ok()
                .map(|it| format!("{it:?}")),
            _ => None,
        };
        add!(line, " {name} {}", content.unwrap_or_default());
    }
}

/// A status code in the spelling of gRPC's documentation.
pub fn code(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}
