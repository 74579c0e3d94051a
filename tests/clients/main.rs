//! Clients that attack. Each test says what the runner does; all the while a neighbour is served, and memory stays bounded.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod apps;
mod calls;
mod client;
mod connections;
mod frames;
mod messages;
mod neighbour;
mod ports;
mod wire;
