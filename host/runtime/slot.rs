//! The place of one guest: lets one call in at a time.
//!
//! A call that finds the guest here runs at once, where it stands, under a plain lock: other threads wait for the lock, which is
//! cheaper than to be woken. No call keeps it for longer than one tick of the epoch, for a guest that goes on is pending then.
//! A call that is pending moves to a task of its own, so that nothing its client does can end it; the calls that come meanwhile
//! queue, and that task runs them one after the other.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError},
    task::{Context, Poll},
};
use tokio_util::task::TaskTracker;

/// A job at work: gives the guest back, or none when it is of no more use.
pub(super) type Work<G> = Pin<Box<dyn Future<Output = Option<G>> + Send>>;

/// What one call wants of the guest.
pub(super) trait Job<G>: Send {
    /// Whether nobody waits for its answer any more. Once it has begun, a job is run to its end.
    fn abandoned(&self) -> bool;
    /// Begins. Where there is no guest, the job makes one.
    fn run(self: Box<Self>, guest: Option<G>) -> Work<G>;
}

/// The queue is as long as it may be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

enum Seat<G> {
    /// The guest is idle.
    Here(G),
    /// There is none: the next job makes one.
    Vacant,
    /// A task has it.
    Away,
}

struct State<G> {
    seat: Seat<G>,
    queue: VecDeque<Box<dyn Job<G>>>,
}

impl<G> State<G> {
    /// The next job that somebody waits for.
    fn next(&mut self) -> Option<Box<dyn Job<G>>> {
        std::iter::from_fn(|| self.queue.pop_front()).find(|job| !job.abandoned())
    }

    fn push(&mut self, job: Box<dyn Job<G>>, limit: usize) -> Result<(), Full> {
        if self.queue.len() >= limit {
            self.queue.retain(|job| !job.abandoned());
        }
        if self.queue.len() >= limit {
            return Err(Full);
        }
        self.queue.push_back(job);
        Ok(())
    }
}

/// The place of one guest.
pub(super) struct Slot<G> {
    state: Mutex<State<G>>,
    limit: usize,
    tasks: TaskTracker,
}

impl<G: Send + 'static> Slot<G> {
    /// A slot without a guest. `limit` is the length of the queue; `tasks` are those to wait for before the process ends.
    pub(super) fn new(limit: usize, tasks: TaskTracker) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                seat: Seat::Vacant,
                queue: VecDeque::new(),
            }),
            limit,
            tasks,
        })
    }

    /// Begins a job, or queues it. The job tells whoever waits for it of its end.
    pub(super) async fn enter(self: &Arc<Self>, job: Box<dyn Job<G>>) -> Result<(), Full> {
        let mut job = Some(job);
        poll_fn(|context| {
            Poll::Ready(match job.take() {
                Some(job) => self.begin(self.lock(), context, job),
                None => Ok(()),
            })
        })
        .await
    }

    /// Begins a job only if it can begin at once; gives it back otherwise.
    pub(super) async fn try_enter(
        self: &Arc<Self>,
        job: Box<dyn Job<G>>,
    ) -> Option<Box<dyn Job<G>>> {
        let mut job = Some(job);
        poll_fn(|context| {
            let state = match self.state.try_lock() {
                Ok(state) => state,
                Err(TryLockError::Poisoned(poisoned)) => self.mend(poisoned),
                Err(TryLockError::WouldBlock) => return Poll::Ready(()),
            };
            if !matches!(state.seat, Seat::Away)
                && let Some(job) = job.take()
            {
                // Only a job that must queue can find the queue full.
                let _ = self.begin(state, context, job);
            }
            Poll::Ready(())
        })
        .await;
        job
    }

    /// How many jobs wait.
    pub(super) fn waiting(&self) -> usize {
        self.lock().queue.len()
    }

    fn begin(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State<G>>,
        context: &mut Context<'_>,
        job: Box<dyn Job<G>>,
    ) -> Result<(), Full> {
        let guest = match std::mem::replace(&mut state.seat, Seat::Away) {
            Seat::Away => return state.push(job, self.limit),
            Seat::Here(guest) => Some(guest),
            Seat::Vacant => None,
        };
        let mut work = job.run(guest);
        match work.as_mut().poll(context) {
            Poll::Ready(guest) => state.seat = guest.map_or(Seat::Vacant, Seat::Here),
            Poll::Pending => {
                drop(state);
                self.tasks.spawn(self.clone().finish(work));
            }
        }
        Ok(())
    }

    /// Ends a job that was pending, then serves the queue until it is empty.
    async fn finish(self: Arc<Self>, work: Work<G>) {
        let stranded = Stranded(&self);
        let mut guest = work.await;
        loop {
            let next = {
                let mut state = self.lock();
                match state.next() {
                    Some(job) => job,
                    None => {
                        state.seat = guest.map_or(Seat::Vacant, Seat::Here);
                        break;
                    }
                }
            };
            guest = next.run(guest).await;
            // Jobs that never wait must still let the other tasks of this thread go on.
            tokio::task::coop::consume_budget().await;
        }
        std::mem::forget(stranded);
    }

    fn lock(&self) -> MutexGuard<'_, State<G>> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| self.mend(poisoned))
    }

    /// After a panic of the host in a call that ran under the lock: the guest is lost, and the next job makes a new one.
    fn mend<'a>(
        &'a self,
        poisoned: PoisonError<MutexGuard<'a, State<G>>>,
    ) -> MutexGuard<'a, State<G>> {
        let mut state = poisoned.into_inner();
        state.seat = Seat::Vacant;
        self.state.clear_poison();
        state
    }
}

/// Dropped only when a task ended by a panic, or with its runtime: empties the slot, so that those who wait learn of it.
struct Stranded<'a, G: Send + 'static>(&'a Slot<G>);

impl<G: Send + 'static> Drop for Stranded<'_, G> {
    fn drop(&mut self) {
        let jobs = {
            let mut state = self.0.lock();
            state.seat = Seat::Vacant;
            std::mem::take(&mut state.queue)
        };
        drop(jobs);
    }
}

#[cfg(test)]
mod tests;
