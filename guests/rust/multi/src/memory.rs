//! The one memory: the values, and what their writes and the messages bring to those who listen.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::bindings::dapr::components::state_types::{
    Concurrency, DeleteRequest, Item, SetRequest, StateError,
};
use crate::bindings::exports::dapr::components::pub_sub::Outgoing;
use crate::inbox::{Inboxes, Letter};

pub struct Memory {
    items: BTreeMap<String, Item>,
    pub subscriptions: Inboxes,
    pub readers: Inboxes,
    last_letter: u64,
    last_etag: u128,
}

impl Memory {
    pub fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            items: BTreeMap::new(),
            subscriptions: Inboxes::default(),
            readers: Inboxes::default(),
            last_letter: 0,
            // From the time of the start on, so that no etag from before a restart fits an item of after it.
            last_etag: since.map_or(0, |since| since.as_nanos()),
        }
    }

    pub fn keys(&self) -> Vec<&str> {
        self.items.keys().map(String::as_str).collect()
    }

    pub fn get(&self, key: &str) -> Option<Item> {
        self.items.get(key).cloned()
    }

    pub fn set(&mut self, request: SetRequest) -> Result<(), StateError> {
        let first_write = request.concurrency == Concurrency::FirstWrite;
        self.check(&request.key, &request.etag, first_write)?;
        self.put(request.key, request.value, request.content_type);
        Ok(())
    }

    pub fn put(&mut self, key: String, value: Vec<u8>, content_type: Option<String>) {
        self.last_etag += 1;
        let item = Item {
            value: value.clone(),
            etag: Some(self.last_etag.to_string()),
            content_type: content_type.clone(),
            metadata: Vec::new(),
        };
        self.items.insert(key.clone(), item);
        self.tell("set", key, value, content_type);
    }

    pub fn delete(&mut self, request: DeleteRequest) -> Result<(), StateError> {
        self.check(&request.key, &request.etag, false)?;
        self.remove(request.key);
        Ok(())
    }

    pub fn remove(&mut self, key: String) {
        if self.items.remove(&key).is_some() {
            self.tell("delete", key, Vec::new(), None);
        }
    }

    pub fn publish(&mut self, message: Outgoing) {
        self.last_letter += 1;
        self.subscriptions.send(&Letter {
            number: self.last_letter,
            topic: Some(message.topic),
            data: message.data,
            content_type: message.content_type,
            metadata: message.metadata,
        });
    }

    /// An event about a write for each reader.
    fn tell(&mut self, what: &str, key: String, data: Vec<u8>, content_type: Option<String>) {
        self.last_letter += 1;
        self.readers.send(&Letter {
            number: self.last_letter,
            topic: None,
            data,
            content_type,
            metadata: vec![
                ("key".to_owned(), key),
                ("operation".to_owned(), what.to_owned()),
            ],
        });
    }

    /// Whether a write to a key may go on.
    fn check(&self, key: &str, etag: &Option<String>, first_write: bool) -> Result<(), StateError> {
        match (etag, self.items.get(key)) {
            (Some(etag), _) if etag.parse::<u128>().is_err() => Err(StateError::EtagInvalid(
                format!("{etag:?} is not an etag of this store: they are numbers"),
            )),
            (Some(_), Some(item)) if item.etag == *etag => Ok(()),
            (Some(_), _) => Err(StateError::EtagMismatch(format!(
                "key {key:?} has been written or deleted since"
            ))),
            (None, Some(_)) if first_write => Err(StateError::EtagMismatch(format!(
                "key {key:?} has been written already"
            ))),
            (None, _) => Ok(()),
        }
    }
}
