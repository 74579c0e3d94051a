//! One instance id of a component: what Init brought, and the slots of its guests.

use super::{
    failure::Kind,
    slot::{Full, Job, Slot, Work},
};
use crate::engine::{Block, Guest, Running, Template, TimedOut, types};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

/// What an Init brought: enough to do it again on a new instance of the guest.
#[derive(Clone)]
struct Init {
    /// Can hold secrets: never to be shown.
    properties: Arc<types::Metadata>,
    features: Vec<String>,
}

/// One instance id of a component.
pub(super) struct Instance {
    component: Arc<str>,
    id: String,
    template: Arc<Template>,
    inits: Mutex<BTreeMap<Block, Init>>,
    slots: Vec<Arc<Slot<Guest>>>,
    /// Where to look for an idle slot first.
    turn: AtomicUsize,
}

impl Instance {
    pub(super) fn new(
        component: Arc<str>,
        id: String,
        template: Arc<Template>,
        tasks: &TaskTracker,
    ) -> Arc<Self> {
        let limits = template.limits();
        let slots = (0..limits.instances.max(1))
            .map(|_| Slot::new(limits.queue, tasks.clone()))
            .collect();
        Arc::new(Self {
            component,
            id,
            template,
            inits: Mutex::default(),
            slots,
            turn: AtomicUsize::new(0),
        })
    }

    /// The features that the guest named when a block was initialised; none before that.
    pub(super) fn features(&self, block: Block) -> Option<Vec<String>> {
        self.inits().get(&block).map(|init| init.features.clone())
    }

    pub(super) fn initialised(&self, block: Block) -> bool {
        self.inits().contains_key(&block)
    }

    /// No Init has succeeded yet.
    pub(super) fn fresh(&self) -> bool {
        self.inits().is_empty()
    }

    /// Calls a block's `init` in each guest, and keeps what it brought once all agree.
    /// On an instance that has run for a while the guests stay: Init again is a new configuration, not a new life.
    pub(super) async fn init(
        self: &Arc<Self>,
        block: Block,
        properties: types::Metadata,
    ) -> Result<Result<Vec<String>, types::Error>, Kind> {
        let properties = Arc::new(properties);
        let mut features = Vec::new();
        for slot in &self.slots {
            let brought = properties.clone();
            let call = self.enter(slot, "Init", move |guest: &mut Guest| {
                Box::pin(async move { guest.init(block, &brought).await })
            });
            match call.await? {
                Ok(named) => features = named,
                Err(error) => return Ok(Err(redacted(error, &properties))),
            }
        }
        self.inits().insert(
            block,
            Init {
                properties,
                features: features.clone(),
            },
        );
        Ok(Ok(features))
    }

    /// Runs a call in a guest that is idle, or in the queue of the one that most likely is next.
    pub(super) async fn call<R: Send + 'static>(
        self: &Arc<Self>,
        method: &'static str,
        call: impl for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    ) -> Result<R, Kind> {
        let (answer, answered) = oneshot::channel();
        let mut job: Box<dyn Job<Guest>> = Box::new(Call {
            instance: self.clone(),
            method,
            call,
            answer,
        });
        if let [slot] = self.slots.as_slice() {
            self.queue(slot, job).await?;
            return answered.await.unwrap_or(Err(Kind::Lost));
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let slots = self
            .slots
            .iter()
            .cycle()
            .skip(turn % self.slots.len().max(1));
        for slot in slots.take(self.slots.len()) {
            match slot.try_enter(job).await {
                None => return answered.await.unwrap_or(Err(Kind::Lost)),
                Some(back) => job = back,
            }
        }
        match self.slots.iter().min_by_key(|slot| slot.waiting()) {
            Some(slot) => self.queue(slot, job).await?,
            None => return Err(Kind::Lost),
        }
        answered.await.unwrap_or(Err(Kind::Lost))
    }

    /// Runs a call in the guest of one slot.
    async fn enter<R: Send + 'static>(
        self: &Arc<Self>,
        slot: &Arc<Slot<Guest>>,
        method: &'static str,
        call: impl for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    ) -> Result<R, Kind> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Call {
            instance: self.clone(),
            method,
            call,
            answer,
        });
        self.queue(slot, job).await?;
        answered.await.unwrap_or(Err(Kind::Lost))
    }

    async fn queue(&self, slot: &Arc<Slot<Guest>>, job: Box<dyn Job<Guest>>) -> Result<(), Kind> {
        slot.enter(job).await.map_err(|Full| Kind::QueueFull {
            limit: self.template.limits().queue,
        })
    }

    /// A new guest that has been through every Init of this instance.
    async fn start(&self) -> Result<Guest, Kind> {
        let started = self.try_start().await;
        if let Err(Kind::NotStarted { why }) = &started {
            tracing::error!(component = %self.component, instance = self.id, "no new instance: {why}");
        }
        started
    }

    async fn try_start(&self) -> Result<Guest, Kind> {
        let mut guest = self
            .template
            .instantiate()
            .await
            .map_err(|why| Kind::NotStarted {
                why: why.to_string(),
            })?;
        let inits = self.inits().clone();
        for (block, Init { properties, .. }) in inits {
            let replayed = {
                let properties = properties.clone();
                guest
                    .run(move |guest| Box::pin(async move { guest.init(block, &properties).await }))
                    .await
            };
            let why = match replayed {
                Ok(Ok(_)) => continue,
                Ok(Err(refused)) => redacted(refused, &properties).message,
                Err(error) => guest.explain(&error),
            };
            return Err(Kind::NotStarted {
                why: format!("its init failed: {why}"),
            });
        }
        Ok(guest)
    }

    fn inits(&self) -> MutexGuard<'_, BTreeMap<Block, Init>> {
        self.inits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call into a guest, and whoever waits for its answer.
struct Call<F, R> {
    instance: Arc<Instance>,
    method: &'static str,
    call: F,
    answer: oneshot::Sender<Result<R, Kind>>,
}

impl<F, R> Job<Guest> for Call<F, R>
where
    F: for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    R: Send + 'static,
{
    fn abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn run(self: Box<Self>, guest: Option<Guest>) -> Work<Guest> {
        let Self {
            instance,
            method,
            call,
            answer,
        } = *self;
        // A client that went away takes no answer: that is no error here.
        Box::pin(async move {
            let mut guest = match guest {
                Some(guest) => guest,
                None => match instance.start().await {
                    Ok(guest) => guest,
                    Err(kind) => {
                        let _ = answer.send(Err(kind));
                        return None;
                    }
                },
            };
            match guest.run(call).await {
                Ok(answered) => {
                    let _ = answer.send(Ok(answered));
                    Some(guest)
                }
                Err(error) => {
                    let why = guest.explain(&error);
                    drop(guest);
                    tracing::warn!(
                        component = %instance.component,
                        instance = instance.id,
                        method,
                        "the guest failed: {why}; a new instance takes its place"
                    );
                    let kind = match error.downcast_ref::<TimedOut>() {
                        Some(TimedOut(limit)) => Kind::TimedOut { limit: *limit },
                        None => Kind::Trapped { why },
                    };
                    let _ = answer.send(Err(kind));
                    // Before the next call comes, so that it does not wait for this.
                    instance.start().await.ok()
                }
            }
        })
    }
}

/// A guest's refusal without the values of its properties, which can be secrets.
/// Values of a few characters stay: to hide each `1` or `true` would only hide the message.
fn redacted(error: types::Error, properties: &types::Metadata) -> types::Error {
    const SHORT: usize = 6;
    let mut message = error.message;
    for (_, value) in properties {
        if value.len() >= SHORT {
            message = message.replace(value.as_str(), "***");
        }
    }
    types::Error {
        code: error.code,
        message,
    }
}
