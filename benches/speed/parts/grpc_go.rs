//! With grpc-go as the client, which is what daprd is.

use super::{Plan, STORE, Stand, rounds};
use crate::{
    client::{
        PATIENCE,
        state::{self, Load},
    },
    compare::{CALLS, Figure, RATIOS, Sample},
    process::{self, Usage},
    report::Report,
    server::{self, Kind, Server},
};
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Command,
};

const SERVERS: [Kind; 3] = [STORE, Kind::Native, Kind::GoSdk];

const LOADS: [Load; 3] = [
    Load::mixed(100, 1),
    Load::mixed(100, 8),
    Load::mixed(100, 64),
];

pub fn title(load: Load) -> String {
    format!("grpc-go: {load}")
}

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "{} The client is grpc-go with its defaults, as daprd is; it takes as much of both cores as it can get.",
        rounds(plan)
    );
    report.part("With grpc-go as the client", &about);
    if !server::program("load").exists() {
        report.left_out("this part", "load is missing: `scripts/bench-go` builds it");
        return Ok(());
    }
    let stand = Stand::start(&SERVERS, report)?;
    for server in &stand.servers {
        state::init(&server.socket()).await?;
        state::fill(&server.socket(), 100).await?;
    }
    for load in LOADS {
        let sample = async |server: &_| sample(server, load, plan.round).await;
        let compared = stand.compare(title(load), plan.rounds, sample).await?;
        report.compared(compared, &CALLS, &RATIOS);
    }
    Ok(())
}

/// What the client says at the end: latencies in microseconds.
#[derive(Deserialize)]
struct Seen {
    calls: f64,
    seconds: f64,
    client_seconds: f64,
    p50: f64,
    p90: f64,
    p99: f64,
    p999: f64,
}

async fn sample(server: &Server, load: Load, lasts: Duration) -> anyhow::Result<Sample> {
    let mut client = Command::new(server::program("load"))
        .arg("-socket")
        .arg(server.socket())
        .args(["-callers", &load.callers.to_string()])
        .args(["-connections", &load.connections.to_string()])
        .args(["-size", &load.size.to_string()])
        .args(["-for", &format!("{}ms", lasts.as_millis())])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut to = client.stdin.take().context("it has no input")?;
    let from = client.stdout.take().context("it has no output")?;
    let mut lines = BufReader::new(from).lines();
    let called = async {
        // It has connected, and waits for a word.
        lines.next_line().await?.context("it has not connected")?;
        let (before, busy) = (Usage::of(server.id())?, process::busy()?);
        to.write_all(b"\n").await?;
        let seen = lines.next_line().await?.context("it has seen nothing")?;
        let used = Usage::of(server.id())?.since(before);
        let busy = process::busy()?.saturating_sub(busy + used.cpu);
        anyhow::Ok((
            serde_json::from_str::<Seen>(&seen)?,
            used,
            busy.as_secs_f64(),
        ))
    };
    let called = tokio::time::timeout(PATIENCE, called).await;
    let (seen, used, busy) = called.context("it does not answer any more")??;
    let status = client.wait().await?;
    ensure!(status.success(), "the client has failed ({status})");
    let calls = seen.calls;
    Ok(Sample::from([
        (Figure::Rate, calls / seen.seconds),
        (Figure::P50, seen.p50),
        (Figure::P90, seen.p90),
        (Figure::P99, seen.p99),
        (Figure::P999, seen.p999),
        (Figure::Cpu, used.cpu.as_secs_f64() * 1e6 / calls),
        (Figure::Switches, used.switches as f64 / calls),
        (
            Figure::Others,
            (busy - seen.client_seconds).max(0.0) / seen.seconds * 100.0,
        ),
        (Figure::Client, seen.client_seconds / seen.seconds * 100.0),
    ]))
}
