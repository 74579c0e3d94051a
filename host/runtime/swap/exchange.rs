//! Guests take the places of others: all of them, or none.

use super::Refused;
use crate::config::named;
use crate::{
    engine::{Guest, Saved, Within},
    runtime::{
        instance::{BoxedGuest, GuestSlot, Instance},
        slot::{Job, Work},
        streams::Streams,
    },
};
use bytesize::ByteSize;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{oneshot, watch};

/// A guest that is ready to serve, for one slot.
pub(super) struct Newcomer {
    pub(super) instance: Arc<Instance>,
    pub(super) slot: Arc<GuestSlot>,
    pub(super) guest: Guest,
}

/// How guests take over from those before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// They get the state of those.
    pub(super) handing_over: bool,
    /// Bytes of that.
    pub(super) limit: usize,
    /// How long calls may wait.
    pub(super) pause: Duration,
    /// How long what the one before has delivered can be acknowledged to it.
    pub(super) drain: Duration,
    /// One that has grown too much as it begins does not.
    pub(super) fresh: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Open,
    GoOn,
    GoBack,
}

/// Has guests take over, each in its slot. `succeed` is called once all are ready, before calls come to them. Answers how long calls
/// waited at the most.
///
/// # Errors
/// When one cannot, or it takes too long: then all is as it was.
pub(super) async fn exchange(
    newcomers: Vec<Newcomer>,
    manner: Manner,
    succeed: impl FnOnce(),
) -> Result<Duration, Refused> {
    let begun = Instant::now();
    let (decide, decision) = watch::channel(Decision::Open);
    let ready = enter(newcomers, &decision, manner).await;
    let all_ready = async {
        for (instance, ready) in ready {
            let taken_over = ready.await.unwrap_or(Err("it was lost".to_owned()));
            taken_over.map_err(|why| Refused::NotTakenOver { instance, why })?;
        }
        Ok(())
    };
    let outcome = tokio::time::timeout(manner.pause, all_ready).await;
    let outcome = outcome.unwrap_or(Err(Refused::TooLong(manner.pause)));
    let decided = match outcome {
        Ok(()) => {
            succeed();
            Decision::GoOn
        }
        Err(_) => Decision::GoBack,
    };
    decide.send_replace(decided);
    outcome.map(|()| begun.elapsed())
}

type Ready = oneshot::Receiver<Result<(), String>>;

/// Stops each slot for its newcomer.
async fn enter(
    newcomers: Vec<Newcomer>,
    decision: &watch::Receiver<Decision>,
    manner: Manner,
) -> Vec<(String, Ready)> {
    let mut all = Vec::new();
    for Newcomer {
        instance,
        slot,
        guest,
    } in newcomers
    {
        let (ready, is_ready) = oneshot::channel();
        all.push((instance.id().to_owned(), is_ready));
        let exchange = Exchange {
            instance,
            slot: slot.clone(),
            newcomer: Box::new(guest),
            manner,
            ready,
            decision: decision.clone(),
        };
        slot.send(Box::new(exchange)).await;
    }
    all
}

/// The turn of a slot in which its guest may become another.
struct Exchange {
    instance: Arc<Instance>,
    slot: Arc<GuestSlot>,
    newcomer: BoxedGuest,
    manner: Manner,
    ready: oneshot::Sender<Result<(), String>>,
    decision: watch::Receiver<Decision>,
}

impl Job<BoxedGuest, Streams> for Exchange {
    fn is_long(&self) -> bool {
        true
    }

    fn run(
        self: Box<Self>,
        mut guest: Option<BoxedGuest>,
        streams: &Arc<Streams>,
    ) -> Work<BoxedGuest> {
        let streams = streams.clone();
        Box::pin(async move {
            let Self {
                instance,
                slot,
                mut newcomer,
                manner,
                ready,
                mut decision,
            } = *self;
            let handover = Handover {
                instance: &instance,
                streams: &streams,
                limit: manner.limit,
            };
            let saved = match manner.handing_over {
                // It is not to be stopped half-way, or it would be lost.
                true => handover.save(&mut guest).await,
                false => Ok(None),
            };
            let taken_over = async {
                if let Some(saved) = saved? {
                    handover.restore(&mut newcomer, saved).await?;
                }
                if manner.fresh && newcomer.has_grown() {
                    let memory = ByteSize(newcomer.memory() as u64);
                    return Err(format!(
                        "it has {memory} as it begins, and would be replaced at once: more must be allowed ({})",
                        named::recycle_memory
                    ));
                }
                streams.introduce(&mut newcomer).await
            };
            let mut undecided = decision.clone();
            let taken_over = tokio::select! {
                biased;
                taken_over = taken_over => taken_over,
                // It took too long, or another slot was not ready.
                _ = undecided.wait_for(|decision| *decision != Decision::Open) => Err("it is too late".to_owned()),
            };
            let is_ready = taken_over.is_ok();
            // Whoever asked may have gone: then it is decided already.
            let _ = ready.send(taken_over);
            let decided = decision
                .wait_for(|decision| *decision != Decision::Open)
                .await;
            match decided {
                Ok(decided) if is_ready && *decided == Decision::GoOn => {
                    streams.succeed(&slot, guest, &newcomer, manner.handing_over, manner.drain);
                    instance.renewed(&streams);
                    Some(newcomer)
                }
                _ => guest,
            }
        })
    }
}

/// One guest's state on its way to the next.
struct Handover<'a> {
    instance: &'a Arc<Instance>,
    streams: &'a Arc<Streams>,
    limit: usize,
}

impl Handover<'_> {
    async fn save(&self, guest: &mut Option<BoxedGuest>) -> Result<Option<Saved>, String> {
        let Some(giver) = guest else {
            return Ok(None);
        };
        match giver.run(Within::Start, Guest::save).await {
            Ok(Ok(saved)) if saved.size() > self.limit => {
                let (size, limit) = (ByteSize(saved.size() as u64), ByteSize(self.limit as u64));
                Err(format!(
                    "its state is {size}, and {limit} are the most ({})",
                    named::max_handover
                ))
            }
            Ok(Ok(saved)) => Ok(Some(saved)),
            Ok(Err(refused)) => {
                let why = self.instance.redacted(refused);
                Err(format!("the old one cannot hand over: {why}"))
            }
            Err(error) => {
                let why = giver.ending(&error).to_string();
                if let Some(giver) = guest.take() {
                    self.instance.lost(giver, "save", &error, self.streams);
                }
                Err(format!("the old one failed at the handover: {why}"))
            }
        }
    }

    async fn restore(&self, guest: &mut Guest, saved: Saved) -> Result<(), String> {
        let restored = guest
            .run(Within::Start, move |guest| guest.restore(saved))
            .await;
        match restored {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refused)) => {
                let why = self.instance.redacted(refused);
                Err(format!("it cannot take the state over: {why}"))
            }
            Err(error) => Err(guest.ending(&error).to_string()),
        }
    }
}
