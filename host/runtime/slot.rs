//! The place of one guest: lets one call in at a time.
//!
//! A call that finds the guest here runs at once, where it stands, under a plain lock: other threads wait for the lock, which is
//! cheaper than to be woken. No call keeps it for longer than one tick of the epoch, for a guest that goes on is pending then.
//! A call that is pending moves to a task of its own, so that nothing its client does can end it; the calls that come meanwhile
//! queue, and that task runs them one after the other. A call that computes for long moves to other threads, too, and so does
//! all that makes a new guest.
//!
//! A guest may wait for something of its own between calls: it rests then, and a call that comes interrupts its rest. Who watches
//! the rest also sees to it that the guest rests again, once for all calls that a thread runs in its turn.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Instant,
};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

mod aside;
mod backlog;
mod rest;
mod task;

pub use aside::Aside;
use aside::Debt;
pub(super) use backlog::Backlog;
pub(super) use rest::{Rest, Settled};
use task::Stage;

/// A job at work: gives the guest back, or none when it is of no more use.
pub(super) type Work<G> = Pin<Box<dyn Future<Output = Option<G>> + Send>>;

/// A guest that is being made ready to be left alone.
pub(super) type Settling<G> = Pin<Box<dyn Future<Output = Settled<G>> + Send>>;

/// What one call wants of the guest; or, as most jobs are, an errand that nobody waits for.
pub(super) trait Job<G, K>: Send {
    /// Whether nobody waits for its answer any more. Once it has begun, a job is run to its end.
    fn abandoned(&self) -> bool {
        false
    }
    /// Whether it must not be lost, so that the queue cannot be too long for it, and takes no place in it from another.
    /// Whoever has such jobs sees that they are few.
    fn errand(&self) -> bool {
        true
    }
    /// Whether it takes long, and so is to begin aside.
    fn is_long(&self) -> bool {
        false
    }
    /// Whether it is there to have the guest seen to.
    fn is_nudge(&self) -> bool {
        false
    }
    /// Begins. Where there is no guest, the job makes one.
    fn run(self: Box<Self>, guest: Option<G>, keeper: &Arc<K>) -> Work<G>;
}

/// What a guest needs when no job does.
pub(super) trait Keeper<G>: Send + Sync + 'static {
    /// Whether there is anything to do between jobs.
    fn needed(&self) -> bool;
    /// Does it.
    fn settle(self: Arc<Self>, guest: Option<G>) -> Settling<G>;
    /// Whether jobs that wait for any slot may come to this one, which has a guest or not.
    fn shares(&self, _has_guest: bool) -> bool {
        true
    }
}

/// Which guests are good enough for a job that is to begin at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Eager {
    /// One that is there.
    Warm,
    /// One that would have to be made, too.
    Any,
}

/// The queue is as long as it may be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

enum Seat<G> {
    /// No task has it.
    Taken(Settled<G>),
    /// A task has it.
    Away,
}

struct State<G, K> {
    seat: Seat<G>,
    queue: VecDeque<Box<dyn Job<G, K>>>,
    /// Who watches a guest that rests.
    watcher: Option<Waker>,
    watched: bool,
    /// The guest's rest ended before anybody watched.
    due: bool,
    debt: Debt,
}

impl<G, K> State<G, K> {
    /// The next job that somebody waits for.
    fn next(&mut self) -> Option<Box<dyn Job<G, K>>> {
        std::iter::from_fn(|| self.queue.pop_front()).find(|job| !job.abandoned())
    }

    fn push(&mut self, job: Box<dyn Job<G, K>>, limit: usize) -> Result<(), Full> {
        if !job.errand() && self.queue.len() >= limit {
            self.queue.retain(|job| !job.abandoned());
            if self.queue.iter().filter(|job| !job.errand()).count() >= limit {
                return Err(Full);
            }
        }
        self.queue.push_back(job);
        Ok(())
    }

    /// Leaves the guest in its place. A rest is polled once, so that it wakes the watcher from now on.
    fn leave(&mut self, mut settled: Settled<G>) {
        if let Settled::Resting(rest) = &mut settled
            && let Some(watcher) = &self.watcher
            && let Poll::Ready(guest) = rest.poll(&mut Context::from_waker(watcher))
        {
            self.due = true;
            watcher.wake_by_ref();
            settled = Settled::new(guest);
        }
        self.seat = Seat::Taken(settled);
    }
}

/// The place of one guest.
pub(super) struct Slot<G, K> {
    state: Mutex<State<G, K>>,
    keeper: Arc<K>,
    limit: AtomicUsize,
    /// What waits for any of several slots, this one among them.
    backlog: Option<Arc<Backlog<G, K>>>,
    tasks: TaskTracker,
    aside: Handle,
}

impl<G: Send + 'static, K: Keeper<G>> Slot<G, K> {
    /// A slot without a guest. `limit` is the length of the queue; `backlog` is what it shares with others; `tasks` are those to
    /// wait for before the process ends; `aside` is where long ones go.
    pub(super) fn new(
        keeper: Arc<K>,
        limit: usize,
        backlog: Option<Arc<Backlog<G, K>>>,
        tasks: TaskTracker,
        aside: Handle,
    ) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                seat: Seat::Taken(Settled::Vacant),
                queue: VecDeque::new(),
                watcher: None,
                watched: false,
                due: false,
                debt: Debt::new(Instant::now()),
            }),
            keeper,
            limit: AtomicUsize::new(limit),
            backlog,
            tasks,
            aside,
        })
    }

    /// What the guest needs between jobs.
    pub(super) fn keeper(&self) -> &Arc<K> {
        &self.keeper
    }

    /// From now on the queue may be this long.
    pub(super) fn set_limit(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// Begins a job, or queues it. The job tells whoever waits for it of its end.
    pub(super) fn enter(
        self: &Arc<Self>,
        job: Box<dyn Job<G, K>>,
    ) -> impl Future<Output = Result<(), Full>> {
        let mut job = Some(job);
        poll_fn(move |context| {
            Poll::Ready(match job.take() {
                Some(job) => self.begin(self.lock(), context, job),
                None => Ok(()),
            })
        })
    }

    /// Begins an errand, or queues it: it is never refused.
    pub(super) async fn send(self: &Arc<Self>, errand: Box<dyn Job<G, K>>) {
        let _ = self.enter(errand).await;
    }

    /// Begins a job only if it can begin at once; gives it back otherwise.
    pub(super) async fn try_enter(
        self: &Arc<Self>,
        job: Box<dyn Job<G, K>>,
        eager: Eager,
    ) -> Option<Box<dyn Job<G, K>>> {
        let mut job = Some(job);
        poll_fn(|context| {
            let state = match self.state.try_lock() {
                Ok(state) => state,
                Err(TryLockError::Poisoned(poisoned)) => self.mend(poisoned),
                Err(TryLockError::WouldBlock) => return Poll::Ready(()),
            };
            let good = match &state.seat {
                Seat::Away => false,
                Seat::Taken(settled) => eager == Eager::Any || settled.is_some(),
            };
            if good && let Some(job) = job.take() {
                // Only a job that must queue can find the queue full.
                let _ = self.begin(state, context, job);
            }
            Poll::Ready(())
        })
        .await;
        job
    }

    /// Has a guest that was made elsewhere be here, where there is none.
    pub(super) fn put(&self, guest: G) {
        let mut state = self.lock();
        if let Seat::Taken(settled @ Settled::Vacant) = &mut state.seat {
            *settled = Settled::Here(guest);
        }
    }

    /// Whether it has a guest, or is about to.
    pub(super) fn has_guest(&self) -> bool {
        match &self.lock().seat {
            Seat::Away => true,
            Seat::Taken(settled) => settled.is_some(),
        }
    }

    /// How many jobs wait.
    pub(super) fn waiting(&self) -> usize {
        self.lock().queue.len()
    }

    /// Sees to it that a guest that rests is woken by what it waits for: `nudge` is the job that is entered then.
    pub(super) fn watch(self: &Arc<Self>, nudge: impl Fn() -> Box<dyn Job<G, K>> + Send + 'static) {
        let mut state = self.lock();
        if !std::mem::replace(&mut state.watched, true) {
            let slot = self.clone();
            // Not among the tasks that are waited for: it ends with its runtime.
            tokio::spawn(async move {
                while slot.wake().await {
                    slot.send(nudge()).await;
                }
            });
        }
    }

    /// Waits until a rest is over; false when nothing will ever rest here again.
    async fn wake(&self) -> bool {
        poll_fn(|context| {
            let mut state = self.lock();
            if !self.keeper.needed() {
                state.watched = false;
                state.watcher = None;
                return Poll::Ready(false);
            }
            state.watcher = Some(context.waker().clone());
            if std::mem::take(&mut state.due) {
                return Poll::Ready(true);
            }
            if let Seat::Taken(Settled::Resting(rest)) = &mut state.seat
                && let Poll::Ready(guest) = rest.poll(context)
            {
                state.seat = Seat::Taken(Settled::new(guest));
                return Poll::Ready(true);
            }
            Poll::Pending
        })
        .await
    }

    /// Has the watcher look whether it is needed any longer.
    pub(super) fn look_again(&self) {
        if let Some(watcher) = &self.lock().watcher {
            watcher.wake_by_ref();
        }
    }

    fn begin(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State<G, K>>,
        context: &mut Context<'_>,
        job: Box<dyn Job<G, K>>,
    ) -> Result<(), Full> {
        let guest = match std::mem::replace(&mut state.seat, Seat::Away) {
            Seat::Away => return state.push(job, self.limit.load(Ordering::Relaxed)),
            Seat::Taken(settled) => settled.into_guest(),
        };
        let begun = Instant::now();
        // To make a guest takes long.
        let is_long_already = guest.is_none() || job.is_long() || state.debt.is_much(begun);
        let is_nudge = job.is_nudge();
        let mut work = job.run(guest, &self.keeper);
        if is_long_already {
            drop(state);
            self.go_on(Stage::Job(work), true);
            return Ok(());
        }
        let guest = match work.as_mut().poll(context) {
            Poll::Ready(guest) => guest,
            Poll::Pending => {
                self.part(state, begun, Stage::Job(work));
                return Ok(());
            }
        };
        if !self.keeper.needed() {
            state.leave(Settled::new(guest));
        } else if let Some(watcher) = state.watcher.as_ref().filter(|_| !is_nudge) {
            // Others may come in the same turn of this thread: the guest is seen to once for all of them.
            watcher.wake_by_ref();
            state.due = true;
            state.leave(Settled::new(guest));
        } else {
            let mut settling = self.keeper.clone().settle(guest);
            match settling.as_mut().poll(context) {
                Poll::Ready(settled) => state.leave(settled),
                Poll::Pending => {
                    self.part(state, begun, Stage::Settling(settling));
                    return Ok(());
                }
            }
        }
        let now = Instant::now();
        state.debt.add(now - begun, now);
        Ok(())
    }
}

impl<G, K> Slot<G, K> {
    fn lock(&self) -> MutexGuard<'_, State<G, K>> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| self.mend(poisoned))
    }

    /// After a panic of the host in a call that ran under the lock: the guest is lost, and the next job makes a new one.
    fn mend<'a>(
        &'a self,
        poisoned: PoisonError<MutexGuard<'a, State<G, K>>>,
    ) -> MutexGuard<'a, State<G, K>> {
        let mut state = poisoned.into_inner();
        state.seat = Seat::Taken(Settled::Vacant);
        self.state.clear_poison();
        state
    }
}

#[cfg(test)]
mod tests;
