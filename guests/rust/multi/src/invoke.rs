//! The operations of the output binding.

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::output_binding::{Invocation, Response};
use crate::bindings::exports::dapr::components::pub_sub::Outgoing;
use crate::error;
use crate::memory::Memory;

pub const OPERATIONS: [&str; 4] = ["create", "get", "delete", "list"];

pub fn invoke(memory: &mut Memory, request: Invocation) -> Result<Response, Error> {
    let key = find(&request.metadata, "key");
    let topic = find(&request.metadata, "topic");
    let missing = |what: &str| {
        let operation = &request.operation;
        error(
            Code::InvalidArgument,
            format!("{operation} needs the metadata {what}"),
        )
    };
    match request.operation.as_str() {
        "create" => {
            if key.is_none() && topic.is_none() {
                return Err(missing("key or topic"));
            }
            if let Some(key) = key {
                memory.put(key, request.data.clone(), None);
            }
            if let Some(topic) = topic {
                memory.publish(Outgoing {
                    topic,
                    data: request.data,
                    content_type: None,
                    metadata: Vec::new(),
                });
            }
            Ok(response(Vec::new(), None))
        }
        "get" => {
            let key = key.ok_or_else(|| missing("key"))?;
            let item = memory
                .get(&key)
                .ok_or_else(|| error(Code::NotFound, format!("there is no key {key:?}")))?;
            Ok(response(item.value, item.content_type))
        }
        "delete" => {
            memory.remove(key.ok_or_else(|| missing("key"))?);
            Ok(response(Vec::new(), None))
        }
        "list" => {
            let keys = serde_json::json!(memory.keys()).to_string();
            let content_type = "application/json".to_owned();
            Ok(response(keys.into_bytes(), Some(content_type)))
        }
        other => Err(error(
            Code::InvalidArgument,
            format!("there is no operation {other:?}: they are {OPERATIONS:?}"),
        )),
    }
}

fn find(metadata: &Metadata, name: &str) -> Option<String> {
    let (_, value) = metadata.iter().find(|(known, _)| known == name)?;
    Some(value.clone())
}

fn response(data: Vec<u8>, content_type: Option<String>) -> Response {
    Response {
        data,
        content_type,
        metadata: Vec::new(),
    }
}
