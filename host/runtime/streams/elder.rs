//! Guests that gave their place away in a swap: what they delivered is acknowledged to them, until all is or their time is over.

use super::{Answer, Returned, Source, State, Stream, Streams, open};
use crate::{
    engine::{Guest, Within},
    runtime::{
        instance::{BoxedGuest, GuestSlot},
        slot::{Job, Work},
    },
};
use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// How many of one slot wait at once: what the eldest delivered is given up when there is one more.
const ELDERS: usize = 4;

/// A guest that gave its place away.
pub(super) struct Elder {
    guest: BoxedGuest,
    /// What it calls the streams that it knew, by their keys.
    streams: BTreeMap<u64, (u64, Arc<Source>)>,
}

impl Elder {
    pub(super) fn id(&self, key: u64) -> Option<u64> {
        self.streams.get(&key).map(|(id, _)| *id)
    }

    /// Lets it close its streams, which is when a broker takes back what was not acknowledged, and go.
    fn retire(self) {
        tokio::spawn(async move {
            let Self { mut guest, streams } = self;
            for (id, source) in streams.into_values() {
                let closing = guest.run(Within::Call, move |guest| {
                    Box::pin(async move { open::close(guest, id, &source).await })
                });
                if let Err(error) = closing.await {
                    tracing::debug!("a guest that was replaced failed as it went: {error:#}");
                    break;
                }
            }
        });
    }
}

impl State {
    /// What a guest delivered has nobody to be acknowledged to.
    pub(super) fn forget_messages(&mut self, guest: u64) {
        let streams = self.streams.values_mut();
        for out in streams.flat_map(|stream| stream.out.values_mut()) {
            if out.by == guest {
                out.message_id = None;
            }
        }
    }

    /// How many of a guest's messages are with clients.
    fn out_by(&self, guest: u64) -> usize {
        let outs = self.streams.values().flat_map(|stream| stream.out.values());
        outs.filter(|out| out.by == guest && out.message_id.is_some())
            .count()
    }

    /// Ends the streams that a guest cannot have.
    fn end_unserved(&mut self, guest: &Guest) {
        let served = |stream: &Stream| guest.exports(stream.source.block().interface());
        self.streams.retain(|_, stream| served(stream));
    }

    fn dismiss(&mut self, guest: u64) {
        if let Some(elder) = self.elders.remove(&guest) {
            self.forget_messages(guest);
            elder.retire();
        }
    }
}

impl Streams {
    /// Tells a guest of the streams that the one whose place it is to take knows, by the same names: of those that it can have.
    ///
    /// # Errors
    /// When it fails, or refuses one.
    pub(in crate::runtime) async fn introduce(&self, guest: &mut Guest) -> Result<(), String> {
        let known: Vec<_> = {
            let state = self.state();
            let streams = state.streams.values();
            streams
                .filter(|stream| guest.exports(stream.source.block().interface()))
                .filter_map(|stream| Some((stream.id?, stream.source.clone())))
                .collect()
        };
        for (id, source) in known {
            let told = guest
                .run(Within::Call, move |guest| {
                    Box::pin(async move { open::tell(guest, id, &source).await })
                })
                .await;
            match told {
                Ok(Ok(_)) => {}
                Ok(Err(refused)) => {
                    let code = refused.code;
                    return Err(format!("it refuses a stream that is open ({code:?})"));
                }
                Err(error) => return Err(guest.ending(&error).to_string()),
            }
        }
        Ok(())
    }

    /// The guest of this slot is `next` from now on. The one before is kept for the acknowledgements of what it delivered, unless
    /// it has handed that over. Streams that `next` cannot have end.
    pub(in crate::runtime) fn succeed(
        &self,
        slot: &Arc<GuestSlot>,
        before: Option<BoxedGuest>,
        next: &Guest,
        handed_over: bool,
        patience: Duration,
    ) {
        let mut state = self.state();
        let elder = state.guest;
        state.guest += 1;
        state.failures = 0;
        let successor = state.guest;
        let known = state.streams.iter();
        let known =
            known.filter_map(|(key, stream)| Some((*key, (stream.id?, stream.source.clone()))));
        let known = known.collect();
        state.end_unserved(next);
        self.count.store(state.streams.len(), Ordering::Relaxed);
        let Some(guest) = before else {
            return;
        };
        if handed_over {
            let streams = state.streams.values_mut();
            for out in streams.flat_map(|stream| stream.out.values_mut()) {
                if out.by == elder {
                    out.by = successor;
                }
            }
            // Its state is another's now: it is to do nothing more with it. Nobody is to wait until its memory is given back.
            tokio::spawn(async move { drop(guest) });
            return;
        }
        let waits = state.out_by(elder) > 0;
        let streams = known;
        state.elders.insert(elder, Elder { guest, streams });
        if !waits {
            state.dismiss(elder);
            return;
        }
        while state.elders.len() > ELDERS
            && let Some((eldest, _)) = state.elders.first_key_value()
        {
            let eldest = *eldest;
            state.dismiss(eldest);
        }
        let slot = slot.clone();
        tokio::spawn(async move {
            tokio::time::sleep(patience).await;
            slot.send(Box::new(Dismissal(elder))).await;
        });
    }

    /// Tells an elder of the answer to a message that it delivered.
    pub(super) async fn tell_elder(&self, elder: u64, returned: Returned, answer: Answer) {
        let taken = self.state().elders.remove(&elder);
        let Some(mut told) = taken else {
            return;
        };
        let Returned {
            source,
            id,
            message_id,
            ..
        } = returned;
        let telling = told.guest.run(Within::Call, move |guest| {
            Box::pin(
                async move { open::acknowledge(guest, id, &message_id, answer, &source).await },
            )
        });
        let failed = telling.await.err();
        let mut state = self.state();
        match failed {
            Some(error) => {
                tracing::warn!(
                    "a guest that was replaced failed at an acknowledgement: {}",
                    told.guest.ending(&error)
                );
                state.forget_messages(elder);
            }
            None => {
                let waits = state.out_by(elder) > 0;
                state.elders.insert(elder, told);
                if !waits {
                    state.dismiss(elder);
                }
            }
        }
    }
}

/// The time of an elder is over.
struct Dismissal(u64);

impl Job<BoxedGuest, Streams> for Dismissal {
    fn run(self: Box<Self>, guest: Option<BoxedGuest>, streams: &Arc<Streams>) -> Work<BoxedGuest> {
        streams.state().dismiss(self.0);
        Box::pin(std::future::ready(guest))
    }
}
