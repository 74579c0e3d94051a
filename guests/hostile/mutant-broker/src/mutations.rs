//! What the mistakes make of messages on their way.

use std::collections::{BTreeMap, BTreeSet};

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::bulk_publish::{Entry, Failure};
use crate::bindings::exports::dapr::components::pub_sub::{
    Delivery, Demand, Outcome, Outgoing, SubscriptionId,
};
use crate::error;
use crate::mutation::is;

const TTL: &str = "ttlInSeconds";

/// What the mistakes remember.
#[derive(Default)]
pub struct Mistakes {
    published: u64,
    /// What waits for company.
    waiting: Vec<Outgoing>,
    topics: BTreeMap<SubscriptionId, String>,
    /// Subscriptions that are closed and get messages all the same.
    closed: BTreeSet<SubscriptionId>,
    /// What is out for the first time, and with whom.
    out: BTreeMap<String, SubscriptionId>,
    /// What came back as taken, and goes out once more.
    doubled: BTreeSet<String>,
}

impl Mistakes {
    /// What to publish instead.
    pub fn publish(&mut self, mut message: Outgoing) -> Result<Vec<Outgoing>, Error> {
        self.published += 1;
        if is("topic-without-streams-fails") && !self.topics.values().any(|it| *it == message.topic)
        {
            let topic = message.topic;
            return Err(error(
                Code::NotFound,
                format!("there is no topic {topic:?}"),
            ));
        }
        if is("first-message-lost") && self.published == 1
            || is("second-message-lost") && self.published == 2
            || is("empty-message-lost") && message.data.is_empty()
        {
            return Ok(Vec::new());
        }
        if is("message-is-text") {
            message.data = String::from_utf8_lossy(&message.data).into_owned().into();
        }
        if is("message-of-64-kib") {
            message.data.truncate(1 << 16);
        }
        if is("content-type-lost") {
            message.content_type = None;
        }
        if is("metadata-lost") {
            message.metadata.clear();
        }
        if is("topics-are-one") {
            message.topic = "one".to_owned();
        }
        if is("ttl-refused") && message.metadata.iter().any(|(name, _)| name == TTL) {
            let message = "messages live for ever here".to_owned();
            return Err(error(Code::InvalidArgument, message));
        }
        ttl(&mut message.metadata);
        if is("published-twice") {
            return Ok(vec![message.clone(), message]);
        }
        if is("waits-for-company") {
            self.waiting.push(message);
            return Ok(match self.waiting.len() {
                1 => Vec::new(),
                _ => std::mem::take(&mut self.waiting),
            });
        }
        Ok(vec![message])
    }

    /// What to subscribe to instead.
    pub fn subscribe(&mut self, id: SubscriptionId, topic: String) -> Result<String, Error> {
        if is("ten-streams-at-most") && self.topics.len() >= 10 {
            let message = "there are ten streams already".to_owned();
            return Err(error(Code::ResourceExhausted, message));
        }
        if is("topic-once-only") && self.topics.values().any(|it| *it == topic)
            || is("topic-once-and-for-all")
                && self
                    .closed
                    .iter()
                    .any(|it| self.topics.get(it) == Some(&topic))
        {
            let message = format!("the topic {topic:?} was subscribed to before");
            return Err(error(Code::AlreadyExists, message));
        }
        self.topics.insert(id, topic.clone());
        if is("topics-are-one") {
            return Ok("one".to_owned());
        }
        let levels = topic.split('/');
        if is("wildcard-of-one-level-takes-all") && levels.clone().any(|level| level == "+") {
            let before: Vec<&str> = levels.take_while(|level| *level != "+").collect();
            return Ok(format!("{}/#", before.join("/")));
        }
        if is("wildcard-of-all-takes-one-level") {
            return Ok(topic.replace("/#", "/+"));
        }
        if is("wildcard-of-all-takes-neighbours") && topic.ends_with("/#") {
            let above = topic.trim_end_matches("/#").rsplit_once('/');
            return Ok(above.map_or("#".to_owned(), |(above, _)| format!("{above}/#")));
        }
        Ok(topic)
    }

    /// What to take for acknowledged before the subscription closes.
    pub fn unsubscribe(&mut self, id: SubscriptionId) -> Vec<String> {
        self.closed.insert(id);
        if !is("closing-takes-what-is-out") {
            return Vec::new();
        }
        let out = self.out.iter().filter(|(_, with)| **with == id);
        out.map(|(message, _)| message.clone()).collect()
    }

    /// What to ask for instead.
    pub fn demand(&self, wanted: &mut Vec<Demand>) {
        if is("unsubscribe-ignored") {
            let demand = |id: &SubscriptionId| Demand {
                id: *id,
                messages: 100,
            };
            wanted.extend(self.closed.iter().map(demand));
        }
        if is("more-than-asked-for") {
            wanted.iter_mut().for_each(|demand| demand.messages += 1);
        }
        if is("one-stream-only") {
            let first = self.topics.keys().find(|id| !self.closed.contains(id));
            wanted.retain(|demand| Some(&demand.id) == first);
        }
    }

    /// What to deliver instead.
    pub fn deliver(&mut self, mut deliveries: Vec<Delivery>) -> Vec<Delivery> {
        if is("unsubscribe-ignored") {
            deliveries.retain(|delivery| !self.closed.contains(&delivery.id));
        }
        if is("second-stream-swallows") {
            let first = self.topics.keys().next();
            deliveries.retain(|delivery| Some(&delivery.id) == first);
        }
        for delivery in &mut deliveries {
            self.out.insert(delivery.message_id.clone(), delivery.id);
            let again = delivery
                .metadata
                .iter()
                .any(|(name, _)| name == "deliveryCount");
            if !again {
                self.doubled.insert(delivery.message_id.clone());
            }
            if is("topic-left-out") {
                delivery.topic.clear();
            }
            if is("topic-of-the-stream") {
                let topic = self.topics.get(&delivery.id);
                delivery.topic = topic.cloned().unwrap_or_default();
            }
        }
        deliveries
    }

    /// What to take for the answer; none for no answer.
    pub fn ack(&mut self, message: &str, outcome: Outcome) -> Option<Outcome> {
        self.out.remove(message);
        let first = self.doubled.remove(message);
        match outcome {
            _ if is("answers-ignored") => None,
            Outcome::Accepted if first && is("taken-comes-again") => {
                Some(Outcome::Failed("once more".to_owned()))
            }
            Outcome::Failed(_) if is("failed-is-taken") => Some(Outcome::Accepted),
            Outcome::Failed(_) if !first && is("failed-twice-is-taken") => Some(Outcome::Accepted),
            Outcome::Failed(_) if is("failed-is-forgotten") => None,
            outcome => Some(outcome),
        }
    }
}

fn ttl(metadata: &mut Metadata) {
    if is("ttl-ignored") {
        metadata.retain(|(name, _)| name != TTL);
    }
    if is("ttl-of-any-text") {
        metadata.retain(|(name, value)| name != TTL || value.parse::<u32>().is_ok_and(|it| it > 0));
    }
    if is("ttl-of-one-second") {
        let ttl = metadata.iter_mut().filter(|(name, _)| name == TTL);
        ttl.for_each(|(_, value)| *value = "1".to_owned());
    }
}

/// What to publish at once instead.
pub fn entries(mut entries: Vec<Entry>) -> Vec<Entry> {
    if is("bulk-without-last") {
        entries.pop();
    }
    if is("bulk-backwards") {
        entries.reverse();
    }
    for entry in &mut entries {
        if is("bulk-without-metadata") {
            entry.metadata.clear();
        }
        if is("bulk-without-content-type") {
            entry.content_type = None;
        }
    }
    let bad = |entry: &Entry| entry.metadata.iter().any(|(name, _)| name == TTL);
    if is("bulk-all-or-nothing") && entries.iter().any(bad) {
        entries.retain(bad);
    }
    entries
}

/// What to say of those that failed.
pub fn failures(mut failures: Vec<Failure>) -> Vec<Failure> {
    if is("bulk-failures-unsaid") {
        failures.clear();
    }
    for failure in &mut failures {
        if is("bulk-failures-without-id") {
            failure.entry_id.clear();
        }
    }
    failures
}
