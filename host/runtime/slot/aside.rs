//! Threads for guests that compute for long, beside those that serve connections.
//!
//! A call that computes gives way at each tick, but up to then it keeps its thread from all connections of that thread. So the call
//! is moved aside, where the system shares the cores between it and the serving threads; and while a guest owes time that it kept a
//! serving thread for, its calls begin aside.

use std::{
    future::{Future, poll_fn},
    io,
    pin::Pin,
    task::{Context, Poll},
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_util::task::TaskTracker;

/// What keeps a thread for less is no burden: moving it costs time, too.
const LONG: Duration = Duration::from_millis(2);

/// A guest that owes more begins its calls aside.
const MUCH: Duration = Duration::from_millis(10);

/// The most that a guest can owe: a second of good conduct.
const MOST: Duration = Duration::from_millis(50);

/// What it owes gets less by one in so many parts of the time that passes: no guest keeps a serving thread for more than that.
const PART: u32 = 20;

/// The threads. They end when this is dropped.
#[derive(Debug)]
pub struct Aside(Option<Runtime>);

impl Aside {
    /// As many threads as there are cores.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start() -> io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores)
            .thread_name("aside")
            // Tasks here are long: what comes anew, and what is ready, gets its turn after each.
            .global_queue_interval(1)
            .event_interval(1)
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// How others have something run there.
    pub fn handle(&self) -> Handle {
        self.0
            .as_ref()
            .map_or_else(Handle::current, |runtime| runtime.handle().clone())
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // What still runs there was given its time.
            runtime.shutdown_background();
        }
    }
}

/// Time for which a guest has kept threads, less what has been made good since.
#[derive(Debug)]
pub(super) struct Debt {
    owed: Duration,
    since: Instant,
}

impl Debt {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            owed: Duration::ZERO,
            since: now,
        }
    }

    /// The guest has kept its thread for so long.
    pub(super) fn add(&mut self, kept: Duration, now: Instant) {
        if is_long(kept) {
            self.settle(now);
            self.owed = self.owed.saturating_add(kept).min(MOST);
        }
    }

    /// Whether the guest's next call is to begin aside.
    pub(super) fn is_much(&mut self, now: Instant) -> bool {
        // Hardly any guest ever owes anything.
        if self.owed.is_zero() {
            return false;
        }
        self.settle(now);
        self.owed >= MUCH
    }

    fn settle(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.since);
        self.owed = self.owed.saturating_sub(passed / PART);
        self.since = now;
    }
}

/// Whether a thread was kept for long.
pub(super) fn is_long(kept: Duration) -> bool {
    kept >= LONG
}

/// Does some work to its end. Answers also for how long it has kept its thread at the most.
pub(super) async fn timed<R>(mut work: Pin<Box<dyn Future<Output = R> + Send>>) -> (R, Duration) {
    let mut kept = Duration::ZERO;
    let done = poll_fn(|context| {
        let begun = Instant::now();
        let done = work.as_mut().poll(context);
        kept = kept.max(begun.elapsed());
        done
    });
    (done.await, kept)
}

/// A task that stays on its thread unless it keeps that for long.
pub(super) struct Movable<F> {
    task: Option<Pin<Box<F>>>,
    tasks: TaskTracker,
    aside: Handle,
}

impl<F> Movable<F> {
    pub(super) fn new(task: F, tasks: TaskTracker, aside: Handle) -> Self {
        Self {
            task: Some(Box::pin(task)),
            tasks,
            aside,
        }
    }
}

impl<F: Future<Output = ()> + Send + 'static> Future for Movable<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(mut task) = self.task.take() else {
            return Poll::Ready(());
        };
        let begun = Instant::now();
        if task.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        if is_long(begun.elapsed()) {
            self.tasks.spawn_on(task, &self.aside);
            return Poll::Ready(());
        }
        self.task = Some(task);
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_owes_what_it_kept_a_thread_for_and_time_makes_it_good() {
        let begin = Instant::now();
        let mut debt = Debt::new(begin);
        for _ in 0..1000 {
            debt.add(LONG / 2, begin);
        }
        assert!(!debt.is_much(begin), "many short calls are no burden");
        debt.add(MUCH, begin);
        assert!(debt.is_much(begin));
        assert!(!debt.is_much(begin + LONG));
        for _ in 0..1000 {
            debt.add(MUCH, begin);
        }
        let enough = (MOST - MUCH) * PART;
        assert!(debt.is_much(begin + enough));
        assert!(!debt.is_much(begin + enough + LONG * PART));
    }

    #[tokio::test]
    async fn a_task_that_keeps_its_thread_is_moved_and_one_that_waits_is_not() {
        let aside = Aside::start().unwrap();
        let tasks = TaskTracker::new();
        for (keeps, moves) in [(LONG, true), (Duration::ZERO, false)] {
            let (tell, told) = tokio::sync::oneshot::channel();
            let here = thread::current().id();
            let task = async move {
                thread::sleep(keeps);
                tokio::task::yield_now().await;
                tell.send(thread::current().id() != here).unwrap();
            };
            tokio::spawn(Movable::new(task, tasks.clone(), aside.handle()));
            // Being late is no proof of anything; a thread of another's that is kept is.
            let moved = told.await.unwrap();
            assert!(moved || !moves);
        }
    }
}
