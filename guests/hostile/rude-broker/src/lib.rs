//! A message broker and an input binding that misbehave on request, so that the host's tests can see what the host makes of it.
//!
//! The broker is simple: every subscription gets every message of its topic that is published while it is open, in order and
//! once; what fails does not come again. These topics are not so simple:
//!
//! | topic | what happens |
//! |---|---|
//! | `trap`, `loop` | `publish` and `subscribe` panic, or never return |
//! | `fail:<message>` | `publish` fails with an `unavailable` and that message |
//! | `refuse` | `subscribe` fails with a `permission-denied` |
//! | `window:<n>` | `subscribe` answers that window, be it 0 |
//! | `trap-on-pull`, `loop-on-pull` | `pull` panics, or never returns, when it is asked for a subscription to it |
//! | `fail-pull` | `pull` fails with an `unavailable` when it is asked for a subscription to it |
//! | `trap-on-ack:*`, `loop-on-ack:*` | `ack` of a message of it panics, or never returns; whatever follows the colon |
//! | `trap-on-close` | `unsubscribe` from it panics |
//! | `flood` | the messages that there are come again and again in one answer, one time more than was asked for |
//! | `twice` | each message comes twice, under one id |
//! | `stray` | each message comes for the subscription `u64::MAX` too, which there is not |
//! | `nameless` | messages come under an empty id |
//! | `at-once` | no messages, and a pull at once |
//! | `late:<milliseconds>` | its first message comes at the pull after the one that it was there for, that time later |
//! | `ready` | no messages, and a pollable that is ready |
//! | `never` | no messages, and a pollable that is ready in a year |
//! | `many:<n>` | no messages, and so many pollables of that kind |
//! | `acks` | besides what is published to it: a message for each call of `ack` for another topic, with `accepted <data>` or `failed <data>: <why>`, the data being those that were published, and `unknown <message id>` when nothing of that id is out |
//!
//! And so are messages with these data:
//!
//! | data | what happens |
//! |---|---|
//! | `poison` | it is delivered, and the next `pull` after that panics |
//! | `big:<n>` | so many bytes are delivered |
//! | `init-count` | how often the broker's `init` ran in this instance is delivered, failures included |
//! | `property:<name>` | what the last `init` was given under that name is delivered, nothing for nothing |
//!
//! A reader of the binding gets one event at once, with the data `hello`, and one for each answer: with the answer's data, or
//! its words of failure, and the metadata `outcome`, which is `ok` or `failed`. Some answers do something else:
//!
//! | answer | what happens |
//! |---|---|
//! | `trap`, `loop` | `answer` panics, or never returns |
//! | `poison` | the next `pull` panics |
//! | `quiet` | no event |
//!
//! | property | what happens in either `init` |
//! |---|---|
//! | `fail` | it fails with a `failed-precondition` and this message |
//! | `trap-in-init` | it panics, if this is `true` |
//! | `refuse-open` | `open` fails with a `permission-denied`, if this is `true` |
//! | `maxInFlight` | the window of subscriptions and readers, 8 without it |

mod binding;
mod broker;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::input_binding::{self, ReaderId};
use bindings::exports::dapr::components::pub_sub::{
    self, Demand, Outcome, Outgoing, SubscriptionId,
};
use wasi::clocks::monotonic_clock;
use wasi::io::poll::Pollable;

use binding::Binding;
use broker::Broker;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Rude;
    wit_bindgen::generate!({
        inline: "
            package plugbox:rude;
            world rude {
                export dapr:components/pub-sub@0.1.0;
                export dapr:components/input-binding@0.1.0;
            }
        ",
        path: "../../../wit",
        world: "plugbox:rude/rude",
        generate_all,
        with: { "wasi:io/poll@0.2.12": wasi::io::poll },
    });
    export!(Rude);
}

struct Rude;

thread_local! {
    static BROKER: RefCell<Broker> = RefCell::default();
    static BINDING: RefCell<Binding> = RefCell::default();
    static PROPERTIES: RefCell<HashMap<String, String>> = RefCell::default();
    static INITS: Cell<u64> = const { Cell::new(0) };
}

impl pub_sub::Guest for Rude {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        INITS.set(INITS.get() + 1);
        configure(properties)?;
        Ok(Vec::new())
    }

    fn publish(message: Outgoing) -> Result<(), Error> {
        BROKER.with_borrow_mut(|broker| broker.publish(message))
    }

    fn subscribe(id: SubscriptionId, topic: String, _metadata: Metadata) -> Result<u32, Error> {
        BROKER.with_borrow_mut(|broker| broker.subscribe(id, topic))
    }

    fn unsubscribe(id: SubscriptionId) {
        BROKER.with_borrow_mut(|broker| broker.unsubscribe(id));
    }

    fn pull(wanted: Vec<Demand>) -> Result<pub_sub::Pulled, Error> {
        let pulled = BROKER.with_borrow_mut(|broker| broker.pull(&wanted))?;
        Ok(pub_sub::Pulled {
            deliveries: pulled.deliveries,
            again_in: pulled.again_in.map(nanoseconds),
            waits: pulled.waits.into_iter().map(timer).collect(),
        })
    }

    fn ack(id: SubscriptionId, message_id: String, outcome: Outcome) {
        BROKER.with_borrow_mut(|broker| broker.ack(id, &message_id, &outcome));
    }
}

impl input_binding::Guest for Rude {
    fn init(properties: Metadata) -> Result<(), Error> {
        configure(properties)
    }

    fn open(id: ReaderId) -> Result<u32, Error> {
        BINDING.with_borrow_mut(|binding| binding.open(id))
    }

    fn close(id: ReaderId) {
        BINDING.with_borrow_mut(|binding| binding.close(id));
    }

    fn pull(wanted: Vec<input_binding::Demand>) -> Result<input_binding::Pulled, Error> {
        Ok(input_binding::Pulled {
            events: BINDING.with_borrow_mut(|binding| binding.pull(&wanted)),
            again_in: None,
            waits: Vec::new(),
        })
    }

    fn answer(id: ReaderId, event_id: String, outcome: Result<Vec<u8>, String>) {
        BINDING.with_borrow_mut(|binding| binding.answer(id, &event_id, outcome));
    }
}

/// What both `init`s do.
fn configure(properties: Metadata) -> Result<(), Error> {
    PROPERTIES.set(properties.into_iter().collect());
    if is_set("trap-in-init") {
        trap("init was asked to trap");
    }
    match property("fail") {
        Some(message) => Err(error(Code::FailedPrecondition, &message)),
        None => Ok(()),
    }
}

fn window() -> Result<u32, Error> {
    property("maxInFlight").map_or(Ok(8), |text| number(&text))
}

fn property(name: &str) -> Option<String> {
    PROPERTIES.with_borrow(|properties| properties.get(name).cloned())
}

fn is_set(name: &str) -> bool {
    property(name).as_deref() == Some("true")
}

fn timer(wait: Duration) -> Pollable {
    monotonic_clock::subscribe_duration(nanoseconds(wait))
}

fn nanoseconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX)
}

#[expect(clippy::panic, reason = "this is what it is for")]
fn trap(why: &str) -> ! {
    panic!("{why}")
}

fn never_return() -> ! {
    loop {
        std::hint::spin_loop();
    }
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, Error> {
    let refused = |_| error(Code::InvalidArgument, &format!("{text:?} is not a number"));
    text.parse().map_err(refused)
}

fn error(code: Code, message: &str) -> Error {
    let message = message.to_owned();
    Error { code, message }
}

#[cfg(test)]
mod tests;
