//! A loaded version of a component's guest, and which one serves.

use crate::engine::Template;
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

/// One loaded version of a guest.
pub struct Generation {
    /// Counts from 1 on, for as long as the runner lives.
    pub number: u64,
    /// What its instances are made from.
    pub template: Arc<Template>,
    /// When it began to serve.
    pub since: SystemTime,
}

/// The generation that serves, and the one before it, which stays compiled to be returned to.
pub(super) struct Generations(RwLock<Inner>);

struct Inner {
    current: Arc<Generation>,
    before: Option<Arc<Generation>>,
}

impl Generations {
    pub(super) fn new(template: Template) -> Self {
        Self(RwLock::new(Inner {
            current: Arc::new(Generation {
                number: 1,
                template: Arc::new(template),
                since: SystemTime::now(),
            }),
            before: None,
        }))
    }

    pub(super) fn current(&self) -> Arc<Generation> {
        self.read().current.clone()
    }

    pub(super) fn before(&self) -> Option<Arc<Generation>> {
        self.read().before.clone()
    }

    /// From now on this one serves. The one before is the last that had another guest, not the same one set otherwise.
    pub(super) fn succeed(&self, next: Arc<Generation>) {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut inner.current, next);
        if before.template.file().digest != inner.current.template.file().digest {
            inner.before = Some(before);
        }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Inner> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
