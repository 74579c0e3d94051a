//! Messages in bulks: daprd collects what an application is to get, and the application answers for each.

use crate::{
    app::{App, Call, Reply},
    pub_sub::{at_first, broker, publish, subscribed, subscription},
    sidecar::Stand,
};
use serde_json::{Value, json};

/// A broker, daprd, and an application that gets the messages of `orders` in bulks.
async fn stand(app: &App) -> Option<Stand> {
    let mut resource = subscription("orders", json!({}));
    let bulk = json!({ "enabled": true, "maxMessagesCount": 10, "maxAwaitDurationMs": 10 });
    resource["spec"]["bulkSubscribe"] = bulk;
    let stand = Stand::serving(
        |runner| runner.guest("broker", &crate::support::memory("broker")),
        |daprd| broker(daprd, app, &[], &[]).document("orders", &resource),
    )
    .await?;
    subscribed(&stand.daprd, app, "orders").await;
    Some(stand)
}

/// One for each message, since the stream brings them one at a time.
fn data(calls: &[Call]) -> Vec<Value> {
    let entries = calls.iter().flat_map(Call::entries);
    entries
        .map(|entry| entry["event"]["data"].clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_can_have_its_messages_in_bulks() {
    let app = App::of(json!([]), |_, _| Reply::Each("SUCCESS")).await;
    let Some(stand) = stand(&app).await else {
        return;
    };
    for number in 0..5 {
        publish(&stand.daprd, "orders", &json!(number)).await;
    }
    let calls = app.called("/orders", 5).await;
    assert_eq!(data(&calls), [0, 1, 2, 3, 4]);
    let entry = &calls[0].entries()[0];
    assert_eq!(entry["contentType"], "application/cloudevents+json");
    assert_eq!(entry["event"]["topic"], "orders");
    assert_eq!(entry["event"]["source"], "app");
}

/// The messages of a bulk whose first answers are not what the broker hopes for come until they are accepted.
async fn come_again_after(reply: Reply) {
    let first = at_first(2, reply);
    let behaviour = move |call: &Call, before| match first(call, before) {
        Reply::With(200, "") => Reply::Each("SUCCESS"),
        reply => reply,
    };
    let app = App::of(json!([]), behaviour).await;
    let Some(stand) = stand(&app).await else {
        return;
    };
    publish(&stand.daprd, "orders", &json!("stubborn")).await;
    app.called("/orders", 3).await;
    publish(&stand.daprd, "orders", &json!("next")).await;
    let calls = app.called("/orders", 4).await;
    let stubborn = "stubborn";
    assert_eq!(data(&calls), [stubborn, stubborn, stubborn, "next"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_a_bulk_that_the_application_wants_again_comes_again() {
    come_again_after(Reply::Each("RETRY")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_that_the_application_fails_or_says_nothing_of_comes_again() {
    come_again_after(Reply::With(500, "not now")).await;
    come_again_after(Reply::With(200, r#"{"statuses":[]}"#)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_a_bulk_that_the_application_drops_does_not_come_again() {
    let app = App::of(json!([]), |_, before| match before {
        0 => Reply::Each("DROP"),
        _ => Reply::Each("SUCCESS"),
    })
    .await;
    let Some(stand) = stand(&app).await else {
        return;
    };
    let messages = ["dropped", "next", "last"];
    for message in messages {
        publish(&stand.daprd, "orders", &json!(message)).await;
    }
    assert_eq!(data(&app.called("/orders", 3).await), messages);
}
