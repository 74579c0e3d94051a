//! Messages with a life of their own.

use crate::{
    app::{App, Reply},
    process::until,
    pub_sub::{BROKER, at_first, broker, data, publish, subscribed},
    sidecar::Stand,
};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// An application that is busy with its first message while others wait, until some of them have expired.
struct Busy {
    app: App,
    stand: Stand,
    is_over: watch::Sender<bool>,
}

impl Busy {
    /// None where there is no daprd.
    async fn with(guest: String) -> Option<Self> {
        let (is_over, time) = watch::channel(false);
        let app = App::of(json!([]), at_first(1, Reply::Once(time))).await;
        let stand = Stand::serving(
            move |runner| runner.guest("broker", &guest),
            |daprd| broker(daprd, &app, &[], &["orders"]),
        )
        .await?;
        subscribed(&stand.daprd, &app, "orders").await;
        publish(&stand.daprd, "orders", &json!("first")).await;
        app.called("/orders", 1).await;
        Some(Self {
            app,
            stand,
            is_over,
        })
    }

    async fn publish(&self, message: &str, seconds: u32) {
        let path = format!("/v1.0/publish/{BROKER}/orders?metadata.ttlInSeconds={seconds}");
        let answer = self.stand.daprd.post(&path, &json!(message)).await;
        answer.is_empty();
    }

    /// What comes besides the first message when those that live for a second have expired.
    async fn get(self, expected: &[&str]) {
        let begun = Instant::now();
        // daprd, where this is its work, counts in whole seconds.
        let life = Duration::from_secs(2);
        until("a second has passed", async || {
            (begun.elapsed() > life).then_some(())
        })
        .await;
        self.is_over.send_replace(true);
        let calls = self.app.called("/orders", 1 + expected.len()).await;
        assert_eq!(data(&calls[1..]), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_has_expired_is_not_delivered() {
    // A broker that knows of expiry, and one for which daprd does what it can.
    for guest in [
        crate::support::memory("broker"),
        "hostile-rude-broker".to_owned(),
    ] {
        let Some(busy) = Busy::with(guest).await else {
            return;
        };
        busy.publish("short", 1).await;
        busy.publish("long", 1000).await;
        publish(&busy.stand.daprd, "orders", &json!("endless")).await;
        busy.get(&["long", "endless"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_message_of_a_bulk_can_have_a_life_of_its_own() {
    let Some(busy) = Busy::with(crate::support::memory("broker")).await else {
        return;
    };
    let entry = |id, metadata| json!({ "entryId": id, "event": id, "contentType": "application/json", "metadata": metadata });
    let entries = json!([
        entry("short", json!({ "ttlInSeconds": "1" })),
        entry("long", json!({ "ttlInSeconds": "1000" })),
        entry("endless", json!({})),
    ]);
    let path = format!("/v1.0-alpha1/publish/bulk/{BROKER}/orders");
    busy.stand.daprd.post(&path, &entries).await.is_empty();
    busy.get(&["long", "endless"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_life_that_is_no_number_is_an_error_and_nothing_is_published() {
    let app = App::start().await;
    let Some(stand) = crate::pub_sub::stand(&app, &[], &["orders"]).await else {
        return;
    };
    let path = format!("/v1.0/publish/{BROKER}/orders?metadata.ttlInSeconds=soon");
    let answer = stand.daprd.post(&path, &json!("bad")).await;
    answer.is_error(500, &["ttlInSeconds", "soon", "integer"]);
    publish(&stand.daprd, "orders", &json!("good")).await;
    assert_eq!(data(&app.called("/orders", 1).await), ["good"]);
}
