//! plugbox against plain tonic servers that are the same broker without WebAssembly: delivery end to end, and what idle
//! subscriptions cost.
//!
//! Machines differ and are noisy, so every server is measured in the same run, in turn, round after round, and what counts are the
//! ratios. Nothing here passes or fails by a time: an error means that something could not be measured at all.
//!
//! `cargo bench --bench broker`, with `-- --quick` to see only that it works.

#[path = "../support/mod.rs"]
mod support;

mod client;
mod delivery;
mod idle;
mod native;

use std::time::Duration;
use support::{
    Task,
    server::{Kind, Server},
};
use tonic::service::Routes;

/// What is measured, in the order of the tables.
const SERVERS: [Kind; 3] = [
    Kind::Guest("rust-memory-broker"),
    Kind::Native,
    Kind::NativePinned,
];

/// How much is measured.
struct Plan {
    /// How long each load lasts in one round.
    round: Duration,
    rounds: usize,
    /// How long idle subscriptions are watched.
    idle: Duration,
}

const WHOLE: Plan = Plan {
    round: Duration::from_millis(1200),
    rounds: 7,
    idle: Duration::from_secs(5),
};

/// Enough to see that it works, and no more.
const QUICK: Plan = Plan {
    round: Duration::from_millis(100),
    rounds: 1,
    idle: Duration::from_millis(100),
};

fn main() -> anyhow::Result<()> {
    match Task::from_words()? {
        Task::Serve(socket) => support::native::serve(&socket, Routes::new(native::service())),
        Task::ServePinned(socket) => {
            support::native::serve_pinned(&socket, |services| services.add(native::service()))
        }
        Task::Measure { quick: false } => measure(&WHOLE),
        Task::Measure { quick: true } => measure(&QUICK),
    }
}

fn measure(plan: &Plan) -> anyhow::Result<()> {
    // The client: one thread, so that it costs the same and takes no more than one core, whatever the server.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let cache = tempfile::tempdir()?;
    // No guest is compiled by a server that is measured: a process that did holds more memory.
    for kind in SERVERS {
        drop(Server::start(kind, Some(cache.path()))?);
    }
    let servers = SERVERS
        .iter()
        .map(|kind| Server::start(*kind, Some(cache.path())))
        .collect::<anyhow::Result<Vec<_>>>()?;
    runtime.block_on(async {
        idle::measure(plan, &servers).await?;
        delivery::measure(plan, &servers).await
    })
}
