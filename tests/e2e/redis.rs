//! The guest over a Redis server, as operators name it: one file, one socket, and two types of component.

use crate::{
    app::App,
    pub_sub::{BROKER, data, publish, subscribed, subscription},
    sidecar::{STORE, Stand},
    support::redis::RedisServer,
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_store_and_a_broker_are_served_on_one_socket() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let app = App::start().await;
    let (grant, address) = (server.grant(), server.address());
    let properties = [("redisHost", address.as_str())];
    let Some(stand) = Stand::serving(
        move |runner| runner.guest("redis-wasm", "rust-redis").arg(&grant),
        |daprd| {
            daprd
                .resource(STORE, "state.redis-wasm", &properties)
                .resource(BROKER, "pubsub.redis-wasm", &properties)
                .document("orders", &subscription("orders", json!({})))
                .app(app.port)
        },
    )
    .await
    else {
        return;
    };
    let items = json!([{ "key": "key", "value": 1 }]);
    stand.daprd.save(items).await.is_empty();
    let etag = stand.daprd.etag("key").await;
    let write = |value| json!({ "key": "key", "value": value, "etag": etag });
    stand.daprd.save(json!([write(2)])).await.is_empty();
    let refused = stand.daprd.save(json!([write(3)])).await;
    refused.is_error(409, &["key"]);
    assert_eq!(stand.daprd.value("key").await, Some(json!(2)));
    assert_eq!(server.ask(&["hget", "app||key", "data"]), ["2"]);

    subscribed(&stand.daprd, &app, "orders").await;
    publish(&stand.daprd, "orders", &json!("order")).await;
    assert_eq!(data(&app.called("/orders", 1).await), ["order"]);
    // The group is of the application's name.
    let groups = server.ask(&["xinfo", "groups", "orders"]);
    assert_eq!(groups[..2], ["name", "app"]);
}
