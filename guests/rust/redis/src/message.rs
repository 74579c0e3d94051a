//! Messages as entries of a stream.
//!
//! They are laid out as Dapr's own `pubsub.redis` has it (components-contrib, `pubsub/redis/redis.go`): the field `data`, and the
//! field `metadata` with a JSON object. The field `content-type` is this broker's own.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use redis::{Cmd, Value, from_redis_value};

use crate::bindings::dapr::components::types::{Error, Metadata};
use crate::failure;
use crate::settings::Trim;

/// An entry of a stream.
#[derive(PartialEq, Debug, Default)]
pub struct Entry {
    /// What Redis calls it.
    pub id: String,
    pub data: Vec<u8>,
    pub content_type: Option<String>,
    pub metadata: Metadata,
}

/// Adds a message to a topic's stream.
pub fn add(
    topic: &str,
    data: &[u8],
    content_type: Option<&str>,
    metadata: Metadata,
    trim: Trim,
) -> Cmd {
    let mut add = redis::cmd("XADD");
    add.arg(topic);
    match trim {
        Trim::Nothing => {}
        Trim::Length(length) => {
            add.arg("MAXLEN").arg("~").arg(length);
        }
        Trim::Age(age) => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let oldest = now.unwrap_or_default().saturating_sub(age).as_millis();
            add.arg("MINID").arg("~").arg(oldest.to_string());
        }
    }
    add.arg("*").arg("data").arg(data);
    if !metadata.is_empty() {
        let metadata: BTreeMap<String, String> = metadata.into_iter().collect();
        let metadata = serde_json::json!(metadata).to_string();
        add.arg("metadata").arg(metadata);
    }
    if let Some(content_type) = content_type {
        add.arg("content-type").arg(content_type);
    }
    add
}

/// The entries in the answer of XREADGROUP, which asked for one stream; none where there are none.
pub fn read(answer: Value) -> Result<Vec<Entry>, Error> {
    let unexpected = || failure::unexpected("XREADGROUP");
    let streams: Option<Vec<(Value, Value)>> =
        from_redis_value(answer).map_err(|_| unexpected())?;
    let Some((_, found)) = streams.unwrap_or_default().into_iter().next() else {
        return Ok(Vec::new());
    };
    entries(found).ok_or_else(unexpected)
}

/// The entries in the answer of XAUTOCLAIM, and from which on there may be more.
pub fn claimed(answer: Value) -> Result<(Vec<Entry>, String), Error> {
    let unexpected = || failure::unexpected("XAUTOCLAIM");
    let Value::Array(parts) = answer else {
        return Err(unexpected());
    };
    let mut parts = parts.into_iter();
    let next = parts.next().and_then(|next| from_redis_value(next).ok());
    let found = parts.next().and_then(entries);
    found.zip(next).ok_or_else(unexpected)
}

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

fn entries(found: Value) -> Option<Vec<Entry>> {
    let Value::Array(found) = found else {
        return None;
    };
    found
        .into_iter()
        // An entry that was trimmed meanwhile is none.
        .filter(|entry| *entry != Value::Nil)
        .map(entry)
        .collect()
}

fn entry(value: Value) -> Option<Entry> {
    let (id, fields): (String, Fields) = from_redis_value(value).ok()?;
    let mut entry = Entry {
        id,
        ..Entry::default()
    };
    for (name, value) in fields {
        match name.as_slice() {
            b"data" => entry.data = value,
            b"content-type" => entry.content_type = String::from_utf8(value).ok(),
            b"metadata" => entry.metadata = metadata(&value),
            _ => {}
        }
    }
    Some(entry)
}

/// What is not an object of texts is as good as none: the message is worth more than that.
fn metadata(json: &[u8]) -> Metadata {
    let object: BTreeMap<String, String> = serde_json::from_slice(json).unwrap_or_default();
    object.into_iter().collect()
}
