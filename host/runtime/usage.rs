//! What an instance does and has, in numbers, for whoever looks after the runner.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// The counters of one instance id.
#[derive(Debug, Default)]
pub(super) struct Counters {
    calls: AtomicU64,
    errors: AtomicU64,
    starts: AtomicU64,
    recycled: AtomicU64,
    /// Bytes of its guests' memory.
    pub(super) memory: Arc<AtomicUsize>,
}

/// What one instance id does and has.
#[derive(Debug, Clone)]
pub struct Usage {
    /// The instance id; empty is the default instance.
    pub id: String,
    /// Calls that have ended.
    pub calls: u64,
    /// Those of them that ended by a trap or a limit, and with them the guest.
    pub errors: u64,
    /// Guests that took the place of one that failed.
    pub restarts: u64,
    /// Guests that took the place of one that had served or grown enough.
    pub recycled: u64,
    /// Guests that are there.
    pub guests: usize,
    /// Streams that are open.
    pub streams: usize,
    /// Calls that wait.
    pub queue: usize,
    /// Bytes of its guests' memory.
    pub memory: usize,
    /// How long it is before a guest that keeps failing is tried again; none where calls are served.
    pub unavailable: Option<Duration>,
    /// How a guest failed last, without secrets; empty when none did.
    pub last_failure: String,
}

impl Counters {
    pub(super) fn called(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.errors.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn started(&self) {
        self.starts.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn recycled(&self) {
        self.recycled.fetch_add(1, Ordering::Relaxed);
    }

    /// `slots` is how many guests there are by right: what started beyond them took another's place.
    pub(super) fn read(&self, id: &str, slots: usize) -> Usage {
        let starts = self.starts.load(Ordering::Relaxed);
        self.usage(id, starts.saturating_sub(slots as u64))
    }

    /// The same of guests that come when they are needed: what failed is all that another took the place of.
    pub(super) fn read_pool(&self, id: &str) -> Usage {
        self.usage(id, self.errors.load(Ordering::Relaxed))
    }

    fn usage(&self, id: &str, restarts: u64) -> Usage {
        Usage {
            id: id.to_owned(),
            calls: self.calls.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
            restarts,
            recycled: self.recycled.load(Ordering::Relaxed),
            guests: 0,
            streams: 0,
            queue: 0,
            memory: self.memory.load(Ordering::Relaxed),
            unavailable: None,
            last_failure: String::new(),
        }
    }
}
