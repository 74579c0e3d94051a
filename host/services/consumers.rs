//! Who subscribes: which application speaks on a connection.
//!
//! Two daprds can serve two applications with Component resources of one name. They share an instance then, and the last Init has
//! named the consumer group for both. But each has a connection of its own, so what it named in its Init goes with its subscriptions.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tonic::Request;

/// The consumers that Inits of one connection have named, by instance.
#[derive(Debug, Clone, Default)]
pub struct Consumers(Arc<Mutex<HashMap<String, String>>>);

impl Consumers {
    /// Those of the connection that a request came on.
    pub(super) fn of<T>(request: &Request<T>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// After an Init that succeeded, so there are no more of them than instances.
    pub(super) fn remember(&self, instance: &str, consumer: Option<String>) {
        let mut consumers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match consumer {
            Some(consumer) => consumers.insert(instance.to_owned(), consumer),
            None => consumers.remove(instance),
        };
    }

    /// What the last Init for an instance named on this connection.
    pub(super) fn recall(&self, instance: &str) -> Option<String> {
        let consumers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        consumers.get(instance).cloned()
    }
}
