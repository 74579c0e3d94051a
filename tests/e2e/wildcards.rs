//! Subscriptions to many topics at once.

use crate::{
    app::{App, Call},
    pub_sub::{BROKER, broker, data, probe_topic, publish},
    sidecar::Stand,
};
use serde_json::{Value, json};

/// A Subscription resource for a topic with wildcards.
fn subscription(name: &str, topic: &str) -> Value {
    let mut resource = crate::pub_sub::subscription(name, json!({}));
    resource["spec"]["topic"] = json!(topic);
    resource
}

/// An application that gets the messages of a topic with wildcards. `example` is one of the topics it stands for.
async fn stand(app: &App, topic: &str, example: &str) -> Option<Stand> {
    let stand = Stand::serving(
        |runner| runner.guest("broker", &crate::support::memory("broker")),
        |daprd| broker(daprd, app, &[], &[]).document("orders", &subscription("orders", topic)),
    )
    .await?;
    let probe = async |probe: &Value| probe_topic(&stand.daprd, example, probe).await;
    app.subscribed("/orders", probe).await;
    Some(stand)
}

/// What the application says of where messages came from.
fn topics(calls: &[Call]) -> Vec<Value> {
    let topics = calls.iter().map(|call| call.json()["topic"].clone());
    topics.collect()
}

/// What is published to each topic, the last of which is to come, comes from those.
async fn come_from(wildcard: &str, published: &[&str], expected: &[&str]) {
    let app = App::start().await;
    let last = expected.last().unwrap();
    let Some(stand) = stand(&app, wildcard, last).await else {
        return;
    };
    for topic in published {
        publish(&stand.daprd, topic, &json!(topic)).await;
    }
    let calls = app.called("/orders", expected.len()).await;
    assert_eq!(data(&calls), expected);
    assert_eq!(topics(&calls), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wildcard_for_one_level_stands_for_any_one() {
    come_from(
        "orders/+/new",
        &[
            "orders/eu/new",
            "orders/new",
            "orders/eu/old",
            "orders/eu/fr/new",
            "payments/eu/new",
            "orders/us/new",
        ],
        &["orders/eu/new", "orders/us/new"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wildcard_for_the_rest_stands_for_all_levels_to_come() {
    come_from(
        "orders/#",
        &["orders", "payments", "orders/eu", "orders/eu/fr"],
        &["orders", "orders/eu", "orders/eu/fr"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_with_a_wildcard_cannot_be_published_to() {
    let app = App::start().await;
    let Some(stand) = stand(&app, "orders/#", "orders").await else {
        return;
    };
    let path = format!("/v1.0/publish/{BROKER}/orders/%2B");
    let answer = stand.daprd.post(&path, &json!("for all")).await;
    answer.is_error(500, &["orders/+", "wildcard"]);
    publish(&stand.daprd, "orders", &json!("for one")).await;
    assert_eq!(data(&app.called("/orders", 1).await), ["for one"]);
}
