//! One instance of a guest with its Store, and the template that instances are made from.

use super::{
    Ending, Grants, Isolation, Limits, Origin, Role, TimedOut, Trace,
    allowance::Allowance,
    code::{Code, Of, digest},
    dapr::Permits,
    ending::ending,
    error::{Why, chain},
    exports::{Exports, Functions, Interface},
    limits::{Budget, Meter},
    outbound::{Client, Gate, Names, SocketsView, Told},
    pool,
    speech::Voice,
    ticker::Pulse,
};
use crate::{
    config::named,
    deadline::until,
    sidecar::{self, Sidecar, Sidecars},
};
use std::{
    fs,
    future::Future,
    io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, atomic::AtomicUsize},
    time::Instant,
};
use wasmtime::{Store, UpdateDeadline, component::ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, sockets::WasiSocketsCtxView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// The most random bytes that a guest may ask for at once.
const RANDOM: u64 = 1 << 20;

/// The most bytes of all headers of one request or answer, over which a guest may have as many as it has handles.
const FIELDS: usize = 32 << 10;

/// What a Store holds for its guest.
pub struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    gate: Gate,
    names: Names,
    permits: Permits,
    sidecar: Arc<Sidecar>,
    /// That of the call which the guest serves.
    trace: Option<Arc<Trace>>,
    voice: Voice,
    table: ResourceTable,
    allowance: Allowance,
    meter: Meter,
    limit: TimedOut,
    deadline: Instant,
    pulse: Pulse,
}

impl State {
    pub(super) fn sockets(&mut self) -> SocketsView<'_> {
        let sockets = WasiSocketsCtxView {
            ctx: self.wasi.sockets(),
            table: &mut self.table,
        };
        SocketsView {
            sockets,
            names: &mut self.names,
        }
    }

    pub(super) fn permits(&self) -> &Permits {
        &self.permits
    }

    /// Whom it asks for what is granted, and what belongs to that.
    pub(super) fn sidecar(&self) -> (Arc<Sidecar>, sidecar::Call) {
        let limits = self.meter.limits();
        let left = self.deadline.saturating_duration_since(Instant::now());
        let call = sidecar::Call {
            left: limits.dapr_timeout.min(left),
            most: limits.transfer,
            trace: self.trace.clone(),
        };
        (self.sidecar.clone(), call)
    }

    pub(super) fn voice(&self) -> &Voice {
        &self.voice
    }

    pub(super) fn allowance(&self) -> &Allowance {
        &self.allowance
    }

    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.gate,
        }
    }
}

/// Which limit of time holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// That of a call.
    Call,
    /// That of the start-up, and of an `init`.
    Start,
}

impl Within {
    fn limit(self, limits: &Limits) -> TimedOut {
        match self {
            Self::Call => TimedOut {
                limit: limits.timeout,
                setting: named::timeout,
            },
            Self::Start => TimedOut {
                limit: limits.start_timeout,
                setting: named::start_timeout,
            },
        }
    }
}

/// The file that a guest was loaded from, as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it was.
    pub path: PathBuf,
    /// SHA-256 of what was in it.
    pub digest: [u8; 32],
}

impl File {
    /// A file as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            digest: digest(&fs::read(path)?),
        })
    }
}

/// What all guests of a loader share.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) budget: Arc<Budget>,
    pub(super) pulse: Pulse,
    pub(super) sidecars: Arc<Sidecars>,
}

/// A guest that is compiled, linked and checked, ready to be instantiated.
pub struct Template {
    component: Arc<str>,
    role: Role,
    file: File,
    code: Arc<Of<Code>>,
    limits: Limits,
    grants: Grants,
    client: Client,
    sidecar: Arc<Sidecar>,
    told: Told,
    common: Common,
}

impl Template {
    /// The guest of a file, which was compiled to this code.
    pub(super) fn new(
        component: &str,
        role: Role,
        path: &Path,
        code: Arc<Of<Code>>,
        limits: Limits,
        grants: Grants,
        common: Common,
    ) -> Self {
        Self {
            component: component.into(),
            role,
            file: File {
                path: path.to_owned(),
                digest: code.digest,
            },
            code,
            limits,
            client: Client::new(grants.outbound.clone()),
            sidecar: common.sidecars.at(&grants.sidecar),
            grants,
            told: Told::default(),
            common,
        }
    }

    /// The same guest with other limits and grants. A first instance of it has started when this returns.
    ///
    /// # Errors
    /// When it does not start with those.
    pub async fn with(&self, limits: Limits, grants: Grants) -> Result<Self, Why> {
        let template = Self {
            component: self.component.clone(),
            role: self.role,
            file: self.file.clone(),
            code: self.code.clone(),
            limits,
            client: Client::new(grants.outbound.clone()),
            sidecar: self.common.sidecars.at(&grants.sidecar),
            grants,
            told: Told::default(),
            common: self.common.clone(),
        };
        template.instantiate("", &Arc::default()).await?;
        Ok(template)
    }

    /// The file it was loaded from.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The role that it is served in.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What the guest exports.
    pub fn exports(&self) -> &Exports {
        &self.code.exports
    }

    /// What its instances may use.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What its instances may reach.
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// Whether it is as good as one that is loaded for these limits.
    pub fn suits(&self, limits: &Limits) -> bool {
        pool::serves(&self.limits) == pool::serves(limits)
    }

    /// Whether its instances may ask something of Dapr.
    pub fn asks_dapr(&self) -> bool {
        !self.grants.dapr.is_empty()
    }

    /// A new instance for an instance id, which has run its start-up code and no call yet. Its memory counts in `used`, too.
    ///
    /// # Errors
    /// When its start-up code traps or takes too long, when it needs more than its limits, when there are as many instances as
    /// there may be, or when an interface does not have the shape of the contract.
    pub async fn instantiate(&self, id: &str, used: &Arc<AtomicUsize>) -> Result<Guest, Why> {
        let meter = Meter::new(&self.limits, &self.common.budget, used).map_err(Why::Full)?;
        let limit = Within::Start.limit(&self.limits);
        let origin = Origin {
            component: self.component.clone(),
            instance: id.into(),
        };
        let voice = Voice::new(origin.clone(), self.limits.log_lines);
        let allowance = Allowance::new(&self.limits, origin.clone());
        let (client, told) = (self.client.clone(), self.told.clone());
        let gate = Gate::new(client, told, origin, allowance.clone());
        let names = Names::new(gate.clone(), self.grants.listen.clone());
        let permits = Permits::new(self.grants.dapr.clone(), gate.clone());
        let mut wasi = self.grants.wasi().map_err(Why::Start)?;
        wasi.stdout(voice.stdout()).stderr(voice.stderr());
        wasi.max_random_size(RANDOM);
        names.guard(&mut wasi);
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(FIELDS);
        let mut table = ResourceTable::new();
        table.set_max_capacity(self.limits.handles);
        let state = State {
            wasi: wasi.build(),
            http,
            gate,
            names,
            permits,
            sidecar: self.sidecar.clone(),
            trace: None,
            voice,
            table,
            allowance,
            meter,
            limit,
            deadline: Instant::now(),
            pulse: self.common.pulse.clone(),
        };
        let mut store = Store::new(self.code.pre.engine(), state);
        store.limiter(|state| &mut state.meter);
        store.set_hostcall_fuel(self.limits.transfer);
        store.set_max_component_handles(self.limits.handles);
        store.epoch_deadline_callback(|context| {
            let state = context.data();
            state.pulse.beat();
            if Instant::now() < state.deadline {
                // A plain yield would be polled again before the thread looks at its sockets.
                let others = Box::pin(tokio::task::yield_now());
                Ok(UpdateDeadline::YieldCustom(1, others))
            } else {
                Err(state.limit.into())
            }
        });
        let deadline = set_deadline(&mut store, limit);
        let instantiating = self.code.pre.instantiate_async(&mut store);
        let instance = match in_time(limit, deadline, instantiating).await {
            Ok(instance) => instance,
            Err(error) if pool::is_full(&error) => return Err(Why::Full(chain(&error))),
            Err(error) => return Err(Why::Start(ending(&store, &error).to_string())),
        };
        let functions = Functions::load(&self.code.exports, &mut store, &instance)?;
        Ok(Guest {
            store,
            functions,
            calls: 0,
        })
    }
}

/// A call into a guest that has begun.
pub type Running<'a, R> = Pin<Box<dyn Future<Output = wasmtime::Result<R>> + Send + 'a>>;

/// One instance of a guest.
pub struct Guest {
    pub(super) store: Store<State>,
    pub(super) functions: Functions,
    /// Calls that have begun, beside those of its start.
    calls: usize,
}

impl Guest {
    /// Runs one call, within its time limit. After an error the instance is good for nothing but to be dropped.
    ///
    /// # Errors
    /// When the guest traps or takes too long.
    pub async fn run<R>(
        &mut self,
        within: Within,
        call: impl for<'a> FnOnce(&'a mut Self) -> Running<'a, R>,
    ) -> wasmtime::Result<R> {
        let limit = within.limit(self.store.data().meter.limits());
        let deadline = set_deadline(&mut self.store, limit);
        if within == Within::Call {
            self.calls = self.calls.saturating_add(1);
        }
        in_time(limit, deadline, call(self)).await
    }

    /// Has what it asks of Dapr be a part of a trace, until the call that it runs has ended.
    pub fn follow(&mut self, trace: Arc<Trace>) {
        self.store.data_mut().trace = Some(trace);
    }

    /// The handles of what the host holds for the guest.
    pub(super) fn table(&mut self) -> &mut ResourceTable {
        &mut self.store.data_mut().table
    }

    /// Whether the guest exports an interface.
    pub fn exports(&self, interface: Interface) -> bool {
        self.functions.has(interface)
    }

    /// Whether it has served or grown so much that another is to take its place.
    pub fn is_worn(&self) -> bool {
        let limits = self.store.data().meter.limits();
        let most = match limits.isolation {
            Isolation::Instance => limits.recycle_calls,
            Isolation::Call => Some(1),
        };
        most.is_some_and(|most| self.calls >= most) || self.has_grown()
    }

    /// Whether another is to take its place after each call.
    pub fn is_for_one_call(&self) -> bool {
        self.store.data().meter.limits().isolation == Isolation::Call
    }

    /// Whether it has grown so much.
    pub fn has_grown(&self) -> bool {
        let meter = &self.store.data().meter;
        let most = meter.limits().recycle_memory;
        most.is_some_and(|most| meter.memory() >= most)
    }

    /// Bytes of its linear memory.
    pub fn memory(&self) -> usize {
        self.store.data().meter.memory()
    }

    /// How a call that failed has ended the guest.
    pub fn ending(&self, error: &wasmtime::Error) -> Ending {
        ending(&self.store, error)
    }
}

/// From now on the guest has this long, follows no trace, and gives way at each tick. Answers until when.
fn set_deadline(store: &mut Store<State>, limit: TimedOut) -> Instant {
    let now = Instant::now();
    let deadline = now.checked_add(limit.limit).unwrap_or(now);
    let state = store.data_mut();
    state.limit = limit;
    state.deadline = deadline;
    if state.trace.is_some() {
        state.trace = None;
    }
    state.pulse.beat();
    store.set_epoch_deadline(1);
    deadline
}

/// Ends a call that waits for too long; one that computes for too long is ended by the epoch.
async fn in_time<R>(
    limit: TimedOut,
    deadline: Instant,
    call: impl Future<Output = wasmtime::Result<R>>,
) -> wasmtime::Result<R> {
    let ended = until(deadline.into(), call).await;
    ended.unwrap_or_else(|| Err(limit.into()))
}
