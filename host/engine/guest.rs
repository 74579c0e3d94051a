//! One instance of a guest with its Store, and the template that instances are made from.

use super::{
    Limits,
    bindings::{state, types},
    error::Why,
    exports::{Block, Exports, Interface},
    limits::Meter,
};
use std::{
    fmt,
    future::Future,
    pin::Pin,
    time::{Duration, Instant},
};
use wasmtime::{
    Store, Trap, UpdateDeadline,
    component::{Instance, InstancePre, ResourceTable},
};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// What a Store holds for its guest.
pub struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    meter: Meter,
    deadline: Instant,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
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
    pre: InstancePre<State>,
    exports: Exports,
    limits: Limits,
}

impl Template {
    pub(super) fn new(pre: InstancePre<State>, exports: Exports, limits: Limits) -> Self {
        Self {
            pre,
            exports,
            limits,
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

    /// A new instance, which has run its start-up code and no call yet.
    ///
    /// # Errors
    /// When its start-up code traps or takes too long, when it needs more than its limits,
    /// or when an interface does not have the shape of the contract.
    pub async fn instantiate(&self) -> Result<Guest, Why> {
        let limit = self.limits.timeout;
        let state = State {
            // Nothing is granted: no folder, no variable, no argument, no network.
            wasi: WasiCtx::builder().build(),
            table: ResourceTable::new(),
            meter: Meter::new(&self.limits),
            deadline: Instant::now(),
        };
        let mut store = Store::new(self.pre.engine(), state);
        store.limiter(|state| &mut state.meter);
        store.epoch_deadline_callback(move |context| {
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
        Guest::new(store, &instance, self)
    }
}

/// A call into a guest that has begun.
pub type Running<'a, R> = Pin<Box<dyn Future<Output = wasmtime::Result<R>> + Send + 'a>>;

/// One instance of a guest.
pub struct Guest {
    store: Store<State>,
    limit: Duration,
    state: Option<state::store::Guest>,
    bulk_state: Option<state::bulk::Guest>,
    transactional_state: Option<state::transaction::Guest>,
    queriable_state: Option<state::query::Guest>,
}

/// The functions of one interface, and the Store to call them with.
pub type Calls<'a, I> = (&'a I, &'a mut Store<State>);

impl Guest {
    fn new(mut store: Store<State>, instance: &Instance, template: &Template) -> Result<Self, Why> {
        let exports = &template.exports;
        macro_rules! load {
            ($field:ident, $interface:expr) => {
                match &exports.$field {
                    Some(indices) => {
                        Some(
                            indices
                                .load(&mut store, instance)
                                .map_err(|error| Why::Shape {
                                    interface: $interface.name(),
                                    reason: super::error::chain(&error),
                                })?,
                        )
                    }
                    None => None,
                }
            };
        }
        Ok(Self {
            limit: template.limits.timeout,
            state: load!(state, Interface::StateStore),
            bulk_state: load!(bulk_state, Interface::BulkStateStore),
            transactional_state: load!(transactional_state, Interface::TransactionalStateStore),
            queriable_state: load!(queriable_state, Interface::QueriableStateStore),
            store,
        })
    }

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

    /// Calls the `init` of a block. Answers the features that the guest names, or why it refuses.
    pub fn init<'a>(
        &'a mut self,
        block: Block,
        properties: &'a types::Metadata,
    ) -> Running<'a, Result<Vec<String>, types::Error>> {
        match block {
            Block::State => Box::pin(async move {
                let (state, store) = self.state()?;
                state.call_init(store, properties).await
            }),
        }
    }

    /// Why a call failed, in words.
    pub fn explain(&self, error: &wasmtime::Error) -> String {
        explain(&self.store, error)
    }

    /// # Errors
    /// When the guest does not export the interface.
    pub fn state(&mut self) -> wasmtime::Result<Calls<'_, state::store::Guest>> {
        exported(&self.state, &mut self.store, Interface::StateStore)
    }

    /// # Errors
    /// When the guest does not export the interface.
    pub fn bulk_state(&mut self) -> wasmtime::Result<Calls<'_, state::bulk::Guest>> {
        exported(&self.bulk_state, &mut self.store, Interface::BulkStateStore)
    }

    /// # Errors
    /// When the guest does not export the interface.
    pub fn transactional_state(
        &mut self,
    ) -> wasmtime::Result<Calls<'_, state::transaction::Guest>> {
        exported(
            &self.transactional_state,
            &mut self.store,
            Interface::TransactionalStateStore,
        )
    }

    /// # Errors
    /// When the guest does not export the interface.
    pub fn queriable_state(&mut self) -> wasmtime::Result<Calls<'_, state::query::Guest>> {
        exported(
            &self.queriable_state,
            &mut self.store,
            Interface::QueriableStateStore,
        )
    }
}

fn exported<'a, I>(
    interface: &'a Option<I>,
    store: &'a mut Store<State>,
    name: Interface,
) -> wasmtime::Result<Calls<'a, I>> {
    match interface {
        Some(interface) => Ok((interface, store)),
        None => Err(wasmtime::format_err!(
            "the guest exports no {}",
            name.name()
        )),
    }
}

/// From now on the guest has this long, and gives way at each tick.
fn set_deadline(store: &mut Store<State>, limit: Duration) {
    let now = Instant::now();
    store.data_mut().deadline = now.checked_add(limit).unwrap_or(now);
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
