//! A swap each second for long: the runner has as much of everything in the end as in the beginning.

use crate::{
    door::Door,
    load::{GUESTS, Load, Plan, number, serve},
    streams::Exchange,
    support::{Runner, Setup, broker::Broker, eventually},
    watch::Phase,
};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// What memory may grow by, whatever the time: what an allocator keeps.
const GROWTH: u64 = 16 << 20;
/// What the cache may grow by: wasmtime counts in it how often each entry is used.
const COUNTERS: u64 = 4096;
/// After this many seconds a run is one of the long ones.
const LONG: u64 = 60;

#[derive(Debug, Clone, Copy)]
struct Vitals {
    memory: u64,
    threads: usize,
    descriptors: usize,
    /// Bytes of the compiled code that is kept.
    cache: u64,
}

fn vitals(runner: &Runner, cache: &Path) -> Vitals {
    Vitals {
        memory: runner.resident(),
        threads: runner.threads(),
        descriptors: runner.descriptors(),
        cache: size(cache),
    }
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_grows_with_swaps() {
    let seconds = number("SWAP_SOAK", 5);
    let plan = Plan {
        callers: 8,
        pause: Duration::from_millis(40),
        traps: 0,
        ..Plan::of_environment()
    };
    let cache = tempfile::tempdir().unwrap();
    let runner = serve(Setup::new().env("XDG_CACHE_HOME", cache.path())).start();
    let mut store = runner.store("store", "").await;
    store.init(&[]).await.unwrap();
    let door = Door::Runner {
        channel: runner.channel("store").await,
        instance: String::new(),
    };
    let mut broker = Broker::new(runner.channel("broker").await, "");
    broker.init(&[]).await.unwrap();
    let mut load = Load::new(&runner, runner.folder(), plan).await;
    load.consume(&broker, runner.channel("clock").await).await;
    load.call(vec![("store".to_owned(), door)], Exchange::Runner(broker));
    // Whatever comes with the first times.
    for _ in 0..3 {
        for (component, _) in GUESTS {
            load.operator.swap(component).await;
            load.operator.blunder(component).await;
        }
    }
    load.watch.enter(Phase::Swaps);
    let before = vitals(&runner, cache.path());
    println!("before: {before:?}");
    let begun = Instant::now();
    for second in 0..seconds {
        let due = Duration::from_secs(second);
        load.pass(due.saturating_sub(begun.elapsed())).await;
        for (component, _) in GUESTS {
            load.operator.swap(component).await;
        }
        if second % 60 == 59 {
            println!(
                "{} min: {:?}",
                second / 60 + 1,
                vitals(&runner, cache.path())
            );
        }
    }
    let after = vitals(&runner, cache.path());
    println!("after: {after:?}");
    load.end().await;
    load.report();
    assert!(after.memory < before.memory + GROWTH);
    assert!(after.cache < before.cache + COUNTERS);
    // Threads that read files end when they had nothing to do for a while.
    eventually(
        "there are no more threads and open files than before",
        || {
            let now = vitals(&runner, cache.path());
            (now.threads <= before.threads && now.descriptors <= before.descriptors).then_some(())
        },
    );
    // What was never there before is compiled and kept: how much that is, is said, and what it leaves beside the cache.
    let builds = if seconds < LONG { 2 } else { 50 };
    for _ in 0..builds {
        load.operator.swap_anew("store").await;
    }
    println!(
        "after {builds} builds more: {:?}",
        vitals(&runner, cache.path())
    );
}
