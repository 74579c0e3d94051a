//! Bindings: what an application asks of the outside, and what the outside tells it.

use crate::{
    app::{App, OK, Reply},
    http::Answer,
    sidecar::{Daprd, Stand},
};
use serde_json::{Value, json};

/// A Component resource, of the component that the runner names `multi`.
const THINGS: &str = "things";

/// A runner with several building blocks in one guest, of which daprd uses some.
async fn stand(direction: &str, app: Option<&App>) -> Option<Stand> {
    Stand::serving(
        |runner| runner.guest("multi", "rust-multi"),
        |daprd| {
            let daprd = daprd.resource(THINGS, "bindings.multi", &[("direction", direction)]);
            match app {
                Some(app) => daprd.app(app.port),
                None => daprd,
            }
        },
    )
    .await
}

async fn invoke(daprd: &Daprd, operation: &str, data: Value, metadata: Value) -> Answer {
    let request = json!({ "operation": operation, "data": data, "metadata": metadata });
    daprd
        .post(&format!("/v1.0/bindings/{THINGS}"), &request)
        .await
}

/// All went well, and there is nothing to tell.
#[track_caller]
fn is_done(answer: &Answer) {
    assert_eq!((answer.status, answer.text()), (200, ""));
}

#[tokio::test]
async fn each_operation_of_an_output_binding_does_what_it_is_for() {
    let Some(Stand { daprd, .. }) = &stand("output", None).await else {
        return;
    };
    for (key, value) in [("a", json!({ "size": 1 })), ("b", json!("two"))] {
        let answer = invoke(daprd, "create", value, json!({ "key": key })).await;
        is_done(&answer);
    }
    let answer = invoke(daprd, "get", Value::Null, json!({ "key": "a" })).await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "size": 1 })));
    let answer = invoke(daprd, "list", Value::Null, json!({})).await;
    assert_eq!((answer.status, answer.json()), (200, json!(["a", "b"])));
    let answer = invoke(daprd, "delete", Value::Null, json!({ "key": "a" })).await;
    is_done(&answer);
    let answer = invoke(daprd, "list", Value::Null, json!({})).await;
    assert_eq!(answer.json(), json!(["b"]));
}

#[tokio::test]
async fn an_output_binding_that_fails_says_why() {
    let Some(Stand { daprd, .. }) = &stand("output", None).await else {
        return;
    };
    let answer = invoke(daprd, "get", Value::Null, json!({ "key": "missing" })).await;
    answer.is_error(500, &["NotFound", "there is no key \"missing\""]);
    let answer = invoke(daprd, "get", Value::Null, json!({})).await;
    answer.is_error(500, &["InvalidArgument", "get needs the metadata key"]);
}

#[tokio::test]
async fn an_operation_that_an_output_binding_does_not_have_is_an_error() {
    let Some(Stand { daprd, .. }) = &stand("output", None).await else {
        return;
    };
    let answer = invoke(daprd, "explode", Value::Null, json!({})).await;
    answer.is_error(500, &["explode", "create", "get", "delete", "list"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_resource_can_be_an_input_and_an_output_binding() {
    let app = App::start().await;
    let Some(stand) = stand("input, output", Some(&app)).await else {
        return;
    };
    // A reader gets what is written while it is open, and daprd opens it in its own time.
    let path = format!("/{THINGS}");
    app.subscribed(&path, async |probe| {
        let answer = invoke(
            &stand.daprd,
            "create",
            probe.clone(),
            json!({ "key": "probe" }),
        );
        is_done(&answer.await);
    })
    .await;
    let answer = invoke(&stand.daprd, "create", json!("news"), json!({ "key": "a" })).await;
    is_done(&answer);
    let calls = app.called(&path, 1).await;
    assert_eq!(calls[0].json(), json!("news"));
    assert_eq!(calls[0].headers["key"], "a");
    assert_eq!(calls[0].headers["operation"], "set");
}

/// An application that a clock calls, and a runner with the clock.
async fn clock(app: &App) -> Option<Stand> {
    let properties = [("schedule", "@every 200ms"), ("direction", "input")];
    Stand::serving(
        |runner| runner.guest("interval", "rust-interval"),
        |daprd| {
            daprd
                .resource("clock", "bindings.interval", &properties)
                .app(app.port)
        },
    )
    .await
}

/// The first ticks, each of them once and none left out.
async fn ticks(app: &App) {
    let calls = app.called("/clock", 4).await;
    let ticks: Vec<_> = calls
        .iter()
        .map(|call| call.json()["tick"].clone())
        .collect();
    assert_eq!(ticks[..4], [1, 2, 3, 4]);
    assert!(calls[0].headers.contains_key("readtimeutc"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_input_binding_calls_the_application() {
    let app = App::of(json!([]), |_, _| OK).await;
    let Some(_stand) = clock(&app).await else {
        return;
    };
    ticks(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_that_fails_does_not_stop_an_input_binding() {
    let app = App::of(json!([]), |_, _| Reply::With(500, "not now")).await;
    let Some(_stand) = clock(&app).await else {
        return;
    };
    ticks(&app).await;
}
