//! A message broker that loses nothing when it traps, and traps on request, so that the host's tests can see what becomes of
//! streams and messages.
//!
//! A topic is one queue, which its subscriptions share. Messages, and that they are done with, stand in a journal in the
//! folder `/journal`, which must be granted (`--dir HOST::/journal::rw`) and be one instance's alone; `init` reads it back. What was
//! not accepted then is delivered again: at once after a trap or an `unsubscribe`, a moment later when it failed.
//!
//! Publishing to the topic `trap` says where the broker panics, once, and in this instance only:
//!
//! | data | where |
//! |---|---|
//! | `publish`, `published` | in the next `publish`, before or after the message is in the journal |
//! | `pull` | in the next `pull` that hands out messages |
//! | `ack`, `acked` | in the next `ack`, before or after it is in the journal that the message is done with |
//! | `unsubscribe` | in the next `unsubscribe` |
//! | `init` | at once, and in the `init` after that |
//!
//! | property, or metadata of a subscription | meaning | without it |
//! |---|---|---|
//! | `maxInFlight` | messages out and not acknowledged, for each subscription | 1 |
//! | `opensAfter` | milliseconds that `subscribe` takes; of a subscription only | 0 |
//!
//! Each delivery says where it came from, in metadata of these names:
//!
//! | metadata | meaning |
//! |---|---|
//! | `life` | how many instances had opened the journal then, this one included |
//! | `delivery` | the delivery's number in this instance |
//! | `subscriptions` | how many subscriptions this instance knew of |

mod broker;
mod journal;

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::pub_sub::{
    self, Demand, Outcome, Outgoing, Pulled, SubscriptionId,
};

use broker::Broker;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Journaled;
    wit_bindgen::generate!({
        path: "../../../wit",
        world: "minimal-pub-sub",
        generate_all,
    });
    export!(Journaled);
}

struct Journaled;

const FOLDER: &str = "/journal";
const WINDOW: &str = "maxInFlight";
const OPENS_AFTER: &str = "opensAfter";

thread_local! {
    static BROKER: RefCell<Option<Broker>> = const { RefCell::new(None) };
    static DEFAULT_WINDOW: Cell<u32> = const { Cell::new(1) };
}

impl pub_sub::Guest for Journaled {
    /// Opens the journal, unless this instance has: then only the window of the subscriptions to come is new.
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        DEFAULT_WINDOW.set(number(&properties, WINDOW)?.unwrap_or(1));
        BROKER.with_borrow_mut(|broker| {
            if broker.is_none() {
                let opened = Broker::open(Path::new(FOLDER), Instant::now).map_err(|why| {
                    let message = format!(
                        "the journal cannot be read: {why}. Grant its folder with `--dir HOST::{FOLDER}::rw`"
                    );
                    error(Code::FailedPrecondition, message)
                })?;
                *broker = Some(opened);
            }
            Ok(Vec::new())
        })
    }

    fn publish(message: Outgoing) -> Result<(), Error> {
        with_broker(|broker| broker.publish(message))
    }

    fn subscribe(id: SubscriptionId, topic: String, metadata: Metadata) -> Result<u32, Error> {
        let window = number(&metadata, WINDOW)?;
        if let Some(pause) = number(&metadata, OPENS_AFTER)? {
            thread::sleep(Duration::from_millis(pause));
        }
        with_broker(|broker| {
            broker.subscribe(id, topic);
            Ok(window.unwrap_or(DEFAULT_WINDOW.get()))
        })
    }

    fn unsubscribe(id: SubscriptionId) {
        BROKER.with_borrow_mut(|broker| broker.iter_mut().for_each(|it| it.unsubscribe(id)));
    }

    fn pull(wanted: Vec<Demand>) -> Result<Pulled, Error> {
        with_broker(|broker| {
            let (deliveries, wait) = broker.pull(&wanted);
            Ok(Pulled {
                deliveries,
                again_in: wait.map(nanoseconds),
                waits: Vec::new(),
            })
        })
    }

    fn ack(id: SubscriptionId, message_id: String, outcome: Outcome) {
        BROKER.with_borrow_mut(|broker| {
            broker
                .iter_mut()
                .for_each(|it| it.ack(id, &message_id, &outcome));
        });
    }
}

fn with_broker<T>(answer: impl FnOnce(&mut Broker) -> Result<T, Error>) -> Result<T, Error> {
    BROKER.with_borrow_mut(|broker| match broker {
        Some(broker) => answer(broker),
        None => Err(error(
            Code::FailedPrecondition,
            "init was not called, so there is no journal",
        )),
    })
}

fn number<N: FromStr>(metadata: &Metadata, name: &str) -> Result<Option<N>, Error> {
    let found = metadata.iter().find(|(known, _)| known == name);
    let parse = |(_, text): &(String, String)| {
        text.parse().map_err(|_| {
            let message = format!("{name} is {text:?}, and that is not a number");
            error(Code::InvalidArgument, message)
        })
    };
    found.map(parse).transpose()
}

/// A wait as the contract has it.
fn nanoseconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX)
}

fn error(code: Code, message: impl Into<String>) -> Error {
    let message = message.into();
    Error { code, message }
}

#[cfg(test)]
mod tests;
