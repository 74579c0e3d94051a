//! What one instance hands over to the next: all queues, messages and subscriptions, with what is out.
//!
//! Clocks begin anew in each instance, so what is due is written as how long it takes from now on.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::plugbox::runner::handover::Saved;
use crate::broker::{Broker, Subscription};
use crate::error;
use crate::queue::{Held, Message, Queue};
use crate::topic::Filter;

/// The form of what is handed over. A version that changes it gives it another name, and reads this one too.
const FORM: &str = "1";

#[derive(Serialize, Deserialize)]
struct State {
    last_message: u64,
    last_delivery: u64,
    /// Each once, by its number, however many queues have it.
    messages: BTreeMap<u64, SavedMessage>,
    queues: Vec<SavedQueue>,
    subscriptions: Vec<SavedSubscription>,
}

#[derive(Serialize, Deserialize)]
struct SavedMessage {
    topic: String,
    #[serde(with = "serde_bytes")]
    data: Vec<u8>,
    content_type: Option<String>,
    metadata: Metadata,
    /// How long it can still be delivered.
    life: Option<Duration>,
}

/// A message in a queue or out from it: its number, and how often it was delivered.
type SavedHeld = (u64, u32);

#[derive(Serialize, Deserialize)]
struct SavedQueue {
    group: String,
    filter: Filter,
    ready: Vec<SavedHeld>,
    /// With how long it takes until it is ready again.
    failed: Vec<(Duration, SavedHeld)>,
}

#[derive(Serialize, Deserialize)]
struct SavedSubscription {
    id: u64,
    queue: usize,
    /// By the ids that they were delivered under.
    out: Vec<(String, SavedHeld)>,
}

pub fn save(broker: &Broker) -> Result<Saved, Error> {
    let now = (broker.now)();
    let mut messages = BTreeMap::new();
    let mut held = |held: &Held| {
        let Message {
            number,
            ref topic,
            ref data,
            ref content_type,
            ref metadata,
            expires,
        } = *held.message;
        messages.entry(number).or_insert_with(|| SavedMessage {
            topic: topic.clone(),
            data: data.clone(),
            content_type: content_type.clone(),
            metadata: metadata.clone(),
            life: expires.map(|expiry| expiry.saturating_duration_since(now)),
        });
        (number, held.deliveries)
    };
    let mut queues = Vec::new();
    for queue in &broker.queues {
        let failed = queue.failed.iter();
        let failed = failed.map(|((due, _), it)| (due.saturating_duration_since(now), held(it)));
        queues.push(SavedQueue {
            group: queue.group.clone(),
            filter: queue.filter.clone(),
            failed: failed.collect(),
            ready: queue.ready.values().map(&mut held).collect(),
        });
    }
    let mut subscriptions = Vec::new();
    for (id, Subscription { queue, out, .. }) in &broker.subscriptions {
        let out = out.iter().map(|(name, it)| (name.clone(), held(it)));
        subscriptions.push(SavedSubscription {
            id: *id,
            queue: *queue,
            out: out.collect(),
        });
    }
    let state = State {
        last_message: broker.last_message,
        last_delivery: broker.last_delivery,
        messages,
        queues,
        subscriptions,
    };
    Ok(Saved {
        version: FORM.to_owned(),
        state: postcard::to_allocvec(&state).map_err(unreadable)?,
    })
}

pub fn restore(broker: &mut Broker, saved: &Saved) -> Result<(), Error> {
    if saved.version != FORM {
        return Err(error(
            Code::FailedPrecondition,
            format!(
                "the state has the form {:?}, and this broker reads {FORM:?}",
                saved.version
            ),
        ));
    }
    let state: State = postcard::from_bytes(&saved.state).map_err(unreadable)?;
    let now = (broker.now)();
    let message = |(number, it): (u64, SavedMessage)| {
        let message = Message {
            number,
            topic: it.topic,
            data: it.data,
            content_type: it.content_type,
            metadata: it.metadata,
            expires: it.life.and_then(|life| now.checked_add(life)),
        };
        (number, Rc::new(message))
    };
    let messages: HashMap<u64, Rc<Message>> = state.messages.into_iter().map(message).collect();
    let held = |(number, deliveries): SavedHeld| {
        let message = messages.get(&number).map(Rc::clone);
        let message = message.ok_or_else(|| missing(number))?;
        Ok(Held {
            message,
            deliveries,
        })
    };
    for (place, saved) in state.queues.into_iter().enumerate() {
        let mut queue = Queue::new(saved.group, saved.filter);
        for ready in saved.ready {
            queue.ready.insert(ready.0, held(ready)?);
        }
        for (wait, failed) in saved.failed {
            queue.failed.insert((now + wait, failed.0), held(failed)?);
        }
        let all = queue.ready.values().chain(queue.failed.values());
        let expiring = all.filter_map(|it| Some((it.message.expires?, it.message.number, place)));
        broker.expiring.extend(expiring);
        broker.queues.push(queue);
    }
    for SavedSubscription { id, queue, out } in state.subscriptions {
        let from = broker.queues.get_mut(queue).ok_or_else(|| missing(id))?;
        from.out += out.len();
        let out = out.into_iter().map(|(name, it)| Ok((name, held(it)?)));
        let out = out.collect::<Result<HashMap<_, _>, Error>>()?;
        let expiring = out.values();
        let expiring =
            expiring.filter_map(|it| Some((it.message.expires?, it.message.number, queue)));
        broker.expiring.extend(expiring);
        let subscription = Subscription {
            queue,
            out,
            taken_over: true,
        };
        broker.subscriptions.insert(id, subscription);
    }
    broker.last_message = state.last_message;
    broker.last_delivery = state.last_delivery;
    Ok(())
}

fn unreadable(error: postcard::Error) -> Error {
    crate::error(
        Code::Unknown,
        format!("the state has not the form that it says: {error}"),
    )
}

fn missing(number: u64) -> Error {
    error(
        Code::Unknown,
        format!("the state has not the form that it says: {number} is nowhere in it"),
    )
}
