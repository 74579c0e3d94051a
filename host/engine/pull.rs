//! Pulling messages and events out of a guest, and waiting for more outside it.

use super::{
    Guest, Running,
    contract::{bindings::input, pub_sub::broker, types},
};
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{
    DynPollable,
    bindings::io::poll::{Host, HostPollable},
};

/// The pollables of one answer that are waited for. Nobody needs more, and each costs the host memory.
const WAITS: usize = 10_000;

/// What a guest waits for. To be given back with [`Guest::forget`] before any other call into the instance: a
/// pollable is a child of what it came from, which the guest may want to drop in that call.
#[must_use]
#[derive(Default)]
pub struct Waits(Vec<Resource<DynPollable>>);

impl Waits {
    /// Waits for these too.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// There is nothing to wait for but calls.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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
                Ok(pulled) => Ok((pulled.deliveries, self.waits(pulled.waits)?)),
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
                Ok(pulled) => Ok((pulled.events, self.waits(pulled.waits)?)),
                Err(error) => Err(error),
            })
        })
    }

    fn waits(&mut self, pollables: Vec<Resource<DynPollable>>) -> wasmtime::Result<Waits> {
        match pollables.len() {
            0..=WAITS => Ok(Waits(pollables)),
            count => Err(wasmtime::format_err!(
                "it answered {count} pollables to wait for, and {WAITS} are the most"
            )),
        }
    }

    /// Waits until one of them is ready.
    pub async fn wait(&mut self, waits: &Waits) {
        let pollables = waits.0.iter().map(|wait| Resource::new_borrow(wait.rep()));
        let polled = Host::poll(self.table(), pollables.collect()).await;
        if let Err(error) = polled {
            // Nothing to wait for, then: the next pull is to tell what is wrong.
            tracing::debug!("waiting failed: {error:#}");
        }
    }

    /// Lets go of them.
    pub fn forget(&mut self, waits: Waits) {
        for wait in waits.0 {
            if let Err(error) = HostPollable::drop(self.table(), wait) {
                tracing::debug!("a pollable was gone already: {error:#}");
            }
        }
    }
}
