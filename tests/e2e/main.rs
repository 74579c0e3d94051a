//! The runner beside a real daprd: each test starts both and speaks Dapr's own API, as an application does.
//!
//! `just daprd` builds what is needed of Dapr. Without it the tests say so and pass; in CI they fail.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "../support/mod.rs"]
mod support;

#[allow(dead_code, reason = "the runner's own tests need more of it")]
#[path = "../runner/operator.rs"]
mod operator;

mod actors;
mod api;
mod app;
mod apps;
mod bindings;
mod bulk_subscribe;
mod callback;
mod callback_bindings;
mod calls;
mod client;
mod delivery;
mod errors;
mod etags;
mod expiry;
mod grpc;
mod grpc_app;
mod http;
mod large;
mod lifecycle;
mod message_life;
mod process;
mod pub_sub;
mod query;
mod redis;
mod secrets;
mod shutdown;
mod sidecar;
mod state;
mod state_dir;
mod transactions;
mod wildcards;
