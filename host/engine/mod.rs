//! wasmtime and all that touches it: settings, compilation, the sandbox of an instance, and what a guest exports.
//!
//! A [`Loader`] turns a file into a [`Template`], which makes [`Guest`]s: one Store each, with typed functions to call.

mod bindings;
mod cache;
mod error;
mod exports;
mod guest;
mod limits;
mod load;
mod ticker;

pub use bindings::{state, types};
pub use cache::Cache;
pub use error::{LoadError, Why};
pub use exports::{Block, Exports, Interface};
pub use guest::{Guest, Running, Template, TimedOut};
pub use limits::Limits;
pub use load::Loader;
