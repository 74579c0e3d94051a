//! Input bindings for an application that speaks gRPC.

use crate::{
    app::App,
    grpc_app::{GrpcApp, Setup},
    sidecar::{self, Stand},
    support,
};
use plugbox::proto::runtime::v1::{BindingEventRequest, BindingEventResponse};
use serde_json::{Value, json};
use tonic::Status;

/// A Component resource, of the component that the runner names `echo`: it sends back what it is answered.
const ECHO: &str = "things";
const TYPE: &str = "bindings.echo";

async fn stand(app: &GrpcApp, properties: &'static [(&str, &str)]) -> Option<Stand> {
    Stand::serving(
        |runner| runner.guest("echo", "hostile-rude-broker"),
        |daprd| daprd.resource(ECHO, TYPE, properties).grpc_app(app.port),
    )
    .await
}

const INPUT: &[(&str, &str)] = &[("direction", "input")];

/// The data of an event, and how the binding took the answer to the one before.
fn said(event: &BindingEventRequest) -> (&str, Option<&str>) {
    let data = str::from_utf8(&event.data).unwrap();
    (data, event.metadata.get("outcome").map(String::as_str))
}

fn answer(data: &str) -> BindingEventResponse {
    BindingEventResponse {
        data: data.into(),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_reaches_a_grpc_application_and_its_answer_reaches_the_guest() {
    let behaviour = |_: &BindingEventRequest, before| {
        Ok(answer(match before {
            0 => "first",
            1 => "second",
            _ => "quiet",
        }))
    };
    let app = Setup::new().on_binding(behaviour).start().await;
    let Some(_stand) = stand(&app, INPUT).await else {
        return;
    };
    let events = app.events().reach(ECHO, 3).await;
    let said: Vec<_> = events.iter().map(said).collect();
    let expected = [
        ("hello", None),
        ("first", Some("ok")),
        ("second", Some("ok")),
    ];
    assert_eq!(said, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guest_is_told_that_a_grpc_application_has_failed_and_why() {
    let behaviour = |_: &BindingEventRequest, before| match before {
        0 => Err(Status::unavailable("not now")),
        _ => Ok(answer("quiet")),
    };
    let app = Setup::new().on_binding(behaviour).start().await;
    let Some(_stand) = stand(&app, INPUT).await else {
        return;
    };
    let events = app.events().reach(ECHO, 2).await;
    let (why, outcome) = said(&events[1]);
    assert_eq!(outcome, Some("failed"));
    assert!(why.contains("not now"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grpc_application_can_say_itself_which_bindings_it_listens_to() {
    let quiet = |_: &BindingEventRequest, _| Ok(answer("quiet"));
    let app = Setup::new().on_binding(quiet).binding(ECHO).start().await;
    let both = |daprd: sidecar::Setup| {
        // In this order daprd opens them.
        daprd
            .resource("another", TYPE, &[])
            .resource(ECHO, TYPE, &[])
            .grpc_app(app.port)
    };
    let guests = |runner: support::Setup| runner.guest("echo", "hostile-rude-broker");
    let Some(stand) = Stand::serving(guests, both).await else {
        return;
    };
    let not_listening = "app has not subscribed to binding another";
    stand.daprd.logs(not_listening, 1).await;
    let events = app.events().reach(ECHO, 1).await;
    assert_eq!(said(&events[0]), ("hello", None));
    assert!(app.events().at("another").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_grpc_application_answers_can_go_on_to_an_output_binding() {
    let behaviour = |_: &BindingEventRequest, _| {
        Ok(BindingEventResponse {
            to: vec!["hook".to_owned()],
            data: r#"{"order":7}"#.into(),
            ..Default::default()
        })
    };
    let app = Setup::new().on_binding(behaviour).start().await;
    let outside = App::start().await;
    let url = format!("http://127.0.0.1:{}/hook", outside.port);
    let granted = format!("--allow-outbound=127.0.0.1:{}", outside.port);
    let guests = move |runner: support::Setup| {
        runner
            .guest("clock", "rust-interval")
            .guest("webhook", "rust-webhook")
            .arg(&granted)
    };
    let resources = |daprd: sidecar::Setup| {
        let clock = [("schedule", "50ms"), ("times", "1"), ("direction", "input")];
        daprd
            .resource("tick", "bindings.clock", &clock)
            .resource("hook", "bindings.webhook", &[("url", &url)])
            .grpc_app(app.port)
    };
    let Some(_stand) = Stand::serving(guests, resources).await else {
        return;
    };
    let events = app.events().reach("tick", 1).await;
    let tick: Value = serde_json::from_slice(&events[0].data).unwrap();
    assert_eq!(tick["tick"], 1);
    let calls = outside.called("/hook", 1).await;
    assert_eq!(calls[0].json(), json!({ "order": 7 }));
}
