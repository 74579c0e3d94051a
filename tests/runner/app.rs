//! Guests that are applications: what daprd asks of them reaches them, and what they answer reaches daprd. Here: invocations.

mod bulks;
mod dapr;
mod health;
mod instances;
mod jobs;
mod messages;
mod serving;
mod settings;
mod statuses;
mod swap;
mod token;

use crate::support::{
    App, Setup,
    app::{any, binding_event, event, job, request},
};
use plugbox::proto::{
    common::v1::{HttpExtension, InvokeRequest, http_extension::Verb},
    runtime::v1::{TopicEventBulkRequest, TopicEventBulkRequestEntry},
};
use serde_json::{Value, json};
use tonic::{Code, Request, Status, metadata::MetadataValue};

/// How a request reaches the guest.
async fn seen(app: &mut App, request: Request<InvokeRequest>) -> Value {
    let answer = app.callback.on_invoke(request).await.unwrap().into_inner();
    serde_json::from_slice(&answer.data.unwrap().value).unwrap()
}

#[tokio::test]
async fn all_that_daprd_says_of_an_invocation_reaches_the_guest() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    let mut request = Request::new(InvokeRequest {
        method: "request".to_owned(),
        data: Some(any("a.example/Type", "tea")),
        content_type: "text/plain".to_owned(),
        http_extension: Some(HttpExtension {
            verb: Verb::Post.into(),
            querystring: "a=b&c".to_owned(),
        }),
    });
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let metadata = request.metadata_mut();
    for (name, value) in [
        ("x-own", "1"),
        ("x-own", "2"),
        ("traceparent", parent),
        ("dapr-caller-app-id", "billing"),
        // None of these are the guest's business.
        ("dapr-api-token", "hunter2"),
        ("x-component-instance", "red"),
        ("grpc-accept-encoding", "identity"),
    ] {
        metadata.append(name, value.parse().unwrap());
    }
    metadata.append_bin("some-bin", MetadataValue::from_bytes(&[1, 2]));
    let mut seen = seen(&mut app, request).await;
    let headers = seen["headers"].as_array_mut().unwrap();
    headers.sort_by_key(Value::to_string);
    assert_eq!(
        seen,
        json!({
            "method": "request",
            "data": b"tea",
            "content_type": "text/plain",
            "type_url": "a.example/Type",
            "http": { "verb": "Post", "query": "a=b&c" },
            "headers": [
                ["dapr-caller-app-id", "billing"],
                ["some-bin", "AQI"],
                ["traceparent", parent],
                ["x-own", "1"],
                ["x-own", "2"],
            ],
        })
    );
}

#[tokio::test]
async fn what_daprd_does_not_say_of_an_invocation_is_none() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    for data in [Some(any("", "")), None] {
        let request = InvokeRequest {
            data,
            ..request("request", "")
        };
        assert_eq!(
            seen(&mut app, Request::new(request)).await,
            json!({
                "method": "request",
                "data": [],
                "content_type": null,
                "type_url": null,
                "http": null,
                "headers": [],
            })
        );
    }
}

#[tokio::test]
async fn each_verb_of_http_reaches_the_guest() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    let verb = |name: &str| json!({ "verb": name, "query": null });
    for (sent, expected) in [
        (Verb::None, Value::Null),
        (Verb::Get, verb("Get")),
        (Verb::Head, verb("Head")),
        (Verb::Post, verb("Post")),
        (Verb::Put, verb("Put")),
        (Verb::Delete, verb("Delete")),
        (Verb::Connect, verb("Connect")),
        (Verb::Options, verb("Options")),
        (Verb::Trace, verb("Trace")),
        (Verb::Patch, verb("Patch")),
    ] {
        let request = InvokeRequest {
            http_extension: Some(HttpExtension {
                verb: sent.into(),
                querystring: String::new(),
            }),
            ..request("request", "")
        };
        let seen = seen(&mut app, Request::new(request)).await;
        assert_eq!(seen["http"], expected, "{sent:?}");
    }
}

#[tokio::test]
async fn the_answer_has_what_the_guest_says_and_its_headers() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    let response = json!({
        "data": b"tea",
        "content_type": "text/plain",
        "type_url": "a.example/Type",
        "headers": [
            ["x-own", "1"],
            ["x-own", "2"],
            ["some-bin", "AQI="],
            // These are not the guest's to send.
            ["grpc-status", "13"],
            ["content-type", "text/html"],
            ["dapr-caller-app-id", "another"],
        ],
    });
    let answer = app.call("answer", response.to_string()).await.unwrap();
    let headers = answer.metadata();
    let own: Vec<_> = headers.get_all("x-own").iter().collect();
    assert_eq!(own, ["1", "2"]);
    let bytes = headers.get_bin("some-bin").unwrap().to_bytes().unwrap();
    assert_eq!(&*bytes, [1, 2]);
    assert!(headers.get("dapr-caller-app-id").is_none(), "{headers:?}");
    assert_eq!(headers.get_all("content-type").iter().count(), 1);
    let answer = answer.into_inner();
    assert_eq!(answer.data, Some(any("a.example/Type", "tea")));
    assert_eq!(answer.content_type, "text/plain");
}

#[tokio::test]
async fn an_answer_with_headers_that_cannot_be_sent_is_an_error_that_says_which() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    let long = "a".repeat(20 << 10);
    for (name, value, words) in [
        ("X-Own", "1", "X-Own"),
        ("x-own", "é", "x-own"),
        ("x-own", &long, "KiB"),
    ] {
        let response = json!({
            "data": [],
            "content_type": null,
            "type_url": null,
            "headers": [[name, value]],
        });
        let status = app.call("answer", response.to_string()).await.unwrap_err();
        assert!(status.message().contains(words), "{status}");
    }
    assert_eq!(app.text("echo", "tea").await, "tea");
}

/// What comes of each method that a guest can leave out.
async fn each_method(app: &App) -> Vec<(&'static str, Result<(), Status>)> {
    let App {
        callback, alpha, ..
    } = app;
    let (mut callback, mut alpha) = (callback.clone(), alpha.clone());
    let entry = TopicEventBulkRequestEntry {
        entry_id: "1".to_owned(),
        ..Default::default()
    };
    let bulk = TopicEventBulkRequest {
        topic: "orders".to_owned(),
        pubsub_name: "pubsub".to_owned(),
        entries: vec![entry],
        ..Default::default()
    };
    macro_rules! called {
        ($client:ident, $method:ident, $request:expr) => {
            (
                stringify!($method),
                $client.$method($request).await.map(drop),
            )
        };
    }
    vec![
        called!(callback, on_invoke, request("echo", "")),
        called!(callback, list_topic_subscriptions, ()),
        called!(callback, on_topic_event, event("tea")),
        called!(callback, list_input_bindings, ()),
        called!(callback, on_binding_event, binding_event("tea")),
        called!(callback, on_bulk_topic_event, bulk.clone()),
        called!(callback, on_job_event, job("tea")),
        called!(alpha, on_bulk_topic_event_alpha1, bulk),
        called!(alpha, on_job_event_alpha1, job("tea")),
    ]
}

#[tokio::test]
async fn what_the_guest_does_not_export_is_unimplemented_and_the_status_says_so() {
    for (guest, served) in [
        ("rust-minimal-app", &["on_invoke"][..]),
        (
            "hostile-plain-app",
            &[
                "on_invoke",
                "list_topic_subscriptions",
                "on_topic_event",
                // The host asks for each message by itself.
                "on_bulk_topic_event",
                "on_bulk_topic_event_alpha1",
            ],
        ),
    ] {
        let runner = Setup::app(guest).start();
        let app = runner.app("app").await;
        for (method, answer) in each_method(&app).await {
            if served.contains(&method) {
                let said = answer.err().map(|status| status.message().to_owned());
                // `plain-app` has no method of this name.
                assert!(said.is_none_or(|said| said.contains("no method")));
                continue;
            }
            let status = answer.unwrap_err();
            assert_eq!(status.code(), Code::Unimplemented, "{method}: {status}");
            assert!(status.message().contains("app 'app'"), "{method}: {status}");
        }
    }
}

#[tokio::test]
async fn a_guest_that_exports_all_serves_each_method() {
    let runner = Setup::app("hostile-probe-app").start();
    let app = runner.app("app").await;
    for (method, answer) in each_method(&app).await {
        answer.unwrap_or_else(|status| panic!("{method}: {status}"));
    }
}

#[tokio::test]
async fn a_trap_is_internal_and_names_the_app_and_the_next_call_works() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    for _ in 0..2 {
        app.text("remember", "lost").await;
        let failed = app.call("trap", "").await.unwrap_err();
        assert_eq!(failed.code(), Code::Internal, "{failed}");
        for words in ["app 'app'", "OnInvoke", "it trapped"] {
            assert!(failed.message().contains(words), "{words}: {failed}");
        }
        // What the guest said of it is the operator's to read.
        runner.logs(&["it was told to"]);
        assert!(!failed.message().contains("instance ''"), "{failed}");
        assert!(!failed.message().contains("component"), "{failed}");
        assert_eq!(app.text("remember", "").await, "");
    }
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_ended_and_names_the_setting() {
    let runner = Setup::app("hostile-probe-app")
        .arg("--timeout=300ms")
        .start();
    let mut app = runner.app("app").await;
    for (method, data) in [("loop", ""), ("wait", "600000")] {
        let failed = app.call(method, data).await.unwrap_err();
        assert_eq!(failed.code(), Code::DeadlineExceeded, "{failed}");
        assert!(failed.message().contains("--timeout"), "{failed}");
        assert_eq!(app.text("echo", "tea").await, "tea");
    }
}

#[tokio::test]
async fn sizes_over_the_limits_are_refused_and_name_the_setting() {
    let runner = Setup::app("hostile-probe-app")
        .args(["--max-message=2MiB", "--max-reply=1MiB"])
        .start();
    let mut app = runner.app("app").await;
    let megabyte = 1 << 20;
    for (method, data, setting) in [
        ("echo", vec![b'x'; 2 * megabyte], "--max-message"),
        ("big", b"1048576".to_vec(), "--max-reply"),
    ] {
        let failed = app.call(method, data).await.unwrap_err();
        assert_eq!(failed.code(), Code::ResourceExhausted, "{failed}");
        assert!(failed.message().contains(setting), "{failed}");
    }
    let fits = app.invoke("big", "1000000").await.unwrap();
    assert_eq!(fits.len(), 1_000_000);
}

/// daprd sends it to components alone; what a caller of the application sends is passed on by daprd, too.
#[tokio::test]
async fn an_app_has_no_instances_by_name() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    app.text("remember", "0").await;
    let names: [&[u8]; 4] = [b"red", b"blue", b"", b"\xff\xfe"];
    for (number, name) in names.into_iter().enumerate() {
        let mut request = Request::new(request("remember", (number + 1).to_string()));
        let name = MetadataValue::try_from(name).unwrap();
        request.metadata_mut().insert("x-component-instance", name);
        let answer = app.callback.on_invoke(request).await.unwrap().into_inner();
        let before = answer.data.unwrap().value;
        assert_eq!(before, number.to_string().into_bytes());
    }
}
