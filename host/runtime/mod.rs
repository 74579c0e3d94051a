//! Components as they run: a call finds its component's instance by id, and the instance's slot runs it.
//!
//! A [`Component`] keeps an instance for each `x-component-instance`. An instance keeps what `Init` brought, and one slot or
//! more. A slot holds one guest and lets one call in at a time: at once, on the thread that brought the call, when the guest is
//! idle; else the call waits in the slot's queue. Only a call that truly waits (for the network, or because it computes for
//! long) becomes a task of its own, which then serves the queue too. A guest that fails or has served enough gives its place to
//! another.
//!
//! An app is a component without Init and without instance ids: all its guests are alike, so a call goes to any that is idle, and
//! those that find none wait for whichever is free next.

mod app;
mod circuit;
mod component;
mod failure;
mod generation;
mod instance;
mod life;
mod replay;
mod slot;
mod streams;
mod swap;
mod usage;

pub use app::{Unstarted, Wanted};
pub use component::{Address, Component};
pub use failure::{Failure, Kind};
pub use generation::Generation;
pub use slot::Aside;
pub use streams::{Answer, Answers, Hold, Message, OpenStream, Source};
pub use swap::{Refused, Swapped, Terms};
pub use usage::Usage;
