//! Applications that ask Dapr: what is not granted is refused, and what is goes on as a part of the call that it is for.

use crate::support::{
    Runner, Setup,
    app::{probe, request},
    dapr::Daprd,
};
use serde_json::{Value, json};
use tonic::Request;

/// A call of each kind, and what grants it.
fn calls() -> [(Value, &'static str); 12] {
    let get = json!({ "key": "a", "consistency": "Strong", "metadata": [] });
    let set = json!({
        "key": "a", "value": b"1", "content_type": null, "etag": null,
        "concurrency": "Unspecified", "consistency": "Unspecified", "metadata": [],
    });
    let delete = json!({
        "key": "a", "etag": null, "concurrency": "Unspecified", "consistency": "Unspecified", "metadata": [],
    });
    let message = json!({ "data": b"tea", "content_type": null, "metadata": [] });
    let entries = json!([{ "entry_id": "1", "message": message }]);
    let invocation = json!({
        "method": "charge", "data": [], "content_type": null, "type_url": null, "http": null, "headers": [],
    });
    let created = json!({ "operation": "create", "data": [], "metadata": [] });
    [
        (
            json!({ "get": { "store": "orders", "request": get } }),
            "state:orders",
        ),
        (
            json!({ "bulk_get": { "store": "orders", "keys": ["a"], "parallelism": null, "metadata": [] } }),
            "state:orders",
        ),
        (
            json!({ "save": { "store": "orders", "items": [set] } }),
            "state:orders",
        ),
        (
            json!({ "delete": { "store": "orders", "items": [delete] } }),
            "state:orders",
        ),
        (
            json!({ "transact": { "store": "orders", "operations": [{ "Set": set }], "metadata": [] } }),
            "state:orders",
        ),
        (
            json!({ "query": { "store": "orders", "query": "{}", "metadata": [] } }),
            "state:orders",
        ),
        (
            json!({ "publish": { "pubsub": "pubsub", "topic": "placed", "message": message } }),
            "publish:pubsub/placed",
        ),
        (
            json!({ "bulk_publish": { "pubsub": "pubsub", "topic": "placed", "entries": entries, "metadata": [] } }),
            "publish:pubsub/placed",
        ),
        (
            json!({ "invoke": { "app": "billing", "request": invocation } }),
            "invoke:billing",
        ),
        (
            json!({ "binding": { "binding": "mail", "request": created } }),
            "binding:mail",
        ),
        (
            json!({ "secret": { "store": "vault", "name": "key", "metadata": [] } }),
            "secret:vault/key",
        ),
        (
            json!({ "bulk_secrets": { "store": "vault", "metadata": [] } }),
            "secret:vault",
        ),
    ]
}

/// How often the operator was told of a grant.
fn told(runner: &Runner, grant: &str) -> usize {
    let words = format!("To grant it: --allow-dapr {grant}, or allow_dapr in the manifest");
    runner.log().matches(&words).count()
}

#[tokio::test]
async fn each_call_of_dapr_without_its_grant_is_refused_and_the_operator_is_told_once() {
    let runner = Setup::app("hostile-probe-app").arg("--instances=2").start();
    let mut app = runner.app("app").await;
    for _ in 0..2 {
        for (call, grant) in calls() {
            let answer = app.json("call", call.to_string()).await;
            assert_eq!(answer, json!({ "Err": { "Denied": grant } }), "{call}");
        }
    }
    runner.logs(&["--allow-dapr secret:vault,"]);
    for grant in [
        "state:orders",
        "publish:pubsub/placed",
        "invoke:billing",
        "binding:mail",
        "secret:vault/key",
        "secret:vault",
    ] {
        assert!(told(&runner, grant) >= 1, "{grant}: {}", runner.log());
    }
    for grant in ["publish:pubsub/placed", "invoke:billing", "binding:mail"] {
        assert_eq!(told(&runner, grant), 1, "{grant}: {}", runner.log());
    }
}

#[tokio::test]
async fn each_call_of_dapr_with_its_grant_reaches_daprd() {
    let daprd = Daprd::start();
    let mut setup =
        Setup::app("hostile-probe-app").arg(format!("--dapr-endpoint={}", daprd.endpoint));
    for (_, grant) in calls() {
        setup = setup.arg(format!("--allow-dapr={grant}"));
    }
    let runner = setup.start();
    let mut app = runner.app("app").await;
    for (call, _) in calls() {
        let answer = app.json("call", call.to_string()).await;
        assert!(answer.get("Ok").is_some(), "{call}: {answer}");
    }
    assert_eq!(daprd.asked().len(), calls().len());
}

#[tokio::test]
async fn what_an_app_asks_of_dapr_belongs_to_the_trace_of_the_call_that_it_serves() {
    for isolation in ["instance", "call"] {
        let daprd = Daprd::start();
        let runner = probe(&daprd).args(["--isolation", isolation]).start();
        let mut app = runner.app("app").await;
        let (call, _) = &calls()[0];
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let mut traced = Request::new(request("call", call.to_string()));
        let metadata = traced.metadata_mut();
        metadata.insert("traceparent", parent.parse().unwrap());
        metadata.insert("tracestate", "a=b".parse().unwrap());
        app.callback.on_invoke(traced).await.unwrap();
        app.json("call", call.to_string()).await;
        let asked = daprd.asked();
        assert_eq!(asked[0].header("traceparent"), Some(parent));
        assert_eq!(asked[0].header("tracestate"), Some("a=b"));
        assert_eq!(asked[1].header("traceparent"), None);
    }
}
