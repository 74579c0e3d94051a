//! One change of an item, as the script has it that makes it.

use redis::Cmd;

use crate::bindings::dapr::components::state_types::{
    Concurrency, DeleteRequest, SetRequest, StateError,
};
use crate::expiry;

/// A write or a deletion, with its condition.
pub struct Change {
    pub key: String,
    pub condition: Condition,
    /// None to delete.
    pub written: Option<Written>,
}

#[derive(PartialEq, Debug)]
pub enum Condition {
    Any,
    /// The key is not there.
    New,
    /// It has this etag.
    Etag(String),
}

pub struct Written {
    data: Vec<u8>,
    content_type: Option<String>,
    /// In seconds; 0 for one without an end.
    life: i64,
}

impl Change {
    /// A write, whose life is the store's where it does not say otherwise.
    pub fn set(request: SetRequest, life: i64) -> Result<Self, StateError> {
        let asked = expiry::requested(&request.metadata).map_err(|mut why| {
            why.message = format!("the write of key {:?}: {}", request.key, why.message);
            StateError::Other(why)
        })?;
        let first = request.concurrency == Concurrency::FirstWrite;
        Ok(Self {
            condition: condition(request.etag, first, &request.key)?,
            key: request.key,
            written: Some(Written {
                data: request.value,
                content_type: request.content_type.filter(|it| !it.is_empty()),
                life: asked.unwrap_or(life),
            }),
        })
    }

    pub fn delete(request: DeleteRequest) -> Result<Self, StateError> {
        Ok(Self {
            condition: condition(request.etag, false, &request.key)?,
            key: request.key,
            written: None,
        })
    }

    /// Adds itself to a call of the script, behind the keys.
    pub fn write(&self, script: &mut Cmd) {
        let condition = match &self.condition {
            Condition::Any => "any",
            Condition::New => "new",
            Condition::Etag(etag) => etag,
        };
        match &self.written {
            Some(written) => script
                .arg("set")
                .arg(condition)
                .arg(&written.data)
                .arg(written.content_type.as_deref().unwrap_or_default())
                .arg(written.life),
            None => script.arg("delete").arg(condition).arg("").arg("").arg(0),
        };
    }

    /// Why the change was not made, where the key has this etag; an empty one where it is not there.
    pub fn refused(&self, has: &str) -> StateError {
        let key = &self.key;
        StateError::EtagMismatch(match &self.condition {
            Condition::Etag(_) if has.is_empty() => {
                format!("key {key:?} is not there, so no etag matches")
            }
            Condition::Etag(etag) => format!("key {key:?} has the etag {has} now, not {etag}"),
            _ => format!("key {key:?} is there already, and only its first write can succeed"),
        })
    }
}

fn condition(etag: Option<String>, first: bool, key: &str) -> Result<Condition, StateError> {
    match etag.filter(|etag| !etag.is_empty()) {
        Some(etag) if etag.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Condition::Etag(etag)),
        Some(etag) => Err(StateError::EtagInvalid(format!(
            "{etag:?}, given for key {key:?}, is not an etag of this store: those are decimal numbers"
        ))),
        None if first => Ok(Condition::New),
        None => Ok(Condition::Any),
    }
}
