//! One component by its name, or one app: which instance a call is for.

use super::{
    app::Wanted,
    failure::{Failure, Kind},
    generation::{Generation, Generations},
    instance::Instance,
    streams::{Hold, OpenStream, Source},
    usage::Usage,
};
use crate::{
    budget::Held,
    deadline::until,
    engine::{Block, Guest, Init, Interface, Role, Running, Template, Trace, types},
    kept::Kept,
};
use futures_util::future::Either;
use std::{
    collections::{HashMap, hash_map::Entry},
    future::{Future, ready},
    pin::pin,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};
use tokio::{runtime::Handle, time::Instant};
use tokio_util::task::TaskTracker;

/// Bytes of what Init brings. It is kept, for guests to come; a resource of Kubernetes has no more than a third of it.
const PROPERTIES_LIMIT: usize = 4 << 20;

/// Where a call goes, and until when its client waits.
#[derive(Debug, Clone)]
pub struct Address {
    /// The instance id (`x-component-instance`); empty is the default instance.
    pub instance: String,
    /// The gRPC method, for messages.
    pub method: &'static str,
    /// The client's own time limit (`grpc-timeout`).
    pub deadline: Option<Instant>,
    /// What its request holds in memory.
    pub held: Option<Arc<Held>>,
    /// The trace that what it asks of Dapr is to be a part of.
    pub trace: Option<Arc<Trace>>,
}

struct Entered {
    instance: Arc<Instance>,
    /// How many Inits are under way.
    inits: usize,
}

/// One component, or one app: a guest and its instances.
pub struct Component {
    pub(super) name: Arc<str>,
    role: Role,
    pub(super) generations: Arc<Generations>,
    /// An app has one, for the empty id.
    instances: RwLock<HashMap<String, Entered>>,
    /// Inits share it; a swap has it alone, so that it knows all instances, and so has whoever replaces a guest.
    pub(super) swapping: Arc<tokio::sync::RwLock<()>>,
    pub(super) tasks: TaskTracker,
    pub(super) aside: Handle,
    /// Where what Init brings outlives the runner.
    pub(super) kept: Option<Arc<Kept>>,
}

impl Component {
    /// A component without instances: each comes with its first Init, or with [`Self::replay`].
    /// `tasks` are the calls that outlive their client's wait; those that compute for long go on `aside`.
    pub fn new(
        name: &str,
        template: Template,
        tasks: TaskTracker,
        aside: Handle,
        kept: Option<Arc<Kept>>,
    ) -> Arc<Self> {
        let generations = Generations::new(template, Wanted::default());
        Arc::new(Self::with(name, generations, tasks, aside, kept))
    }

    pub(super) fn with(
        name: &str,
        generations: Generations,
        tasks: TaskTracker,
        aside: Handle,
        kept: Option<Arc<Kept>>,
    ) -> Self {
        Self {
            name: name.into(),
            role: generations.current().template.role(),
            generations: Arc::new(generations),
            instances: RwLock::default(),
            swapping: Arc::default(),
            tasks,
            aside,
            kept,
        }
    }

    /// The name, which is the socket's stem.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is to daprd.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What its guest is now.
    pub fn generation(&self) -> Arc<Generation> {
        self.generations.current()
    }

    /// Whether its guest exports an interface.
    pub fn exports(&self, interface: Interface) -> bool {
        self.generation().template.exports().has(interface)
    }

    /// The building blocks that it is.
    pub fn blocks(&self) -> Vec<Block> {
        self.generation().template.exports().blocks().collect()
    }

    /// How many guests serve each instance.
    pub fn guests(&self) -> usize {
        self.generation().template.limits().instances.max(1)
    }

    /// Calls a block's `init`, on a new instance if this id has none. Answers what the guest names, or why it refuses.
    ///
    /// # Errors
    /// When there are too many instances, the properties are too large, or the guest fails.
    pub async fn init(
        self: &Arc<Self>,
        to: &Address,
        init: Init,
    ) -> Result<Result<Vec<String>, types::Error>, Failure> {
        fits(&init).map_err(|kind| self.failure(to, kind))?;
        let component = self.clone();
        let id = to.instance.clone();
        let held = to.held.clone();
        // A task of its own: a client that goes away must not leave a guest that is initialised and an instance that is not.
        let task = self.tasks.spawn(async move {
            let block = init.block();
            let settled = component.swapping.read().await;
            let instance = component.enter(&id)?;
            let result = instance.init(init).await;
            component.leave(&id, &instance);
            drop(settled);
            let result = match result? {
                Ok(accepted) => {
                    component.keep(&instance, &accepted.changed).await;
                    let block = block.title();
                    tracing::info!(component = %component.name, instance = id, block, "initialised");
                    Ok(accepted.named)
                }
                Err(refused) => Err(refused),
            };
            drop(held);
            Ok(result)
        });
        self.until(to, async { task.await.unwrap_or(Err(Kind::Lost)) })
            .await
    }

    /// Whether its guest may ask something of Dapr.
    pub fn asks_dapr(&self) -> bool {
        self.generations.asks_dapr()
    }

    /// What the guest named at Init: features, or an output binding's operations.
    ///
    /// # Errors
    /// Before Init; when Init was kept from before, and there is still no guest that it succeeds in.
    pub async fn named(&self, to: &Address, block: Block) -> Result<Vec<String>, Failure> {
        let named = async {
            let instance = self.find(to, block)?;
            if let Some(named) = instance.named(block) {
                return Ok(named);
            }
            // The guest that starts for this says it.
            let starting = instance.clone();
            starting
                .call(to.method, |_| Box::pin(async { Ok(()) }))
                .await?;
            instance.named(block).ok_or(Kind::Lost)
        };
        self.until(to, named).await
    }

    /// Runs a call in the instance that it is for.
    ///
    /// # Errors
    /// Before Init; when the queue is full, the client's time is over, or the guest fails.
    pub fn call<R: Send + 'static>(
        &self,
        to: &Address,
        block: Block,
        call: impl for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    ) -> impl Future<Output = Result<R, Failure>> {
        self.call_in(self.find(to, block), to, call)
    }

    /// Runs a call in an instance that was found for it.
    pub(super) fn call_in<R: Send + 'static>(
        &self,
        found: Result<Arc<Instance>, Kind>,
        to: &Address,
        call: impl for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    ) -> impl Future<Output = Result<R, Failure>> {
        let answer = match found {
            Ok(instance) => {
                // Its client may leave; what waits to be called is held all the same.
                let (held, trace) = (to.held.clone(), to.trace.clone());
                Either::Left(instance.call(to.method, move |guest| {
                    drop(held);
                    if let Some(trace) = trace {
                        guest.follow(trace);
                    }
                    call(guest)
                }))
            }
            Err(kind) => Either::Right(ready(Err(kind))),
        };
        self.until(to, answer)
    }

    /// Opens a stream in the instance that it is for. The guest's refusal is an answer.
    ///
    /// # Errors
    /// As of a call.
    pub async fn open(
        &self,
        to: &Address,
        source: Source,
    ) -> Result<Result<OpenStream, types::Error>, Failure> {
        match self.find(to, source.block()) {
            Ok(instance) => {
                let share = to.held.as_ref().map(|held| held.share().clone());
                let opening = OpenStream::open(&instance, source, share);
                self.until(to, opening).await
            }
            Err(kind) => Err(self.failure(to, kind)),
        }
    }

    /// Holds the messages of all subscriptions in an instance that share a hold, or lets them go on.
    ///
    /// # Errors
    /// Before Init.
    pub async fn hold(&self, to: &Address, hold: &Hold, held: bool) -> Result<(), Failure> {
        match self.find(to, Block::PubSub) {
            Ok(instance) => {
                hold.set(held);
                instance.look_again().await;
                let method = to.method;
                let now = if held { "held" } else { "delivered" };
                tracing::info!(component = %self.name, instance = to.instance, method, "messages are {now}");
                Ok(())
            }
            Err(kind) => Err(self.failure(to, kind)),
        }
    }

    /// Has every open stream end, once what its guest has for it now is delivered and answered.
    pub async fn finish(&self) {
        for instance in self.instances() {
            instance.finish().await;
        }
    }

    /// What its instances do and have, by their ids.
    pub fn usage(&self) -> Vec<Usage> {
        let instances = self.instances();
        let mut usage: Vec<_> = instances.iter().map(|it| it.usage()).collect();
        usage.sort_by(|one, other| one.id.cmp(&other.id));
        usage
    }

    /// All of them, as they are now.
    pub(super) fn instances(&self) -> Vec<Arc<Instance>> {
        let instances = self.entered();
        let instances = instances.values();
        instances.map(|entered| entered.instance.clone()).collect()
    }

    /// Waits no longer than the client does.
    async fn until<R>(
        &self,
        to: &Address,
        answer: impl Future<Output = Result<R, Kind>>,
    ) -> Result<R, Failure> {
        let answer = pin!(answer);
        let answered = match to.deadline {
            None => answer.await,
            Some(deadline) => until(deadline, answer)
                .await
                .unwrap_or(Err(Kind::DeadlinePassed)),
        };
        answered.map_err(|kind| self.failure(to, kind))
    }

    fn find(&self, to: &Address, block: Block) -> Result<Arc<Instance>, Kind> {
        let instances = self.entered();
        match instances.get(&to.instance) {
            Some(entered) if entered.instance.initialised(block) => Ok(entered.instance.clone()),
            _ => Err(Kind::NotInitialised {
                kept: self.kept.is_some(),
            }),
        }
    }

    /// The instances of an app.
    pub(super) fn only(&self) -> Option<Arc<Instance>> {
        let instances = self.entered();
        instances.get("").map(|entered| entered.instance.clone())
    }

    /// From now on, calls of an app go to these; those that are under way stay where they are.
    pub(super) fn set_only(&self, instance: Arc<Instance>) {
        let mut instances = self.entered_mut();
        // No Init ever ends that would take it away.
        let entered = Entered { instance, inits: 1 };
        instances.insert(String::new(), entered);
    }

    /// The instance of an id, new if there is none, kept at least until the Init that asks for it has ended.
    pub(super) fn enter(&self, id: &str) -> Result<Arc<Instance>, Kind> {
        let limit = self.generation().template.limits().ids;
        let mut instances = self.entered_mut();
        let count = instances.len();
        let entered = match instances.entry(id.to_owned()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(_) if count >= limit => return Err(Kind::TooManyInstances { limit }),
            Entry::Vacant(entry) => entry.insert(Entered {
                instance: Instance::new(self, id.to_owned()),
                inits: 0,
            }),
        };
        entered.inits += 1;
        Ok(entered.instance.clone())
    }

    /// After an Init: an instance that none has succeeded on makes room for others.
    pub(super) fn leave(&self, id: &str, instance: &Instance) {
        let mut instances = self.entered_mut();
        if let Some(entered) = instances.get_mut(id) {
            entered.inits = entered.inits.saturating_sub(1);
            if entered.inits == 0 && instance.fresh() {
                instances.remove(id);
            }
        }
    }

    fn entered(&self) -> RwLockReadGuard<'_, HashMap<String, Entered>> {
        let instances = self.instances.read();
        instances.unwrap_or_else(PoisonError::into_inner)
    }

    fn entered_mut(&self) -> RwLockWriteGuard<'_, HashMap<String, Entered>> {
        let instances = self.instances.write();
        instances.unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn failure(&self, to: &Address, kind: Kind) -> Failure {
        Failure {
            role: self.role,
            component: self.name.to_string(),
            instance: to.instance.clone(),
            method: to.method,
            kind,
        }
    }
}

/// Whether what Init brings may be kept for as long as the instance lives.
pub(super) fn fits(init: &Init) -> Result<(), Kind> {
    let (size, limit) = (init.size(), PROPERTIES_LIMIT);
    match size > limit {
        true => Err(Kind::PropertiesTooLarge { size, limit }),
        false => Ok(()),
    }
}
