//! An input binding that fires on a schedule.
//!
//! | property | meaning |
//! |---|---|
//! | `schedule` | when to fire; there is no default |
//! | `times` | after so many ticks a reader gets no more; without it they never end |
//!
//! Other properties, like Dapr's `direction`, mean nothing here. A schedule is one of these:
//!
//! | schedule | when it fires |
//! |---|---|
//! | `250ms`, `1h30m`, `@every 15s` | always that long after the time before, from when the reader was opened; at least 1ms |
//! | `30 4 * * *` | at the minutes, hours, days, months and days of the week of a cron expression |
//! | `*/10 * * * * *` | the same with seconds in front |
//! | `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually` | at the beginning of each |
//!
//! Cron expressions mean times in UTC. `CRON_TZ=UTC` or `TZ=UTC` before them changes nothing, and other time zones are
//! refused, since a guest has no table of them. Where both the day of the month and that of the week are restricted, either
//! will do.
//!
//! Each reader has ticks of its own, one at a time: what comes due before the application has answered the tick before is
//! left out, and so is all but one of what came due while nobody asked. A failed answer is one line on standard error and no
//! more: the next tick is as usual. A tick's data are `{"tick":1,"time":"2026-11-21T13:00:00.000Z"}`, counted for this
//! reader. Its metadata are `readTimeUTC`, the same time in Go's spelling, and `timeZone`, which is `UTC`.
//!
//! This file is the border: each function that the host calls is a line or two here. The rules behind it are plain Rust,
//! which `cargo test` runs without WebAssembly; they say how long to wait.

mod schedule;
mod ticker;

use std::cell::RefCell;
use std::time::Duration;

use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::input_binding::{Demand, Guest, Pulled, ReaderId};

use schedule::Now;
use ticker::{Settings, Ticker};

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Interval;
    wit_bindgen::generate!({
        path: "../../../wit",
        world: "input-binding-guest",
        generate_all,
    });
    export!(Interval);
}

struct Interval;

thread_local! {
    static TICKER: RefCell<Ticker> = RefCell::default();
}

impl Guest for Interval {
    fn init(properties: Metadata) -> Result<(), Error> {
        let now = Now::read();
        let settings = Settings::new(&properties, now)?;
        TICKER.with_borrow_mut(|ticker| ticker.configure(settings, now));
        Ok(())
    }

    /// A reader handles one tick at a time.
    fn open(id: ReaderId) -> Result<u32, Error> {
        TICKER.with_borrow_mut(|ticker| ticker.open(id, Now::read()))?;
        Ok(1)
    }

    fn close(id: ReaderId) {
        TICKER.with_borrow_mut(|ticker| ticker.close(id));
    }

    fn pull(wanted: Vec<Demand>) -> Result<Pulled, Error> {
        let (events, wait) = TICKER.with_borrow_mut(|ticker| ticker.pull(&wanted, Now::read()));
        Ok(Pulled {
            events,
            again_in: wait.map(nanoseconds),
            waits: Vec::new(),
        })
    }

    fn answer(id: ReaderId, event_id: String, outcome: Result<Vec<u8>, String>) {
        TICKER.with_borrow_mut(|ticker| ticker.answer(id, &event_id, outcome, Now::read()));
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
