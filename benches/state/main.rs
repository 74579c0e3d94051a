//! plugbox against plain tonic servers that hold the same map without WebAssembly: throughput, latency, CPU, start-up, memory.
//!
//! Machines differ and are noisy, so every server is measured in the same run, in turn, round after round, and what counts are the
//! ratios. Nothing here passes or fails by a time: an error means that something could not be measured at all.
//!
//! `cargo bench --bench state`, with `-- --quick` to see only that it works.

#[path = "../support/mod.rs"]
mod support;

mod calls;
mod client;
mod native;
mod start;

use anyhow::Context;
use std::time::Duration;
use support::{
    Task,
    server::{Kind, Server},
    table::Table,
};
use tonic::service::Routes;

/// What is measured, in the order of the tables.
const SERVERS: [Kind; 4] = [
    Kind::Guest("rust-minimal-state"),
    Kind::Guest("rust-memory-state"),
    Kind::Native,
    Kind::NativePinned,
];

/// How much is measured.
struct Plan {
    /// How long each load lasts in one round.
    round: Duration,
    rounds: usize,
    /// How often each server is started to see how long that takes.
    starts: usize,
    /// Calls between the two looks at a server's memory.
    calls: u64,
}

const WHOLE: Plan = Plan {
    round: Duration::from_millis(1200),
    rounds: 7,
    starts: 11,
    calls: 100_000,
};

/// Enough to see that it works, and no more.
const QUICK: Plan = Plan {
    round: Duration::from_millis(100),
    rounds: 1,
    starts: 1,
    calls: 1000,
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
    start::measure(plan, cache.path())?;
    let servers = SERVERS
        .iter()
        .map(|kind| Server::start(*kind, Some(cache.path())))
        .collect::<anyhow::Result<Vec<_>>>()?;
    runtime.block_on(async {
        memory(plan, &servers).await?;
        calls::measure(plan, &servers).await
    })
}

/// Fills each server on the way, which also warms it up. No guest is compiled here: a process that did holds more.
async fn memory(plan: &Plan, servers: &[Server]) -> anyhow::Result<()> {
    let calls = format!("after {} calls", plan.calls);
    let mut table = Table::new(&["server", "after Init", &calls]);
    for server in servers {
        let name = server.name();
        let socket = server.socket();
        client::prepare(&socket)
            .await
            .with_context(|| format!("{name} cannot be filled"))?;
        let before = server.resident()?;
        client::many(&socket, plan.calls).await?;
        let after = server.resident()?;
        let mib = |bytes: u64| format!("{:.1}", bytes as f64 / f64::from(1 << 20));
        table.row([name, mib(before), mib(after)]);
    }
    println!("Resident memory (MiB; guests from the cache)\n\n{table}");
    Ok(())
}
