//! Jobs that wait for any of several slots, so that none waits for a guest that is busy while another is idle.

use super::{Full, Job, Keeper, Seat, Slot};
use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

/// What waits for whichever of several slots is free next.
///
/// Whoever puts a job here rouses the slots after that. So no job is left behind: a slot that is at work looks here when it has
/// done its own, and one that is not is roused.
pub(in crate::runtime) struct Backlog<G, K> {
    jobs: Mutex<VecDeque<Box<dyn Job<G, K>>>>,
}

impl<G, K> Default for Backlog<G, K> {
    fn default() -> Self {
        Self {
            jobs: Mutex::default(),
        }
    }
}

impl<G, K> Backlog<G, K> {
    /// Has a job wait, behind those that came before.
    pub(in crate::runtime) fn push(
        &self,
        job: Box<dyn Job<G, K>>,
        limit: usize,
    ) -> Result<(), Full> {
        let mut jobs = self.lock();
        if jobs.len() >= limit {
            jobs.retain(|job| !job.abandoned());
            if jobs.len() >= limit {
                return Err(Full);
            }
        }
        jobs.push_back(job);
        Ok(())
    }

    /// Has a job wait again that was to be next.
    pub(in crate::runtime) fn put_back(&self, job: Box<dyn Job<G, K>>) {
        self.lock().push_front(job);
    }

    /// The next job that somebody waits for.
    pub(super) fn next(&self) -> Option<Box<dyn Job<G, K>>> {
        let mut jobs = self.lock();
        std::iter::from_fn(|| jobs.pop_front()).find(|job| !job.abandoned())
    }

    /// How many jobs wait.
    pub(in crate::runtime) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Box<dyn Job<G, K>>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<G: Send + 'static, K: Keeper<G>> Slot<G, K> {
    /// Begins jobs of the backlog for as long as they can begin here at once.
    pub(in crate::runtime) async fn rouse(self: &Arc<Self>) {
        while self.rouse_once().await {
            // Jobs that never wait must still let the other tasks of this thread go on.
            tokio::task::coop::consume_budget().await;
        }
    }

    async fn rouse_once(self: &Arc<Self>) -> bool {
        poll_fn(|context| {
            let state = self.lock();
            let job = match &state.seat {
                Seat::Away => None,
                Seat::Taken(settled) => self.shared(settled.is_some()),
            };
            // Only a job that must queue can find the queue full.
            Poll::Ready(job.is_some_and(|job| self.begin(state, context, job).is_ok()))
        })
        .await
    }

    /// The next job of the backlog, if this slot is to do any of those.
    pub(super) fn shared(&self, has_guest: bool) -> Option<Box<dyn Job<G, K>>> {
        let backlog = self.backlog.as_ref()?;
        match self.keeper.shares(has_guest) {
            true => backlog.next(),
            false => None,
        }
    }
}
