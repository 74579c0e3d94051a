//! The load of a run, and what happens to the runner meanwhile.

use crate::{
    callers,
    clock::{self, Ticks},
    door::Door,
    history::History,
    operator::Operator,
    streams::{self, Exchange, Ledger},
    support::{Runner, Setup, Store, broker::Broker, connect},
    watch::{Phase, Watch},
};
use fastrand::Rng;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use tonic::{Code, transport::Channel};

/// The components, and what they are served by.
pub const GUESTS: [(&str, &str); 4] = [
    ("store", "rust-memory-state"),
    ("broker", "rust-memory-broker"),
    ("clock", "rust-interval"),
    ("beside", "hostile-rude-state"),
];
/// Which of them is swapped, by turns.
const TURNS: [&str; 6] = ["store", "broker", "store", "broker", "clock", "beside"];

/// How much happens, and in how long.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub swaps: usize,
    pub traps: usize,
    pub blunders: usize,
    /// Swaps to builds that were never there before.
    pub builds: usize,
    pub time: Duration,
    pub callers: usize,
    pub pause: Duration,
}

impl Plan {
    pub fn of_environment() -> Self {
        let swaps = number("SWAPS", 20) as usize;
        Self {
            swaps,
            traps: swaps / 5,
            blunders: swaps / 5,
            builds: swaps / 10,
            time: Duration::from_secs(number("SWAP_SECONDS", 3)),
            callers: number("SWAP_CALLERS", 64) as usize,
            pause: Duration::from_millis(number("SWAP_PAUSE", 20)),
        }
    }
}

/// A number of the environment's.
pub fn number(name: &str, without: u64) -> u64 {
    std::env::var(name).map_or(without, |text| text.parse().unwrap())
}

/// A runner that serves them.
pub fn serve(setup: Setup) -> Setup {
    let add = |setup: Setup, (name, guest): (&str, &str)| setup.guest(name, guest);
    GUESTS.into_iter().fold(setup, add)
}

/// Everybody who calls, publishes, consumes and swaps.
pub struct Load {
    plan: Plan,
    pub watch: Arc<Watch>,
    pub history: Arc<History>,
    pub ledger: Arc<Ledger>,
    pub ticks: Ticks,
    /// Who ends when it is over.
    callers: JoinSet<()>,
    /// Whose streams stay open.
    streams: JoinSet<()>,
    pub operator: Operator,
    beside: Store,
    random: Rng,
}

impl Load {
    /// `sockets` is the folder of the runner's.
    pub async fn new(runner: &Runner, sockets: &Path, plan: Plan) -> Self {
        let mut beside = Store::new(connect(&sockets.join("beside.sock")).await, "");
        beside.init(&[]).await.unwrap();
        Self {
            plan,
            watch: Arc::new(Watch::new()),
            history: Arc::default(),
            ledger: Ledger::new(),
            ticks: Ticks::default(),
            callers: JoinSet::new(),
            streams: JoinSet::new(),
            operator: Operator::new(runner, &GUESTS).await,
            beside,
            random: Rng::new(),
        }
    }

    /// Has messages and ticks consumed.
    pub async fn consume(&mut self, broker: &Broker, clock: Channel) {
        let consumers = streams::consume(broker, &self.ledger, &mut self.random).await;
        join(&mut self.streams, consumers);
        join(&mut self.streams, clock::read(clock, &self.ticks).await);
    }

    /// Has stores called, by as many callers each as make all of them together, and messages published.
    pub fn call(&mut self, stores: Vec<(String, Door)>, exchange: Exchange) {
        let each = self.plan.callers / stores.len();
        let callers = callers::call(
            stores,
            each,
            self.plan.pause,
            &self.history,
            &self.watch,
            &mut self.random,
        );
        join(&mut self.callers, callers);
        let pause = self.plan.pause;
        let (ledger, watch) = (&self.ledger, &self.watch);
        let publishers = streams::publish(&exchange, pause, ledger, watch, &mut self.random);
        join(&mut self.callers, publishers);
    }

    /// For a while nothing happens; then, in as long, everything. Then all is as it is to be.
    pub async fn run(&mut self) {
        // Both builds are compiled then: that is another story.
        for _ in 0..2 {
            for (component, _) in GUESTS {
                self.operator.swap(component).await;
            }
        }
        self.watch.enter(Phase::Quiet);
        self.pass(self.plan.time).await;
        self.watch.enter(Phase::Swaps);
        self.happen().await;
        self.watch.enter(Phase::Builds);
        for _ in 0..self.plan.builds {
            self.operator.swap_anew("store").await;
            self.pass(self.plan.time / self.plan.swaps as u32).await;
        }
        self.end().await;
        self.report();
    }

    /// Lets time pass, in which nobody may stop.
    pub async fn pass(&mut self, time: Duration) {
        let (callers, streams) = (&mut self.callers, &mut self.streams);
        tokio::select! {
            biased;
            Some(ended) = callers.join_next() => panic!("a caller ended: {ended:?}"),
            Some(ended) = streams.join_next() => panic!("a stream ended: {ended:?}"),
            () = tokio::time::sleep(time) => {}
        }
    }

    /// All that the plan says, spread over its time.
    async fn happen(&mut self) {
        let Plan {
            swaps,
            traps,
            blunders,
            time,
            ..
        } = self.plan;
        let begun = Instant::now();
        let (mut trapped, mut blundered) = (0, 0);
        for swap in 0..swaps {
            let due = time.mul_f64(swap as f64 / swaps as f64);
            self.pass(due.saturating_sub(begun.elapsed())).await;
            self.operator.swap(TURNS[swap % TURNS.len()]).await;
            if trapped < traps * (swap + 1) / swaps {
                trapped += 1;
                self.trap().await;
            }
            if blundered < blunders * (swap + 1) / swaps {
                blundered += 1;
                self.operator.blunder(TURNS[blundered % 2]).await;
            }
        }
        self.pass(time.saturating_sub(begun.elapsed())).await;
    }

    /// The guest beside traps in a call, and the next one succeeds.
    async fn trap(&mut self) {
        let status = self.beside.get("trap").await.unwrap_err();
        assert_eq!(status.code(), Code::Internal, "{status}");
        assert!(status.message().contains("it trapped"), "{status}");
        self.beside.set("key", "value").await.unwrap();
        assert_eq!(self.beside.text("key").await, "value");
    }

    /// Whoever calls comes to an end; streams are open, and bring all that there is.
    pub async fn end(&mut self) {
        self.watch.stop();
        while let Some(ended) = self.callers.join_next().await {
            ended.unwrap();
        }
        self.history.check();
        self.ledger.complete().await;
        self.ticks.next().await;
        self.pass(Duration::ZERO).await;
    }

    pub fn report(&self) {
        let (swaps, refused) = self.operator.counts();
        let (messages, deliveries) = self.ledger.counts();
        println!(
            "{swaps} swaps, {refused} bad files, {} traps; {} operations on the store; {messages} messages, delivered {deliveries} times; {} ticks",
            self.plan.traps,
            self.history.len(),
            self.ticks.count(),
        );
        println!(
            "a swap took {:?} at the most, in which calls waited {:?}",
            self.operator.took, self.operator.paused
        );
        self.watch.report();
    }
}

/// All tasks of both.
fn join(all: &mut JoinSet<()>, mut others: JoinSet<()>) {
    all.spawn(async move {
        // A task that has panicked is a panic here.
        while let Some(ended) = others.join_next().await {
            ended.unwrap();
        }
    });
}
