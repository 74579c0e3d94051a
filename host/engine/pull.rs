//! Pulling messages and events out of a guest, and waiting for more outside it.

use super::{
    Guest, Running,
    contract::{bindings::input, pub_sub::broker, types},
};
use std::time::Duration;
use tokio::time::Instant;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{
    DynPollable,
    bindings::io::poll::{Host, HostPollable},
};

/// What a guest waits for. To be given back with [`Guest::forget`] before any other call into the instance: a
/// pollable is a child of what it came from, which the guest may want to drop in that call.
#[must_use]
#[derive(Default)]
pub struct Waits {
    pollables: Vec<Resource<DynPollable>>,
    until: Option<Instant>,
}

impl Waits {
    /// `again_in` is in nanoseconds.
    fn new(pollables: Vec<Resource<DynPollable>>, again_in: Option<u64>) -> Self {
        Self {
            pollables,
            // What is too far away to be counted is never.
            until: again_in.and_then(|wait| Instant::now().checked_add(Duration::from_nanos(wait))),
        }
    }

    /// Waits for these too.
    pub fn extend(&mut self, others: Self) {
        self.pollables.extend(others.pollables);
        self.until = match (self.until, others.until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    /// There is nothing to wait for but calls.
    pub fn is_empty(&self) -> bool {
        self.pollables.is_empty() && self.until.is_none()
    }
}

/// What a pull brought, or why the guest refuses.
type Pulled<T> = Result<(Vec<T>, Waits), types::Error>;

impl Guest {
    /// Asks for messages. There may be more than were asked for, and for subscriptions that do not exist.
    pub fn pull_messages<'a>(
        &'a mut self,
        wanted: &'a [broker::Demand],
    ) -> Running<'a, Pulled<broker::Delivery>> {
        Box::pin(async move {
            let (pub_sub, store) = self.pub_sub()?;
            let pulled = pub_sub.call_pull(store, wanted).await?;
            Ok(match pulled {
                Ok(pulled) => Ok((pulled.deliveries, Waits::new(pulled.waits, pulled.again_in))),
                Err(error) => Err(error),
            })
        })
    }

    /// Asks for events, likewise.
    pub fn pull_events<'a>(
        &'a mut self,
        wanted: &'a [input::Demand],
    ) -> Running<'a, Pulled<input::Event>> {
        Box::pin(async move {
            let (input, store) = self.input_binding()?;
            let pulled = input.call_pull(store, wanted).await?;
            Ok(match pulled {
                Ok(pulled) => Ok((pulled.events, Waits::new(pulled.waits, pulled.again_in))),
                Err(error) => Err(error),
            })
        })
    }

    /// Waits until one of them is ready.
    pub async fn wait(&mut self, waits: &Waits) {
        let ready = self.ready(&waits.pollables);
        match (waits.until, waits.pollables.is_empty()) {
            (None, _) => ready.await,
            (Some(until), true) => tokio::time::sleep_until(until).await,
            // Either way it is time to pull.
            (Some(until), false) => _ = tokio::time::timeout_at(until, ready).await,
        }
    }

    async fn ready(&mut self, pollables: &[Resource<DynPollable>]) {
        let pollables = pollables
            .iter()
            .map(|wait| Resource::new_borrow(wait.rep()));
        let polled = Host::poll(self.table(), pollables.collect()).await;
        if let Err(error) = polled {
            // Nothing to wait for, then: the next pull is to tell what is wrong.
            tracing::debug!("waiting failed: {error:#}");
        }
    }

    /// Lets go of them.
    pub fn forget(&mut self, waits: Waits) {
        for wait in waits.pollables {
            if let Err(error) = HostPollable::drop(self.table(), wait) {
                tracing::debug!("a pollable was gone already: {error:#}");
            }
        }
    }
}
