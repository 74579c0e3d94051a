//! What is pending goes on as a task of its own, which then serves those who wait.

use super::{
    Keeper, Seat, Settled, Settling, Slot, State, Work,
    aside::{Movable, is_long, timed},
};
use std::{
    sync::{Arc, MutexGuard},
    time::Instant,
};

/// So many jobs may follow each other before the guest's own needs are seen to, although more jobs wait.
pub(super) const IN_A_ROW: usize = 16;

/// A job at work, or what comes after it.
pub(super) enum Stage<G> {
    Job(Work<G>),
    Settling(Settling<G>),
}

impl<G: Send + 'static, K: Keeper<G>> Slot<G, K> {
    /// What is pending goes on as a task.
    pub(super) fn part(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State<G, K>>,
        begun: Instant,
        stage: Stage<G>,
    ) {
        let now = Instant::now();
        state.debt.add(now - begun, now);
        drop(state);
        self.go_on(stage, is_long(now - begun));
    }

    pub(super) fn go_on(self: &Arc<Self>, stage: Stage<G>, aside: bool) {
        let task = self.clone().finish(stage);
        if aside {
            self.tasks.spawn_on(task, &self.aside);
        } else {
            let movable = Movable::new(task, self.tasks.clone(), self.aside.clone());
            self.tasks.spawn(movable);
        }
    }

    /// Ends what was pending, then serves the queue until it is empty. Sees to the guest's own needs after that, and before
    /// that where the queue does not get empty: else whoever calls often enough would keep all messages from the streams.
    async fn finish(self: Arc<Self>, stage: Stage<G>) {
        let stranded = Stranded(&self);
        // Jobs since the guest was seen to.
        let (mut guest, mut kept, mut jobs) = match stage {
            Stage::Job(work) => {
                let (guest, kept) = timed(work).await;
                (Settled::new(guest), kept, 1)
            }
            Stage::Settling(settling) => {
                let (guest, kept) = timed(settling).await;
                (guest, kept, 0)
            }
        };
        loop {
            let next = {
                let mut state = self.lock();
                state.debt.add(kept, Instant::now());
                let needed = jobs > 0 && self.keeper.needed();
                match needed && jobs >= IN_A_ROW {
                    true => None,
                    false => match state.next().or_else(|| self.shared(guest.is_some())) {
                        None if !needed => {
                            state.leave(guest);
                            break;
                        }
                        next => next,
                    },
                }
            };
            (guest, kept, jobs) = match next {
                Some(job) if job.is_long() => {
                    let work = job.run(guest.into_guest(), &self.keeper);
                    std::mem::forget(stranded);
                    self.go_on(Stage::Job(work), true);
                    return;
                }
                Some(job) => {
                    let (guest, kept) = timed(job.run(guest.into_guest(), &self.keeper)).await;
                    (Settled::new(guest), kept, jobs + 1)
                }
                None => {
                    let settling = self.keeper.clone().settle(guest.into_guest());
                    let (settled, kept) = timed(settling).await;
                    (settled, kept, 0)
                }
            };
            // Jobs that never wait must still let the other tasks of this thread go on.
            tokio::task::coop::consume_budget().await;
        }
        std::mem::forget(stranded);
    }
}

/// Dropped only when a task ended by a panic, or with its runtime: empties the slot, so that those who wait learn of it.
struct Stranded<'a, G, K>(&'a Slot<G, K>);

impl<G, K> Drop for Stranded<'_, G, K> {
    fn drop(&mut self) {
        let jobs = {
            let mut state = self.0.lock();
            state.seat = Seat::Taken(Settled::Vacant);
            std::mem::take(&mut state.queue)
        };
        drop(jobs);
    }
}
