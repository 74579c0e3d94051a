//! How the guest of a slot comes and goes: it starts, it fails, and another one is tried, at once or after a while.

use super::{
    circuit::Opened,
    failure::{Kind, soon},
    instance::{BoxedGuest, GuestSlot, Instance},
    slot::{Job, Work},
    streams::Streams,
};
use crate::engine::{Ending, Within};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// A guest that starts. In a box of its own, because every call has room for it, and hardly any needs it.
type Starting<'a> = Pin<Box<dyn Future<Output = Result<BoxedGuest, Kind>> + Send + 'a>>;

impl Instance {
    /// A new guest for a call. While the guest keeps failing there is none, but for an Init: it may bring what was wrong.
    pub(super) fn start_for<'a>(
        self: &'a Arc<Self>,
        within: Within,
        streams: &'a Arc<Streams>,
    ) -> Starting<'a> {
        match streams.circuit.refusal() {
            Some(refusal) if within == Within::Call => Box::pin(std::future::ready(Err(refusal))),
            _ => self.start(streams),
        }
    }

    /// A new guest that has been through every Init of this instance.
    pub(super) fn start<'a>(self: &'a Arc<Self>, streams: &'a Arc<Streams>) -> Starting<'a> {
        Box::pin(async move {
            let begun = Instant::now();
            let started = self.try_start(streams).await;
            match &started {
                Ok(_) => self.started(streams),
                Err(Kind::Full { why }) if self.crowd(why, streams) => {}
                Err(kind @ (Kind::NotStarted { why } | Kind::Full { why })) => {
                    self.tell_not_started(kind);
                    let why = format!("it does not start: {why}");
                    let opened = streams.circuit.unstarted(&why, begun.elapsed());
                    self.heed(opened, streams);
                }
                Err(_) => {}
            }
            started
        })
    }

    async fn try_start(&self, streams: &Streams) -> Result<BoxedGuest, Kind> {
        let current = self.generations.current();
        let initialised = self.initialise(&current.template).await;
        let (guest, named) = initialised?;
        self.learn(named);
        self.counters.started();
        self.reopen(Box::new(guest), streams).await
    }

    /// The guest, once it knows the streams that are open.
    pub(super) async fn reopen(
        &self,
        mut guest: BoxedGuest,
        streams: &Streams,
    ) -> Result<BoxedGuest, Kind> {
        match streams.reopen(&mut guest).await {
            Ok(()) => Ok(guest),
            Err(error) => Err(Kind::NotStarted {
                why: format!(
                    "its streams cannot be opened again: {}",
                    guest.ending(&error)
                ),
            }),
        }
    }

    /// Drops a guest that failed: what happened, and what whoever called it is told.
    pub(super) fn lost(
        self: &Arc<Self>,
        guest: BoxedGuest,
        method: &'static str,
        error: &wasmtime::Error,
        streams: &Arc<Streams>,
    ) -> Kind {
        let ending = guest.ending(error);
        drop(guest);
        self.counters.failed();
        let (component, instance) = self.name();
        tracing::warn!(
            component,
            instance,
            method,
            "the guest failed: {ending}; a new instance takes its place"
        );
        let took = match &ending {
            Ending::TimedOut(timed_out) => timed_out.limit,
            Ending::TooMuch(_) | Ending::Trapped(_) => Duration::ZERO,
        };
        let why = format!("{method}: {ending}");
        self.heed(streams.circuit.failed(&why, took), streams);
        match ending {
            Ending::TimedOut(timed_out) => Kind::TimedOut(timed_out),
            Ending::TooMuch(why) => Kind::TooMuch { why },
            Ending::Trapped(why) => Kind::Trapped { why },
        }
    }

    /// A guest has come up.
    pub(super) fn started(&self, streams: &Streams) {
        if streams.circuit.started() {
            self.tell_closed();
        }
    }

    /// A guest did what it was asked for.
    pub(super) fn answered(&self, streams: &Streams) {
        if streams.circuit.answered() {
            self.tell_closed();
        }
    }

    /// Another guest has taken the place of those that failed.
    pub(super) fn renewed(&self, streams: &Streams) {
        if streams.circuit.renew() {
            self.tell_closed();
        }
    }

    pub(super) fn tell_not_started(&self, kind: &Kind) {
        if let Kind::NotStarted { why } | Kind::Full { why } = kind {
            let (component, instance) = self.name();
            tracing::error!(component, instance, "no new instance: {why}");
        }
    }

    fn tell_closed(&self) {
        let (component, instance) = self.name();
        tracing::info!(component, instance, "the guest works again");
    }

    /// Where a circuit has opened: tells the operator, and sees to it that a guest is tried again though nobody calls.
    fn heed(self: &Arc<Self>, opened: Option<Opened>, streams: &Arc<Streams>) {
        let Some(Opened { pause, news, watch }) = opened else {
            return;
        };
        if news {
            let (component, instance) = self.name();
            tracing::error!(
                component,
                instance,
                streams = streams.count(),
                "the guest keeps failing: calls are refused until a new instance starts, and streams stay open; it is tried {}",
                soon(pause)
            );
        }
        if watch {
            self.aside
                .spawn(try_again(Arc::downgrade(self), Arc::downgrade(streams)));
        }
    }

    pub(super) fn slot_of(&self, streams: &Arc<Streams>) -> Option<&Arc<GuestSlot>> {
        let mut slots = self.slots().iter();
        slots.find(|slot| Arc::ptr_eq(slot.keeper(), streams))
    }
}

/// Has a guest tried again each time that its pause is over, until one comes up.
async fn try_again(instance: Weak<Instance>, streams: Weak<Streams>) {
    loop {
        let next = streams.upgrade().and_then(|it| it.circuit.next_trial());
        let Some(next) = next else {
            return;
        };
        tokio::time::sleep_until(next.into()).await;
        let (Some(instance), Some(streams)) = (instance.upgrade(), streams.upgrade()) else {
            return;
        };
        let Some(slot) = instance.slot_of(&streams) else {
            return;
        };
        let (over, is_over) = oneshot::channel();
        let trial = Trial {
            instance: instance.clone(),
            over,
        };
        slot.send(Box::new(trial)).await;
        // Dropped with the slot's queue, it is entered anew.
        let _ = is_over.await;
    }
}

/// Starts a guest where one is to be tried again.
struct Trial {
    instance: Arc<Instance>,
    over: oneshot::Sender<()>,
}

impl Job<BoxedGuest, Streams> for Trial {
    fn run(self: Box<Self>, guest: Option<BoxedGuest>, streams: &Arc<Streams>) -> Work<BoxedGuest> {
        let Self { instance, over } = *self;
        let streams = streams.clone();
        Box::pin(async move {
            let guest = match guest {
                None if streams.circuit.is_due() => instance.start(&streams).await.ok(),
                guest => guest,
            };
            // Whoever waits for it may have gone.
            let _ = over.send(());
            guest
        })
    }
}
