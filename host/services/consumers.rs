//! Who subscribes: which application speaks on a connection.
//!
//! Two daprds can serve two applications with Component resources of one name. They share an instance then, and the last Init has
//! named the consumer group for both. But each has a connection of its own, so what it named in its Init goes with its subscriptions.
//! So does its Pause: daprd calls it before it ends and never calls Resume, and nobody else must wait for that.

use crate::runtime::Hold;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The consumers of one connection, by instance.
#[derive(Debug, Clone, Default)]
pub struct Consumers(Arc<Mutex<HashMap<String, Consumer>>>);

/// What one connection has said of itself to an instance.
#[derive(Debug, Clone, Default)]
pub(super) struct Consumer {
    /// What its last Init named.
    pub name: Option<String>,
    /// Whether it takes messages now.
    pub hold: Hold,
}

impl Consumers {
    /// After an Init that succeeded, so there are no more of them than instances.
    pub(super) fn remember(&self, instance: &str, name: Option<String>) {
        self.lock().entry(instance.to_owned()).or_default().name = name;
    }

    /// The consumer that this connection is for an instance. Only for one that is initialised, so there are no more of them.
    pub(super) fn recall(&self, instance: &str) -> Consumer {
        self.lock().entry(instance.to_owned()).or_default().clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Consumer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
