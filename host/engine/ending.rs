//! How a guest ended, in words: the trap or the time limit, and the limit that it ran into before.

use super::{guest::State, limits::Meter};
use crate::config::{Setting, named};
use bytesize::ByteSize;
use std::{fmt, time::Duration};
use wasmtime::{Store, Trap};
use wasmtime_wasi::ResourceTableError;

/// The call took longer than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut {
    /// The limit.
    pub limit: Duration,
    /// What sets it.
    pub setting: Setting,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = humantime::format_duration(self.limit);
        write!(f, "it ran longer than {limit} ({})", self.setting)
    }
}

impl std::error::Error for TimedOut {}

/// How a guest ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Its time was over.
    TimedOut(TimedOut),
    /// It answered, or called the host with, more than the host takes at once.
    TooMuch(String),
    /// It trapped, or failed otherwise.
    Trapped(String),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut(timed_out) => timed_out.fmt(f),
            Self::TooMuch(why) | Self::Trapped(why) => f.write_str(why),
        }
    }
}

/// How the guest of this Store ended, without addresses.
pub(super) fn ending(store: &Store<State>, error: &wasmtime::Error) -> Ending {
    if let Some(timed_out) = error.downcast_ref::<TimedOut>() {
        return Ending::TimedOut(*timed_out);
    }
    let meter = store.data().meter();
    let limits = meter.limits();
    let root = error.root_cause().to_string();
    if root.contains(TOO_MUCH) {
        let limit = ByteSize(limits.transfer as u64);
        return Ending::TooMuch(format!(
            "it handed over more than {limit} in one call ({})",
            named::max_transfer
        ));
    }
    let what = if let Some(trap) = error.downcast_ref::<Trap>() {
        trapped(*trap, meter)
    } else if error.is::<ResourceTableError>() && root.contains(TABLE_FULL)
        || root.contains(HANDLES)
    {
        let limit = limits.handles;
        format!(
            "it held more than its {limit} handles ({})",
            named::max_handles
        )
    } else if root.starts_with(PARTS) {
        let limit = limits.parts;
        format!(
            "it has more than {limit} core instances, tables or memories ({})",
            named::max_parts
        )
    } else {
        root
    };
    Ending::Trapped(match &meter.refused {
        Some(refused) => format!("{what}; before that {refused}"),
        None => what,
    })
}

fn trapped(trap: Trap, meter: &Meter) -> String {
    match trap {
        Trap::StackOverflow => {
            let limit = ByteSize(meter.stack() as u64);
            format!(
                "it trapped ({trap}): its stack is {limit} ({})",
                named::max_stack
            )
        }
        trap => format!("it trapped ({trap})"),
    }
}

/// What wasmtime says when these limits are reached. It has no types for them; tests see that it still says so.
const TOO_MUCH: &str = "fuel allocated for hostcalls has been exhausted";
const HANDLES: &str = "store handle limit exceeded";
const TABLE_FULL: &str = "no free keys";
const PARTS: &str = "resource limit exceeded";
