//! The items and the rules of writing them: etags, first writes, expiry, and transactions.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::bindings::dapr::components::state_types::{
    Concurrency, DeleteRequest, Item, SetRequest, StateError,
};
use crate::bindings::exports::dapr::components::transactional_state_store::Operation;
use crate::etag::Etag;
use crate::expiry::{self, Moment};

/// How many expired items one write clears away. More than the one that it may add, so that they never pile up;
/// few enough that no write has to wait for the clearing of a million.
const CLEARED_PER_WRITE: usize = 32;

/// All that is stored.
pub struct Store {
    pub(crate) entries: HashMap<String, Entry>,
    /// The keys of the entries that expire, the next to do so first. The etag tells apart those that expire at one moment.
    pub(crate) expiring: BTreeMap<(Moment, Etag), String>,
    pub(crate) last_etag: Etag,
    now: fn() -> Moment,
}

/// What is stored under one key. It may have expired: then it is as good as missing.
#[derive(Serialize, Deserialize)]
pub struct Entry {
    #[serde(with = "serde_bytes")]
    pub value: Vec<u8>,
    pub content_type: Option<String>,
    pub etag: Etag,
    pub(crate) expires: Option<Moment>,
}

impl Store {
    pub fn new(now: fn() -> Moment) -> Self {
        Self {
            entries: HashMap::new(),
            expiring: BTreeMap::new(),
            last_etag: Etag::at_start(now()),
            now,
        }
    }

    pub fn get(&self, key: &str) -> Option<Item> {
        let entry = self.live(key)?;
        let expiry = |moment: Moment| ("ttlExpireTime".to_owned(), moment.to_string());
        Some(Item {
            value: entry.value.clone(),
            etag: Some(entry.etag.to_string()),
            content_type: entry.content_type.clone(),
            metadata: entry.expires.map(expiry).into_iter().collect(),
        })
    }

    pub fn set(&mut self, request: SetRequest) -> Result<(), StateError> {
        self.clear_expired(1);
        self.write(request).map(drop)
    }

    pub fn delete(&mut self, request: DeleteRequest) -> Result<(), StateError> {
        self.clear_expired(1);
        self.remove(request).map(drop)
    }

    /// Does all operations or none: what those before a failure did is undone, the last of them first.
    pub fn transact(&mut self, operations: Vec<Operation>) -> Result<(), StateError> {
        self.clear_expired(operations.len());
        let mut done: Vec<(String, Option<Entry>)> = Vec::with_capacity(operations.len());
        for operation in operations {
            let (key, outcome) = match operation {
                Operation::Set(request) => (request.key.clone(), self.write(request)),
                Operation::Delete(request) => (request.key.clone(), self.remove(request)),
            };
            match outcome {
                Ok(before) => done.push((key, before)),
                Err(error) => {
                    for (key, before) in done.into_iter().rev() {
                        self.replace(key, before);
                    }
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// All entries that have not expired, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        let now = (self.now)();
        self.entries
            .iter()
            .filter(move |(_, entry)| entry.expires.is_none_or(|expiry| expiry > now))
            .map(|(key, entry)| (key.as_str(), entry))
    }

    fn live(&self, key: &str) -> Option<&Entry> {
        // The clock is asked only for entries that expire: it costs a call out of the guest.
        self.entries
            .get(key)
            .filter(|entry| entry.expires.is_none_or(|expiry| expiry > (self.now)()))
    }

    /// Answers what was there before.
    fn write(&mut self, request: SetRequest) -> Result<Option<Entry>, StateError> {
        let first_only = request.concurrency == Concurrency::FirstWrite;
        self.check(&request.key, request.etag.as_deref(), first_only)?;
        let expires = expiry::requested(&request.metadata, &request.key, self.now)?;
        self.last_etag = self.last_etag.next();
        let entry = Entry {
            value: request.value,
            content_type: request.content_type,
            etag: self.last_etag,
            expires,
        };
        Ok(self.replace(request.key, Some(entry)))
    }

    /// Answers what was there before.
    fn remove(&mut self, request: DeleteRequest) -> Result<Option<Entry>, StateError> {
        self.check(&request.key, request.etag.as_deref(), false)?;
        Ok(self.replace(request.key, None))
    }

    /// Whether a write with this etag may go on. `first_only` speaks where there is no etag.
    fn check(&self, key: &str, etag: Option<&str>, first_only: bool) -> Result<(), StateError> {
        let Some(text) = etag.filter(|text| !text.is_empty()) else {
            return match first_only && self.live(key).is_some() {
                false => Ok(()),
                true => Err(StateError::EtagMismatch(format!(
                    "key {key:?} is there already, and only its first write can succeed"
                ))),
            };
        };
        let Some(etag) = Etag::parse(text) else {
            return Err(StateError::EtagInvalid(format!(
                "{text:?}, given for key {key:?}, is not an etag of this store: those are decimal numbers"
            )));
        };
        match self.live(key) {
            Some(entry) if entry.etag == etag => Ok(()),
            Some(entry) => Err(StateError::EtagMismatch(format!(
                "key {key:?} has the etag {} now, not {etag}",
                entry.etag
            ))),
            None => Err(StateError::EtagMismatch(format!(
                "key {key:?} is not there, so no etag matches"
            ))),
        }
    }

    /// Puts an entry, or none, in the place of what is there, and answers that. All changes go through here, so that
    /// `expiring` is never out of step.
    fn replace(&mut self, key: String, entry: Option<Entry>) -> Option<Entry> {
        if let Some(Entry {
            expires: Some(expiry),
            etag,
            ..
        }) = entry
        {
            self.expiring.insert((expiry, etag), key.clone());
        }
        let before = match entry {
            Some(entry) => self.entries.insert(key, entry),
            None => self.entries.remove(&key),
        };
        if let Some(Entry {
            expires: Some(expiry),
            etag,
            ..
        }) = before
        {
            self.expiring.remove(&(expiry, etag));
        }
        before
    }

    /// Gives back the memory of items that have expired, some for each write to come.
    fn clear_expired(&mut self, writes: usize) {
        if self.expiring.is_empty() {
            return;
        }
        let now = (self.now)();
        for _ in 0..writes.saturating_mul(CLEARED_PER_WRITE) {
            match self.expiring.first_entry() {
                Some(first) if first.key().0 <= now => {
                    self.entries.remove(&first.remove());
                }
                _ => break,
            }
        }
    }

    /// How many entries take memory, those that have expired among them.
    #[cfg(test)]
    pub fn held(&self) -> (usize, usize) {
        (self.entries.len(), self.expiring.len())
    }
}
