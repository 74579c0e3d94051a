//! Guests that ask Dapr: what is granted is passed on to daprd, and nothing else is.

mod settings;
mod waiting;

use crate::support::{
    Runner, Setup, Store, addressed,
    dapr::{Daprd, SECRET},
};
use plugbox::proto::dapr::GetRequest;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

/// A call of each kind, what grants it, and what comes of it then.
const CALLS: [(&str, &str, &str); 12] = [
    (
        "state.get:orders/user-1",
        "state:orders",
        r#"user-1 Some("7")"#,
    ),
    (
        "state.bulk-get:orders/user-1",
        "state:orders",
        "user-1 None",
    ),
    ("state.save:orders/user-1", "state:orders", "done"),
    ("state.delete:orders/user-1", "state:orders", "done"),
    ("state.transact:orders/user-1", "state:orders", "done"),
    (
        "state.query:orders",
        "state:orders",
        r#"found: Ok("found") Some("more")"#,
    ),
    (
        "publish:pubsub/orders/eu",
        "publish:pubsub/orders/eu",
        "done",
    ),
    (
        "bulk-publish:pubsub/orders",
        "publish:pubsub/orders",
        "2: the broker is full",
    ),
    (
        "invoke:billing/charge",
        "invoke:billing",
        r#"charge Some("text/plain") Some("a.example/Type") x-answer=1"#,
    ),
    ("binding:mail/create", "binding:mail", "create"),
    (
        "secrets.get:vault/db-password",
        "secret:vault/db-password",
        "db-password=correct-horse",
    ),
    (
        "secrets.bulk-get:vault",
        "secret:vault",
        "db-password: db-password=correct-horse",
    ),
];

/// The prober as `store`, which asks this daprd and is granted this much.
fn prober(daprd: &str, grants: &[&str]) -> Setup {
    let grants = grants.iter().map(|grant| format!("--allow-dapr={grant}"));
    Setup::new()
        .guest("store", "hostile-prober")
        .arg(format!("--dapr-endpoint={daprd}"))
        .args(grants)
}

async fn ask(store: &mut Store, call: &str) -> String {
    store.text(&format!("dapr:{call}")).await
}

/// A call that goes on beside the test.
fn begin(store: &Store, call: &str) -> JoinHandle<String> {
    let (mut store, call) = (store.clone(), call.to_owned());
    tokio::spawn(async move { ask(&mut store, &call).await })
}

#[tokio::test]
async fn every_call_of_dapr_is_denied_with_what_would_grant_it() {
    let runner = Runner::of("hostile-prober");
    let mut store = runner.ready().await;
    for (call, grant, _) in CALLS {
        assert_eq!(
            ask(&mut store, call).await,
            format!("denied: {grant}"),
            "{call}"
        );
    }
}

#[tokio::test]
async fn each_call_needs_its_grant_and_none_of_the_others() {
    let daprd = Daprd::start();
    let mut grants: Vec<_> = CALLS.iter().map(|(_, grant, _)| *grant).collect();
    grants.dedup();
    let names = (0..grants.len()).map(|number| format!("g{number}"));
    let mut manifest = format!("dapr_endpoint = '{}'\n", daprd.endpoint);
    for (name, grant) in names.clone().zip(&grants) {
        let guest = crate::support::guest("hostile-prober");
        let section = format!(
            "[component.{name}]\nguest = '{}'\nallow_dapr = ['{grant}']\n",
            guest.display()
        );
        manifest.push_str(&section);
    }
    let runner = Setup::new().manifest(&manifest, grants.len()).start();
    let mut passed_on = 0;
    for (name, granted) in names.zip(&grants) {
        let mut store = runner.store(&name, "").await;
        store.init(&[]).await.unwrap();
        for (call, grant, answer) in CALLS {
            let whole = !granted.contains('/') && grant.starts_with(&format!("{granted}/"));
            let covered = grant == *granted || whole;
            passed_on += usize::from(covered);
            let expected = match covered {
                true => answer.to_owned(),
                false => format!("denied: {grant}"),
            };
            assert_eq!(ask(&mut store, call).await, expected, "{call} by {granted}");
        }
    }
    assert_eq!(daprd.asked().len(), passed_on, "nothing else reaches daprd");
}

#[tokio::test]
async fn a_part_of_what_a_call_touches_is_not_enough() {
    let daprd = Daprd::start();
    let grants = [
        "state:orders/user-*",
        "invoke:billing/charge*",
        "secret:vault/db-*",
    ];
    let runner = prober(&daprd.endpoint, &grants).start();
    let mut store = runner.ready().await;
    let table = [
        (
            "state.bulk-get:orders/user-1,user-2",
            "user-1 None, user-2 None",
        ),
        (
            "state.bulk-get:orders/user-1,order-1",
            "denied: state:orders",
        ),
        ("state.save:orders/user-1,order-1", "denied: state:orders"),
        ("state.delete:orders/user-1,order-1", "denied: state:orders"),
        (
            "state.transact:orders/order-1,user-1",
            "denied: state:orders",
        ),
        ("state.query:orders", "denied: state:orders"),
        ("secrets.bulk-get:vault", "denied: secret:vault"),
        (
            "invoke:billing/charge/../refund",
            "failed: Code::InvalidArgument: the method",
        ),
        (
            "invoke:billing/charge%2f..%2frefund",
            "failed: Code::InvalidArgument: the method",
        ),
    ];
    for (call, expected) in table {
        let answer = ask(&mut store, call).await;
        assert!(answer.starts_with(expected), "{call}: {answer}");
    }
    assert_eq!(daprd.asked().len(), 1);
}

#[tokio::test]
async fn a_denied_call_is_told_to_the_operator_once_with_its_key() {
    let runner = Runner::of("hostile-prober");
    let mut store = runner.ready().await;
    for key in ["user-1", "user-2", "user-1"] {
        ask(&mut store, &format!("state.get:orders/{key}")).await;
    }
    ask(&mut store, "publish:pubsub/orders").await;
    let line = runner.logs(&["publishing to"]);
    assert!(
        line.contains(
            "publishing to the topic 'orders' of the broker 'pubsub' is refused. To grant it: --allow-dapr publish:pubsub/orders, \
             or allow_dapr in the manifest"
        ),
        "{line}"
    );
    let log = runner.log();
    let told: Vec<_> = log
        .lines()
        .filter(|line| line.contains("orders'"))
        .collect();
    assert_eq!(told.len(), 2, "{log}");
    assert!(
        told[0].contains("reading from the state store 'orders' is refused. To grant it: --allow-dapr state:orders,"),
        "{log}"
    );
    assert!(!log.contains("user-"), "keys can be personal: {log}");
}

#[tokio::test]
async fn what_the_guest_says_reaches_daprd_as_dapr_has_it() {
    let daprd = Daprd::start();
    let grants = ["state:*", "publish:*", "invoke:*"];
    let runner = prober(&daprd.endpoint, &grants).start();
    let mut store = runner.ready().await;
    for call in [
        "state.save:orders/a,b",
        "state.delete:orders/a",
        "state.delete:orders/a,b",
        "state.transact:orders/a",
        "publish:pubsub/t",
        "invoke:billing/charge",
    ] {
        ask(&mut store, call).await;
    }
    let asked = daprd.asked();
    let methods: Vec<_> = asked.iter().map(|asked| asked.method).collect();
    assert_eq!(
        methods,
        [
            "SaveState",
            "DeleteState",
            "DeleteBulkState",
            "ExecuteStateTransaction",
            "PublishEvent",
            "InvokeService"
        ]
    );
    assert!(
        asked[3].message.contains(r#"operation_type: "upsert""#),
        "{}",
        asked[3].message
    );
    let invoked = &asked[5];
    assert!(
        invoked.message.contains(r#"id: "billing""#),
        "{}",
        invoked.message
    );
    assert!(
        invoked.message.contains(r#"querystring: "a=b""#),
        "{}",
        invoked.message
    );
    assert!(
        invoked.message.contains("verb: Post"),
        "{}",
        invoked.message
    );
    assert_eq!(invoked.header("x-own"), Some("1"));
    assert_eq!(
        invoked.header("dapr-api-token"),
        None,
        "it is not the guest's to send"
    );
}

#[tokio::test]
async fn a_call_brings_the_token_and_a_time_limit() {
    let daprd = Daprd::start();
    let (_, port) = daprd.endpoint.rsplit_once(':').unwrap();
    let runner = Setup::new()
        .guest("store", "hostile-prober")
        .args(["--allow-dapr=state:orders", "--dapr-timeout=7s"])
        .env("DAPR_GRPC_PORT", port)
        .env("DAPR_API_TOKEN", "hunter2")
        .start();
    let mut store = runner.ready().await;
    ask(&mut store, "state.get:orders/a").await;
    let asked = daprd.asked();
    assert_eq!(asked[0].header("dapr-api-token"), Some("hunter2"));
    let limit = asked[0].header("grpc-timeout").unwrap();
    let micros: u64 = limit.strip_suffix('u').unwrap().parse().unwrap();
    assert!((1..=7_000_000).contains(&micros), "{limit}");
    assert_eq!(asked[0].header("traceparent"), None);
    assert!(!runner.log().contains("hunter2"));
}

#[tokio::test]
async fn the_trace_of_one_call_is_not_that_of_the_next() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["state:orders"]).start();
    let mut store = runner.ready().await;
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let mut request = addressed(
        GetRequest {
            key: "dapr:state.get:orders/a".to_owned(),
            ..Default::default()
        },
        "",
    );
    let metadata = request.metadata_mut();
    metadata.insert("traceparent", parent.parse().unwrap());
    metadata.insert("tracestate", "a=b".parse().unwrap());
    store.client.get(request).await.unwrap();
    ask(&mut store, "state.get:orders/b").await;
    let asked = daprd.asked();
    assert_eq!(asked[0].header("traceparent"), Some(parent));
    assert_eq!(asked[0].header("tracestate"), Some("a=b"));
    assert_eq!(asked[1].header("traceparent"), None);
    assert_eq!(asked[1].header("tracestate"), None);
}

#[tokio::test]
async fn what_fails_reaches_the_guest_with_its_details_and_the_guest_lives_on() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["state:orders"])
        .args(["--dapr-timeout=300ms", "--max-transfer=1MiB"])
        .start();
    let mut store = runner.ready().await;
    let table = [
        (
            "state.get:orders/fail",
            r#"failed: Code::Aborted: as asked [Detail::ErrorInfo(ErrorInfo { reason: "AS_ASKED", domain: "a.example""#.to_owned(),
        ),
        (
            "state.get:orders/hold",
            format!(
                "failed: Code::DeadlineExceeded: daprd at {} has not answered within 300ms (--dapr-timeout, or dapr_timeout in the manifest)",
                daprd.endpoint
            ),
        ),
        (
            "state.get:orders/large-1048577",
            "failed: Code::ResourceExhausted: what daprd answers is larger than 1.0 MiB (--max-transfer, or max_transfer in the manifest)"
                .to_owned(),
        ),
        ("state.get:orders/missing", "none".to_owned()),
        ("state.get:orders/a", r#"a Some("7")"#.to_owned()),
    ];
    for (call, expected) in table {
        let answer = ask(&mut store, call).await;
        assert!(answer.starts_with(&expected), "{call}: {answer}");
    }
    let log = runner.log();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_keys() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["state:orders"]).start();
    let mut store = runner.ready().await;
    let answer = ask(&mut store, "state.bulk-get:orders/c,missing,a,broken,c,b").await;
    assert_eq!(
        answer,
        "c None, none, a None, error: the disk is full, c None, b None"
    );
}

#[tokio::test]
async fn secrets_are_never_in_the_log() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["secret:vault"])
        .args(["-vv"])
        .env("DAPR_API_TOKEN", "hunter2")
        .start();
    let mut store = runner.ready().await;
    for call in ["secrets.get:vault/db-password", "secrets.bulk-get:vault"] {
        assert!(ask(&mut store, call).await.contains(SECRET));
    }
    let log = runner.log();
    assert!(!log.contains(SECRET) && !log.contains("hunter2"), "{log}");
}
