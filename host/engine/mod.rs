//! wasmtime and all that touches it: settings, compilation, the sandbox of an instance, and what a guest exports.
//!
//! A [`Loader`] turns a file into a [`Template`], which makes [`Guest`]s: one Store each, with typed functions to call.

mod allowance;
mod cache;
mod code;
mod compile;
mod contract;
mod dapr;
mod ending;
mod error;
mod exports;
mod grants;
mod guest;
mod handover;
mod init;
mod limits;
mod load;
mod measure;
mod outbound;
mod pool;
mod pull;
mod role;
mod speech;
mod ticker;
mod trace;

pub use cache::{Cache, Damaged};
pub use contract::{app, bindings, client, hello, pub_sub, secret, state, status, types};
pub use dapr::DaprGrant;
pub use ending::{Ending, TimedOut};
pub use error::{LoadError, Why};
pub use exports::{Block, Exports, Interface, NotExported};
pub use grants::{Dir, Grants};
pub use guest::{File, Guest, Running, Template, Within};
pub use handover::Saved;
pub use init::{DaprBlock, Init};
pub use limits::{Isolation, Limits, Totals};
pub use load::Loader;
pub use outbound::{Listen, Outbound};
pub use pull::Waits;
pub use role::Role;
pub use speech::Origin;
pub use trace::Trace;
