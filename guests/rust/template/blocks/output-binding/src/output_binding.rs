//! An output binding with a memory: `create`, `get` and `delete`, each for the `key` that the metadata name.

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::output_binding::{Guest, Invocation, Response};
use std::cell::RefCell;
use std::collections::HashMap;

thread_local! {
    static VALUES: RefCell<HashMap<String, Vec<u8>>> = RefCell::default();
}

impl Guest for crate::Guest {
    fn init(_properties: Metadata) -> Result<Vec<String>, Error> {
        Ok(["create", "get", "delete"].map(str::to_owned).to_vec())
    }

    fn invoke(request: Invocation) -> Result<Response, Error> {
        let named = request.metadata.iter().find(|(name, _)| name == "key");
        let key = named.map(|(_, key)| key.clone()).ok_or_else(|| {
            error(
                Code::InvalidArgument,
                "the metadata must name a key".to_owned(),
            )
        })?;
        let data = VALUES.with_borrow_mut(|values| match request.operation.as_str() {
            "create" => {
                values.insert(key, request.data);
                Ok(Vec::new())
            }
            "get" => {
                let value = values.get(&key).cloned();
                value.ok_or_else(|| error(Code::NotFound, format!("there is no {key}")))
            }
            "delete" => {
                values.remove(&key);
                Ok(Vec::new())
            }
            other => Err(error(
                Code::Unimplemented,
                format!("there is no operation {other}"),
            )),
        })?;
        Ok(Response {
            data,
            content_type: None,
            metadata: Vec::new(),
        })
    }
}

fn error(code: Code, message: String) -> Error {
    Error { code, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoke(operation: &str, data: &str) -> Result<Vec<u8>, Code> {
        let answer = crate::Guest::invoke(Invocation {
            operation: operation.to_owned(),
            data: data.into(),
            metadata: vec![("key".to_owned(), "a".to_owned())],
        });
        answer.map(|answer| answer.data).map_err(|error| error.code)
    }

    #[test]
    fn what_is_created_is_there_until_it_is_deleted() {
        assert_eq!(invoke("get", ""), Err(Code::NotFound));
        invoke("create", "1").unwrap();
        assert_eq!(invoke("get", ""), Ok(b"1".to_vec()));
        invoke("delete", "").unwrap();
        assert_eq!(invoke("get", ""), Err(Code::NotFound));
        assert_eq!(invoke("fly", ""), Err(Code::Unimplemented));
    }
}
