//! Calls of Dapr, and what comes of them.

use super::bindings::dapr::app::invocation_types::{Http, Request, Response, Verb};
use super::bindings::dapr::client::bindings::{self, Invocation};
use super::bindings::dapr::client::client_types::Error;
use super::bindings::dapr::client::publish::{self, Entry, Failure, Message};
use super::bindings::dapr::client::state::{self, Operation, Page};
use super::bindings::dapr::client::{invoke, secrets};
use super::bindings::dapr::components::state_types::{
    Concurrency, Consistency, DeleteRequest, GetRequest, Item, SetRequest,
};
use super::bindings::dapr::components::types::Metadata;
use std::io;

/// Makes a call (`state.get`) about a part of what has a name (`orders/1`), or about several (`orders/1,2`): what it answers, or what
/// it was refused with.
pub(super) fn ask(call: &str) -> io::Result<String> {
    let (call, about) = call.split_once(':').ok_or(io::ErrorKind::InvalidInput)?;
    let (name, part) = about.split_once('/').unwrap_or((about, ""));
    let parts = || part.split(',');
    let none = Metadata::new();
    let done = |()| "done".to_owned();
    let answer = match call {
        "state.get" => state::get(name, &get(part)).map(item),
        "state.bulk-get" => {
            let keys: Vec<_> = parts().map(str::to_owned).collect();
            state::bulk_get(name, &keys, None, &none).map(items)
        }
        "state.save" => state::save(name, &parts().map(set).collect::<Vec<_>>()).map(done),
        "state.delete" => state::delete(name, &parts().map(delete).collect::<Vec<_>>()).map(done),
        "state.transact" => {
            let steps = parts().map(|key| Operation::Set(set(key)));
            state::transact(name, &steps.collect::<Vec<_>>(), &none).map(done)
        }
        "state.query" => state::query(name, "{}", &none).map(page),
        "publish" => publish::publish(name, part, &message()).map(done),
        "bulk-publish" => {
            let entries = [entry("1"), entry("2")];
            publish::bulk_publish(name, part, &entries, &none).map(failures)
        }
        "invoke" => invoke::invoke(name, &request(part)).map(response),
        "binding" => bindings::invoke(name, &invocation(part)).map(|answer| text(answer.data)),
        "secrets.get" => secrets::get(name, part, &none).map(pairs),
        "secrets.bulk-get" => secrets::bulk_get(name, &none).map(|secrets| {
            let secrets = secrets.into_iter();
            let secrets = secrets.map(|(name, values)| format!("{name}: {}", pairs(values)));
            secrets.collect::<Vec<_>>().join(", ")
        }),
        _ => return Err(io::ErrorKind::Unsupported.into()),
    };
    Ok(match answer {
        Ok(answer) => answer,
        Err(Error::Denied(grant)) => format!("denied: {grant}"),
        Err(Error::Failed(status)) => format!(
            "failed: {:?}: {} {:?}",
            status.code, status.message, status.details
        ),
    })
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

fn pairs(mut pairs: Vec<(String, String)>) -> String {
    pairs.sort();
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join(" ")
}

fn item(item: Option<Item>) -> String {
    item.map_or_else(
        || "none".to_owned(),
        |item| format!("{} {:?}", text(item.value), item.etag),
    )
}

fn items(items: Vec<Result<Option<Item>, String>>) -> String {
    let items = items.into_iter();
    let items = items.map(|found| found.map_or_else(|error| format!("error: {error}"), item));
    items.collect::<Vec<_>>().join(", ")
}

fn page(page: Page) -> String {
    let items = page.items.into_iter();
    let items = items.map(|found| format!("{}: {:?}", found.key, found.value.map(text)));
    format!("{} {:?}", items.collect::<Vec<_>>().join(", "), page.token)
}

fn failures(failures: Vec<Failure>) -> String {
    let failures = failures.iter();
    let failures = failures.map(|it| format!("{}: {}", it.entry_id, it.reason));
    failures.collect::<Vec<_>>().join(", ")
}

fn response(response: Response) -> String {
    let own = response.headers.into_iter();
    let own = own.filter(|(name, _)| name.starts_with("x-"));
    let headers = pairs(own.collect());
    format!(
        "{} {:?} {:?} {headers}",
        text(response.data),
        response.content_type,
        response.type_url
    )
}

fn get(key: &str) -> GetRequest {
    GetRequest {
        key: key.to_owned(),
        consistency: Consistency::Unspecified,
        metadata: Metadata::new(),
    }
}

fn set(key: &str) -> SetRequest {
    SetRequest {
        key: key.to_owned(),
        value: b"value".to_vec(),
        content_type: None,
        etag: None,
        concurrency: Concurrency::Unspecified,
        consistency: Consistency::Unspecified,
        metadata: Metadata::new(),
    }
}

fn delete(key: &str) -> DeleteRequest {
    DeleteRequest {
        key: key.to_owned(),
        etag: None,
        concurrency: Concurrency::Unspecified,
        consistency: Consistency::Unspecified,
        metadata: Metadata::new(),
    }
}

fn message() -> Message {
    Message {
        data: b"message".to_vec(),
        content_type: None,
        metadata: Metadata::new(),
    }
}

fn entry(id: &str) -> Entry {
    Entry {
        entry_id: id.to_owned(),
        message: message(),
    }
}

fn request(method: &str) -> Request {
    Request {
        method: method.to_owned(),
        data: b"request".to_vec(),
        content_type: Some("text/plain".to_owned()),
        type_url: Some("a.example/Type".to_owned()),
        http: Some(Http {
            verb: Verb::Post,
            query: Some("a=b".to_owned()),
        }),
        headers: [("x-own", "1"), ("dapr-api-token", "of-the-guest")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
    }
}

fn invocation(operation: &str) -> Invocation {
    Invocation {
        operation: operation.to_owned(),
        data: Vec::new(),
        metadata: Metadata::new(),
    }
}
