//! What waits for those who listen: messages for subscriptions, events for readers.

use std::collections::{BTreeMap, VecDeque};

use crate::bindings::dapr::components::types::Metadata;

/// A message, or an event, which has no topic.
#[derive(Clone)]
pub struct Letter {
    pub number: u64,
    pub topic: Option<String>,
    pub data: Vec<u8>,
    pub content_type: Option<String>,
    pub metadata: Metadata,
}

/// All that listen, by their ids.
#[derive(Default)]
pub struct Inboxes(BTreeMap<u64, Inbox>);

struct Inbox {
    topic: Option<String>,
    /// What waits, and how often it was out.
    waiting: VecDeque<(Letter, u32)>,
    /// What is out, this time included.
    out: Vec<(Letter, u32)>,
}

impl Inboxes {
    pub fn open(&mut self, id: u64, topic: Option<String>) {
        let inbox = Inbox {
            topic,
            waiting: VecDeque::new(),
            out: Vec::new(),
        };
        self.0.insert(id, inbox);
    }

    pub fn close(&mut self, id: u64) {
        self.0.remove(&id);
    }

    pub fn send(&mut self, letter: &Letter) {
        for inbox in self.0.values_mut() {
            if inbox.topic == letter.topic {
                inbox.waiting.push_back((letter.clone(), 0));
            }
        }
    }

    /// What there is for each of those that want something, no more than it wants.
    pub fn pull(&mut self, wanted: impl Iterator<Item = (u64, u32)>) -> Vec<(u64, Letter)> {
        let mut letters = Vec::new();
        for (id, most) in wanted {
            let Some(inbox) = self.0.get_mut(&id) else {
                continue;
            };
            let count = inbox.waiting.len().min(most as usize);
            for (letter, times) in inbox.waiting.drain(..count) {
                letters.push((id, letter.clone()));
                inbox.out.push((letter, times + 1));
            }
        }
        letters
    }

    /// What was out is done with, unless it was out less often than it may be: then it waits again, before all others.
    pub fn done(&mut self, id: u64, number: &str, most: u32) {
        let Some(inbox) = self.0.get_mut(&id) else {
            return;
        };
        let is_meant = |(letter, _): &(Letter, u32)| letter.number.to_string() == number;
        if let Some(place) = inbox.out.iter().position(is_meant) {
            let (letter, times) = inbox.out.swap_remove(place);
            if times < most {
                inbox.waiting.push_front((letter, times));
            }
        }
    }
}
