//! A loaded version of a component's guest, and which one serves.

use super::app::Wanted;
use crate::engine::Template;
use arc_swap::{ArcSwap, ArcSwapOption};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

/// One loaded version of a guest.
pub struct Generation {
    /// Counts from 1 on, for as long as the runner lives.
    pub number: u64,
    /// What its instances are made from.
    pub template: Arc<Template>,
    /// What a guest that is an app wants to hear of.
    pub wanted: Arc<Wanted>,
    /// When it began to serve.
    pub since: SystemTime,
}

/// The generation that serves, and the one before it, which stays compiled to be returned to. Each call looks here, and waits for
/// nobody.
pub(super) struct Generations {
    current: ArcSwap<Generation>,
    before: ArcSwapOption<Generation>,
    /// Whether the guest that serves may ask something of Dapr, for those who have to know it in each call.
    asks_dapr: AtomicBool,
}

impl Generations {
    pub(super) fn new(template: Template, wanted: Wanted) -> Self {
        Self {
            asks_dapr: AtomicBool::new(template.asks_dapr()),
            current: ArcSwap::from_pointee(Generation {
                number: 1,
                template: Arc::new(template),
                wanted: Arc::new(wanted),
                since: SystemTime::now(),
            }),
            before: ArcSwapOption::empty(),
        }
    }

    pub(super) fn current(&self) -> Arc<Generation> {
        self.current.load_full()
    }

    pub(super) fn before(&self) -> Option<Arc<Generation>> {
        self.before.load_full()
    }

    pub(super) fn asks_dapr(&self) -> bool {
        self.asks_dapr.load(Ordering::Relaxed)
    }

    /// From now on this one serves. The one before is the last that had another guest, not the same one set otherwise.
    pub(super) fn succeed(&self, next: Arc<Generation>) {
        let digest = next.template.file().digest;
        let asks_dapr = next.template.asks_dapr();
        self.asks_dapr.store(asks_dapr, Ordering::Relaxed);
        let before = self.current.swap(next);
        if before.template.file().digest != digest {
            self.before.store(Some(before));
        }
    }
}
