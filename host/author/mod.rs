//! What the maker of a guest needs beside a compiler: the contract as WIT, bindings, a component of what the
//! compiler made, and what that is to the runner.
//!
//! Nothing in here is called, or read from the disk, when guests are served.

mod bindings;
mod componentize;
mod contract;
mod facts;
mod files;
mod inspect;
mod module;
mod new;
mod report;

pub use bindings::{Language, bindings};
pub use componentize::componentize;
pub use contract::{Source, write_wit};
pub use inspect::{inspect, role};
pub use new::{Kit, Serves, new};
pub use report::Report;
