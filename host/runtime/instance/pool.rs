//! The guests of an app: all alike, made when calls need them, and kept.

use super::{BoxedGuest, GuestJob, GuestSlot, Instance, is_up};
use crate::{
    engine::Guest,
    runtime::{failure::Kind, slot::Eager, streams::Streams},
};
use std::{
    ptr,
    sync::{Arc, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long no instance is added to those of an app after there was no room for one.
const CROWDED: Duration = Duration::from_secs(10);

impl Instance {
    /// Runs a job in a guest that is idle, or in a new one, or has it wait for the one that is free next. Those at the front come
    /// first, so that there are no more guests than calls at once.
    pub(super) async fn enter_pool(&self, mut job: GuestJob) -> Result<(), Kind> {
        let eager = match self.is_crowded() {
            false => &[Eager::Warm, Eager::Any][..],
            true => &[Eager::Warm],
        };
        for eager in eager {
            for slot in self.slots.iter().filter(|slot| is_up(slot)) {
                match slot.try_enter(job, *eager).await {
                    None => return Ok(()),
                    Some(back) => job = back,
                }
            }
        }
        self.wait_for_any(job, 1).await
    }

    /// Whether other guests are there that serve calls, in the place of one that is not.
    pub(super) fn has_others(&self, streams: &Streams) -> bool {
        let is_other = |slot: &&Arc<GuestSlot>| !ptr::eq(slot.keeper().as_ref(), streams);
        let mut others = self.slots.iter().filter(is_other);
        self.is_pool && others.any(|slot| is_up(slot) && slot.has_guest())
    }

    /// Has a job wait for one of the others.
    pub(super) async fn pass_on(&self, job: GuestJob) {
        if let Some(backlog) = &self.backlog {
            backlog.put_back(job);
            self.rouse().await;
        }
    }

    /// No instance of an app could be added, for the runner has as many as it may: those that there are serve its calls for a while.
    /// Answers whether there are any.
    pub(in crate::runtime) fn crowd(&self, why: &str, streams: &Streams) -> bool {
        let has_others = self.has_others(streams);
        if has_others {
            let was = self.crowded().replace(Instant::now() + CROWDED);
            if was.is_none_or(|until| until < Instant::now()) {
                let (app, _) = self.name();
                tracing::warn!(app, "calls wait for the instances that there are: {why}");
            }
        }
        has_others
    }

    /// Whether it is no use to try to add an instance.
    pub(in crate::runtime) fn is_crowded(&self) -> bool {
        self.crowded().is_some_and(|until| until > Instant::now())
    }

    fn crowded(&self) -> MutexGuard<'_, Option<Instant>> {
        self.crowded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has guests that were made aside serve, from the first slot on.
    pub(in crate::runtime) fn seat(&self, guests: Vec<Guest>) {
        for (slot, guest) in self.slots.iter().zip(guests) {
            self.counters.started();
            slot.put(Box::new(guest));
        }
    }

    /// After a call: the guest, or none if it has served enough and another one is to start in its place. What an app has to keep is
    /// not in its memory, so there is nothing to hand over; and nobody waits for the next one, since the answer has left.
    pub(super) fn after_call(
        self: &Arc<Self>,
        guest: BoxedGuest,
        streams: &Arc<Streams>,
    ) -> Option<BoxedGuest> {
        if !self.is_pool {
            self.look_at(&guest, streams);
        } else if guest.is_worn() {
            if !guest.is_for_one_call() {
                self.counters.recycled();
            }
            return None;
        }
        Some(guest)
    }
}
