//! Messages for an application that speaks gRPC.

use crate::{
    grpc_app::{DROP, GrpcApp, Message, RETRY, SUCCESS, Setup, Verdict},
    process::until,
    pub_sub::{BROKER, probe_topic, publish, resources},
    sidecar::{self, Daprd, Stand},
};
use hyper::header::CONTENT_TYPE;
use plugbox::proto::runtime::v1::{BulkSubscribeConfig, TopicRoutes, TopicRule, TopicSubscription};
use serde_json::{Value, json};
use tonic::Status;

/// A runner with the broker, and a sidecar of one's own for the application.
async fn serving(
    app: &GrpcApp,
    prepare: impl FnOnce(sidecar::Setup) -> sidecar::Setup,
) -> Option<Stand> {
    Stand::serving(
        |runner| runner.guest("broker", &crate::support::memory("broker")),
        |daprd| prepare(daprd).grpc_app(app.port),
    )
    .await
}

/// A broker, daprd, and an application that subscribes to topics by resources.
async fn stand(app: &GrpcApp, properties: &[(&str, &str)], topics: &[&str]) -> Option<Stand> {
    let stand = serving(app, |daprd| resources(daprd, properties, topics)).await?;
    for topic in topics {
        subscribed(&stand.daprd, app, topic).await;
    }
    Some(stand)
}

async fn subscribed(daprd: &Daprd, app: &GrpcApp, topic: &str) {
    let probe = async |probe: &Value| probe_topic(daprd, topic, probe).await;
    app.messages().probed(topic, probe).await;
}

/// Answers a message in some way as long as fewer than some came before it.
fn at_first(times: usize, verdict: Verdict) -> impl Fn(&Message, usize) -> Verdict {
    move |_, before| match before < times {
        true => verdict.clone(),
        false => Ok(SUCCESS),
    }
}

fn json(messages: &[Message]) -> Vec<Value> {
    messages.iter().map(Message::json).collect()
}

/// By the application itself, with nothing but the topic.
fn own(topic: &str) -> TopicSubscription {
    TopicSubscription {
        pubsub_name: BROKER.to_owned(),
        topic: topic.to_owned(),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_reaches_a_grpc_application_as_a_cloud_event() {
    let app = Setup::new().start().await;
    let Some(stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    publish(&stand.daprd, "orders", &json!({ "order": 7 })).await;
    let [message] = &app.messages().reach("orders", 1).await[..] else {
        panic!("several messages");
    };
    assert_eq!(message.method, "OnTopicEvent");
    assert_eq!(message.json(), json!({ "order": 7 }));
    let event = &message.event;
    assert!(!event.id.is_empty());
    for (field, value) in [
        (&event.source, "app"),
        (&event.r#type, "com.dapr.event.sent"),
        (&event.spec_version, "1.0"),
        (&event.data_content_type, "application/json"),
        (&event.topic, "orders"),
        (&event.pubsub_name, BROKER),
        (&event.path, "/orders"),
    ] {
        assert_eq!(field, value, "{event:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_of_any_type_reach_a_grpc_application_as_they_were() {
    let app = Setup::new().start().await;
    let Some(stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    let bytes: Vec<u8> = (0..=255).collect();
    let table = [
        ("application/json", br#"{"order":7}"#.to_vec()),
        ("text/plain", b"seven".to_vec()),
        ("application/octet-stream", bytes),
    ];
    for (content_type, data) in table.clone() {
        let headers = [(CONTENT_TYPE, content_type)];
        let path = format!("/v1.0/publish/{BROKER}/orders");
        let answer = stand.daprd.call("POST", &path, &headers, data);
        answer.await.is_empty();
    }
    let messages = app.messages().reach("orders", table.len()).await;
    let messages = messages.iter().map(|message| &message.event);
    let got: Vec<_> = messages
        .map(|event| (event.data_content_type.as_str(), event.data.clone()))
        .collect();
    assert_eq!(got, table);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_fields_of_a_cloud_event_reach_a_grpc_application_too() {
    let app = Setup::new().start().await;
    let Some(stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    let event = json!({
        "specversion": "1.0",
        "id": "seven",
        "source": "elsewhere",
        "type": "order.made",
        "datacontenttype": "application/json",
        "data": 7,
        "colour": "red",
    });
    let headers = [(CONTENT_TYPE, "application/cloudevents+json")];
    let path = format!("/v1.0/publish/{BROKER}/orders");
    let event = event.to_string().into_bytes();
    let answer = stand.daprd.call("POST", &path, &headers, event).await;
    answer.is_empty();
    let messages = app.messages().reach("orders", 1).await;
    let event = &messages[0].event;
    assert_eq!(
        [&event.id, &event.source, &event.r#type],
        ["seven", "elsewhere", "order.made"]
    );
    let extensions = event.extensions.as_ref().unwrap();
    let colour = prost_types::Value::from("red".to_owned());
    assert_eq!(extensions.fields["colour"], colour);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grpc_application_can_say_itself_what_it_subscribes_to() {
    let rule = TopicRule {
        r#match: "event.data.size > 10".to_owned(),
        path: "/large".to_owned(),
    };
    let routes = TopicRoutes {
        rules: vec![rule],
        default: "/small".to_owned(),
    };
    let subscription = TopicSubscription {
        routes: Some(routes),
        ..own("orders")
    };
    let app = Setup::new().subscription(subscription);
    let app = app.subscription(own("payments")).start().await;
    let Some(stand) = stand(&app, &[], &[]).await else {
        return;
    };
    // What a rule cannot be asked about, like a probe, would not come to it.
    subscribed(&stand.daprd, &app, "payments").await;
    until("a subscription with routes", async || {
        publish(&stand.daprd, "orders", &json!({ "size": 7 })).await;
        (!app.messages().at("orders").is_empty()).then_some(())
    })
    .await;
    publish(&stand.daprd, "orders", &json!({ "size": 70 })).await;
    publish(&stand.daprd, "payments", &json!("by code")).await;
    until("the large one", async || {
        let messages = app.messages().at("orders");
        let last = messages.last()?;
        assert_eq!(messages[0].event.path, "/small");
        (last.event.path == "/large").then(|| assert_eq!(last.json(), json!({ "size": 70 })))
    })
    .await;
    let messages = app.messages().reach("payments", 1).await;
    assert_eq!(json(&messages), ["by code"]);
}

/// A message whose first answers are not what the broker hopes for comes until the application accepts it.
async fn comes_again_after(verdict: Verdict) {
    let app = Setup::new().on_topic(at_first(2, verdict)).start().await;
    let Some(stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    publish(&stand.daprd, "orders", &json!("stubborn")).await;
    let messages = app.messages().reach("orders", 3).await;
    let id = &messages[0].event.id;
    assert!(messages.iter().all(|message| message.event.id == *id));
    // And then it is done with.
    publish(&stand.daprd, "orders", &json!("next")).await;
    let messages = app.messages().reach("orders", 4).await;
    let stubborn = "stubborn";
    assert_eq!(json(&messages), [stubborn, stubborn, stubborn, "next"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_a_grpc_application_wants_again_comes_again() {
    comes_again_after(Ok(RETRY)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_a_grpc_application_answers_with_an_error_comes_until_it_succeeds() {
    comes_again_after(Err(Status::unavailable("not now"))).await;
    comes_again_after(Err(Status::invalid_argument("not like this"))).await;
}

/// A message whose first answer ends it does not come again.
async fn is_done_after(verdict: Verdict) {
    let app = Setup::new().on_topic(at_first(1, verdict)).start().await;
    // What failed would come before anything else.
    let properties = [("redeliverInterval", "0s")];
    let Some(stand) = stand(&app, &properties, &["orders"]).await else {
        return;
    };
    let data = ["dropped", "next", "last"];
    for message in data {
        publish(&stand.daprd, "orders", &json!(message)).await;
    }
    assert_eq!(json(&app.messages().reach("orders", 3).await), data);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_a_grpc_application_drops_does_not_come_again() {
    is_done_after(Ok(DROP)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_a_grpc_application_does_not_implement_does_not_come_again() {
    is_done_after(Err(Status::unimplemented("no messages here"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_a_grpc_application_drops_goes_to_the_dead_letters() {
    let behaviour = |message: &Message, _| match message.json() == "bad" {
        true if message.event.topic == "orders" => Ok(DROP),
        _ => Ok(SUCCESS),
    };
    let subscription = TopicSubscription {
        dead_letter_topic: "dead".to_owned(),
        ..own("orders")
    };
    let app = Setup::new().on_topic(behaviour).subscription(subscription);
    let app = app.subscription(own("dead")).start().await;
    let Some(stand) = stand(&app, &[], &[]).await else {
        return;
    };
    for topic in ["orders", "dead"] {
        subscribed(&stand.daprd, &app, topic).await;
    }
    for message in ["bad", "good"] {
        publish(&stand.daprd, "orders", &json!(message)).await;
    }
    assert_eq!(
        json(&app.messages().reach("orders", 2).await),
        ["bad", "good"]
    );
    assert_eq!(json(&app.messages().reach("dead", 1).await), ["bad"]);
}

/// Messages come in bulks by one of the methods for them, and those that failed come again.
async fn bulks_come_by(method: &str, app: Setup) {
    let bulk_subscribe = BulkSubscribeConfig {
        enabled: true,
        max_messages_count: 10,
        max_await_duration_ms: 10,
    };
    let subscription = TopicSubscription {
        bulk_subscribe: Some(bulk_subscribe),
        ..own("orders")
    };
    let verdicts = |_: &Message, before| match before {
        0 => Ok(RETRY),
        1 => Err(Status::unavailable("no status for it")),
        3 => Ok(DROP),
        _ => Ok(SUCCESS),
    };
    let app = app.subscription(subscription).on_topic(verdicts);
    let app = app.start().await;
    let Some(stand) = stand(&app, &[], &[]).await else {
        return;
    };
    subscribed(&stand.daprd, &app, "orders").await;
    publish(&stand.daprd, "orders", &json!("stubborn")).await;
    app.messages().reach("orders", 3).await;
    for message in ["dropped", "last"] {
        publish(&stand.daprd, "orders", &json!(message)).await;
    }
    let messages = app.messages().reach("orders", 5).await;
    assert_eq!(
        json(&messages),
        ["stubborn", "stubborn", "stubborn", "dropped", "last"]
    );
    assert!(messages.iter().all(|message| message.method == method));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grpc_application_can_have_its_messages_in_bulks() {
    bulks_come_by("OnBulkTopicEvent", Setup::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_grpc_application_can_have_its_messages_in_bulks() {
    bulks_come_by("OnBulkTopicEventAlpha1", Setup::new().old()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grpc_application_that_was_ill_gets_its_messages_when_it_is_well_again() {
    let app = Setup::new().start().await;
    let watched = |daprd| {
        resources(daprd, &[], &["orders"])
            .flag("--enable-app-health-check")
            .flag("--app-health-probe-interval=1")
            .flag("--app-health-threshold=1")
    };
    let Some(stand) = serving(&app, watched).await else {
        return;
    };
    subscribed(&stand.daprd, &app, "orders").await;
    app.be_ill(true);
    // It ends the streams then, and opens others afterwards.
    stand.daprd.logs("App entered un-healthy status", 1).await;
    publish(&stand.daprd, "orders", &json!("meanwhile")).await;
    app.be_ill(false);
    stand.daprd.logs("App entered healthy status", 2).await;
    publish(&stand.daprd, "orders", &json!("next")).await;
    let messages = app.messages().reach("orders", 2).await;
    assert_eq!(json(&messages), ["meanwhile", "next"]);
}
