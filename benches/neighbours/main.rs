//! What a store's callers see while the guest beside it, in the same runner, does its worst: loops, allocates, traps and is started
//! again, answers as much as it may.
//!
//! The store is asked by one caller, on the thread that a caller of its neighbour has too. Nothing here passes or fails by a time.
//!
//! `cargo bench --bench neighbours`, with `-- --quick` to see only that it works.

#[path = "../state/client.rs"]
#[allow(dead_code)] // The other benchmark uses the rest of it.
mod client;
#[path = "../support/mod.rs"]
mod support;

mod attack;

use anyhow::bail;
use attack::Attack;
use client::Load;
use std::time::Duration;
use support::{
    Task,
    server::{Kind, Server},
    table::{Table, median},
};

const SERVED: Kind = Kind::Beside("rust-memory-state", "hostile-rude-state");

const ALONE: Attack = Attack {
    title: "alone",
    key: "key",
    callers: 0,
};

/// In the order of the table. A guest that loops is stopped after a second, and another loops.
const ATTACKS: [Attack; 7] = [
    ALONE,
    Attack::new("a guest that loops", "loop", 1),
    Attack::new("eight that loop", "loop", 8),
    Attack::new("a guest that allocates", "allocate", 1),
    Attack::new("eight that allocate", "allocate", 8),
    Attack::new("eight that trap and start", "trap", 8),
    Attack::new("eight that answer 4 MB", "reply:4000000", 8),
];

fn main() -> anyhow::Result<()> {
    let (round, rounds) = match Task::from_words()? {
        Task::Measure { quick: false } => (Duration::from_secs(3), 5),
        Task::Measure { quick: true } => (Duration::from_millis(100), 1),
        Task::Serve(_) | Task::ServePinned(_) => bail!("there is no native server here"),
    };
    let cache = tempfile::tempdir()?;
    let server = Server::start(SERVED, Some(cache.path()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(client::prepare(&server.socket()))?;
    let mut samples = ATTACKS.map(|_| Vec::new());
    for _ in 0..rounds {
        for (attack, samples) in ATTACKS.iter().zip(&mut samples) {
            let under_way = attack.begin(&server)?;
            let (socket, load) = (server.socket(), Load::new(1, 1));
            let measured = client::measured(&socket, load, round, || server.cpu());
            let (seen, cpu) = runtime.block_on(measured)?;
            let elapsed = seen.elapsed;
            samples.push((seen.figures(cpu), cpu.as_secs_f64() / elapsed.as_secs_f64()));
            under_way.end()?;
        }
    }
    let mut table = Table::new(&["beside", "calls/s", "p50 µs", "p99 µs", "cores", "MiB"]);
    for (attack, samples) in ATTACKS.iter().zip(&samples) {
        let middle =
            |figure: fn(&([f64; 4], f64)) -> f64| median(samples.iter().map(figure).collect());
        table.row([
            attack.title.to_owned(),
            format!("{:.0}", middle(|([rate, ..], _)| *rate)),
            format!("{:.0}", middle(|([_, p50, ..], _)| *p50)),
            format!("{:.0}", middle(|([_, _, p99, _], _)| *p99)),
            format!("{:.2}", middle(|(_, cores)| *cores)),
            format!("{:.0}", server.resident()? as f64 / f64::from(1 << 20)),
        ]);
    }
    println!(
        "One caller of a store, and what its neighbour does meanwhile (medians; rounds: {rounds}, {round:?} each)\n\
         Cores are those that the whole runner used; memory is what it holds at the end.\n\n{table}"
    );
    Ok(())
}
