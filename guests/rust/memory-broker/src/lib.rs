//! A message broker in memory with all that Dapr knows of messages: consumer groups, wildcards, expiry, bulk publishing.
//!
//! **Groups.** A subscription belongs to the group `consumerID` of its own metadata; without that, to the `consumerID` of the
//! last `init`, which daprd sets to the application's name. A group has one queue for each topic that it subscribed to, in
//! that spelling: each queue gets every message of its topic once, in the order of publishing, and hands it to one of the
//! queue's subscriptions. So applications each see all messages, and the copies of one application share them.
//!
//! A queue is there from its first subscription on: what was published before is not for it. It stays when its subscriptions
//! close, and keeps what comes. When it holds `maxMessages`, publishing to it fails with a `resource-exhausted`.
//!
//! **Deliveries.** A message that the application has failed comes again after `redeliverInterval`, before all later ones
//! that still wait; those are delivered meanwhile. What a subscription had out when it closes is delivered again at once, and
//! counts as not delivered. From the second delivery on the metadata `deliveryCount` says how many there were.
//!
//! **Wildcards** are those of MQTT: in the topic of a subscription, whose levels `/` parts, the level `+` stands for any one
//! level, and `#` at the end for all that follow, none included: `a/#` has `a` too. In the midst of a level both are ordinary.
//!
//! **Expiry.** The metadata `ttlInSeconds` of a message, an integer from 1 on, is how long it can be delivered. For a bulk
//! publish, the request's own metadata holds for each entry that does not say otherwise.
//!
//! | property | meaning | without it |
//! |---|---|---|
//! | `consumerID` | the group of the subscriptions from now on; also in a subscription's metadata | one group without a name |
//! | `maxInFlight` | messages out and not acknowledged, for each subscription; also in a subscription's metadata | 1 |
//! | `redeliverInterval` | like `1.5s`, `250ms`, `1h30m`; at most a day | `100ms` |
//! | `maxDeliveries` | after so many failed deliveries a message is dropped, with a line on standard error | no end |
//! | `maxMessages` | how many messages a queue holds, those that are out included | 100000 |
//!
//! This file is the border: each function that the host calls is a line or two here. The rules behind it are plain Rust,
//! which `cargo test` runs without WebAssembly; they say how long to wait. What it holds is handed over to the
//! instance that takes this one's place, subscriptions and what is out included; a trap loses it.

mod broker;
mod bulk;
mod queue;
mod save;
mod settings;
mod topic;

use std::cell::RefCell;
use std::time::{Duration, Instant};

use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::bulk_publish::{self, Entry, Failure};
use bindings::exports::dapr::components::pub_sub::{
    self, Demand, Outcome, Outgoing, Pulled, SubscriptionId,
};

use bindings::exports::plugbox::runner::handover::{self, Saved};
use broker::Broker;
use settings::Settings;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::MemoryBroker;
    wit_bindgen::generate!({
        path: "../../../wit",
        world: "lasting-pub-sub",
        generate_all,
    });
    export!(MemoryBroker);
}

struct MemoryBroker;

thread_local! {
    static BROKER: RefCell<Broker> = RefCell::new(Broker::new(Instant::now));
}

impl pub_sub::Guest for MemoryBroker {
    /// Whoever calls it again finds all messages and subscriptions still there, under the new settings; the group and the
    /// window of a subscription are those from when it was opened.
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        let settings = Settings::new(&properties)?;
        BROKER.with_borrow_mut(|broker| broker.configure(settings));
        Ok(vec![
            "MESSAGE_TTL".to_owned(),
            "SUBSCRIBE_WILDCARDS".to_owned(),
            // daprd hands on one message of a stream at a time, so a bulk subscription has none to wait for.
            "BULK_SUBSCRIBE_IMMEDIATE".to_owned(),
        ])
    }

    fn publish(message: Outgoing) -> Result<(), Error> {
        BROKER.with_borrow_mut(|broker| broker.publish(message))
    }

    fn subscribe(id: SubscriptionId, topic: String, metadata: Metadata) -> Result<u32, Error> {
        BROKER.with_borrow_mut(|broker| broker.subscribe(id, topic, &metadata))
    }

    fn unsubscribe(id: SubscriptionId) {
        BROKER.with_borrow_mut(|broker| broker.unsubscribe(id));
    }

    fn pull(wanted: Vec<Demand>) -> Result<Pulled, Error> {
        let (deliveries, wait) = BROKER.with_borrow_mut(|broker| broker.pull(&wanted));
        Ok(Pulled {
            deliveries,
            again_in: wait.map(nanoseconds),
            waits: Vec::new(),
        })
    }

    fn ack(id: SubscriptionId, message_id: String, outcome: Outcome) {
        BROKER.with_borrow_mut(|broker| broker.ack(id, &message_id, outcome));
    }
}

impl handover::Guest for MemoryBroker {
    fn save() -> Result<Saved, Error> {
        BROKER.with_borrow(save::save)
    }

    fn restore(saved: Saved) -> Result<(), Error> {
        BROKER.with_borrow_mut(|broker| save::restore(broker, &saved))
    }
}

impl bulk_publish::Guest for MemoryBroker {
    fn bulk_publish(
        topic: String,
        entries: Vec<Entry>,
        metadata: Metadata,
    ) -> Result<Vec<Failure>, Error> {
        BROKER.with_borrow_mut(|broker| bulk::publish(broker, &topic, entries, metadata))
    }
}

/// A wait as the contract has it.
fn nanoseconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX)
}

fn error(code: Code, message: String) -> Error {
    Error { code, message }
}

/// The answer to a request that is wrong and would be wrong at any time.
fn invalid_argument(message: String) -> Error {
    error(Code::InvalidArgument, message)
}

#[cfg(test)]
mod tests;
