//! The runner's life: load every guest, bind every socket, serve until a signal, drain.
//!
//! Meanwhile what is served may change: by an operator's word ([`Serving::swap`]), by SIGHUP, or because a file did.

mod announcement;
mod entrances;
mod reload;
mod served;
mod serving;
mod watch;

pub(crate) use served::{Next, Served};
pub(crate) use serving::{Reloaded, Serving};

use crate::{
    config::{Config, Wrong},
    notify,
    transport::{Passed, raise_descriptors},
};
use reload::Reload;
use std::{
    io::{self, Write},
    process,
    time::Duration,
};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Serves what the configuration says, until a signal comes and calls have ended. `again` says what is to be served from then on,
/// when it is asked for.
///
/// # Errors
/// When a guest cannot be served, a socket cannot be bound, or the machine does not give what that needs.
pub fn run(config: Config, again: impl Fn() -> Result<Config, Wrong>) -> anyhow::Result<()> {
    // First of all: before there are other files and threads.
    let passed = Passed::from_environment()?;
    raise_descriptors();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(serve(config, passed, again));
    // Whatever still runs was given its time.
    runtime.shutdown_background();
    result
}

async fn serve(
    config: Config,
    passed: Passed,
    again: impl Fn() -> Result<Config, Wrong>,
) -> anyhow::Result<()> {
    // Before anything that takes long: a signal while guests compile is a signal too.
    let mut signals = Signals::new()?;
    let hangup = signal(SignalKind::hangup())?;
    let serving = tokio::select! {
        serving = Serving::start(&config, passed) => serving?,
        _ = signals.next() => return Ok(()),
    };
    announce(&serving.lines());
    notify::ready(&serving.summary());
    tokio::spawn(notify::alive());
    tokio::select! {
        _ = signals.next() => {}
        () = Reload::new(serving.clone(), config, again).keep_up(hangup) => {}
    }
    drain(&serving, signals).await;
    Ok(())
}

/// Standard output may be closed: the runner serves all the same.
fn announce(lines: &[String]) {
    let mut out = io::stdout().lock();
    let _ = lines
        .iter()
        .try_for_each(|line| writeln!(out, "{line}"))
        .and_then(|()| out.flush());
}

async fn drain(serving: &Serving, mut signals: Signals) {
    notify::stopping();
    let limit = serving.drain();
    tracing::info!(
        "stopping: calls have {} to end, and messages that are out to be acknowledged; a second signal stops at once",
        humantime::format_duration(limit)
    );
    tokio::select! {
        () = serving.end(limit) => {}
        number = signals.next() => process::exit(128 + number),
    }
}

/// How long streams that are cut off have to say so.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// The signals that stop the runner.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The number of the next one.
    async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt().as_raw_value(),
            _ = self.terminate.recv() => SignalKind::terminate().as_raw_value(),
        }
    }
}
