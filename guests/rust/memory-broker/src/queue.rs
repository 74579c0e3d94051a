//! What one group has still to get of one topic.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Instant;

use crate::bindings::dapr::components::types::Metadata;
use crate::topic::Filter;

/// A message as it was published. All queues that have it share it.
pub struct Message {
    /// Counts up in the order of publishing.
    pub number: u64,
    pub topic: String,
    pub data: Vec<u8>,
    pub content_type: Option<String>,
    pub metadata: Metadata,
    /// Always later than when it was published.
    pub expires: Option<Instant>,
}

/// A message in one queue, or out from it.
pub struct Held {
    pub message: Rc<Message>,
    pub deliveries: u32,
}

impl Held {
    pub fn has_expired(&self, now: Instant) -> bool {
        self.message.expires.is_some_and(|expiry| expiry <= now)
    }
}

pub struct Queue {
    pub group: String,
    pub filter: Filter,
    /// What can be delivered, by its number: what comes back stands where it stood.
    pub ready: BTreeMap<u64, Held>,
    /// What has failed, by when it is ready again.
    pub failed: BTreeMap<(Instant, u64), Held>,
    /// How many messages are out with subscriptions.
    pub out: usize,
}

impl Queue {
    pub fn new(group: String, filter: Filter) -> Self {
        Self {
            group,
            filter,
            ready: BTreeMap::new(),
            failed: BTreeMap::new(),
            out: 0,
        }
    }

    /// How many messages take memory.
    pub fn len(&self) -> usize {
        self.ready.len() + self.failed.len() + self.out
    }

    pub fn push(&mut self, message: Rc<Message>) {
        let held = Held {
            message,
            deliveries: 0,
        };
        self.ready.insert(held.message.number, held);
    }

    /// The oldest message that can be delivered. It is out until it is `settled`, `returned` or `postponed`.
    pub fn next(&mut self, now: Instant) -> Option<Held> {
        while let Some(first) = self.failed.first_entry()
            && first.key().0 <= now
        {
            let held = first.remove();
            if !held.has_expired(now) {
                self.ready.insert(held.message.number, held);
            }
        }
        let (_, mut held) = self.ready.pop_first()?;
        held.deliveries = held.deliveries.saturating_add(1);
        self.out += 1;
        Some(held)
    }

    /// When the next of those that have failed is ready again.
    pub fn due(&self) -> Option<Instant> {
        let ((due, _), _) = self.failed.first_key_value()?;
        Some(*due)
    }

    /// A message that was out is done with.
    pub fn settled(&mut self) {
        self.out = self.out.saturating_sub(1);
    }

    /// A message that was out counts as not delivered.
    pub fn returned(&mut self, mut held: Held) {
        self.settled();
        held.deliveries = held.deliveries.saturating_sub(1);
        self.ready.insert(held.message.number, held);
    }

    /// A message that was out has failed.
    pub fn postponed(&mut self, held: Held, due: Instant) {
        self.settled();
        self.failed.insert((due, held.message.number), held);
    }

    /// Forgets a message that can be delivered. One that has failed is looked at when it is ready again, and one that is
    /// out when it comes back.
    pub fn expired(&mut self, number: u64) {
        self.ready.remove(&number);
    }
}
