//! What a guest with streams needs between calls: to be asked for messages, to be waited for, to be replaced when it fails.

use super::{
    BYTES_OUT, Life, Source, Streams,
    arrival::{Arrival, Refused},
    open,
};
use crate::{
    engine::{Guest, Waits, Within, bindings::input, pub_sub::broker, types},
    runtime::{
        circuit::backoff,
        instance::BoxedGuest,
        slot::{Keeper, Rest, Settled, Settling},
    },
};
use std::{sync::Arc, time::Duration};

/// The pause before a guest that failed is started again: doubled each time, up to the most.
const RETRY: Duration = Duration::from_millis(50);
const RETRY_MOST: Duration = Duration::from_secs(30);

/// A guest may be woken so often for nothing, as when a large message comes in pieces. Then it is asked less often.
const EMPTY: u32 = 256;
const EMPTY_PAUSE: Duration = Duration::from_millis(1);
const EMPTY_PAUSE_MOST: Duration = Duration::from_millis(100);

impl Keeper<BoxedGuest> for Streams {
    fn needed(&self) -> bool {
        self.count() > 0
    }

    /// A guest that keeps failing leaves calls to the others, and so does one that there is no room for; when all keep failing,
    /// each refuses them.
    fn shares(&self, has_guest: bool) -> bool {
        let Some(instance) = self.instance.upgrade() else {
            return true;
        };
        match self.circuit.is_open() {
            true => !instance.is_up(),
            false => has_guest || !instance.is_crowded(),
        }
    }

    fn settle(self: Arc<Self>, guest: Option<BoxedGuest>) -> Settling<BoxedGuest> {
        Box::pin(async move {
            let Some(instance) = self.instance.upgrade() else {
                return Settled::new(guest);
            };
            let mut guest = match guest {
                Some(guest) => guest,
                None => match instance.start_for(Within::Call, &self).await {
                    Ok(guest) => guest,
                    Err(_) => return self.retry(),
                },
            };
            match self.pull(&mut guest).await {
                Ok(Pulled { until, brought }) => {
                    self.state().failures = 0;
                    if brought {
                        instance.answered(&self);
                    }
                    instance.look_at(&guest, &self);
                    until.settle(guest, self)
                }
                Err(error) => {
                    instance.lost(guest, "Pull", &error, &self);
                    self.retry()
                }
            }
        })
    }
}

/// What came of a pull.
struct Pulled {
    until: Until,
    /// There were messages.
    brought: bool,
}

/// What to do until the next pull.
enum Until {
    /// Nothing: the next call will bring it.
    Call,
    Ready(Waits),
    /// A pause, then what is waited for.
    Paused(Duration, Waits),
}

impl Until {
    fn settle(self, guest: BoxedGuest, streams: Arc<Streams>) -> Settled<BoxedGuest> {
        let (pause, waits) = match self {
            Self::Call => return Settled::Here(guest),
            Self::Ready(waits) => (None, waits),
            Self::Paused(pause, waits) => (Some(pause), waits),
        };
        Settled::Resting(Rest::new(|interrupted| async move {
            let mut guest = guest;
            let wait = async {
                if let Some(pause) = pause {
                    tokio::time::sleep(pause).await;
                }
                if !waits.is_empty() {
                    guest.wait(&waits).await;
                }
            };
            let woken = interrupted.or(wait).await;
            streams.state().woken = woken;
            guest.forget(waits);
            Some(guest)
        }))
    }
}

impl Streams {
    /// A pause before the next guest is started, longer each time. A guest that keeps failing is tried again anyway.
    fn retry(&self) -> Settled<BoxedGuest> {
        if self.circuit.is_open() {
            return Settled::Vacant;
        }
        let failures = {
            let mut state = self.state();
            state.failures = state.failures.saturating_add(1);
            state.failures
        };
        let pause = backoff(RETRY, failures - 1, RETRY_MOST);
        tracing::warn!(
            failures,
            streams = self.count(),
            "the streams stay open; the guest is started again in {}",
            humantime::format_duration(pause)
        );
        Settled::Resting(Rest::new(|interrupted| async move {
            interrupted.or(tokio::time::sleep(pause)).await;
            None
        }))
    }

    /// Tells a new guest of the streams that are open.
    pub(in crate::runtime) async fn reopen(&self, guest: &mut Guest) -> wasmtime::Result<()> {
        self.forget_guest();
        self.tell_of_all(guest).await
    }

    /// Tells the guest of each stream that it does not know. One that it refuses stays open, and the guest is told again later.
    async fn tell_of_all(&self, guest: &mut Guest) -> wasmtime::Result<()> {
        let unknown: Vec<_> = {
            let state = self.state();
            let streams = state.streams.iter();
            streams
                .filter(|(_, stream)| stream.id.is_none())
                .map(|(key, _)| *key)
                .collect()
        };
        for key in unknown {
            let Some((id, source)) = self.state().name(key) else {
                continue;
            };
            let told = guest
                .run(Within::Call, move |guest| {
                    Box::pin(async move { open::tell(guest, id, &source).await })
                })
                .await?;
            self.state().told(key, id, told);
        }
        Ok(())
    }

    /// Whether the guest does not know of each stream.
    fn untold(&self) -> bool {
        let state = self.state();
        state.streams.values().any(|stream| stream.id.is_none())
    }

    /// Asks the guest for what the streams can take, and passes it on. What hardly ever happens has a box of its own, so that
    /// not each pull has room for it.
    async fn pull(&self, guest: &mut Guest) -> wasmtime::Result<Pulled> {
        if self.untold() {
            Box::pin(self.tell_of_all(guest)).await?;
        }
        let (topics, readers) = self.demands();
        let mut brought = 0;
        let mut refused = Vec::new();
        let mut failed = false;
        let mut waits = Waits::default();
        if !topics.is_empty() {
            let pulled = guest
                .run(Within::Call, move |guest| {
                    Box::pin(async move { guest.pull_messages(&topics).await })
                })
                .await?;
            match pulled {
                Ok((deliveries, until)) => {
                    waits = until;
                    brought += deliveries.len();
                    self.deliver(deliveries.into_iter().map(Arrival::from), &mut refused);
                }
                Err(error) => failed |= said_no(&error),
            }
        }
        if !readers.is_empty() {
            let pulled = guest
                .run(Within::Call, move |guest| {
                    Box::pin(async move { guest.pull_events(&readers).await })
                })
                .await?;
            match pulled {
                Ok((events, until)) => {
                    waits.extend(until);
                    brought += events.len();
                    self.deliver(events.into_iter().map(Arrival::from), &mut refused);
                }
                Err(error) => failed |= said_no(&error),
            }
        }
        let untold = self.untold();
        if !refused.is_empty() {
            guest.forget(std::mem::take(&mut waits));
            Box::pin(self.send_back(guest, refused)).await?;
            failed = true;
        }
        Ok(Pulled {
            until: self.until(brought, failed || untold, waits),
            brought: brought > 0,
        })
    }

    fn until(&self, brought: usize, failed: bool, waits: Waits) -> Until {
        let mut state = self.state();
        if state.life != Life::Open {
            state.life = Life::Ended;
            state.end_idle();
        }
        state.empty = match (brought, std::mem::take(&mut state.woken)) {
            (0, true) => state.empty.saturating_add(1),
            _ => 0,
        };
        state.refusals = match failed {
            true => state.refusals.saturating_add(1),
            false => 0,
        };
        let pause = match (
            state.refusals.checked_sub(1),
            state.empty.checked_sub(EMPTY),
        ) {
            (Some(times), _) => Some(backoff(RETRY, times, RETRY_MOST)),
            (None, Some(times)) => Some(backoff(EMPTY_PAUSE, times, EMPTY_PAUSE_MOST)),
            (None, None) => None,
        };
        match pause {
            Some(pause) if failed || !waits.is_empty() => Until::Paused(pause, waits),
            _ if waits.is_empty() => Until::Call,
            _ => Until::Ready(waits),
        }
    }

    /// What each stream can take: of topics, and of bindings.
    fn demands(&self) -> (Vec<broker::Demand>, Vec<input::Demand>) {
        let mut topics = Vec::new();
        let mut readers = Vec::new();
        let mut state = self.state();
        if state.life == Life::Ended {
            return (topics, readers);
        }
        let out = state
            .streams
            .values()
            .flat_map(|stream| stream.out.values());
        let is_much = out.map(|out| out.size).sum::<usize>() >= BYTES_OUT;
        for stream in state.streams.values_mut() {
            stream.most = if is_much { 1 } else { stream.window };
            let room = stream.most.saturating_sub(stream.out.len());
            let count = u32::try_from(room).unwrap_or(u32::MAX);
            match (stream.id, &*stream.source) {
                (None, _) => {}
                (_, _) if count == 0 => {}
                (Some(_), Source::Topic { hold, .. }) if hold.is_on() => {}
                (Some(id), Source::Topic { .. }) => topics.push(broker::Demand {
                    id,
                    messages: count,
                }),
                (Some(id), Source::Binding) => readers.push(input::Demand { id, events: count }),
            }
        }
        (topics, readers)
    }

    fn deliver(&self, arrivals: impl Iterator<Item = Arrival>, refused: &mut Vec<Refused>) {
        let mut state = self.state();
        for arrival in arrivals {
            if let Err(back) = state.deliver(arrival) {
                self.complain(back.as_ref());
                refused.extend(back);
            }
        }
    }

    /// Tells the operator of a message that is not delivered.
    fn complain(&self, refused: Option<&Refused>) {
        let instance = self.instance.upgrade();
        let (component, instance) = instance.as_ref().map(|instance| instance.name()).unzip();
        let component = component.map(tracing::field::display);
        let stream = refused.map(|refused| refused.id);
        let why = refused.map_or("there is no such stream", |refused| &refused.why);
        if refused.is_some_and(|refused| refused.dropped) {
            tracing::error!(
                component,
                instance,
                stream,
                "a message of the guest is dropped, after it was sent back several times: {why}"
            );
        } else {
            tracing::warn!(
                component,
                instance,
                stream,
                "a message of the guest cannot be delivered: {why}"
            );
        }
    }

    /// Tells the guest of messages that were not delivered.
    async fn send_back(&self, guest: &mut Guest, refused: Vec<Refused>) -> wasmtime::Result<()> {
        for refused in refused {
            let answer = refused.answer();
            let Refused {
                id,
                message_id,
                source,
                ..
            } = refused;
            guest
                .run(Within::Call, move |guest| {
                    Box::pin(async move {
                        open::acknowledge(guest, id, &message_id, answer, &source).await
                    })
                })
                .await?;
        }
        Ok(())
    }
}

fn said_no(error: &types::Error) -> bool {
    // Its words may hold what Init brought, so they are not logged.
    tracing::warn!(code = ?error.code, "the guest cannot answer what messages there are; it is asked again");
    true
}
