//! A Dapr in memory, that fails when it is told to.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::bindings::dapr::client::bindings::Invocation;
use crate::bindings::dapr::client::client_types::Error;
use crate::bindings::dapr::client::publish::Message;
use crate::bindings::dapr::client::secrets::Secret;
use crate::bindings::dapr::components::state_types::{Concurrency, Item, SetRequest};
use crate::bindings::dapr::components::types::Code;
use crate::dapr::Dapr;
use crate::failure::status;

pub struct Fake {
    /// Values, and how often each was written.
    items: RefCell<BTreeMap<String, (Vec<u8>, u64)>>,
    /// Topics and messages.
    pub published: RefCell<Vec<(String, Message)>>,
    pub mails: RefCell<Vec<Invocation>>,
    pub secret: RefCell<Secret>,
    /// The calls that were made, by their names.
    pub calls: RefCell<Vec<&'static str>>,
    /// What the next calls of a name answer instead.
    failures: RefCell<Vec<(&'static str, Error)>>,
    /// How many of the next saves come too late.
    pub rivals: Cell<usize>,
}

impl Fake {
    pub fn new() -> Self {
        Self {
            items: RefCell::default(),
            published: RefCell::default(),
            mails: RefCell::default(),
            secret: RefCell::new(vec![("receipt-key".to_owned(), "oak-and-pine".to_owned())]),
            calls: RefCell::default(),
            failures: RefCell::default(),
            rivals: Cell::new(0),
        }
    }

    /// The next call of this name fails.
    pub fn fail(&self, call: &'static str, code: Code) {
        let error = Error::Failed(status(code, "TOLD", "so it was told"));
        self.failures.borrow_mut().push((call, error));
    }

    /// The next call of this name is not granted.
    pub fn deny(&self, call: &'static str, grant: &str) {
        let error = Error::Denied(grant.to_owned());
        self.failures.borrow_mut().push((call, error));
    }

    /// Puts something into the store that the application did not.
    pub fn put(&self, key: &str, value: &[u8]) {
        let mut items = self.items.borrow_mut();
        let (old, version) = items.entry(key.to_owned()).or_default();
        *old = value.to_vec();
        *version += 1;
    }

    pub fn keys(&self) -> Vec<String> {
        self.items.borrow().keys().cloned().collect()
    }

    /// How often something was written.
    pub fn writes(&self, key: &str) -> u64 {
        self.items
            .borrow()
            .get(key)
            .map_or(0, |(_, version)| *version)
    }

    pub fn count(&self, call: &str) -> usize {
        let calls = self.calls.borrow();
        calls.iter().filter(|name| **name == call).count()
    }

    fn called(&self, call: &'static str) -> Result<(), Error> {
        self.calls.borrow_mut().push(call);
        let mut failures = self.failures.borrow_mut();
        let place = failures.iter().position(|(name, _)| *name == call);
        place.map_or(Ok(()), |place| Err(failures.remove(place).1))
    }

    fn item(&self, key: &str) -> Option<Item> {
        let items = self.items.borrow();
        let (value, version) = items.get(key)?;
        Some(Item {
            value: value.clone(),
            etag: Some(version.to_string()),
            content_type: None,
            metadata: Vec::new(),
        })
    }

    fn write(&self, request: &SetRequest) -> Result<(), Error> {
        if self.rivals.get() > 0 {
            self.rivals.set(self.rivals.get() - 1);
            if let Some((_, version)) = self.items.borrow_mut().get_mut(&request.key) {
                *version += 1;
            }
        }
        assert_eq!(request.concurrency, Concurrency::FirstWrite);
        let is = self.item(&request.key).and_then(|item| item.etag);
        if is != request.etag {
            return Err(Error::Failed(status(Code::Aborted, "ETAG", "another etag")));
        }
        self.put(&request.key, &request.value);
        Ok(())
    }
}

impl Dapr for Fake {
    fn get(&self, store: &str, key: &str) -> Result<Option<Item>, Error> {
        assert_eq!(store, "orders");
        self.called("get")?;
        Ok(self.item(key))
    }

    fn bulk_get(
        &self,
        store: &str,
        keys: &[String],
    ) -> Result<Vec<Result<Option<Item>, String>>, Error> {
        assert_eq!(store, "orders");
        self.called("bulk_get")?;
        let one = |key: &String| match self.called("one_of_bulk_get") {
            Ok(()) => Ok(self.item(key)),
            Err(_) => Err("so it was told".to_owned()),
        };
        Ok(keys.iter().map(one).collect())
    }

    fn save(&self, store: &str, items: &[SetRequest]) -> Result<(), Error> {
        assert_eq!(store, "orders");
        self.called("save")?;
        let written: Vec<_> = items.iter().map(|item| self.write(item)).collect();
        written.into_iter().collect()
    }

    fn publish(&self, pubsub: &str, topic: &str, message: &Message) -> Result<(), Error> {
        assert_eq!(pubsub, "pubsub");
        self.called("publish")?;
        let published = (topic.to_owned(), message.clone());
        self.published.borrow_mut().push(published);
        Ok(())
    }

    fn secret(&self, store: &str, name: &str) -> Result<Secret, Error> {
        assert_eq!((store, name), ("vault", "receipt-key"));
        self.called("secret")?;
        Ok(self.secret.borrow().clone())
    }

    fn invoke(&self, binding: &str, invocation: &Invocation) -> Result<(), Error> {
        assert_eq!(binding, "mail");
        self.called("invoke")?;
        self.mails.borrow_mut().push(invocation.clone());
        Ok(())
    }
}
