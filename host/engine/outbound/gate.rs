//! What one instance may reach, and what the operator is told of what it may not.

use super::{Outbound, Scheme};
use crate::engine::Origin;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

/// How many different refusals an operator is told of, for each component: a guest that tries every address adds nothing.
const TOLD: usize = 100;

/// The refusals that the operator has been told of. All instances of a component share them: once is enough.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Told(Arc<Mutex<HashSet<String>>>);

impl Told {
    /// Whether this is news, and is to be said.
    fn news(&self, refused: &str) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < TOLD && !told.contains(refused) && told.insert(refused.to_owned())
    }
}

/// The way out of one instance.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Gate {
    allowed: Arc<[Outbound]>,
    told: Told,
    origin: Origin,
}

impl Gate {
    pub(in crate::engine) fn new(allowed: Arc<[Outbound]>, told: Told, origin: Origin) -> Self {
        Self {
            allowed,
            told,
            origin,
        }
    }

    /// Whether any of these names of one host is granted.
    pub(super) fn permits<'a>(
        &self,
        scheme: Scheme,
        mut names: impl Iterator<Item = &'a str>,
        port: u16,
    ) -> bool {
        names.any(|name| {
            let mut allowed = self.allowed.iter();
            allowed.any(|allowed| allowed.covers(scheme, name, port))
        })
    }

    /// Whether sockets to a host are granted, on whatever port.
    pub(super) fn permits_lookup(&self, host: &str) -> bool {
        self.allowed
            .iter()
            .any(|allowed| allowed.covers_lookup(host))
    }

    /// Tells the operator what was refused and what would grant it: once.
    pub(super) fn refuse(&self, what: &str, grant: &str) {
        if self.told.news(grant) {
            let Origin {
                component,
                instance,
            } = &self.origin;
            tracing::warn!(
                %component,
                %instance,
                "{what} is refused. To grant it: --allow-outbound {grant}"
            );
        }
    }
}
