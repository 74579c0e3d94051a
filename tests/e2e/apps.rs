//! Applications that are guests, behind a daprd. Here: invocations, the token and health.

mod jobs;
mod messages;
mod orders;

use crate::{
    process::until,
    sidecar::{Setup, Stand},
    support::{self, app},
};
use hyper::header::{CONTENT_TYPE, HeaderName};
use plugbox::proto::{
    common::v1::InvokeRequest,
    runtime::v1::{InvokeServiceRequest, dapr_client::DaprClient},
};
use prost::Message;
use serde_json::{Value, json};
use tonic::{Code, Request, transport::Channel};

/// `hostile-probe-app`, a broker, and daprd.
struct Probe {
    stand: Stand,
    /// Past daprd.
    app: support::App,
}

impl Probe {
    /// What is set for the application, and for daprd.
    async fn start(
        settings: &str,
        token: &'static str,
        prepare: impl FnOnce(Setup) -> Setup,
    ) -> Option<Self> {
        let port = app::port();
        let manifest = [
            section("broker", "rust-memory-broker"),
            app::section("app", "hostile-probe-app", port, settings),
        ];
        let manifest = manifest.concat();
        let stand = Stand::serving(
            move |runner| {
                let runner = runner.manifest(&manifest, 2);
                match token {
                    "" => runner,
                    token => runner.env("APP_API_TOKEN", token),
                }
            },
            |daprd| {
                let daprd = daprd.resource("pubsub", "pubsub.broker", &[]);
                prepare(daprd.grpc_app(port))
            },
        );
        let stand = stand.await?;
        let mut app = stand.runner.app("app").await;
        if !token.is_empty() {
            app = app.bringing(token);
        }
        Some(Self { stand, app })
    }

    /// Publishes a text until the application has heard something that is looked for.
    async fn published<T>(
        &mut self,
        topic: &str,
        data: &str,
        find: impl Fn(&[Value]) -> Option<T>,
    ) -> T {
        let mut heard = Vec::new();
        until(&format!("{data} is heard"), async || {
            // It may fail, and is not for a subscription that is not there yet.
            let path = format!("/v1.0/publish/pubsub/{topic}");
            let body = data.as_bytes().to_vec();
            let headers = [(CONTENT_TYPE, "text/plain")];
            self.stand.daprd.call("POST", &path, &headers, body).await;
            heard.extend(self.app.heard().await);
            find(&heard)
        })
        .await
    }
}

/// A section of the manifest with a component.
pub fn section(name: &str, guest: &str) -> String {
    let guest = support::guest(guest);
    format!("[component.{name}]\nguest = '{}'\n", guest.display())
}

fn subscription(topic: &str) -> Value {
    json!({
        "pubsub": "pubsub",
        "topic": topic,
        "routes": [],
        "default_path": null,
        "dead_letter_topic": null,
        "bulk": null,
        "metadata": [],
    })
}

/// As `env` of the manifest has it.
fn wanting(subscriptions: &Value) -> String {
    format!("env = {{ SUBSCRIPTIONS = '{subscriptions}' }}\ninstances = 1")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_by_http_calls_a_guest() {
    let Some(probe) = Probe::start("", "", |daprd| daprd).await else {
        return;
    };
    let headers = [
        (HeaderName::from_static("x-own"), "1"),
        (CONTENT_TYPE, "text/plain"),
    ];
    let path = "/v1.0/invoke/app/method/request?a=b&c=d";
    let daprd = &probe.stand.daprd;
    let answer = daprd.call("PUT", path, &headers, b"tea".to_vec()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let seen = answer.json();
    for (field, value) in [
        ("method", json!("request")),
        ("data", json!(b"tea")),
        ("content_type", json!("text/plain")),
        ("http", json!({ "verb": "Put", "query": "a=b&c=d" })),
    ] {
        assert_eq!(seen[field], value, "{field} of {seen}");
    }
    let headers = seen["headers"].as_array().unwrap();
    assert!(headers.contains(&json!(["x-own", "1"])), "{seen}");
    let has = |name: &str| headers.iter().any(|header| header[0] == name);
    assert!(has("traceparent"), "{seen}");
    assert!(!has("x-component-instance") && !has("dapr-api-token"));
    // Each code has its status in HTTP.
    for (code, status) in [
        ("NotFound", 404),
        ("InvalidArgument", 400),
        ("Unavailable", 503),
    ] {
        let failed = json!({ "code": code, "message": "no tea", "details": [] });
        let answer = daprd.post("/v1.0/invoke/app/method/status", &failed).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.text().contains("no tea"), "{answer:?}");
    }
}

async fn client(stand: &Stand) -> DaprClient<Channel> {
    let address = format!("http://127.0.0.1:{}", stand.daprd.grpc);
    DaprClient::connect(address).await.unwrap()
}

fn to(app: &str, message: InvokeRequest) -> InvokeServiceRequest {
    InvokeServiceRequest {
        id: app.to_owned(),
        message: Some(message),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_by_grpc_calls_a_guest_and_gets_its_status_as_it_is() {
    let Some(probe) = Probe::start("", "", |daprd| daprd).await else {
        return;
    };
    let mut client = client(&probe.stand).await;
    let response = json!({
        "data": b"tea",
        "content_type": "text/plain",
        "type_url": null,
        "headers": [["x-own", "1"]],
    });
    let mut request = Request::new(to("app", app::request("answer", response.to_string())));
    let own = "1".parse().unwrap();
    request.metadata_mut().insert("x-own", own);
    let answer = client.invoke_service(request).await.unwrap();
    assert_eq!(answer.metadata().get("x-own").unwrap(), "1");
    let answer = answer.into_inner();
    assert_eq!(answer.content_type, "text/plain");
    assert_eq!(answer.data.unwrap().value, b"tea");

    let status = json!({
        "code": "NotFound",
        "message": "no tea",
        "details": [
            { "ErrorInfo": { "reason": "NO_TEA", "domain": "tea.example", "metadata": [] } },
            { "Other": { "type_url": "a.example/Own", "value": [0, 255] } },
        ],
    });
    let request = to("app", app::request("status", status.to_string()));
    let failed = client.invoke_service(request).await.unwrap_err();
    assert_eq!(
        (failed.code(), failed.message()),
        (Code::NotFound, "no tea")
    );
    let details = tonic_types::Status::decode(failed.details()).unwrap();
    assert_eq!(details.details.len(), 2, "{details:?}");
    assert_eq!(details.details[1], app::any("a.example/Own", [0, 255]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn daprd_with_the_token_is_let_in_and_another_is_not() {
    const TOKEN: &str = "correct-horse";
    let wanted = wanting(&json!([subscription("orders")]));
    let with = |daprd: Setup| daprd.env("APP_API_TOKEN", TOKEN);
    let Some(mut probe) = Probe::start(&wanted, TOKEN, with).await else {
        return;
    };
    let method = "/v1.0/invoke/app/method/echo";
    let answer = probe.stand.daprd.post(method, &json!("tea")).await;
    assert_eq!((answer.status, answer.json()), (200, json!("tea")));
    probe
        .published("orders", "tea", |heard| (!heard.is_empty()).then_some(()))
        .await;
    let port = probe.stand.runner.address("app").port();
    for token in ["another", ""] {
        let another = probe.stand.another(|daprd| {
            let daprd = match token {
                "" => daprd,
                token => daprd.env("APP_API_TOKEN", token),
            };
            daprd.grpc_app(port)
        });
        let another = another.await;
        let refused = another.post(method, &json!("tea")).await;
        assert_eq!(refused.status, 401, "{refused:?}");
        assert!(!refused.text().contains(TOKEN), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_is_ill_gets_nothing_until_it_is_well() {
    let watched = |daprd: Setup| {
        daprd
            .flag("--enable-app-health-check")
            .flag("--app-health-probe-interval=1")
            .flag("--app-health-threshold=1")
    };
    let Some(mut probe) = Probe::start("instances = 1", "", watched).await else {
        return;
    };
    let method = "/v1.0/invoke/app/method/echo";
    until("it is well", async || {
        let answer = probe.stand.daprd.post(method, &json!("tea")).await;
        (answer.status == 200).then_some(())
    })
    .await;
    let ill = json!({ "code": "Unavailable", "message": "ill", "details": [] });
    probe.app.invoke("ill", ill.to_string()).await.unwrap();
    probe
        .stand
        .daprd
        .logs("App entered un-healthy status", 1)
        .await;
    probe.app.invoke("ill", "null").await.unwrap();
    probe
        .stand
        .daprd
        .logs("App entered healthy status", 2)
        .await;
    let answer = probe.stand.daprd.post(method, &json!("tea")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
