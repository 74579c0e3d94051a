//! The example guest `memory-broker` with one mistake of choice, so that the host's tests see which rule notices.
//!
//! All that is good about it comes from there. This file is its border once more, with the mistakes: the property `mutation`
//! of `init` names one, as `tests/rules/mutants.rs` does, where each stands beside the rules that it breaks.

#[cfg_attr(test, allow(dead_code))] // Some of it is for its own tests, which are not here.
#[path = "../../../rust/memory-broker/src/broker.rs"]
mod broker;
#[path = "../../../rust/memory-broker/src/bulk.rs"]
mod bulk;
#[path = "../../mutation.rs"]
mod mutation;
mod mutations;
#[path = "../../../rust/memory-broker/src/queue.rs"]
mod queue;
#[path = "../../../rust/memory-broker/src/settings.rs"]
mod settings;
#[path = "../../../rust/memory-broker/src/topic.rs"]
mod topic;

use std::cell::RefCell;
use std::time::{Duration, Instant};

use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::bulk_publish::{self, Entry, Failure};
use bindings::exports::dapr::components::pub_sub::{
    self, Demand, Outcome, Outgoing, Pulled, SubscriptionId,
};

use broker::Broker;
use mutation::is;
use mutations::Mistakes;
use settings::Settings;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Mutant;
    wit_bindgen::generate!({
        path: "../../../wit",
        world: "full-pub-sub",
        generate_all,
    });
    export!(Mutant);
}

struct Mutant;

thread_local! {
    static BROKER: RefCell<Broker> = RefCell::new(Broker::new(Instant::now));
    static MISTAKES: RefCell<Mistakes> = RefCell::default();
}

impl pub_sub::Guest for Mutant {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        let again = mutation::choose(&properties);
        if again && is("init-once") {
            let message = "init was called already".to_owned();
            return Err(error(Code::FailedPrecondition, message));
        }
        if again && is("init-forgets") {
            BROKER.set(Broker::new(Instant::now));
        }
        let settings = Settings::new(&properties)?;
        BROKER.with_borrow_mut(|broker| broker.configure(settings));
        let mut features: Vec<String> = [
            "MESSAGE_TTL",
            "SUBSCRIBE_WILDCARDS",
            "BULK_SUBSCRIBE_IMMEDIATE",
        ]
        .map(str::to_owned)
        .into();
        if is("feature-unknown") {
            features.push("BULK_SUBSCRIBE".to_owned());
        }
        Ok(features)
    }

    fn publish(message: Outgoing) -> Result<(), Error> {
        for message in MISTAKES.with_borrow_mut(|mistakes| mistakes.publish(message))? {
            BROKER.with_borrow_mut(|broker| broker.publish(message))?;
        }
        Ok(())
    }

    fn subscribe(id: SubscriptionId, topic: String, mut metadata: Metadata) -> Result<u32, Error> {
        let topic = MISTAKES.with_borrow_mut(|mistakes| mistakes.subscribe(id, topic))?;
        if is("groups-are-one") {
            metadata.clear();
            metadata.push(("consumerID".to_owned(), "all".to_owned()));
        }
        BROKER.with_borrow_mut(|broker| broker.subscribe(id, topic, &metadata))
    }

    fn unsubscribe(id: SubscriptionId) {
        for message in MISTAKES.with_borrow_mut(|mistakes| mistakes.unsubscribe(id)) {
            BROKER.with_borrow_mut(|broker| broker.ack(id, &message, Outcome::Accepted));
        }
        if !is("unsubscribe-ignored") {
            BROKER.with_borrow_mut(|broker| broker.unsubscribe(id));
        }
    }

    fn pull(mut wanted: Vec<Demand>) -> Result<Pulled, Error> {
        MISTAKES.with_borrow(|mistakes| mistakes.demand(&mut wanted));
        let (deliveries, wait) = BROKER.with_borrow_mut(|broker| broker.pull(&wanted));
        Ok(Pulled {
            deliveries: MISTAKES.with_borrow_mut(|mistakes| mistakes.deliver(deliveries)),
            again_in: wait.map(nanoseconds),
            waits: Vec::new(),
        })
    }

    fn ack(id: SubscriptionId, message_id: String, outcome: Outcome) {
        let outcome = MISTAKES.with_borrow_mut(|mistakes| mistakes.ack(&message_id, outcome));
        if let Some(outcome) = outcome {
            BROKER.with_borrow_mut(|broker| broker.ack(id, &message_id, outcome));
        }
    }
}

impl bulk_publish::Guest for Mutant {
    fn bulk_publish(
        topic: String,
        entries: Vec<Entry>,
        metadata: Metadata,
    ) -> Result<Vec<Failure>, Error> {
        if is("bulk-refused") {
            let message = "one message at a time, please".to_owned();
            return Err(error(Code::Unimplemented, message));
        }
        if entries.is_empty() && is("bulk-of-nothing-publishes") {
            let (data, content_type) = (b"nothing".to_vec(), None);
            let message = Outgoing {
                topic: topic.clone(),
                data,
                content_type,
                metadata: metadata.clone(),
            };
            BROKER.with_borrow_mut(|broker| broker.publish(message))?;
        }
        let entries = mutations::entries(entries);
        let failed =
            BROKER.with_borrow_mut(|broker| bulk::publish(broker, &topic, entries, metadata))?;
        Ok(mutations::failures(failed))
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
