//! One instance id of a component: what Init brought, and the slots of its guests.

use super::{
    component::Component,
    failure::Kind,
    generation::Generations,
    slot::{Backlog, Job, Slot, Work},
    streams::{Asked, Streams},
    usage::{Counters, Usage},
};
use crate::{
    engine::{Block, Guest, Init, Limits, Running, Within, types},
    text::{cut, shown},
};
use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicUsize},
    time::Instant,
};
use tokio::{
    runtime::Handle,
    sync::{RwLock, oneshot},
};

mod call;
mod enter;
mod init;
mod pool;

use call::Call;

/// The most bytes of a guest's own words in an error of the host's.
const WORDS: usize = 1024;

/// An Init that holds, and what the guest named then: features, or an output binding's operations.
#[derive(Clone)]
struct Initialised {
    init: Arc<Init>,
    /// None for one that was kept from before the runner started, and has not succeeded since.
    named: Option<Vec<String>>,
}

type Inits = BTreeMap<Block, Initialised>;

/// A guest that goes from hand to hand in a slot, several times in each call: too large to be copied each time.
pub(super) type BoxedGuest = Box<Guest>;

/// The place of one guest of an instance.
pub(super) type GuestSlot = Slot<BoxedGuest, Streams>;

type GuestJob = Box<dyn Job<BoxedGuest, Streams>>;

/// What waits for any guest of an app.
type GuestBacklog = Backlog<BoxedGuest, Streams>;

/// One instance id of a component.
pub(super) struct Instance {
    component: Arc<str>,
    id: String,
    pub(super) generations: Arc<Generations>,
    /// The component's: whoever replaces a guest has it alone.
    pub(super) swapping: Arc<RwLock<()>>,
    inits: Mutex<Inits>,
    slots: Vec<Arc<GuestSlot>>,
    /// What waits for whichever of several slots is free first.
    backlog: Option<Arc<GuestBacklog>>,
    /// Whether any guest is as good as another: those of an app, of which there are as many as calls need.
    is_pool: bool,
    /// Until when none is added to the guests of an app.
    crowded: Mutex<Option<Instant>>,
    /// Where to look for an idle slot first.
    turn: AtomicUsize,
    pub(super) counters: Arc<Counters>,
    /// Where what takes long is done.
    pub(super) aside: Handle,
}

impl Instance {
    /// An instance id of a component, without guests: the first Init makes them.
    pub(super) fn new(of: &Component, id: String) -> Arc<Self> {
        let generation = of.generations.current();
        let limits = generation.template.limits();
        Self::with(of, id, limits, false, Arc::default())
    }

    /// The instances of an app, of which each is made when a call needs it, with the same counters as those before.
    pub(super) fn pool(of: &Component, limits: &Limits, counters: Arc<Counters>) -> Arc<Self> {
        Self::with(of, String::new(), limits, true, counters)
    }

    fn with(
        of: &Component,
        id: String,
        limits: &Limits,
        is_pool: bool,
        counters: Arc<Counters>,
    ) -> Arc<Self> {
        // What waits for one slot waits in its own queue.
        let backlog = (limits.instances > 1).then(Arc::default);
        Arc::new_cyclic(|instance| {
            let slot = |_| {
                let streams = Arc::new(Streams::new(instance.clone(), limits.reply));
                let (tasks, aside) = (of.tasks.clone(), of.aside.clone());
                Slot::new(streams, limits.queue, backlog.clone(), tasks, aside)
            };
            Self {
                component: of.name.clone(),
                id,
                slots: (0..limits.instances.max(1)).map(slot).collect(),
                backlog: backlog.clone(),
                is_pool,
                generations: of.generations.clone(),
                swapping: of.swapping.clone(),
                inits: Mutex::default(),
                crowded: Mutex::default(),
                turn: AtomicUsize::new(0),
                counters,
                aside: of.aside.clone(),
            }
        })
    }

    /// What the guest named when a block was initialised; none before that.
    pub(super) fn named(&self, block: Block) -> Option<Vec<String>> {
        let inits = self.inits();
        inits
            .get(&block)
            .and_then(|initialised| initialised.named.clone())
    }

    pub(super) fn initialised(&self, block: Block) -> bool {
        self.inits().contains_key(&block)
    }

    /// Whether the guest that serves now can be this block.
    pub(super) fn serves(&self, block: Block) -> bool {
        let current = self.generations.current();
        current.template.exports().has(block.interface())
    }

    /// No Init has succeeded yet.
    pub(super) fn fresh(&self) -> bool {
        self.inits().is_empty()
    }

    /// Runs a call in a guest that is idle, or in the queue of the one that most likely is next. What is called has a box of its
    /// own before this waits for anything, so that none of those who wait has room for it.
    pub(super) fn call<R: Send + 'static>(
        self: Arc<Self>,
        method: &'static str,
        call: impl for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    ) -> impl Future<Output = Result<R, Kind>> {
        let (job, answered) = self.job(Within::Call, method, call);
        async move {
            match self.slots.as_slice() {
                [slot] => self.enter(slot, job).await?,
                _ => Box::pin(self.enter_any(job)).await?,
            }
            answered.await.unwrap_or(Err(Kind::Lost))
        }
    }

    /// Runs a call in the guest of one slot, if that is not one that keeps failing: nobody is to wait for that.
    pub(super) fn call_in<R: Send + 'static>(
        self: &Arc<Self>,
        slot: &Arc<GuestSlot>,
        method: &'static str,
        call: impl for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    ) -> impl Future<Output = Result<R, Kind>> {
        let (job, answered) = self.job(Within::Call, method, call);
        async move {
            self.enter(slot, job).await?;
            answered.await.unwrap_or(Err(Kind::Lost))
        }
    }

    fn job<R: Send + 'static>(
        self: &Arc<Self>,
        within: Within,
        method: &'static str,
        call: impl for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    ) -> (GuestJob, oneshot::Receiver<Result<R, Kind>>) {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Call {
            instance: self.clone(),
            method,
            within,
            call,
            answer: Some(answer),
        });
        (job, answered)
    }

    /// Tells the guest of one slot something that nobody waits for and that must not be lost.
    pub(super) async fn errand(
        self: &Arc<Self>,
        slot: &Arc<GuestSlot>,
        method: &'static str,
        call: impl for<'a> FnOnce(&'a mut Guest) -> Running<'a, ()> + Send + 'static,
    ) {
        let job = Box::new(Call {
            instance: self.clone(),
            method,
            within: Within::Call,
            call,
            answer: None,
        });
        slot.send(job).await;
    }

    /// The slot with the fewest streams, if there may be one more.
    pub(super) fn least_streams(&self) -> Result<&Arc<GuestSlot>, Kind> {
        let limit = self.generations.current().template.limits().streams;
        let slots = self.slots.iter();
        if slots
            .clone()
            .map(|slot| slot.keeper().count())
            .sum::<usize>()
            >= limit
        {
            return Err(Kind::TooManyStreams { limit });
        }
        slots
            .min_by_key(|slot| (!is_up(slot), slot.keeper().count()))
            .ok_or(Kind::Lost)
    }

    /// The component's name, and the instance id.
    pub(super) fn name(&self) -> (&str, &str) {
        (&self.component, &self.id)
    }

    /// Has messages delivered as soon as a guest that rests has some.
    pub(super) fn watch(&self, slot: &Arc<GuestSlot>) {
        slot.watch(|| Box::new(Nudge(None)));
    }

    /// Has every guest asked for messages again.
    pub(super) async fn look_again(&self) {
        for slot in &self.slots {
            // A client may ask for this faster than a guest is idle: one that waits is enough for all.
            if let Some(asked) = slot.keeper().ask_once() {
                slot.send(Box::new(Nudge(Some(asked)))).await;
            }
        }
    }

    /// Has every stream end, once what the guests have for it now is delivered and answered.
    pub(super) async fn finish(&self) {
        for slot in &self.slots {
            slot.keeper().finish();
        }
        self.look_again().await;
    }

    /// After a swap that changed what it may use. How many guests serve it stays.
    pub(super) fn adopt(&self, limits: &Limits) {
        for slot in &self.slots {
            slot.set_limit(limits.queue);
            slot.keeper().set_reply(limits.reply);
        }
    }

    /// A guest's words without the values that its Inits brought, which can be secrets.
    pub(super) fn redacted(&self, error: types::Error) -> String {
        let inits = self.inits();
        let told = inits
            .values()
            .fold(error, |error, it| it.init.redacted(error));
        shown(cut(&told.message, WORDS))
    }

    /// What it does and has.
    pub(super) fn usage(&self) -> Usage {
        let mut usage = match self.is_pool {
            false => self.counters.read(&self.id, self.slots.len()),
            true => self.counters.read_pool(&self.id),
        };
        usage.queue = self.backlog.as_ref().map_or(0, |backlog| backlog.len());
        let mut last = None;
        let mut trials = Vec::new();
        for slot in &self.slots {
            usage.streams += slot.keeper().count();
            usage.queue += slot.waiting();
            usage.guests += usize::from(slot.has_guest());
            let (until, failure) = slot.keeper().circuit.trouble();
            trials.push(until);
            last = [last, failure]
                .into_iter()
                .flatten()
                .max_by_key(|failure| failure.when);
        }
        // While one of them is up, calls are served.
        let trials: Option<Vec<_>> = trials.into_iter().collect();
        let next = trials.and_then(|trials| trials.into_iter().min());
        usage.unavailable = next.map(|next| next.saturating_duration_since(Instant::now()));
        usage.last_failure = last.map(|failure| failure.why).unwrap_or_default();
        usage
    }

    /// The instance id; empty is the default instance.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn slots(&self) -> &[Arc<GuestSlot>] {
        &self.slots
    }

    fn inits(&self) -> MutexGuard<'_, Inits> {
        self.inits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether its guest is not one that keeps failing.
fn is_up(slot: &GuestSlot) -> bool {
    !slot.keeper().circuit.is_open()
}

/// Nothing but an occasion to see to the guest's own needs.
struct Nudge(Option<Asked>);

impl Job<BoxedGuest, Streams> for Nudge {
    fn is_nudge(&self) -> bool {
        true
    }

    fn run(self: Box<Self>, guest: Option<BoxedGuest>, _: &Arc<Streams>) -> Work<BoxedGuest> {
        // Whoever asks from now on asks for a later occasion.
        drop(self.0);
        Box::pin(std::future::ready(guest))
    }
}
