//! Messages: published by daprd's API, delivered to applications.

use crate::{
    app::{App, Call, OK, Reply},
    process::until,
    sidecar::{Daprd, Setup, Stand},
};
use serde_json::{Value, json};

/// Daprd's Component resource in these tests, of the component that the runner names `broker`.
pub const BROKER: &str = "messages";

/// A Subscription resource: messages of a topic go to a path of the same name.
pub fn subscription(topic: &str, metadata: Value) -> Value {
    json!({
        "apiVersion": "dapr.io/v2alpha1",
        "kind": "Subscription",
        "metadata": { "name": format!("{topic}-to-app") },
        "spec": {
            "pubsubname": BROKER,
            "topic": topic,
            "routes": { "default": format!("/{topic}") },
            "metadata": metadata,
        },
    })
}

/// A sidecar with a resource of the broker, and an application that subscribes to topics by resources.
pub fn broker(daprd: Setup, app: &App, properties: &[(&str, &str)], topics: &[&str]) -> Setup {
    resources(daprd, properties, topics).app(app.port)
}

/// The broker's resource and those of subscriptions.
pub fn resources(daprd: Setup, properties: &[(&str, &str)], topics: &[&str]) -> Setup {
    let daprd = daprd.resource(BROKER, "pubsub.broker", properties);
    topics.iter().fold(daprd, |daprd, topic| {
        let name = format!("{topic}-to-app");
        daprd.document(&name, &subscription(topic, json!({})))
    })
}

/// A broker, daprd, and an application that subscribes to topics by resources.
pub async fn stand(app: &App, properties: &[(&str, &str)], topics: &[&str]) -> Option<Stand> {
    let stand = Stand::serving(
        |runner| runner.guest("broker", &crate::support::memory("broker")),
        |daprd| broker(daprd, app, properties, topics),
    )
    .await?;
    for topic in topics {
        subscribed(&stand.daprd, app, topic).await;
    }
    Some(stand)
}

pub async fn subscribed(daprd: &Daprd, app: &App, topic: &str) {
    let path = format!("/{topic}");
    app.subscribed(&path, async |probe| probe_topic(daprd, topic, probe).await)
        .await;
}

/// It may fail for now: a broker that is not there yet has no subscriptions either.
pub async fn probe_topic(daprd: &Daprd, topic: &str, probe: &Value) {
    let path = format!("/v1.0/publish/{BROKER}/{topic}");
    daprd.post(&path, probe).await;
}

pub async fn publish(daprd: &Daprd, topic: &str, data: &Value) {
    let path = format!("/v1.0/publish/{BROKER}/{topic}");
    daprd.post(&path, data).await.is_empty();
}

pub fn data(calls: &[Call]) -> Vec<Value> {
    calls.iter().map(Call::data).collect()
}

/// Answers a call in some way as long as fewer than some came before it.
pub fn at_first(times: usize, reply: Reply) -> impl Fn(&Call, usize) -> Reply {
    move |_, before| match before < times {
        true => reply.clone(),
        false => OK,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_reaches_a_subscriber_as_a_cloud_event() {
    let app = App::start().await;
    let Some(stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    publish(&stand.daprd, "orders", &json!({ "order": 7 })).await;
    let [call] = &app.called("/orders", 1).await[..] else {
        panic!("several calls");
    };
    let content_type = call.headers["content-type"].to_str().unwrap();
    assert!(content_type.starts_with("application/cloudevents+json"));
    let event = call.json();
    for (field, value) in [
        ("data", json!({ "order": 7 })),
        ("datacontenttype", json!("application/json")),
        ("topic", json!("orders")),
        ("pubsubname", json!(BROKER)),
        ("source", json!("app")),
        ("specversion", json!("1.0")),
    ] {
        assert_eq!(event[field], value, "{field} of {event}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_come_in_the_order_in_which_they_were_published() {
    let app = App::start().await;
    let Some(stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    for number in 0..50 {
        publish(&stand.daprd, "orders", &json!(number)).await;
    }
    let calls = app.called("/orders", 50).await;
    assert_eq!(
        Value::from(data(&calls)),
        json!((0..50).collect::<Vec<_>>())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_can_say_itself_what_it_subscribes_to() {
    let subscriptions = json!([{ "pubsubname": BROKER, "topic": "orders", "route": "/orders" }]);
    let app = App::of(subscriptions, |_, _| OK).await;
    let Some(stand) = stand(&app, &[], &[]).await else {
        return;
    };
    subscribed(&stand.daprd, &app, "orders").await;
    publish(&stand.daprd, "orders", &json!("by code")).await;
    let calls = app.called("/orders", 1).await;
    assert_eq!(data(&calls), [json!("by code")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_topic_reaches_its_own_subscriber() {
    let app = App::start().await;
    let topics = ["red", "green", "blue"];
    let Some(stand) = stand(&app, &[], &topics).await else {
        return;
    };
    for round in 0..2 {
        for topic in topics {
            publish(&stand.daprd, topic, &json!([topic, round])).await;
        }
    }
    for topic in topics {
        let calls = app.called(&format!("/{topic}"), 2).await;
        assert_eq!(data(&calls), [json!([topic, 0]), json!([topic, 1])]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_messages_of_a_bulk_are_delivered() {
    let app = App::start().await;
    let Some(stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    let entry = |number: usize| {
        let id = format!("entry-{number}");
        json!({ "entryId": id, "event": number, "contentType": "application/json" })
    };
    let entries: Value = (0..20).map(entry).collect();
    let path = format!("/v1.0-alpha1/publish/bulk/{BROKER}/orders");
    stand.daprd.post(&path, &entries).await.is_empty();
    let calls = app.called("/orders", 20).await;
    assert_eq!(
        Value::from(data(&calls)),
        json!((0..20).collect::<Vec<_>>())
    );
}

/// A message whose first answers are not what the broker hopes for comes until the application accepts it.
async fn comes_again_after(reply: Reply) {
    let app = App::of(json!([]), at_first(2, reply)).await;
    let Some(stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    publish(&stand.daprd, "orders", &json!("stubborn")).await;
    let calls = app.called("/orders", 3).await;
    assert_eq!(data(&calls), [(); 3].map(|()| json!("stubborn")));
    let id = &calls[0].json()["id"];
    assert!(calls.iter().all(|call| call.json()["id"] == *id));
    // And then it is done with.
    publish(&stand.daprd, "orders", &json!("next")).await;
    let calls = app.called("/orders", 4).await;
    assert_eq!(calls[3].data(), json!("next"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_the_application_fails_comes_until_it_succeeds() {
    comes_again_after(Reply::With(500, "not now")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_the_application_wants_again_comes_again() {
    comes_again_after(Reply::With(200, r#"{"status":"RETRY"}"#)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_the_application_drops_does_not_come_again() {
    let drop = Reply::With(200, r#"{"status":"DROP"}"#);
    let app = App::of(json!([]), at_first(1, drop)).await;
    // What failed would come before anything else.
    let properties = [("redeliverInterval", "0s")];
    let Some(stand) = stand(&app, &properties, &["orders"]).await else {
        return;
    };
    for message in ["dropped", "next", "last"] {
        publish(&stand.daprd, "orders", &json!(message)).await;
    }
    let calls = app.called("/orders", 3).await;
    assert_eq!(data(&calls), ["dropped", "next", "last"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_no_cloud_event_arrives_as_its_bytes() {
    let app = App::start().await;
    let metadata = json!({ "rawPayload": "true" });
    let Some(stand) = Stand::serving(
        |runner| runner.guest("broker", &crate::support::memory("broker")),
        |daprd| broker(daprd, &app, &[], &[]).document("raw", &subscription("orders", metadata)),
    )
    .await
    else {
        return;
    };
    let path = format!("/v1.0/publish/{BROKER}/orders?metadata.rawPayload=true");
    let calls = until("the message arrives", async || {
        let answer = stand.daprd.call("POST", &path, &[], b"just bytes".to_vec());
        answer.await.is_empty();
        Some(app.calls("/orders")).filter(|calls| !calls.is_empty())
    })
    .await;
    assert_eq!(calls[0].json()["data_base64"], "anVzdCBieXRlcw==");
}
