//! What calls cost whoever makes them: with swaps, and without.

use crate::support::PATIENCE;
use hdrhistogram::Histogram;
use std::{
    future::Future,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::Instant,
};
use tonic::Status;

/// What the runner is going through.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
pub enum Phase {
    /// It compiles what it will know later: that is not counted.
    Warming,
    Quiet,
    /// Between builds that it knows.
    Swaps,
    /// To builds that it has to compile first.
    Builds,
}

/// What is counted is said in these words.
const COUNTED: [&str; 3] = [
    "without swaps",
    "with swaps",
    "with swaps to what is compiled first",
];

/// The time of each call, and whether to go on.
pub struct Watch {
    phase: AtomicU8,
    over: AtomicBool,
    /// In microseconds, for each phase that is counted.
    took: [Mutex<Histogram<u64>>; COUNTED.len()],
}

impl Watch {
    pub fn new() -> Self {
        Self {
            phase: AtomicU8::new(Phase::Warming as u8),
            over: AtomicBool::new(false),
            took: COUNTED.map(|_| Mutex::new(Histogram::new(3).unwrap())),
        }
    }

    /// A call of somebody's, which must succeed: that none fails is the promise.
    pub async fn call<R>(&self, whom: &str, call: impl Future<Output = Result<R, Status>>) -> R {
        // A call counts for the phase that it began in.
        let phase = self.phase.load(Ordering::Relaxed);
        let begun = Instant::now();
        let done = tokio::time::timeout(PATIENCE, call).await;
        let took = begun.elapsed().as_micros() as u64;
        let answer = match done {
            Ok(Ok(answer)) => answer,
            Ok(Err(status)) => panic!("a call of the {whom} failed: {status:?}"),
            Err(_) => panic!("a call of the {whom} is not answered"),
        };
        let counted = phase.checked_sub(Phase::Quiet as u8);
        if let Some(counted) = counted {
            let mut times = self.took[usize::from(counted)].lock().unwrap();
            times.record(took).unwrap();
        }
        answer
    }

    pub fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    pub fn stop(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Says how long calls took in each phase.
    pub fn report(&self) {
        for (phase, took) in COUNTED.iter().zip(&self.took) {
            let took = took.lock().unwrap();
            if took.is_empty() {
                continue;
            }
            let at = |quantile| took.value_at_quantile(quantile) as f64 / 1000.0;
            println!(
                "{phase}: {} calls, p50 {:.2} p99 {:.2} p99.9 {:.2} longest {:.2} ms",
                took.len(),
                at(0.5),
                at(0.99),
                at(0.999),
                took.max() as f64 / 1000.0
            );
        }
    }
}
