//! A slot's promises, with a number for a guest: how many jobs it has been through.

use super::*;
use proptest::prelude::*;
use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread::{self, ThreadId},
    time::Duration,
};
use tokio::sync::{Notify, oneshot};

mod backlog;
mod rest;

/// What a test's job does with the guest.
#[derive(Debug, Clone)]
enum Does {
    /// Ends at once.
    Ends,
    /// Gives way a few times, then ends.
    Yields(usize),
    /// Loses the guest.
    Traps,
    /// Panics, as only a bug of the host does.
    Panics,
}

/// A keeper of guests that need nothing between jobs, until a test says otherwise.
#[derive(Default)]
struct TestKeeper {
    needed: AtomicBool,
    /// It takes nothing of what waits for any slot.
    alone: AtomicBool,
    settled: AtomicUsize,
    /// What a guest that rests waits for.
    bell: Arc<Notify>,
}

impl Keeper<usize> for TestKeeper {
    fn needed(&self) -> bool {
        self.needed.load(Ordering::SeqCst)
    }

    fn shares(&self, _: bool) -> bool {
        !self.alone.load(Ordering::SeqCst)
    }

    fn settle(self: Arc<Self>, guest: Option<usize>) -> Settling<usize> {
        self.settled.fetch_add(1, Ordering::SeqCst);
        let bell = self.bell.clone();
        Box::pin(async move {
            Settled::Resting(Rest::new(|interrupted| async move {
                interrupted.or(bell.notified()).await;
                guest
            }))
        })
    }
}

/// A job that leaves the guest as it is.
struct Nudge;

impl Job<usize, TestKeeper> for Nudge {
    fn is_nudge(&self) -> bool {
        true
    }

    fn run(self: Box<Self>, guest: Option<usize>, _: &Arc<TestKeeper>) -> Work<usize> {
        Box::pin(std::future::ready(guest))
    }
}

struct TestJob {
    does: Does,
    gate: Option<Arc<Notify>>,
    inside: Arc<AtomicUsize>,
    answer: oneshot::Sender<usize>,
}

impl Job<usize, TestKeeper> for TestJob {
    fn abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn errand(&self) -> bool {
        false
    }

    fn run(self: Box<Self>, guest: Option<usize>, _: &Arc<TestKeeper>) -> Work<usize> {
        Box::pin(async move {
            assert_eq!(
                self.inside.fetch_add(1, Ordering::SeqCst),
                0,
                "two jobs at once"
            );
            let guest = guest.unwrap_or(0) + 1;
            if let Some(gate) = self.gate {
                gate.notified().await;
            }
            if let Does::Yields(times) = self.does {
                for _ in 0..times {
                    tokio::task::yield_now().await;
                }
            }
            self.inside.fetch_sub(1, Ordering::SeqCst);
            match self.does {
                Does::Panics => panic!("asked to"),
                Does::Traps => {
                    let _ = self.answer.send(guest);
                    None
                }
                Does::Ends | Does::Yields(_) => {
                    let _ = self.answer.send(guest);
                    Some(guest)
                }
            }
        })
    }
}

/// A job that answers where it ran.
struct Locate {
    answer: oneshot::Sender<ThreadId>,
    is_long: bool,
}

impl Job<usize, TestKeeper> for Locate {
    fn abandoned(&self) -> bool {
        false
    }

    fn errand(&self) -> bool {
        false
    }

    fn is_long(&self) -> bool {
        self.is_long
    }

    fn run(self: Box<Self>, guest: Option<usize>, _: &Arc<TestKeeper>) -> Work<usize> {
        Box::pin(async move {
            let _ = self.answer.send(thread::current().id());
            Some(guest.unwrap_or(0) + 1)
        })
    }
}

struct Bench {
    slot: Arc<Slot<usize, TestKeeper>>,
    inside: Arc<AtomicUsize>,
}

impl Bench {
    /// A slot with a guest that has been through no job.
    fn new(limit: usize) -> Self {
        Self::aside(limit, Handle::current())
    }

    fn aside(limit: usize, aside: Handle) -> Self {
        Self::with(limit, None, aside)
    }

    fn with(limit: usize, backlog: Option<Arc<Backlog<usize, TestKeeper>>>, aside: Handle) -> Self {
        let slot = Slot::new(Arc::default(), limit, backlog, TaskTracker::new(), aside);
        slot.lock().seat = Seat::Taken(Settled::Here(0));
        Self {
            slot,
            inside: Arc::default(),
        }
    }

    fn job(
        &self,
        does: Does,
        gate: Option<Arc<Notify>>,
    ) -> (Box<TestJob>, oneshot::Receiver<usize>) {
        let (answer, answered) = oneshot::channel();
        let inside = self.inside.clone();
        let job = TestJob {
            does,
            gate,
            inside,
            answer,
        };
        (Box::new(job), answered)
    }

    async fn enter(&self, does: Does) -> oneshot::Receiver<usize> {
        let (job, answered) = self.job(does, None);
        // On a machine that is busy any job may have taken long.
        self.slot.lock().debt = Debt::new(Instant::now());
        self.slot.enter(job).await.unwrap();
        answered
    }

    /// Where a job runs; and waits until the guest is back.
    async fn located(&self) -> ThreadId {
        let (answer, answered) = oneshot::channel();
        let is_long = false;
        let job = Locate { answer, is_long };
        self.slot.enter(Box::new(job)).await.unwrap();
        let place = answered.await.unwrap();
        self.back().await;
        place
    }

    /// Waits until the guest is back.
    async fn back(&self) {
        while matches!(self.slot.lock().seat, Seat::Away) {
            tokio::task::yield_now().await;
        }
    }

    /// Holds the guest until the gate is opened.
    async fn hold(&self) -> (Arc<Notify>, oneshot::Receiver<usize>) {
        let gate = Arc::new(Notify::new());
        let (job, answered) = self.job(Does::Ends, Some(gate.clone()));
        self.slot.enter(job).await.unwrap();
        (gate, answered)
    }
}

#[tokio::test]
async fn a_job_that_never_waits_is_done_when_it_has_entered() {
    let bench = Bench::new(0);
    for count in 1..=3 {
        assert_eq!(bench.enter(Does::Ends).await.try_recv(), Ok(count));
    }
}

#[tokio::test]
async fn jobs_that_come_while_the_guest_is_away_run_in_their_order() {
    let bench = Bench::new(3);
    let (gate, held) = bench.hold().await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(bench.enter(Does::Yields(2)).await);
    }
    assert_eq!(bench.slot.waiting(), 3);
    gate.notify_one();
    assert_eq!(held.await, Ok(1));
    for (place, answered) in waiting.into_iter().enumerate() {
        assert_eq!(answered.await, Ok(place + 2));
    }
}

#[tokio::test]
async fn a_full_queue_refuses_and_the_abandoned_make_room() {
    let bench = Bench::new(1);
    let (gate, held) = bench.hold().await;
    let abandoned = bench.enter(Does::Ends).await;
    let (job, _answered) = bench.job(Does::Ends, None);
    assert_eq!(bench.slot.enter(job).await, Err(Full));
    drop(abandoned);
    let second = bench.enter(Does::Ends).await;
    gate.notify_one();
    assert_eq!(held.await, Ok(1));
    // The abandoned job never ran, or this would be the third.
    assert_eq!(second.await, Ok(2));
}

#[tokio::test]
async fn errands_find_a_full_queue_open_and_do_not_fill_it() {
    let bench = Bench::new(1);
    let (gate, held) = bench.hold().await;
    for _ in 0..3 {
        bench.slot.enter(Box::new(Nudge)).await.unwrap();
    }
    let waits = bench.enter(Does::Ends).await;
    let (job, _answered) = bench.job(Does::Ends, None);
    assert_eq!(bench.slot.enter(job).await, Err(Full));
    bench.slot.enter(Box::new(Nudge)).await.unwrap();
    gate.notify_one();
    assert_eq!(held.await, Ok(1));
    assert_eq!(waits.await, Ok(2));
}

#[tokio::test]
async fn a_job_that_has_begun_ends_although_nobody_waits_for_it() {
    let bench = Bench::new(1);
    let (gate, held) = bench.hold().await;
    drop(held);
    let next = bench.enter(Does::Ends).await;
    gate.notify_one();
    assert_eq!(next.await, Ok(2));
}

#[tokio::test]
async fn after_a_job_that_lost_the_guest_the_next_begins_anew() {
    let bench = Bench::new(1);
    assert_eq!(bench.enter(Does::Ends).await.try_recv(), Ok(1));
    assert_eq!(bench.enter(Does::Traps).await.try_recv(), Ok(2));
    assert_eq!(bench.enter(Does::Ends).await.await, Ok(1));
}

#[tokio::test]
async fn a_guest_is_made_aside_and_one_that_owes_much_is_called_aside() {
    let aside = Aside::start().unwrap();
    let bench = Bench::aside(1, aside.handle());
    bench.slot.lock().seat = Seat::Taken(Settled::Vacant);
    let here = thread::current().id();
    assert_ne!(bench.located().await, here);
    let owes = |owed| {
        let mut debt = Debt::new(Instant::now());
        debt.add(owed, Instant::now());
        bench.slot.lock().debt = debt;
    };
    owes(Duration::ZERO);
    assert_eq!(bench.located().await, here);
    owes(Duration::from_secs(1));
    assert_ne!(bench.located().await, here);
}

#[tokio::test]
async fn a_job_that_takes_long_runs_aside_whether_it_waited_or_not() {
    let aside = Aside::start().unwrap();
    let bench = Bench::aside(1, aside.handle());
    let here = thread::current().id();
    for waits in [false, true] {
        let held = match waits {
            true => Some(bench.hold().await),
            false => None,
        };
        let (answer, answered) = oneshot::channel();
        let is_long = true;
        let job = Locate { answer, is_long };
        bench.slot.enter(Box::new(job)).await.unwrap();
        if let Some((gate, held)) = held {
            gate.notify_one();
            held.await.unwrap();
        }
        assert_ne!(answered.await.unwrap(), here);
        bench.back().await;
    }
    // What comes after it finds the guest.
    assert_eq!(bench.enter(Does::Ends).await.await, Ok(4));
}

#[tokio::test]
async fn a_job_that_may_not_wait_is_given_back_when_the_guest_is_away() {
    let bench = Bench::new(1);
    let (gate, held) = bench.hold().await;
    let (job, _answered) = bench.job(Does::Ends, None);
    let back = bench.slot.try_enter(job, Eager::Any).await;
    assert!(back.is_some());
    gate.notify_one();
    held.await.unwrap();
    // The task that held the guest has yet to put it back.
    while bench
        .slot
        .try_enter(bench.job(Does::Ends, None).0, Eager::Any)
        .await
        .is_some()
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_job_for_a_guest_that_is_there_is_given_back_where_one_would_have_to_be_made() {
    let bench = Bench::new(1);
    bench.enter(Does::Traps).await.await.unwrap();
    let (job, answered) = bench.job(Does::Ends, None);
    let back = bench.slot.try_enter(job, Eager::Warm).await.unwrap();
    assert!(bench.slot.try_enter(back, Eager::Any).await.is_none());
    assert_eq!(answered.await, Ok(1));
    let (job, answered) = bench.job(Does::Ends, None);
    assert!(bench.slot.try_enter(job, Eager::Warm).await.is_none());
    assert_eq!(answered.await, Ok(2));
}

#[tokio::test]
async fn a_panic_of_the_host_in_a_task_fails_those_who_wait_and_not_those_who_come() {
    let bench = Bench::new(2);
    let (gate, held) = bench.hold().await;
    let panics = bench.enter(Does::Panics).await;
    let waits = bench.enter(Does::Ends).await;
    gate.notify_one();
    assert_eq!(held.await, Ok(1));
    assert!(panics.await.is_err());
    assert!(waits.await.is_err());
    assert_eq!(bench.enter(Does::Ends).await.await, Ok(1));
}

#[tokio::test]
async fn a_panic_of_the_host_under_the_lock_leaves_the_slot_usable() {
    let bench = Bench::new(2);
    let slot = bench.slot.clone();
    let (job, answered) = bench.job(Does::Panics, None);
    assert!(
        tokio::spawn(async move { slot.enter(job).await })
            .await
            .is_err()
    );
    assert!(answered.await.is_err());
    assert_eq!(bench.enter(Does::Ends).await.await, Ok(1));
}

fn does() -> impl Strategy<Value = Does> {
    prop_oneof![
        4 => Just(Does::Ends),
        4 => (0..4_usize).prop_map(Does::Yields),
        1 => Just(Does::Traps),
    ]
}

proptest! {
    /// Each job is answered, and (the jobs themselves see to that) no two are inside at once.
    #[test]
    fn every_job_is_answered_and_runs_alone(jobs in prop::collection::vec(does(), 1..40), threads in 1..4_usize) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .build()
            .unwrap();
        let bench = Arc::new(Bench::aside(jobs.len(), runtime.handle().clone()));
        runtime.block_on(async {
            let tasks = jobs.into_iter().map(|does| {
                let bench = bench.clone();
                tokio::spawn(async move { bench.enter(does).await.await })
            });
            for task in tasks.collect::<Vec<_>>() {
                assert!(task.await.unwrap().is_ok());
            }
        });
        prop_assert_eq!(bench.slot.waiting(), 0);
    }
}
