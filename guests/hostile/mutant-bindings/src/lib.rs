//! An input and an output binding with one mistake of choice, so that the host's tests see which rule notices.
//!
//! The events are those of the example guest `interval`; the operations keep data under the metadata `key`. The property
//! `mutation` of either `init` names a mistake, as `tests/rules/mutants.rs` does, where each stands beside the rules that it
//! breaks.

#[path = "../../mutation.rs"]
mod mutation;
mod operations;
#[path = "../../../rust/interval/src/schedule.rs"]
mod schedule;
#[path = "../../../rust/interval/src/ticker.rs"]
mod ticker;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::input_binding::{self, Demand, Pulled, ReaderId};
use bindings::exports::dapr::components::output_binding::{self, Invocation, Response};

use mutation::is;
use operations::Things;
use schedule::Now;
use ticker::{Settings, Ticker};

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Mutant;
    wit_bindgen::generate!({
        inline: "
            package plugbox:mutant;
            world mutant {
                export dapr:components/input-binding@0.1.0;
                export dapr:components/output-binding@0.1.0;
            }
        ",
        path: "../../../wit",
        world: "plugbox:mutant/mutant",
        generate_all,
    });
    export!(Mutant);
}

struct Mutant;

thread_local! {
    static TICKER: RefCell<Ticker> = RefCell::default();
    static THINGS: RefCell<Things> = RefCell::default();
    static READERS: RefCell<Readers> = RefCell::default();
}

/// What the mistakes remember.
#[derive(Default)]
struct Readers {
    opened: u64,
    /// Those that get no more events.
    mute: BTreeSet<ReaderId>,
    open: BTreeSet<ReaderId>,
}

impl input_binding::Guest for Mutant {
    fn init(properties: Metadata) -> Result<(), Error> {
        let again = mutation::choose(&properties);
        if again && is("read-init-once") {
            let message = "init was called already".to_owned();
            return Err(error(Code::FailedPrecondition, message));
        }
        if again && is("init-mutes-readers") {
            READERS.with_borrow_mut(|readers| readers.mute.append(&mut readers.open));
        }
        let now = Now::read();
        let settings = Settings::new(&properties, now)?;
        TICKER.with_borrow_mut(|ticker| ticker.configure(settings, now));
        Ok(())
    }

    fn open(id: ReaderId) -> Result<u32, Error> {
        if is("read-refused") {
            let message = "nobody may read".to_owned();
            return Err(error(Code::PermissionDenied, message));
        }
        READERS.with_borrow_mut(|readers| {
            readers.opened += 1;
            readers.open.insert(id);
            if is("no-events") || is("first-reader-only") && readers.opened > 1 {
                readers.mute.insert(id);
            }
        });
        TICKER.with_borrow_mut(|ticker| ticker.open(id, Now::read()))?;
        Ok(1)
    }

    fn close(id: ReaderId) {
        READERS.with_borrow_mut(|readers| readers.open.remove(&id));
        TICKER.with_borrow_mut(|ticker| ticker.close(id));
    }

    fn pull(mut wanted: Vec<Demand>) -> Result<Pulled, Error> {
        READERS.with_borrow(|readers| wanted.retain(|it| !readers.mute.contains(&it.id)));
        let (events, wait) = TICKER.with_borrow_mut(|ticker| ticker.pull(&wanted, Now::read()));
        Ok(Pulled {
            events,
            again_in: wait.map(nanoseconds),
            waits: Vec::new(),
        })
    }

    fn answer(id: ReaderId, event_id: String, outcome: Result<Vec<u8>, String>) {
        if is("answer-swallowed") && outcome.is_ok() || is("failure-swallowed") && outcome.is_err()
        {
            return;
        }
        TICKER.with_borrow_mut(|ticker| ticker.answer(id, &event_id, outcome, Now::read()));
    }
}

impl output_binding::Guest for Mutant {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        let again = mutation::choose(&properties);
        Ok(operations::names(again))
    }

    fn invoke(request: Invocation) -> Result<Response, Error> {
        THINGS.with_borrow_mut(|things| things.invoke(request))
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
