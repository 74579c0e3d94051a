//! The queues, the subscriptions, and what happens between them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::pub_sub::{
    Delivery, Demand, Outcome, Outgoing, SubscriptionId,
};
use crate::queue::{Held, Message, Queue};
use crate::settings::{self, Settings};
use crate::topic::{self, Filter};
use crate::{error, invalid_argument};

/// The metadata of a delivery that is not the first of its message.
const DELIVERY_COUNT: &str = "deliveryCount";

pub struct Broker {
    settings: Settings,
    /// A queue never goes, so its place names it.
    pub queues: Vec<Queue>,
    pub subscriptions: BTreeMap<SubscriptionId, Subscription>,
    /// The messages that expire, by when, number and place of the queue; until they have, or are done with.
    pub expiring: BTreeSet<(Instant, u64, usize)>,
    pub last_message: u64,
    pub last_delivery: u64,
    pub now: fn() -> Instant,
}

pub struct Subscription {
    pub queue: usize,
    /// What is not acknowledged, by the id that it was delivered under.
    pub out: HashMap<String, Held>,
    /// It was taken over from another instance, and the host is about to open it here.
    pub taken_over: bool,
}

impl Broker {
    pub fn new(now: fn() -> Instant) -> Self {
        Self {
            settings: Settings::default(),
            queues: Vec::new(),
            subscriptions: BTreeMap::new(),
            expiring: BTreeSet::new(),
            last_message: 0,
            last_delivery: 0,
            now,
        }
    }

    pub fn configure(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// The message reaches all queues that are for its topic, or none.
    pub fn publish(&mut self, message: Outgoing) -> Result<(), Error> {
        topic::check(&message.topic)?;
        let life = settings::life(&message.metadata)?;
        self.clear_expired();
        let most = self.settings.max_messages;
        let is_for = |queue: &Queue| queue.filter.matches(&message.topic);
        if let Some(full) = self.queues.iter().find(|q| is_for(q) && q.len() >= most) {
            return Err(error(
                Code::ResourceExhausted,
                format!(
                    "the group {:?} has {} messages of the topic {:?} to take first; maxMessages allows {most}",
                    full.group,
                    full.len(),
                    message.topic,
                ),
            ));
        }
        self.last_message += 1;
        let message = Rc::new(Message {
            number: self.last_message,
            // A life past what the clock can count has no end.
            expires: life.and_then(|life| (self.now)().checked_add(life)),
            topic: message.topic,
            data: message.data,
            content_type: message.content_type,
            metadata: message.metadata,
        });
        for (place, queue) in self.queues.iter_mut().enumerate() {
            if queue.filter.matches(&message.topic) {
                queue.push(Rc::clone(&message));
                if let Some(expiry) = message.expires {
                    self.expiring.insert((expiry, message.number, place));
                }
            }
        }
        Ok(())
    }

    /// Answers the subscription's window.
    pub fn subscribe(
        &mut self,
        id: SubscriptionId,
        topic: String,
        metadata: &Metadata,
    ) -> Result<u32, Error> {
        let window = settings::window(metadata)?.unwrap_or(self.settings.window);
        let filter = Filter::new(topic)?;
        let group = settings::group(metadata).unwrap_or(&self.settings.group);
        match self.subscriptions.get_mut(&id) {
            None => {}
            Some(known) if known.taken_over => {
                known.taken_over = false;
                return Ok(window);
            }
            Some(_) => {
                return Err(invalid_argument(format!(
                    "there is a subscription {id} already"
                )));
            }
        }
        let same = |queue: &Queue| queue.filter == filter && queue.group == group;
        let place = self.queues.iter().position(same);
        let queue = place.unwrap_or(self.queues.len());
        if place.is_none() {
            self.queues.push(Queue::new(group.to_owned(), filter));
        }
        let subscription = Subscription {
            queue,
            out: HashMap::new(),
            taken_over: false,
        };
        self.subscriptions.insert(id, subscription);
        Ok(window)
    }

    pub fn unsubscribe(&mut self, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.remove(&id) else {
            return;
        };
        for held in subscription.out.into_values() {
            self.settle(subscription.queue, held, |queue, held, _| {
                queue.returned(held);
            });
        }
    }

    /// What there is, by turns where subscriptions share a queue; and how long it takes until there may be more, if time
    /// alone can bring it.
    pub fn pull(&mut self, wanted: &[Demand]) -> (Vec<Delivery>, Option<Duration>) {
        self.clear_expired();
        let now = (self.now)();
        let mut deliveries = Vec::new();
        let mut due: Option<Instant> = None;
        let mut left: Vec<(SubscriptionId, u32)> = wanted
            .iter()
            .filter(|demand| demand.messages > 0)
            .map(|demand| (demand.id, demand.messages))
            .collect();
        while !left.is_empty() {
            left.retain_mut(|(id, messages)| match self.deliver(*id, now) {
                Ok(delivery) => {
                    deliveries.push(delivery);
                    *messages -= 1;
                    *messages > 0
                }
                Err(again) => {
                    due = due.into_iter().chain(again).min();
                    false
                }
            });
        }
        let wait = due.map(|due| due.saturating_duration_since(now));
        (deliveries, wait)
    }

    /// The next message for a subscription; or when there may be one, if time alone can bring it.
    fn deliver(&mut self, id: SubscriptionId, now: Instant) -> Result<Delivery, Option<Instant>> {
        let subscription = self.subscriptions.get_mut(&id).ok_or(None)?;
        let queue = self.queues.get_mut(subscription.queue).ok_or(None)?;
        let held = queue.next(now).ok_or_else(|| queue.due())?;
        let message = Rc::clone(&held.message);
        // Each delivery has an id of its own, so that no answer to one is taken for the answer to another.
        self.last_delivery += 1;
        let message_id = self.last_delivery.to_string();
        let mut metadata = message.metadata.clone();
        if held.deliveries > 1 {
            metadata.retain(|(name, _)| name != DELIVERY_COUNT);
            metadata.push((DELIVERY_COUNT.to_owned(), held.deliveries.to_string()));
        }
        subscription.out.insert(message_id.clone(), held);
        Ok(Delivery {
            id,
            message_id,
            topic: message.topic.clone(),
            data: message.data.clone(),
            content_type: message.content_type.clone(),
            metadata,
        })
    }

    pub fn ack(&mut self, id: SubscriptionId, message_id: &str, outcome: Outcome) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        let Some(held) = subscription.out.remove(message_id) else {
            return;
        };
        let place = subscription.queue;
        let most = self.settings.max_deliveries;
        match outcome {
            Outcome::Failed(why) if most.is_some_and(|most| held.deliveries >= most) => {
                eprintln!(
                    "a message of the topic {:?} is dropped after {} failed deliveries, the last one because: {why}",
                    held.message.topic, held.deliveries,
                );
                self.forget(place, &held);
            }
            Outcome::Failed(_) => {
                let interval = self.settings.redeliver_after;
                self.settle(place, held, |queue, held, now| {
                    queue.postponed(held, now + interval);
                });
            }
            Outcome::Accepted => self.forget(place, &held),
        }
    }

    /// Takes back a message that was out, unless it has expired meanwhile.
    fn settle(&mut self, place: usize, held: Held, take: impl FnOnce(&mut Queue, Held, Instant)) {
        let now = (self.now)();
        match self.queues.get_mut(place) {
            Some(queue) if !held.has_expired(now) => take(queue, held, now),
            _ => self.forget(place, &held),
        }
    }

    /// Is done with a message that was out.
    fn forget(&mut self, place: usize, held: &Held) {
        if let Some(queue) = self.queues.get_mut(place) {
            queue.settled();
        }
        if let Some(expiry) = held.message.expires {
            self.expiring.remove(&(expiry, held.message.number, place));
        }
    }

    /// Gives back the memory of the messages that have expired.
    fn clear_expired(&mut self) {
        if self.expiring.is_empty() {
            // The clock is asked only where it can matter: it costs a call out of the guest.
            return;
        }
        let now = (self.now)();
        while let Some(&(expiry, number, place)) = self.expiring.first()
            && expiry <= now
        {
            self.expiring.pop_first();
            if let Some(queue) = self.queues.get_mut(place) {
                queue.expired(number);
            }
        }
    }

    /// How many messages take memory, and how many of them expire.
    #[cfg(test)]
    pub fn held(&self) -> (usize, usize) {
        let held = self.queues.iter().map(Queue::len).sum();
        (held, self.expiring.len())
    }
}
