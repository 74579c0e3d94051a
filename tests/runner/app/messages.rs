//! Messages of brokers and events of bindings, and what an application wants of them.

use crate::support::{
    App, Setup,
    app::{binding_event, event},
};
use TopicEventResponseStatus::{Drop as DROP, Retry as RETRY, Success as SUCCESS};
use plugbox::proto::runtime::v1::{
    BindingEventResponse, BulkSubscribeConfig, TopicEventBulkRequest, TopicEventBulkRequestEntry,
    TopicEventCeRequest, TopicEventRequest, TopicEventResponse, TopicRoutes, TopicRule,
    TopicSubscription, binding_event_response::BindingEventConcurrency,
    topic_event_bulk_request_entry::Event, topic_event_response::TopicEventResponseStatus,
};
use prost_types::{ListValue, Struct, value::Kind};
use serde_json::{Value, json};
use std::collections::HashMap;
use tonic::{Code, Request};

/// `hostile-probe-app` with one guest, so that it has heard all.
fn probe() -> Setup {
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
fn extensions() -> (Struct, Value) {
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
fn sorted(mut event: Value) -> Value {
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

/// A bulk of the topic `orders`, whose entries are named by their places.
fn bulk(entries: impl IntoIterator<Item = Event>) -> TopicEventBulkRequest {
    let entries = entries.into_iter().enumerate();
    TopicEventBulkRequest {
        id: "bulk".to_owned(),
        entries: entries
            .map(|(place, event)| TopicEventBulkRequestEntry {
                entry_id: place.to_string(),
                event: Some(event),
                ..Default::default()
            })
            .collect(),
        topic: "orders".to_owned(),
        pubsub_name: "pubsub".to_owned(),
        ..Default::default()
    }
}

fn cloud_event(data: &str) -> Event {
    Event::CloudEvent(TopicEventCeRequest {
        id: "seven".to_owned(),
        source: "shop".to_owned(),
        r#type: "order.made".to_owned(),
        spec_version: "1.0".to_owned(),
        data: data.into(),
        ..Default::default()
    })
}

/// What becomes of each entry, by both of the methods, which answer for each by its name and in their order.
async fn delivered(app: &mut App, data: &[&str]) -> Vec<TopicEventResponseStatus> {
    let request = bulk(data.iter().map(|data| cloud_event(data)));
    let App {
        callback, alpha, ..
    } = app;
    let stable = callback.on_bulk_topic_event(request.clone()).await;
    let earlier = alpha.on_bulk_topic_event_alpha1(request).await;
    let statuses = stable.unwrap().into_inner().statuses;
    assert_eq!(statuses, earlier.unwrap().into_inner().statuses);
    for (place, status) in statuses.iter().enumerate() {
        assert_eq!(status.entry_id, place.to_string());
    }
    statuses.iter().map(|status| status.status()).collect()
}

#[tokio::test]
async fn an_app_for_bulks_gets_them_and_entries_without_an_outcome_come_again() {
    let runner = probe().start();
    let mut app = runner.app("app").await;
    let table: [(&[&str], &[TopicEventResponseStatus]); 4] = [
        (&["tea", "retry", "drop"], &[SUCCESS, RETRY, DROP]),
        (&["drop", "skip", "drop"], &[DROP, RETRY, RETRY]),
        // One more than there are.
        (&["drop", "more"], &[DROP, SUCCESS]),
        (&["skip"], &[RETRY]),
    ];
    for (data, outcomes) in table {
        assert_eq!(delivered(&mut app, data).await, outcomes, "{data:?}");
    }
    // Two calls for each, and all entries in one of them.
    let heard = app.heard().await;
    assert_eq!(heard.len(), 2 * table.len());
    assert_eq!(heard[0]["messages"]["entries"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_bulk_reaches_the_guest_with_all_that_it_says() {
    let runner = probe().start();
    let mut app = runner.app("app").await;
    let (sent, seen) = extensions();
    let Event::CloudEvent(event) = cloud_event("tea") else {
        unreachable!();
    };
    let event = TopicEventCeRequest {
        data_content_type: "text/plain".to_owned(),
        extensions: Some(sent),
        ..event
    };
    let mut request = bulk([Event::CloudEvent(event), Event::Bytes(b"milk".to_vec())]);
    let said = |name: &str, value: &str| HashMap::from([(name.to_owned(), value.to_owned())]);
    request.metadata = said("of", "all");
    request.path = "/large".to_owned();
    request.entries[0].content_type = "application/cloudevents+json".to_owned();
    request.entries[1].metadata = said("of", "one");
    app.callback.on_bulk_topic_event(request).await.unwrap();
    let mut messages = app.heard().await[0]["messages"].take();
    let event = &mut messages["entries"][0]["payload"]["Event"];
    *event = sorted(event.take());
    assert_eq!(
        messages,
        json!({
            "id": "bulk",
            "pubsub": "pubsub",
            "topic": "orders",
            "path": "/large",
            "metadata": [["of", "all"]],
            "entries": [
                {
                    "entry_id": "0",
                    "payload": { "Event": {
                        "id": "seven",
                        "source": "shop",
                        "kind": "order.made",
                        "spec_version": "1.0",
                        "content_type": "text/plain",
                        "data": b"tea",
                        "subject": "order 7",
                        "time": "2026-11-21T13:00:00Z",
                        "data_schema": "https://a.example/order",
                        "extensions": seen,
                    } },
                    "content_type": "application/cloudevents+json",
                    "metadata": [],
                },
                {
                    "entry_id": "1",
                    "payload": { "Raw": b"milk" },
                    "content_type": null,
                    "metadata": [["of", "one"]],
                },
            ],
        })
    );
}

#[tokio::test]
async fn an_app_without_bulks_gets_their_messages_one_by_one_and_one_that_traps_spoils_no_other() {
    let runner = Setup::app("hostile-plain-app").arg("--instances=1").start();
    let mut app = runner.app("app").await;
    let data = ["tea", "retry", "trap", "drop", "trap", "milk"];
    let outcomes = [SUCCESS, RETRY, RETRY, DROP, RETRY, SUCCESS];
    assert_eq!(delivered(&mut app, &data).await, outcomes);
    // What came after the last one that trapped.
    let heard = app.heard().await;
    let [message] = &heard[..] else {
        panic!("one came after that: {heard:?}");
    };
    assert_eq!(message["event"]["data"], json!(b"milk"));
    assert_eq!(message["topic"], "orders");
}

#[tokio::test]
async fn of_a_bulk_what_is_no_cloud_event_becomes_one_as_dapr_makes_it() {
    let runner = Setup::app("hostile-plain-app").arg("--instances=1").start();
    let mut app = runner.app("app").await;
    let mut request = bulk([Event::Bytes(b"tea".to_vec()), Event::Bytes(vec![0, 255])]);
    request.path = "/raw".to_owned();
    request.entries[0].metadata = HashMap::from([("of".to_owned(), "one".to_owned())]);
    let answer = app.callback.on_bulk_topic_event(request).await.unwrap();
    assert_eq!(answer.into_inner().statuses.len(), 2);
    let heard = app.heard().await;
    assert_eq!(heard.len(), 2);
    for (message, data) in heard.iter().zip([&b"tea"[..], &[0, 255]]) {
        let event = &message["event"];
        for (field, value) in [
            ("source", json!("Dapr")),
            ("kind", json!("com.dapr.event.sent")),
            ("spec_version", json!("1.0")),
            ("content_type", json!("application/octet-stream")),
            ("data", json!(data)),
        ] {
            assert_eq!(event[field], value, "{field} of {event}");
        }
        assert_eq!(message["path"], "/raw");
    }
    let id = |place: usize| heard[place]["event"]["id"].as_str().unwrap();
    assert!(!id(0).is_empty() && id(0) != id(1));
    assert_eq!(heard[0]["metadata"], json!([["of", "one"]]));
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
