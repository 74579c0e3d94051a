//! Guests that ask Dapr: what is granted is passed on to daprd, and nothing else is.

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
async fn calls_of_many_guests_are_under_way_at_once() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["state:orders"])
        .arg("--instances=4")
        .start();
    let store = runner.ready().await;
    let calls: Vec<_> = (0..4)
        .map(|number| begin(&store, &format!("state.get:orders/hold-{number}")))
        .collect();
    daprd.was_asked(4).await;
    daprd.release(4);
    for (number, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), format!(r#"hold-{number} Some("7")"#));
    }
}

#[tokio::test]
async fn a_guest_that_waits_for_dapr_keeps_no_neighbour_waiting() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["state:orders"])
        .guest("neighbour", "hostile-prober")
        .start();
    let mut store = runner.ready().await;
    // More than there are threads that serve connections.
    let mut waiting = Vec::new();
    for number in 0..8 {
        let mut one = runner.store("store", &number.to_string()).await;
        one.init(&[]).await.unwrap();
        waiting.push(begin(&one, "state.get:orders/hold"));
    }
    daprd.was_asked(8).await;
    assert_eq!(
        ask(&mut store, "state.get:orders/a").await,
        r#"a Some("7")"#
    );
    let mut neighbour = runner.store("neighbour", "").await;
    neighbour.init(&[]).await.unwrap();
    assert_eq!(neighbour.text("out:hello").await, "done");
    assert!(waiting.iter().all(|call| !call.is_finished()));
    daprd.release(8);
    for call in waiting {
        assert_eq!(call.await.unwrap(), r#"hold Some("7")"#);
    }
}

#[tokio::test]
async fn a_guest_that_waits_for_dapr_costs_nothing() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["state:orders"])
        .args(["--timeout=10m", "--dapr-timeout=10m"])
        .start();
    let store = runner.ready().await;
    let call = begin(&store, "state.get:orders/hold");
    daprd.was_asked(1).await;
    runner.rests();
    daprd.release(1);
    assert_eq!(call.await.unwrap(), r#"hold Some("7")"#);
}

#[tokio::test]
async fn daprd_may_come_late_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("daprd.sock");
    let endpoint = format!("unix:{}", socket.display());
    let runner = prober(&endpoint, &["state:orders"]).start();
    let mut store = runner.ready().await;
    let away = format!(
        "failed: Code::Unavailable: daprd is not reached at {endpoint} (--dapr-endpoint, or dapr_endpoint in the manifest): "
    );
    for _ in 0..2 {
        for _ in 0..3 {
            let answer = ask(&mut store, "state.get:orders/a").await;
            assert!(answer.starts_with(&away), "{answer}");
        }
        let daprd = Daprd::on(&socket);
        assert_eq!(
            ask(&mut store, "state.get:orders/a").await,
            r#"a Some("7")"#
        );
        let call = begin(&store, "state.get:orders/hold");
        daprd.was_asked(2).await;
        drop(daprd);
        let answer = call.await.unwrap();
        let broken_off =
            format!("failed: Code::Unavailable: daprd at {endpoint} has broken off the call: ");
        assert!(answer.starts_with(&broken_off), "{answer}");
    }
    let log = runner.log();
    let told = |words: &str| log.lines().filter(|line| line.contains(words)).count();
    assert_eq!(told("daprd is not reached at"), 2, "{log}");
    assert_eq!(told("daprd is reached again at"), 2, "{log}");
}

#[tokio::test]
async fn a_port_where_nobody_is_says_so_with_the_setting() {
    let runner = prober("127.0.0.1:1", &["state:orders"]).start();
    let mut store = runner.ready().await;
    let answer = ask(&mut store, "state.get:orders/a").await;
    assert!(
        answer.starts_with(
            "failed: Code::Unavailable: daprd is not reached at 127.0.0.1:1 (--dapr-endpoint, or dapr_endpoint in the manifest): \
             Connection refused"
        ),
        "{answer}"
    );
}

#[tokio::test]
async fn over_tls_daprd_hears_nothing_before_it_has_shown_a_certificate() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let runner = prober(&endpoint, &["state:orders"])
        .env("DAPR_API_TOKEN", "hunter2")
        .start();
    let store = runner.ready().await;
    let call = begin(&store, "state.get:orders/a");
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut heard = [0; 5];
    stream.read_exact(&mut heard).await.unwrap();
    assert_eq!(heard[..2], [0x16, 0x03], "a handshake of TLS");
    stream.write_all(b"this is no TLS").await.unwrap();
    let answer = call.await.unwrap();
    let away = format!("failed: Code::Unavailable: daprd is not reached at {endpoint} (");
    assert!(answer.starts_with(&away), "{answer}");
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

#[test]
fn settings_of_daprd_that_make_no_sense_are_told() {
    let table = [
        (
            "--allow-dapr=files:x",
            "'files' is none of state, publish, invoke, binding and secret",
        ),
        (
            "--allow-dapr=state:a*b",
            "'a*b' has a * in the middle: it may only end a name",
        ),
        (
            "--allow-dapr=state",
            "a grant of Dapr is CLASS:NAME or CLASS:NAME/PART, like state:orders",
        ),
        (
            "--dapr-endpoint=ftp://x",
            "'ftp://x' is no address of daprd",
        ),
        (
            "--dapr-token-env=A=B",
            "a variable's name cannot have a '=' or a NUL",
        ),
    ];
    for (arg, expected) in table {
        let setup = Setup::new().guest("store", "hostile-prober").arg(arg);
        let (code, _, error) = setup.fail();
        assert_eq!(code, 2, "{error}");
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn an_environment_that_makes_no_sense_matters_where_dapr_is_granted() {
    let table = [
        (
            "DAPR_GRPC_PORT",
            "x",
            "DAPR_GRPC_PORT is 'x', and must be a port: 1 to 65535",
        ),
        (
            "DAPR_GRPC_ENDPOINT",
            "ftp://x",
            "DAPR_GRPC_ENDPOINT: 'ftp://x' is no address of daprd",
        ),
        (
            "DAPR_API_TOKEN",
            "hunter2\n",
            "the token in DAPR_API_TOKEN has what no header can have",
        ),
    ];
    for (name, value, expected) in table {
        let setup = || {
            let setup = Setup::new().guest("store", "hostile-prober");
            setup.env(name, value)
        };
        let (code, _, error) = setup().arg("--allow-dapr=state:x").fail();
        assert_eq!(code, 2, "{error}");
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
        setup().start();
    }
}
