//! The operations, and the mistakes in them.

use std::collections::BTreeMap;

use crate::bindings::dapr::components::types::{Code, Error};
use crate::bindings::exports::dapr::components::output_binding::{Invocation, Response};
use crate::mutation::is;
use crate::{error, invalid_argument};

/// What there is.
#[derive(Default)]
pub struct Things(BTreeMap<String, Vec<u8>>);

/// What `init` answers.
pub fn names(again: bool) -> Vec<String> {
    let names: &[&str] = if is("no-operations") {
        &[]
    } else if is("operation-named-twice") {
        &["create", "get", "delete", "list", "create"]
    } else if is("operation-without-name") {
        &["create", "get", "delete", "list", ""]
    } else if again && is("operations-change") {
        &["create", "get"]
    } else {
        &["create", "get", "delete", "list"]
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

impl Things {
    pub fn invoke(&mut self, request: Invocation) -> Result<Response, Error> {
        let known = |name: &str| matches!(name, "key" | "noSuchOption" if !is("metadata-refused") || name == "key");
        if let Some((name, _)) = request.metadata.iter().find(|(name, _)| !known(name)) {
            return Err(invalid_argument(format!("there is no metadata {name:?}")));
        }
        let key = request.metadata.iter().find(|(name, _)| name == "key");
        let key = key.map(|(_, key)| key.clone());
        let key = match request.operation.as_str() {
            "list" => String::new(),
            "create" | "get" | "delete" if is("one-thing-only") => "thing".to_owned(),
            _ => key.ok_or_else(|| invalid_argument("the metadata key is missing".to_owned()))?,
        };
        match request.operation.as_str() {
            "create" if is("create-refused") => Err(error(
                Code::PermissionDenied,
                "nobody may create".to_owned(),
            )),
            "create" => {
                if !is("create-forgets") {
                    self.0.insert(key, request.data);
                }
                Ok(response(Vec::new()))
            }
            "get" => match self.0.get(&key) {
                Some(data) if is("get-cuts") => {
                    Ok(response(data.iter().take(8).copied().collect()))
                }
                Some(data) => Ok(response(data.clone())),
                None => Err(error(Code::NotFound, format!("there is no key {key:?}"))),
            },
            "delete" => {
                if is("delete-takes-all") {
                    self.0.clear();
                }
                if !is("delete-forgets") {
                    self.0.remove(&key);
                }
                Ok(response(Vec::new()))
            }
            "list" if is("list-needs-key") => {
                Err(invalid_argument("the metadata key is missing".to_owned()))
            }
            "list" => {
                let keys: Vec<&str> = self.0.keys().map(String::as_str).collect();
                Ok(response(format!("{keys:?}").into_bytes()))
            }
            other => Err(invalid_argument(format!("there is no operation {other:?}"))),
        }
    }
}

fn response(data: Vec<u8>) -> Response {
    Response {
        data,
        content_type: None,
        metadata: Vec::new(),
    }
}
