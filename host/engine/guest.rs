//! One instance of a guest with its Store, and the template that instances are made from.

use super::{
    Grants, Limits, Origin,
    error::Why,
    exports::{Exports, Functions},
    limits::Meter,
    outbound::{Client, Gate, LookupView, Names, Told},
    speech::Voice,
    ticker::Pulse,
};
use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};
use wasmtime::{
    Store, Trap, UpdateDeadline,
    component::{InstancePre, ResourceTable},
};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, sockets::WasiSocketsCtxView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// What a Store holds for its guest.
pub struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    gate: Gate,
    names: Names,
    voice: Voice,
    table: ResourceTable,
    meter: Meter,
    deadline: Instant,
    pulse: Pulse,
}

impl State {
    pub(super) fn lookup(&mut self) -> LookupView<'_> {
        let sockets = WasiSocketsCtxView {
            ctx: self.wasi.sockets(),
            table: &mut self.table,
        };
        LookupView {
            sockets,
            names: &mut self.names,
        }
    }

    pub(super) fn voice(&self) -> &Voice {
        &self.voice
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

/// The call took longer than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut(
    /// The limit.
    pub Duration,
);

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it ran longer than {} (--timeout)",
            humantime::format_duration(self.0)
        )
    }
}

impl std::error::Error for TimedOut {}

/// A guest that is compiled, linked and checked, ready to be instantiated.
pub struct Template {
    component: Arc<str>,
    pre: InstancePre<State>,
    exports: Exports,
    limits: Limits,
    grants: Grants,
    client: Client,
    told: Told,
    pulse: Pulse,
}

impl Template {
    pub(super) fn new(
        component: &str,
        pre: InstancePre<State>,
        exports: Exports,
        limits: Limits,
        grants: Grants,
        pulse: Pulse,
    ) -> Self {
        Self {
            component: component.into(),
            pre,
            exports,
            limits,
            client: Client::new(grants.outbound.clone()),
            grants,
            told: Told::default(),
            pulse,
        }
    }

    /// What the guest exports.
    pub fn exports(&self) -> &Exports {
        &self.exports
    }

    /// What its instances may use.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A new instance for an instance id, which has run its start-up code and no call yet.
    ///
    /// # Errors
    /// When its start-up code traps or takes too long, when it needs more than its limits,
    /// or when an interface does not have the shape of the contract.
    pub async fn instantiate(&self, id: &str) -> Result<Guest, Why> {
        let limit = self.limits.timeout;
        let origin = Origin {
            component: self.component.clone(),
            instance: id.into(),
        };
        let voice = Voice::new(origin.clone());
        let (outbound, client) = (self.grants.outbound.clone(), self.client.clone());
        let gate = Gate::new(outbound, client, self.told.clone(), origin);
        let names = Names::new(gate.clone(), self.grants.listen.clone());
        let mut wasi = self.grants.wasi().map_err(Why::Start)?;
        wasi.stdout(voice.stdout()).stderr(voice.stderr());
        names.guard(&mut wasi);
        let state = State {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            gate,
            names,
            voice,
            table: ResourceTable::new(),
            meter: Meter::new(&self.limits),
            deadline: Instant::now(),
            pulse: self.pulse.clone(),
        };
        let mut store = Store::new(self.pre.engine(), state);
        store.limiter(|state| &mut state.meter);
        store.epoch_deadline_callback(move |context| {
            context.data().pulse.beat();
            if Instant::now() < context.data().deadline {
                // A plain yield would be polled again before the thread looks at its sockets.
                let others = Box::pin(tokio::task::yield_now());
                Ok(UpdateDeadline::YieldCustom(1, others))
            } else {
                Err(TimedOut(limit).into())
            }
        });
        set_deadline(&mut store, limit);
        let instance = match within(limit, self.pre.instantiate_async(&mut store)).await {
            Ok(instance) => instance,
            Err(error) => return Err(Why::Start(explain(&store, &error))),
        };
        let functions = Functions::load(&self.exports, &mut store, &instance)?;
        Ok(Guest {
            store,
            functions,
            limit,
        })
    }
}

/// A call into a guest that has begun.
pub type Running<'a, R> = Pin<Box<dyn Future<Output = wasmtime::Result<R>> + Send + 'a>>;

/// One instance of a guest.
pub struct Guest {
    pub(super) store: Store<State>,
    pub(super) functions: Functions,
    limit: Duration,
}

impl Guest {
    /// Runs one call, within its time limit. After an error the instance is good for nothing but to be dropped.
    ///
    /// # Errors
    /// When the guest traps or takes too long.
    pub async fn run<R>(
        &mut self,
        call: impl for<'a> FnOnce(&'a mut Self) -> Running<'a, R>,
    ) -> wasmtime::Result<R> {
        let limit = self.limit;
        set_deadline(&mut self.store, limit);
        within(limit, call(self)).await
    }

    /// The handles of what the host holds for the guest.
    pub(super) fn table(&mut self) -> &mut ResourceTable {
        &mut self.store.data_mut().table
    }

    /// Why a call failed, in words.
    pub fn explain(&self, error: &wasmtime::Error) -> String {
        explain(&self.store, error)
    }
}

/// From now on the guest has this long, and gives way at each tick.
fn set_deadline(store: &mut Store<State>, limit: Duration) {
    let now = Instant::now();
    let state = store.data_mut();
    state.deadline = now.checked_add(limit).unwrap_or(now);
    state.pulse.beat();
    store.set_epoch_deadline(1);
}

/// Ends a call that waits for too long; one that computes for too long is ended by the epoch.
async fn within<R>(
    limit: Duration,
    call: impl Future<Output = wasmtime::Result<R>>,
) -> wasmtime::Result<R> {
    match tokio::time::timeout(limit, call).await {
        Ok(result) => result,
        Err(_) => Err(TimedOut(limit).into()),
    }
}

/// What ended the guest, without addresses: the trap or the time limit, and the limit that it ran into before.
fn explain(store: &Store<State>, error: &wasmtime::Error) -> String {
    let what = if let Some(timed_out) = error.downcast_ref::<TimedOut>() {
        timed_out.to_string()
    } else if let Some(trap) = error.downcast_ref::<Trap>() {
        format!("it trapped ({trap})")
    } else {
        error.root_cause().to_string()
    };
    match &store.data().meter.refused {
        Some(refused) => format!("{what}; before that {refused}"),
        None => what,
    }
}
