//! A client that behaves, and what it sees before, during and after an attack: its calls succeed, and the runner stays small.

use crate::support::{Runner, Setup, Store, latency::Latency};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

/// Calls that make a figure.
const CALLS: u64 = 200;

/// What the runner may grow by in an attack, unless a test says otherwise.
pub const GROWTH: u64 = 64 << 20;

struct Phase {
    calls: Latency,
    resident: u64,
    descriptors: usize,
}

impl Phase {
    fn new() -> Self {
        Self {
            calls: Latency::new(),
            resident: 0,
            descriptors: 0,
        }
    }

    fn show(&self, name: &str) -> String {
        format!(
            "{name}: {}, {} MiB, {} fds",
            self.calls,
            self.resident >> 20,
            self.descriptors
        )
    }
}

/// The runner with a state store `store` and a broker `broker`, both in memory, not started yet.
pub fn setup() -> Setup {
    Setup::new()
        .guest("store", "rust-memory-state")
        .guest("broker", "rust-memory-broker")
}

/// Runs an attack on a runner that serves a neighbour meanwhile, on the same component. The runner grows by no more than `growth`.
pub async fn attacked<R>(
    name: &str,
    setup: Setup,
    growth: u64,
    attack: impl AsyncFnOnce(&Runner) -> R,
) -> (Runner, R) {
    let runner = setup.start();
    let mut store = runner.store("store", "neighbour").await;
    store.init(&[]).await.unwrap();
    let before = watch(&runner, &mut store, |calls| calls < CALLS).await;
    let over = AtomicBool::new(false);
    let (during, result) = tokio::join!(
        watch(&runner, &mut store, |calls| {
            calls < CALLS || !over.load(Ordering::Relaxed)
        }),
        async {
            let result = attack(&runner).await;
            over.store(true, Ordering::Relaxed);
            result
        }
    );
    let after = watch(&runner, &mut store, |calls| calls < CALLS).await;
    println!(
        "{name}\n  {}\n  {}\n  {}",
        before.show("before"),
        during.show("during"),
        after.show("after ")
    );
    let grown = during.resident.max(after.resident) - before.resident;
    assert!(grown <= growth, "{name}: {} MiB more", grown >> 20);
    (runner, result)
}

/// Calls until it has been enough. Every call must succeed.
async fn watch(runner: &Runner, store: &mut Store, goes_on: impl Fn(u64) -> bool) -> Phase {
    let mut phase = Phase::new();
    while goes_on(phase.calls.count()) {
        phase.calls.call(store).await;
        if phase.calls.count() % 16 == 1 {
            phase.resident = phase.resident.max(runner.resident());
            phase.descriptors = phase.descriptors.max(runner.descriptors());
        }
        // An attack on the same thread must have its turn.
        tokio::task::yield_now().await;
    }
    phase
}

/// For an attack that only holds on: long enough for the neighbour to see it.
pub async fn hold_on() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}
