//! Guests that attack, and files that lie: each test states what the host does, while a neighbour in the same runner is served.
//!
//! `just hostile` prints what each attack cost: the runner's memory and the neighbour's latency before, during and after it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod apps;
mod files;
mod handles;
mod lies;
mod log;
mod memory;
mod messages;
mod network;
mod polls;
mod siege;
mod text;
mod time;
