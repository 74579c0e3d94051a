//! Streams for long: what they promise must still be true after everything has happened to them many times.
//!
//! `SOAK_MESSAGES` says how many messages are published, and `SOAK_SEED` what happens to them: each run prints its own, and with
//! that the same choices are made again, as far as the order of events lets them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod consumer;
mod ledger;
mod quiet;

use consumer::{Consumer, Orders};
use fastrand::Rng;
use ledger::Ledger;
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use support::{PATIENCE, Runner, broker::Broker, eventually};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tonic::{Code, Status};

const MESSAGES: usize = 100_000;
const PUBLISHERS: usize = 8;
/// The guest is asked to trap once in so many messages.
const TRAP: u32 = 400;
const PLACES: [&str; 7] = [
    "publish",
    "published",
    "pull",
    "ack",
    "acked",
    "unsubscribe",
    "init",
];
/// Two topics with two streams each, and how many messages each of them may have out.
const STREAMS: [(&str, usize); 4] = [
    ("orders", 1),
    ("orders", 4),
    ("payments", 1),
    ("payments", 16),
];
/// What memory may grow by while four fifths of the messages pass: of 100,000, about 50 bytes for each.
const GROWTH: u64 = 4 << 20;

/// Publishers, and consumers that accept, fail, hold back and cancel at random, while the guest is asked to trap in each of its
/// functions, before and after it wrote down what it did. Then:
///
/// - Whatever was published with OK is delivered, and accepted in the end.
/// - No message comes again but for a reason: a consumer failed it, its stream was cancelled, or the guest ended before
///   it took the answer. Once the guest has taken that a message is accepted, it never comes again; and no delivery comes twice.
/// - A call fails only where the guest trapped in that very call, and the guest ends for nothing but its traps.
/// - Each stream that its client did not cancel is open, and takes as many messages at once as at its beginning.
/// - When all is quiet nothing comes again, not even from a new instance of the guest.
/// - The runner has as much memory, and as many threads and open files, as before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_accepted_comes_again_and_nothing_grows() {
    let number = |name: &str| {
        let text = std::env::var(name).ok();
        text.map(|text| text.parse::<u64>().unwrap())
    };
    let messages = number("SOAK_MESSAGES").map_or(MESSAGES, |number| number as usize);
    let seed = number("SOAK_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("SOAK_MESSAGES={messages} SOAK_SEED={seed}");
    let mut soak = Soak::start(Rng::with_seed(seed)).await;
    soak.publish(messages / 5, Traps::Random).await;
    let before = soak.vitals();
    soak.publish(messages / 5 * 3, Traps::Random).await;
    // A trap covers up what was forgotten before it: the next guest begins with everything that is not done.
    soak.publish(messages / 5, Traps::None).await;
    let after = soak.vitals();
    println!("before: {before:?}, after: {after:?}");
    soak.quiet().await;
    soak.audit();
    assert!(after.memory < before.memory + GROWTH);
    // Threads that worked on files for the guest end when they had nothing to do for a while.
    eventually(
        "there are no more threads and open files than before",
        || {
            let now = soak.vitals();
            (now.threads <= before.threads && now.descriptors <= before.descriptors).then_some(())
        },
    );
}

/// Whether the guest is asked to trap.
#[derive(Clone, Copy, PartialEq)]
enum Traps {
    Random,
    None,
}

struct Soak {
    runner: Runner,
    publishers: Vec<Broker>,
    ledger: Arc<Ledger>,
    orders: Arc<Orders>,
    consumers: JoinSet<Consumer>,
    random: Rng,
    /// Calls of Publish that failed.
    failed: usize,
    _journal: TempDir,
}

#[derive(Debug)]
struct Vitals {
    memory: u64,
    threads: usize,
    descriptors: usize,
}

impl Soak {
    async fn start(mut random: Rng) -> Self {
        // To compile the guest takes memory that would hide what grows: the next start finds it compiled.
        drop(Runner::of("hostile-journal-broker"));
        let journal = tempfile::tempdir().unwrap();
        let runner = Runner::with_journal(journal.path());
        let mut publishers = Vec::new();
        for _ in 0..2 {
            publishers.push(Broker::new(runner.channel("store").await, ""));
        }
        publishers[0].init(&[]).await.unwrap();
        let ledger = Arc::new(Ledger::default());
        let orders = Arc::new(Orders::default());
        let mut consumers = JoinSet::new();
        for (topic, window) in STREAMS {
            let broker = Broker::new(runner.channel("store").await, "");
            let consumer = Consumer::new(broker, topic, window, ledger.clone()).await;
            consumers.spawn(consumer.consume(random.fork(), orders.clone()));
        }
        Self {
            runner,
            publishers,
            ledger,
            orders,
            consumers,
            random,
            failed: 0,
            _journal: journal,
        }
    }

    /// Publishes messages while everything happens to them, and waits until nothing does any more.
    async fn publish(&mut self, messages: usize, traps: Traps) {
        self.orders.calm.store(false, Ordering::Relaxed);
        let mut publishing = JoinSet::new();
        for place in 0..PUBLISHERS {
            let broker = self.publishers[place % self.publishers.len()].clone();
            let share = (messages + place) / PUBLISHERS;
            let (random, ledger) = (self.random.fork(), self.ledger.clone());
            publishing.spawn(publish(broker, share, traps, random, ledger));
        }
        while !publishing.is_empty() {
            let ended = self.until("a publisher ends", |_| publishing.try_join_next());
            let failed = ended.await.unwrap();
            self.failed += failed;
        }
        self.orders.calm.store(true, Ordering::Relaxed);
        self.complete().await;
    }

    /// Waits until all that was published is accepted.
    async fn complete(&mut self) {
        let complete = |soak: &Self| soak.ledger.is_complete().then_some(());
        self.until("all is accepted", complete).await;
    }

    /// Waits until something is so, as long as messages are answered.
    async fn until<T>(&mut self, what: &str, mut ask: impl FnMut(&Self) -> Option<T>) -> T {
        let (mut before, mut since) = (0, Instant::now());
        loop {
            if let Some(answer) = ask(self) {
                return answer;
            }
            let ended = self.consumers.try_join_next().map(Result::unwrap);
            assert!(ended.is_none(), "a consumer stopped");
            let answers = self.ledger.answers();
            if std::mem::replace(&mut before, answers) != answers {
                since = Instant::now();
            }
            assert!(since.elapsed() < PATIENCE, "never happened: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn vitals(&self) -> Vitals {
        Vitals {
            memory: self.runner.resident(),
            threads: self.runner.threads(),
            descriptors: self.runner.descriptors(),
        }
    }

    /// Sees that whatever happened had its reason.
    fn audit(&self) {
        println!("{:?}", self.ledger.audit());
        let log = self.runner.log();
        let count = |words: &[&str]| {
            let lines = log.lines();
            lines
                .filter(|line| words.iter().all(|word| line.contains(word)))
                .count()
        };
        for method in ["Publish", "Pull", "Ack", "Unsubscribe"] {
            let method = format!("method=\"{method}\"");
            let traps = count(&["the guest failed", &method]);
            println!("{traps} traps with {method}");
            assert!(traps > 0, "the guest never trapped with {method}");
        }
        let traps = count(&["the guest failed"]);
        assert_eq!(self.failed, count(&["the guest failed", "Publish"]));
        // Each instance but the first came after a trap.
        assert_eq!(self.ledger.lives(), 1 + traps);
        let expected = [
            "the guest failed: it trapped",
            "no new instance: its init failed",
            "the streams stay open",
        ];
        for line in log.lines().filter(|line| !line.contains(" INFO ")) {
            let known = expected.iter().any(|words| line.contains(words));
            assert!(known, "{line}");
        }
    }
}

/// Publishes, and now and then asks the guest to trap. Answers how many calls failed.
async fn publish(
    mut broker: Broker,
    messages: usize,
    traps: Traps,
    mut random: Rng,
    ledger: Arc<Ledger>,
) -> usize {
    let mut failed = 0;
    for _ in 0..messages {
        if traps == Traps::Random && random.u32(..TRAP) == 0 {
            let place = random.choice(PLACES).unwrap();
            failed += usize::from(trapped(broker.publish("trap", place).await));
        }
        ledger.room().await;
        let message = ledger.publishing();
        let (topic, _) = random.choice(STREAMS).unwrap();
        let trapped = trapped(broker.publish(topic, message.to_string()).await);
        ledger.published(message, !trapped);
        failed += usize::from(trapped);
    }
    failed
}

/// Whether the guest trapped in the very call: that nothing else makes a call fail is part of the promise.
fn trapped(outcome: Result<(), Status>) -> bool {
    if let Err(status) = &outcome {
        assert_eq!(status.code(), Code::Internal, "{status}");
        assert!(status.message().contains("it trapped"), "{status}");
    }
    outcome.is_err()
}
