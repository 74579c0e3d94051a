//! How a job comes to a guest: to that of one slot, to whichever is idle, or to the one that is free first.

use super::{GuestJob, GuestSlot, Instance, is_up};
use crate::runtime::{
    failure::Kind,
    slot::{Eager, Full},
};
use futures_util::TryFutureExt;
use std::{
    future::Future,
    sync::{Arc, atomic::Ordering},
};

impl Instance {
    /// Whether calls can be served: one of the guests does not keep failing.
    pub(in crate::runtime) fn is_up(&self) -> bool {
        self.slots.iter().any(|slot| is_up(slot))
    }

    /// Why calls are refused, while all guests keep failing.
    pub(in crate::runtime) fn available(&self) -> Result<(), Kind> {
        match self.is_up() {
            true => Ok(()),
            false => Err(self.refusal()),
        }
    }

    /// Why a call is refused while all guests keep failing.
    fn refusal(&self) -> Kind {
        let mut slots = self.slots.iter();
        let refusal = slots.find_map(|slot| slot.keeper().circuit.refusal());
        refusal.unwrap_or(Kind::Lost)
    }

    /// In one slot, if its guest does not keep failing.
    pub(super) async fn enter(&self, slot: &Arc<GuestSlot>, job: GuestJob) -> Result<(), Kind> {
        match slot.keeper().circuit.refusal() {
            Some(refusal) => Err(refusal),
            None => self.queue(slot, job).await,
        }
    }

    /// In one slot, however its guest does.
    pub(super) fn queue(
        &self,
        slot: &Arc<GuestSlot>,
        job: GuestJob,
    ) -> impl Future<Output = Result<(), Kind>> {
        slot.enter(job).map_err(|Full| Kind::QueueFull {
            limit: self.generations.current().template.limits().queue,
        })
    }

    /// In any of several slots.
    pub(super) async fn enter_any(&self, mut job: GuestJob) -> Result<(), Kind> {
        if self.is_pool {
            return self.enter_pool(job).await;
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let count = self.slots.len();
        let slots = self.slots.iter().cycle().skip(turn % count.max(1));
        for slot in slots.take(count).filter(|slot| is_up(slot)) {
            match slot.try_enter(job, Eager::Any).await {
                None => return Ok(()),
                Some(back) => job = back,
            }
        }
        // Each slot has room for as many.
        self.wait_for_any(job, count).await
    }

    /// Has a job wait for whichever guest is free first, while so many queues have room for it.
    pub(super) async fn wait_for_any(&self, job: GuestJob, queues: usize) -> Result<(), Kind> {
        self.available()?;
        let backlog = self.backlog.as_ref().ok_or(Kind::Lost)?;
        let queue = self.generations.current().template.limits().queue;
        let limit = queue.saturating_mul(queues);
        let pushed = backlog.push(job, limit);
        pushed.map_err(|Full| Kind::QueueFull { limit })?;
        self.rouse().await;
        Ok(())
    }

    /// Whoever is idle may have become so after it was asked.
    pub(super) async fn rouse(&self) {
        for slot in &self.slots {
            slot.rouse().await;
        }
    }
}
