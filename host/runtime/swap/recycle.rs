//! A guest that has served or grown enough gives its place to another of the same generation, between two calls.
//!
//! All is as in a swap, in one slot: the next guest is made ready aside, and takes over. Guests whose memory only ever grows are
//! replaced so before they fail.

use super::{
    Refused,
    exchange::{Manner, Newcomer, exchange},
    hands_over, prepare,
};
use crate::{
    engine::Guest,
    runtime::{circuit::backoff, instance::Instance, streams::Streams},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// To replace the guests of a slot takes no more than one part in so many of the time, however soon they are worn.
const PART: u32 = 10;

/// The pause after a guest could not be replaced: doubled each time, up to the most, which no pause is over.
const RETRY: Duration = Duration::from_secs(1);
const RETRY_MOST: Duration = Duration::from_secs(60);

/// How long what a guest has delivered can be acknowledged to it after it was replaced. Longer than a swap allows, because
/// nobody waits for it, and applications that take long must not get each message twice.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a slot's guests wear out.
#[derive(Default)]
pub(in crate::runtime) struct Wear {
    /// Whether the guest is being replaced, or was a moment ago.
    under_way: Arc<AtomicBool>,
    /// How often it could not be, in a row.
    failures: AtomicU32,
}

/// While this lives, the guest is not replaced again.
struct UnderWay(Arc<AtomicBool>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Wear {
    /// None while it is under way already.
    fn begin(&self) -> Option<UnderWay> {
        let first = !self.under_way.swap(true, Ordering::Relaxed);
        first.then(|| UnderWay(self.under_way.clone()))
    }
}

impl Instance {
    /// Between two calls: a guest that is worn is replaced soon. Costs next to nothing where it is not.
    pub(in crate::runtime) fn look_at(self: &Arc<Self>, guest: &Guest, streams: &Arc<Streams>) {
        if guest.is_worn()
            && let Some(under_way) = streams.wear.begin()
        {
            let recycling = recycle(self.clone(), streams.clone(), under_way);
            self.aside.spawn(recycling);
        }
    }

    /// Has another guest of the generation that serves take the place of the one in a slot. Answers whether that has handed over.
    async fn replace(self: &Arc<Self>, streams: &Arc<Streams>) -> Result<bool, Refused> {
        // No Init, and no swap, meanwhile.
        let _alone = self.swapping.write().await;
        let Some(slot) = self.slot_of(streams) else {
            return Ok(false);
        };
        let template = self.generations.current().template.clone();
        let limits = template.limits();
        let (guest, _) = prepare(self, &template, false).await?;
        let newcomer = Newcomer {
            instance: self.clone(),
            slot: slot.clone(),
            guest,
        };
        let manner = Manner {
            handing_over: hands_over(&template),
            limit: limits.handover,
            pause: limits.swap_pause,
            drain: PATIENCE,
            fresh: true,
        };
        exchange(vec![newcomer], manner, || {}).await?;
        Ok(manner.handing_over)
    }
}

async fn recycle(instance: Arc<Instance>, streams: Arc<Streams>, under_way: UnderWay) {
    let begun = Instant::now();
    let replaced = instance.replace(&streams).await;
    let (component, id) = instance.name();
    let failures = &streams.wear.failures;
    let pause = match replaced {
        Ok(handed_over) => {
            instance.counters.recycled();
            failures.store(0, Ordering::Relaxed);
            tracing::debug!(
                component,
                instance = id,
                handed_over,
                "a guest that had served enough was replaced"
            );
            (begun.elapsed() * (PART - 1)).min(RETRY_MOST)
        }
        Err(why) => {
            let before = failures.fetch_add(1, Ordering::Relaxed);
            let pause = backoff(RETRY, before, RETRY_MOST);
            tracing::warn!(
                component,
                instance = id,
                "a guest that has served enough goes on, because another cannot take its place: {why}. This is tried again in {}",
                humantime::format_duration(pause)
            );
            pause
        }
    };
    // What waits here keeps nothing alive.
    drop((instance, streams));
    tokio::time::sleep(pause).await;
    drop(under_way);
}
