//! The guest that reaches a Redis server, beside a real one: each test starts its own.
//!
//! `scripts/redis` installs the server. Without it the tests say so and pass; in CI they fail.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod messages;
mod outage;
mod rules;
mod state;

use support::{Runner, Setup, Store, broker::Broker, redis::RedisServer};

/// The guest, which may reach a server, as `store` and as `broker`.
fn serving(server: &RedisServer) -> Setup {
    Setup::new()
        .guest("store", "rust-redis")
        .guest("broker", "rust-redis")
        .arg(server.grant())
}

/// A client of a store's instance.
async fn store(
    runner: &Runner,
    server: &RedisServer,
    instance: &str,
    properties: &[(&str, &str)],
) -> Store {
    let mut store = runner.store("store", instance).await;
    let address = server.address();
    let properties = [&[("redisHost", address.as_str())], properties].concat();
    store.init(&properties).await.unwrap();
    store
}

/// A client of a broker's instance, in the group `app` unless the properties say otherwise.
async fn broker(runner: &Runner, server: &RedisServer, properties: &[(&str, &str)]) -> Broker {
    let mut broker = Broker::new(runner.channel("broker").await, "");
    let address = server.address();
    let own = [("redisHost", address.as_str()), ("consumerID", "app")];
    broker.init(&[&own, properties].concat()).await.unwrap();
    broker
}
