//! What the application asks of Dapr: a trait, so that its rules can be tried without one.

use crate::bindings::dapr::client::bindings::{self, Invocation};
use crate::bindings::dapr::client::client_types::Error;
use crate::bindings::dapr::client::publish::{self, Message};
use crate::bindings::dapr::client::secrets::{self, Secret};
use crate::bindings::dapr::client::state;
use crate::bindings::dapr::components::state_types::{Consistency, GetRequest, Item, SetRequest};

/// The calls, as the contract has them.
pub trait Dapr {
    fn get(&self, store: &str, key: &str) -> Result<Option<Item>, Error>;

    fn bulk_get(
        &self,
        store: &str,
        keys: &[String],
    ) -> Result<Vec<Result<Option<Item>, String>>, Error>;

    fn save(&self, store: &str, items: &[SetRequest]) -> Result<(), Error>;

    fn publish(&self, pubsub: &str, topic: &str, message: &Message) -> Result<(), Error>;

    fn secret(&self, store: &str, name: &str) -> Result<Secret, Error>;

    fn invoke(&self, binding: &str, invocation: &Invocation) -> Result<(), Error>;
}

/// Dapr itself, by the host.
pub struct Sidecar;

impl Dapr for Sidecar {
    fn get(&self, store: &str, key: &str) -> Result<Option<Item>, Error> {
        let request = GetRequest {
            key: key.to_owned(),
            // What another instance has just written is to be seen.
            consistency: Consistency::Strong,
            metadata: Vec::new(),
        };
        state::get(store, &request)
    }

    fn bulk_get(
        &self,
        store: &str,
        keys: &[String],
    ) -> Result<Vec<Result<Option<Item>, String>>, Error> {
        state::bulk_get(store, keys, None, &Vec::new())
    }

    fn save(&self, store: &str, items: &[SetRequest]) -> Result<(), Error> {
        state::save(store, items)
    }

    fn publish(&self, pubsub: &str, topic: &str, message: &Message) -> Result<(), Error> {
        publish::publish(pubsub, topic, message)
    }

    fn secret(&self, store: &str, name: &str) -> Result<Secret, Error> {
        secrets::get(store, name, &Vec::new())
    }

    fn invoke(&self, binding: &str, invocation: &Invocation) -> Result<(), Error> {
        bindings::invoke(binding, invocation).map(drop)
    }
}
