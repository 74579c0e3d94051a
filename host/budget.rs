//! The memory that clients take: for requests that are not answered, and for answers and messages that are not read.
//!
//! What the clients of a component hold together has one limit. Beside it each connection has a small part of its own, so that its
//! small calls are served whatever the others hold.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Bytes that one connection may hold whatever the others do.
const OWN: usize = 256 << 10;

/// What all connections of a component may hold together, beyond what each has of its own.
#[derive(Debug)]
pub struct Budget {
    most: AtomicUsize,
    used: AtomicUsize,
}

impl Budget {
    /// A limit in bytes.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most: AtomicUsize::new(most),
            used: AtomicUsize::new(0),
        })
    }

    /// Another limit for what comes from now on.
    pub fn resize(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// What a connection holds.
    pub fn share(self: &Arc<Self>) -> Arc<Share> {
        Arc::new(Share {
            budget: self.clone(),
            used: AtomicUsize::new(0),
        })
    }
}

/// What one connection holds.
#[derive(Debug)]
pub struct Share {
    budget: Arc<Budget>,
    used: AtomicUsize,
}

/// What a connection takes from all, if it has so many bytes.
fn common(used: usize) -> usize {
    used.saturating_sub(OWN)
}

impl Share {
    /// Bytes that are held until this is dropped; none when they are too many.
    pub fn hold(self: &Arc<Self>, bytes: usize) -> Option<Held> {
        let held = Held {
            share: self.clone(),
            bytes: AtomicUsize::new(bytes),
        };
        self.add(bytes).then_some(held)
    }

    /// Bytes that are there already, and counted although they may be too many.
    pub fn count(self: &Arc<Self>, bytes: usize) -> Held {
        self.add(bytes);
        Held {
            share: self.clone(),
            bytes: AtomicUsize::new(bytes),
        }
    }

    /// Bytes that are held now, beyond what is the connection's own.
    pub fn common(&self) -> usize {
        common(self.used.load(Ordering::Relaxed))
    }

    /// Whether they fit. They are counted in any case.
    fn add(&self, bytes: usize) -> bool {
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        let more = common(before.saturating_add(bytes)) - common(before);
        more == 0
            || self.budget.used.fetch_add(more, Ordering::Relaxed) + more
                <= self.budget.most.load(Ordering::Relaxed)
    }

    fn remove(&self, bytes: usize) {
        let before = self.used.fetch_sub(bytes, Ordering::Relaxed);
        let less = common(before) - common(before.saturating_sub(bytes));
        if less > 0 {
            self.budget.used.fetch_sub(less, Ordering::Relaxed);
        }
    }
}

/// Bytes that are held until this is dropped.
#[derive(Debug)]
pub struct Held {
    share: Arc<Share>,
    bytes: AtomicUsize,
}

impl Held {
    /// Holds more, if they fit.
    pub fn grow(&self, bytes: usize) -> bool {
        let fit = self.share.add(bytes);
        match fit {
            true => _ = self.bytes.fetch_add(bytes, Ordering::Relaxed),
            false => self.share.remove(bytes),
        }
        fit
    }

    /// The connection that holds them.
    pub fn share(&self) -> &Arc<Share> {
        &self.share
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.share.remove(*self.bytes.get_mut());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_its_own_part_a_connection_takes_from_all() {
        let budget = Budget::new(100);
        let (first, second) = (budget.share(), budget.share());
        let all = first.hold(OWN + 100).unwrap();
        assert!(first.hold(1).is_none());
        let own = second.hold(OWN).unwrap();
        assert!(second.hold(1).is_none());
        drop(all);
        assert!(own.grow(100));
        assert!(!own.grow(1));
        drop(own);
        for share in [&first, &second] {
            assert_eq!(share.used.load(Ordering::Relaxed), 0);
        }
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
        assert!(first.hold(OWN + 100).is_some());
    }

    #[test]
    fn what_is_counted_anyway_is_given_back_too() {
        let budget = Budget::new(0);
        let share = budget.share();
        let counted = share.count(OWN + 5);
        assert!(share.hold(1).is_none());
        drop(counted);
        assert!(share.hold(OWN).is_some());
    }
}
