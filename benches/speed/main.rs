//! What plugbox costs, in one report: beside a plain tonic server and a component on Dapr's Go SDK, in every language, under every
//! load, and through daprd. `just bench` writes it to `target/bench/`.
//!
//! Machines differ and are noisy, so every server is measured in the same run, in turn, round after round, and what counts are the
//! ratios. Nothing here passes or fails by a time: an error means that something could not be measured at all.

mod client;
mod compare;
mod daprd;
mod goals;
mod machine;
mod native;
mod parts;
mod plot;
mod process;
mod report;
mod server;
mod summary;
mod table;

use anyhow::ensure;
use clap::{Parser, ValueEnum};
use machine::Machine;
use parts::Part;
use plugbox::transport::raise_descriptors;
use report::Report;
use std::{path::PathBuf, time::Duration};

/// What to measure.
#[derive(Parser)]
#[command(bin_name = "just bench")]
struct Words {
    /// The parts; all of them if none is named.
    parts: Vec<Part>,

    /// How often each load is measured: 5 times, unless it is said.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u8).range(1..))]
    rounds: Option<u8>,

    /// Write the summary and the goals into docs/performance.md as well.
    #[arg(long)]
    update_docs: bool,

    /// Cargo says it when this is to measure, and nothing when it runs all targets as tests.
    #[arg(long, hide = true)]
    bench: bool,

    /// Be the server that plugbox is compared with, on this socket.
    #[arg(long, hide = true, value_name = "SOCKET")]
    serve: Option<PathBuf>,

    /// Be the application that plugbox is compared with.
    #[arg(long, hide = true)]
    serve_app: bool,
}

/// How much is measured.
struct Plan {
    /// How long each load lasts in one round.
    round: Duration,
    rounds: usize,
    /// How often each server is started to see how long that takes.
    starts: usize,
    /// How long idle subscriptions are watched, and how long the server rests before.
    idle: Duration,
    rest: Duration,
}

const WHOLE: Plan = Plan {
    round: Duration::from_millis(900),
    rounds: 5,
    starts: 11,
    idle: Duration::from_secs(5),
    // plugbox's clock stops a second after the last call.
    rest: Duration::from_secs(2),
};

const QUICK: Plan = Plan {
    round: Duration::from_millis(40),
    rounds: 1,
    starts: 1,
    idle: Duration::from_millis(40),
    rest: Duration::ZERO,
};

fn main() -> anyhow::Result<()> {
    let words = Words::parse();
    match &words.serve {
        Some(socket) => native::serve(socket),
        None if words.serve_app => native::serve_app(),
        None => measure(words),
    }
}

fn measure(words: Words) -> anyhow::Result<()> {
    let named = words.parts.into_iter();
    let (quick, mut parts): (Vec<_>, Vec<_>) = named.partition(|part| *part == Part::Quick);
    if parts.is_empty() {
        parts.extend(Part::value_variants());
    }
    let is_quick = !words.bench || !quick.is_empty();
    ensure!(
        !is_quick || !words.update_docs,
        "a quick run has no figures for the documentation"
    );
    // What only shows that it works never takes the place of figures.
    let (mut plan, name) = match is_quick {
        true => (QUICK, "quick"),
        false => (WHOLE, "report"),
    };
    if let Some(rounds) = words.rounds {
        plan.rounds = rounds.into();
    }
    let mut report = Report::new(name, Machine::look());
    // Many systems begin with fewer than connections to a thousand instances need.
    raise_descriptors();
    // The client: one thread, so that it costs the same and takes no more than one core, whatever the server.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut failed = None;
    for part in parts {
        let measured = runtime.block_on(part.measure(&plan, &mut report));
        // What there is of a long run is not thrown away.
        if let Err(error) = measured {
            report.left_out("the rest of this part", &format!("{error:#}"));
            failed.get_or_insert(error);
        }
    }
    report.finish(words.update_docs && failed.is_none())?;
    failed.map_or(Ok(()), Err)
}
