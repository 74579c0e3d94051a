//! Messages of brokers and events of bindings for guests that are applications.

use super::{Probe, client, section, subscription, wanting};
use crate::{app::App, process::until, pub_sub, sidecar::Stand, support::app};
use plugbox::proto::runtime::v1::InvokeBindingRequest;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The messages among what was heard, of a topic.
fn messages<'a>(heard: &'a [Value], topic: &str) -> Vec<&'a Value> {
    let messages = heard.iter().filter_map(|heard| heard.get("message"));
    messages
        .filter(|message| message["topic"] == topic)
        .collect()
}

/// A Subscription resource for messages one by one, or in bulks.
fn of_pubsub(topic: &str, metadata: Value, is_bulk: bool) -> Value {
    let mut resource = pub_sub::subscription(topic, metadata);
    resource["spec"]["pubsubname"] = json!("pubsub");
    if is_bulk {
        resource["spec"]["bulkSubscribe"] =
            json!({ "enabled": true, "maxMessagesCount": 10, "maxAwaitDurationMs": 50 });
    }
    resource
}

/// `hostile-plain-app`, which knows no bulks, with resources for what it is to get.
async fn plain(subscriptions: &[(&str, Value)]) -> Option<Probe> {
    let port = app::port();
    let manifest = [
        section("broker", "rust-memory-broker"),
        app::section("app", "hostile-plain-app", port, "instances = 1"),
    ];
    let manifest = manifest.concat();
    let stand = Stand::serving(
        move |runner| runner.manifest(&manifest, 2),
        |daprd| {
            let daprd = daprd.resource("pubsub", "pubsub.broker", &[]);
            let daprd = subscriptions.iter().fold(daprd, |daprd, (name, resource)| {
                daprd.document(name, resource)
            });
            daprd.grpc_app(port)
        },
    );
    let stand = stand.await?;
    let app = stand.runner.app("app").await;
    Some(Probe { stand, app })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_come_again_or_go_to_the_dead_letters_as_a_guest_says() {
    let mut orders = subscription("orders");
    orders["dead_letter_topic"] = json!("dead");
    // Without dead letters: with them, what is to come again goes there too, unless there is a policy for it.
    let wanted = json!([orders, subscription("dead"), subscription("again")]);
    let Some(mut probe) = Probe::start(&wanting(&wanted), "", |daprd| daprd).await else {
        return;
    };
    // Both subscriptions are there.
    for topic in ["orders", "dead", "again"] {
        probe
            .published(topic, "hello", |heard| {
                (!messages(heard, topic).is_empty()).then_some(())
            })
            .await;
    }
    let dead = probe
        .published("orders", "drop", |heard| {
            let mut dead = messages(heard, "dead").into_iter();
            dead.find(|message| message["event"]["data"] == json!(b"drop"))
                .cloned()
        })
        .await;
    assert_eq!(dead["event"]["content_type"], "text/plain", "{dead}");
    // The same event, and not another of the same words.
    probe
        .published("again", "retry", |heard| {
            let ids = messages(heard, "again").into_iter();
            let mut ids: Vec<_> = ids.map(|message| message["event"]["id"].as_str()).collect();
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            (ids.len() < all).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_gets_bulks_and_one_that_knows_none_gets_their_messages() {
    let mut orders = subscription("orders");
    orders["bulk"] = json!({ "max_messages": 10, "max_wait": 50 });
    let Some(mut probe) = Probe::start(&wanting(&json!([orders])), "", |daprd| daprd).await else {
        return;
    };
    let bulk = probe
        .published("orders", "tea", |heard| {
            heard
                .iter()
                .find_map(|heard| heard.get("messages").cloned())
        })
        .await;
    assert_eq!(
        (&bulk["pubsub"], &bulk["topic"]),
        (&json!("pubsub"), &json!("orders"))
    );
    let event = &bulk["entries"][0]["payload"]["Event"];
    assert_eq!(event["kind"], "com.dapr.event.sent", "{bulk}");

    let resource = of_pubsub("orders", json!({}), true);
    let Some(mut plain) = plain(&[("orders", resource)]).await else {
        return;
    };
    let message = plain
        .published("orders", "tea", |heard| heard.first().cloned())
        .await;
    assert_eq!(message["topic"], "orders", "{message}");
    assert_eq!(message["path"], "/orders", "{message}");
}

/// What is no CloudEvent reaches a guest as one that daprd makes of it; of a bulk, the host makes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_raw_message_of_a_bulk_reaches_a_guest_as_it_would_alone() {
    let raw = json!({ "rawPayload": "true" });
    let resources = [
        ("alone", of_pubsub("alone", raw.clone(), false)),
        ("bulk", of_pubsub("bulk", raw, true)),
    ];
    let Some(mut plain) = plain(&resources).await else {
        return;
    };
    let mut events = Vec::new();
    for topic in ["alone", "bulk"] {
        let place = format!("{topic}?metadata.rawPayload=true");
        let message = plain.published(&place, "tea", |heard| {
            heard
                .iter()
                .find(|message| message["topic"] == topic)
                .cloned()
        });
        let mut event = message.await["event"].take();
        assert_eq!(event["data"], json!(b"tea"), "{event}");
        assert_ne!(event["id"].take(), json!(""), "{event}");
        for attribute in event["extensions"].as_array_mut().unwrap() {
            // It names the topic.
            if attribute[1]["Text"] == topic {
                attribute[1] = json!("the topic");
            }
        }
        events.push(event);
    }
    assert_eq!(events[0], events[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_a_binding_goes_on_to_another_as_a_guest_says() {
    let outside = App::start().await;
    let url = format!("http://127.0.0.1:{}/hook", outside.port);
    let port = app::port();
    let manifest = [
        section("multi", "rust-multi"),
        section("webhook", "rust-webhook"),
        format!("allowed_outbound_hosts = ['127.0.0.1:{}']\n", outside.port),
        app::section(
            "app",
            "hostile-probe-app",
            port,
            "env.BINDINGS = '[\"inbox\"]'",
        ),
    ];
    let manifest = manifest.concat();
    let stand = Stand::serving(
        move |runner| runner.manifest(&manifest, 3),
        |daprd| {
            daprd
                .resource("inbox", "bindings.multi", &[])
                .resource("hook", "bindings.webhook", &[("url", &url)])
                .grpc_app(port)
        },
    );
    let Some(stand) = stand.await else {
        return;
    };
    let mut client = client(&stand).await;
    until("the other is called", async || {
        // What comes before the binding is listened to is for nobody.
        let request = InvokeBindingRequest {
            name: "inbox".to_owned(),
            data: b"forward:hook".to_vec(),
            metadata: HashMap::from([("key".to_owned(), "any".to_owned())]),
            operation: "create".to_owned(),
        };
        client.invoke_binding(request).await.unwrap();
        (!outside.calls("/hook").is_empty()).then_some(())
    })
    .await;
}
