//! The callers: each calls again as soon as it is answered. All of them are on one thread, so that the client takes no more than one
//! core, whatever the server.

pub mod app;
pub mod broker;
pub mod connection;
pub mod http;
pub mod state;

use super::{
    compare::{Figure, Sample},
    process::{self, Usage},
};
use ::http::Uri;
use anyhow::{Context, ensure};
use bytes::Bytes;
use connection::Connection;
use hdrhistogram::Histogram;
use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// A server that takes longer than this has stopped.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Whoever calls.
pub trait Caller: Send + 'static {
    /// Makes a call, and another one the next turn.
    fn turn(&mut self, turn: usize) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// A call that can be made again and again.
pub struct Call {
    pub path: Uri,
    pub frame: Bytes,
    /// How long the answer is at least.
    pub least: usize,
}

/// Makes calls in turn, each over the next of its connections, which others may share.
pub struct InTurn {
    pub connections: Vec<Connection>,
    pub calls: Arc<[Call]>,
}

impl Caller for InTurn {
    async fn turn(&mut self, turn: usize) -> anyhow::Result<()> {
        let call = self.calls.get(turn % self.calls.len());
        let Call { path, frame, least } = call.context("there is nothing to call")?;
        let place = turn % self.connections.len();
        let connection = self.connections.get_mut(place);
        let connection = connection.context("there is nobody to call")?;
        let answer = connection.call(path, frame.clone()).await?;
        ensure!(answer.len() >= *least, "an answer is not what was set");
        Ok(())
    }
}

/// So many callers, who take the connections in turn.
pub fn callers(connections: &[Connection], count: usize, calls: &Arc<[Call]>) -> Vec<InTurn> {
    let connections = connections.iter().cycle().take(count);
    connections
        .map(|connection| InTurn {
            connections: vec![connection.clone()],
            calls: calls.clone(),
        })
        .collect()
}

/// Latencies in nanoseconds, which all callers add to.
#[derive(Clone)]
pub struct Latencies(Arc<Mutex<Histogram<u64>>>);

impl Latencies {
    pub fn new() -> anyhow::Result<Self> {
        let empty = Histogram::new_with_bounds(1, PATIENCE.as_nanos() as u64, 3)?;
        Ok(Self(Arc::new(Mutex::new(empty))))
    }

    pub fn add(&self, latency: Duration) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .saturating_record(latency.as_nanos() as u64);
    }

    fn seen(&self) -> Histogram<u64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// What was used, from a moment on: by a server, by what stands before it, and by this thread.
pub struct Meter {
    processes: Vec<(u32, Usage)>,
    own: Duration,
    busy: Duration,
    begun: Instant,
}

impl Meter {
    /// Begins to count. The first process is the server, the second one the sidecar, if there is one.
    pub fn begin(processes: &[u32]) -> anyhow::Result<Self> {
        let processes = processes.iter().map(|id| Ok((*id, Usage::of(*id)?)));
        Ok(Self {
            processes: processes.collect::<anyhow::Result<_>>()?,
            own: process::own_cpu()?,
            busy: process::busy()?,
            begun: Instant::now(),
        })
    }

    /// What it was for each call that `latencies` has.
    pub fn end(self, latencies: &Latencies) -> anyhow::Result<Sample> {
        let elapsed = self.begun.elapsed().as_secs_f64();
        let own = process::own_cpu()?.saturating_sub(self.own);
        let mut others = process::busy()?.saturating_sub(self.busy + own);
        let seen = latencies.seen();
        let count = seen.len() as f64;
        ensure!(count > 0.0, "no call was answered");
        let micros = |quantile| seen.value_at_quantile(quantile) as f64 / 1000.0;
        let mut sample = Sample::from([
            (Figure::Rate, count / elapsed),
            (Figure::P50, micros(0.5)),
            (Figure::P90, micros(0.9)),
            (Figure::P99, micros(0.99)),
            (Figure::P999, micros(0.999)),
            (Figure::Client, own.as_secs_f64() / elapsed * 100.0),
        ]);
        for ((id, before), figure) in self.processes.iter().zip([Figure::Cpu, Figure::SidecarCpu]) {
            let used = Usage::of(*id)?.since(*before);
            others = others.saturating_sub(used.cpu);
            sample.insert(figure, used.cpu.as_secs_f64() * 1e6 / count);
            if figure == Figure::Cpu {
                sample.insert(Figure::Switches, used.switches as f64 / count);
                sample.insert(Figure::Cores, used.cpu.as_secs_f64() / elapsed);
            }
        }
        let others = others.as_secs_f64() / elapsed * 100.0;
        sample.insert(Figure::Others, others);
        Ok(sample)
    }
}

/// Calls for as long as this lasts, when each caller has called once: what they saw, and what the processes used meanwhile.
pub async fn measured<C: Caller>(
    mut callers: Vec<C>,
    lasts: Duration,
    processes: &[u32],
) -> anyhow::Result<Sample> {
    for (turn, caller) in callers.iter_mut().enumerate() {
        within(caller.turn(turn)).await?;
    }
    let latencies = Latencies::new()?;
    let meter = Meter::begin(processes)?;
    let end = Instant::now() + lasts;
    let mut all = JoinSet::new();
    for (mut turn, mut caller) in callers.into_iter().enumerate() {
        let latencies = latencies.clone();
        all.spawn(async move {
            let mut begun = Instant::now();
            // Once at least, however late this comes to its turn.
            loop {
                turn += 1;
                caller.turn(turn).await?;
                let now = Instant::now();
                latencies.add(now - begun);
                begun = now;
                if now >= end {
                    break;
                }
            }
            anyhow::Ok(())
        });
    }
    within(async {
        while let Some(caller) = all.join_next().await {
            caller??;
        }
        Ok(())
    })
    .await?;
    meter.end(&latencies)
}

async fn within<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let done = tokio::time::timeout(PATIENCE, work).await;
    done.context("it does not answer any more")?
}
