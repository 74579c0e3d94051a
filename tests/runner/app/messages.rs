//! Messages of brokers and events of bindings, and what an application wants of them.

use crate::support::{
    Setup,
    app::{binding_event, event},
};
use TopicEventResponseStatus::{Drop as DROP, Retry as RETRY, Success as SUCCESS};
use plugbox::proto::runtime::v1::{
    BindingEventResponse, BulkSubscribeConfig, TopicEventRequest, TopicEventResponse, TopicRoutes,
    TopicRule, TopicSubscription, binding_event_response::BindingEventConcurrency,
    topic_event_response::TopicEventResponseStatus,
};
use prost_types::{ListValue, Struct, value::Kind};
use serde_json::{Value, json};
use std::collections::HashMap;
use tonic::{Code, Request};

/// `hostile-probe-app` with one guest, so that it has heard all.
pub fn probe() -> Setup {
    Setup::app("hostile-probe-app").arg("--instances=1")
}

#[tokio::test]
async fn what_an_app_wants_is_listed_as_it_says() {
    let subscriptions = json!([
        {
            "pubsub": "pubsub",
            "topic": "orders",
            "routes": [
                { "matches": "event.type == \"large\"", "path": "/large" },
                { "matches": "event.type == \"small\"", "path": "/small" },
            ],
            "default_path": "/others",
            "dead_letter_topic": "dead",
            "bulk": { "max_messages": 100, "max_wait": 40 },
            "metadata": [["rawPayload", "true"]],
        },
        {
            "pubsub": "other",
            "topic": "payments",
            "routes": [],
            "default_path": null,
            "dead_letter_topic": null,
            "bulk": null,
            "metadata": [],
        },
        {
            "pubsub": "other",
            "topic": "parcels",
            "routes": [],
            "default_path": null,
            "dead_letter_topic": null,
            "bulk": { "max_messages": null, "max_wait": null },
            "metadata": [],
        },
    ]);
    let runner = probe()
        .arg(format!("--env=SUBSCRIPTIONS={subscriptions}"))
        .arg(r#"--env=BINDINGS=["inbox", "clock"]"#)
        .start();
    let mut app = runner.app("app").await;
    let listed = app.callback.list_topic_subscriptions(()).await.unwrap();
    let [all, least, bulk] = &listed.into_inner().subscriptions[..] else {
        panic!("three were wanted");
    };
    let rule = |name: &str| TopicRule {
        r#match: format!("event.type == {name:?}"),
        path: format!("/{name}"),
    };
    assert_eq!(
        *all,
        TopicSubscription {
            pubsub_name: "pubsub".to_owned(),
            topic: "orders".to_owned(),
            metadata: HashMap::from([("rawPayload".to_owned(), "true".to_owned())]),
            routes: Some(TopicRoutes {
                rules: vec![rule("large"), rule("small")],
                default: "/others".to_owned(),
            }),
            dead_letter_topic: "dead".to_owned(),
            bulk_subscribe: Some(BulkSubscribeConfig {
                enabled: true,
                max_messages_count: 100,
                max_await_duration_ms: 40,
            }),
        }
    );
    assert_eq!(least.topic, "payments");
    let routes = least.routes.clone().unwrap_or_default();
    assert_eq!(routes, TopicRoutes::default());
    assert!(!least.bulk_subscribe.is_some_and(|bulk| bulk.enabled));
    let enabled = BulkSubscribeConfig {
        enabled: true,
        ..Default::default()
    };
    assert_eq!(bulk.bulk_subscribe, Some(enabled));
    let listed = app.callback.list_input_bindings(()).await.unwrap();
    assert_eq!(listed.into_inner().bindings, ["inbox", "clock"]);
    // They were asked for at the start, of no guest that serves.
    assert_eq!(app.heard().await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_becomes_of_a_message_is_the_guests_to_say() {
    let runner = probe().start();
    let mut app = runner.app("app").await;
    let refused = json!({ "code": "NotFound", "message": "no", "details": [] });
    let refused = format!("status:{refused}");
    for (data, outcome) in [
        ("success", SUCCESS),
        ("retry", RETRY),
        ("drop", DROP),
        ("anything", SUCCESS),
        (&refused, RETRY),
    ] {
        assert_eq!(app.deliver(data).await.unwrap(), outcome, "{data}");
    }
    // An error, which daprd tries again.
    let trapped = app.deliver("trap").await.unwrap_err();
    assert_eq!(trapped.code(), Code::Internal, "{trapped}");
    assert_eq!(app.deliver("drop").await.unwrap(), DROP);
}

fn text(text: &str) -> prost_types::Value {
    text.to_owned().into()
}

fn fields(fields: &[(&str, prost_types::Value)]) -> Struct {
    let fields = fields.iter().cloned();
    Struct {
        fields: fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}

/// Attributes of a CloudEvent of each kind, and how they reach a guest.
pub fn extensions() -> (Struct, Value) {
    let kind = |kind| prost_types::Value { kind: Some(kind) };
    let sent = fields(&[
        ("subject", text("order 7")),
        ("time", text("2026-11-21T13:00:00Z")),
        ("dataschema", text("https://a.example/order")),
        ("colour", text("red")),
        ("big", kind(Kind::BoolValue(true))),
        ("size", kind(Kind::NumberValue(7.5))),
        ("nothing", kind(Kind::NullValue(0))),
        (
            "list",
            kind(Kind::ListValue(ListValue {
                values: vec![kind(Kind::NumberValue(1.0)), text("é\"")],
            })),
        ),
        (
            "nested",
            kind(Kind::StructValue(fields(&[("a", text("b"))]))),
        ),
    ]);
    let seen = json!([
        ["big", { "Boolean": true }],
        ["colour", { "Text": "red" }],
        ["list", { "Json": "[1,\"é\\\"\"]" }],
        ["nested", { "Json": "{\"a\":\"b\"}" }],
        ["nothing", { "Json": "null" }],
        ["size", { "Number": 7.5 }],
    ]);
    (sent, seen)
}

/// Attributes in the order of their names.
pub fn sorted(mut event: Value) -> Value {
    if let Some(all) = event["extensions"].as_array_mut() {
        all.sort_by_key(|attribute| attribute[0].to_string());
    }
    event
}

#[tokio::test]
async fn a_message_reaches_the_guest_with_all_that_its_event_says() {
    let runner = probe().start();
    let mut app = runner.app("app").await;
    let (sent, seen) = extensions();
    let mut request = Request::new(TopicEventRequest {
        data_content_type: "text/plain".to_owned(),
        path: "/large".to_owned(),
        extensions: Some(sent),
        ..event("tea")
    });
    // What the broker says of it.
    let metadata = request.metadata_mut();
    metadata.insert("partitionkey", "7".parse().unwrap());
    metadata.insert("dapr-api-token", "hunter2".parse().unwrap());
    app.callback.on_topic_event(request).await.unwrap();
    let [heard] = &app.heard().await[..] else {
        panic!("there was one");
    };
    let mut message = heard["message"].clone();
    message["event"] = sorted(message["event"].take());
    assert_eq!(
        message,
        json!({
            "event": {
                "id": "seven",
                "source": "shop",
                "kind": "com.dapr.event.sent",
                "spec_version": "1.0",
                "content_type": "text/plain",
                "data": b"tea",
                "subject": "order 7",
                "time": "2026-11-21T13:00:00Z",
                "data_schema": "https://a.example/order",
                "extensions": seen,
            },
            "pubsub": "pubsub",
            "topic": "orders",
            "path": "/large",
            "metadata": [["partitionkey", "7"]],
        })
    );
}

#[tokio::test]
async fn what_a_message_does_not_say_is_none() {
    let runner = probe().start();
    let mut app = runner.app("app").await;
    app.deliver("tea").await.unwrap();
    let message = &app.heard().await[0]["message"];
    for nothing in ["content_type", "subject", "time", "data_schema"] {
        assert_eq!(message["event"][nothing], Value::Null, "{nothing}");
    }
    assert_eq!(message["event"]["extensions"], json!([]));
    assert_eq!(message["path"], Value::Null);
    assert_eq!(message["metadata"], json!([]));
}

#[tokio::test]
async fn an_event_of_a_binding_is_answered_by_what_the_guest_says() {
    let runner = probe().start();
    let mut app = runner.app("app").await;
    let answer =
        |data: &str, to: &[&str], concurrency: BindingEventConcurrency| BindingEventResponse {
            to: to.iter().map(|name| name.to_string()).collect(),
            data: data.into(),
            concurrency: concurrency.into(),
            ..Default::default()
        };
    use BindingEventConcurrency::{Parallel, Sequential};
    for (data, to, concurrency) in [
        ("tea", &[][..], Sequential),
        ("forward:mail", &["mail"], Sequential),
        ("parallel:mail,log", &["mail", "log"], Parallel),
    ] {
        let answered = app.callback.on_binding_event(binding_event(data)).await;
        let answered = answered.unwrap().into_inner();
        assert_eq!(answered, answer(data, to, concurrency), "{data}");
    }
    let mut event = binding_event("tea");
    event.metadata = HashMap::from([("key".to_owned(), "7".to_owned())]);
    app.callback.on_binding_event(event).await.unwrap();
    let heard = app.heard().await;
    assert_eq!(
        heard.last().unwrap()["event"],
        json!({ "binding": "inbox", "data": b"tea", "metadata": [["key", "7"]] })
    );
    let status = json!({ "code": "DataLoss", "message": "it is gone", "details": [] });
    let event = binding_event(format!("status:{status}"));
    let failed = app.callback.on_binding_event(event).await.unwrap_err();
    assert_eq!(
        (failed.code(), failed.message()),
        (Code::DataLoss, "it is gone")
    );
    let failed = app.callback.on_binding_event(binding_event("trap")).await;
    assert_eq!(failed.unwrap_err().code(), Code::Internal);
}

#[tokio::test]
async fn a_message_that_takes_too_long_is_an_error_that_daprd_tries_again() {
    let runner = probe().arg("--timeout=300ms").start();
    let mut app = runner.app("app").await;
    let late = app.callback.on_topic_event(event("loop")).await;
    assert_eq!(late.unwrap_err().code(), Code::DeadlineExceeded);
    let answer = app.callback.on_topic_event(event("tea")).await.unwrap();
    let success = TopicEventResponse {
        status: SUCCESS.into(),
    };
    assert_eq!(answer.into_inner(), success);
}
