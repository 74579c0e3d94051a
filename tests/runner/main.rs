//! What the runner promises, from the outside: each test starts the real program and speaks real gRPC to it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod amounts;
mod app;
mod author;
mod bad_input;
mod blocks;
mod bulk;
mod cache;
mod check;
mod contract_change;
mod dapr;
mod drain;
mod errors;
mod handover;
mod instances;
mod languages;
mod lifecycle;
mod limits;
mod manifest;
mod network;
mod notify;
mod operator;
mod outlive;
mod passed;
mod pause;
mod reflection;
mod reload;
mod restarts;
mod socket;
mod speech;
mod state_dir;
mod streams;
mod swap;
mod watch;
