//! What guests ask of Dapr: nothing that is not granted, one thing at a time.

mod calls;
mod grant;
mod permits;

pub use grant::DaprGrant;
pub(super) use permits::Permits;

use super::{
    contract::client::{bindings, invoke, publish, secrets, state},
    guest::State,
};
use wasmtime::component::{HasSelf, Linker};

/// Answers what guests import of `dapr:client`.
pub(super) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    state::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    publish::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    invoke::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    bindings::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    secrets::add_to_linker::<_, HasSelf<State>>(linker, |state| state)
}
