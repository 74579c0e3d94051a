//! Applications that attack: by what they do when they are called, and by what they say that they want.

use crate::{
    siege::{MIB, Siege, is_sound},
    support::{App, Setup},
};
use serde_json::{Value, json};
use tonic::Code;

/// What an instance may have by default, with what the host needs beside it.
const INSTANCE: u64 = (256 + 32) * MIB;
/// What answers may cost the host.
const ANSWER: u64 = 256 * MIB;
/// The most bytes that clients take of headers.
const HEADERS: usize = 16 << 10;

/// After an attack there is a guest that has its wits.
async fn is_served(app: &mut App) {
    assert_eq!(app.text("echo", "tea").await, "tea");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_method_that_never_returns_is_ended_on_each_instance_and_others_are_served() {
    let siege = Siege::of_app("instances = 4").await;
    let app = siege.app().await;
    let attack = async {
        let calls = (0..4).map(|_| {
            let mut app = app.clone();
            async move { app.invoke("loop", "").await.unwrap_err() }
        });
        futures_util::future::join_all(calls).await
    };
    for status in siege.withstands(32 * MIB, attack).await {
        assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
        assert!(status.message().contains("--timeout"), "{status}");
    }
    is_served(&mut siege.app().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_method_that_takes_all_memory_gets_as_much_as_an_instance_may_have() {
    let siege = Siege::of_app("").await;
    let mut app = siege.app().await;
    let bomb = app.invoke("allocate", "1000000000");
    let status = siege.withstands(INSTANCE, bomb).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal, "{status}");
    assert!(status.message().contains("--max-memory"), "{status}");
    is_served(&mut app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_too_large_for_its_caller_is_refused() {
    let siege = Siege::of_app("").await;
    let mut app = siege.app().await;
    for size in [5 * MIB, 100 * MIB] {
        let call = app.invoke("big", size.to_string());
        let status = siege.withstands(INSTANCE + ANSWER, call).await.unwrap_err();
        assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
        is_served(&mut app).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_details_are_sent_as_far_as_headers_go() {
    let siege = Siege::of_app("").await;
    let mut app = siege.app().await;
    let detail =
        json!({"ErrorInfo": {"reason": "ORDER_CLOSED", "domain": "orders", "metadata": []}});
    let status = json!({
        "code": "Aborted",
        "message": "x".repeat(1 << 16),
        "details": vec![detail; 100_000],
    });
    let call = app.invoke("status", status.to_string());
    let status = siege.withstands(INSTANCE + ANSWER, call).await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted, "{status}");
    let sent = status.message().len() + status.details().len();
    assert!(!status.details().is_empty() && sent < HEADERS, "{sent}");
    is_served(&mut app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_that_would_be_two_or_too_many_are_an_error_of_the_guest() {
    let siege = Siege::of_app("").await;
    let mut app = siege.app().await;
    let many: Vec<_> = (0..100_000)
        .map(|number| (format!("x-{number}"), "1".to_owned()))
        .collect();
    let pair = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    for (headers, code) in [
        (pair("x-lines", "1\r\nset-cookie: 2"), Code::Internal),
        (pair("x-lines\r\nx-more", "1"), Code::Internal),
        (
            pair("x-large", &"1".repeat(1 << 20)),
            Code::ResourceExhausted,
        ),
        (many, Code::ResourceExhausted),
    ] {
        let answer =
            json!({"data": [], "content_type": null, "type_url": null, "headers": headers});
        let call = app.call("answer", answer.to_string());
        let status = siege.withstands(INSTANCE, call).await.unwrap_err();
        assert_eq!(status.code(), code, "{status}");
        assert!(status.message().contains("cannot be sent"), "{status}");
        is_served(&mut app).await;
    }
}

/// A subscription as the guest is to answer it.
fn subscription(pubsub: &str, topic: &str) -> Value {
    json!({
        "pubsub": pubsub,
        "topic": topic,
        "routes": [],
        "default_path": null,
        "dead_letter_topic": null,
        "bulk": null,
        "metadata": [],
    })
}

/// What an application answers when it is asked what it wants, and the words by which it is not served. Nothing of it is in vain: the
/// runner ends, and says why.
#[test]
fn an_application_that_says_no_good_word_of_what_it_wants_is_not_served() {
    let many = vec![subscription("broker", "orders"); 800];
    let topic = "\u{1b}[2J\n".repeat(1000);
    let table = [
        ("SUBSCRIPTIONS", json!(many).to_string(), "--max-transfer"),
        (
            "SUBSCRIPTIONS",
            json!([subscription("", "orders")]).to_string(),
            "a subscription without a pubsub or a topic",
        ),
        (
            "SUBSCRIPTIONS",
            json!([subscription(&topic, "")]).to_string(),
            "a subscription without a pubsub or a topic",
        ),
        (
            "BINDINGS",
            json!([""]).to_string(),
            "a binding without a name",
        ),
        ("LISTS", "loop".to_owned(), "--start-timeout"),
        ("LISTS", "allocate:1000000000".to_owned(), "--max-memory"),
        ("LISTS", "trap".to_owned(), "asked what it wants"),
    ];
    for (variable, value, words) in table {
        let setup = Setup::app("hostile-probe-app")
            .args(["--max-transfer=64KiB", "--start-timeout=2s"])
            .arg(format!("--env={variable}={value}"));
        let (code, out, log) = setup.fail();
        assert_eq!((code, out.as_str()), (1, ""), "{words}: {log}");
        assert!(
            log.contains(words) && log.contains("'app'"),
            "{words}: {log}"
        );
        assert!(log.len() < 1 << 16, "{words}: {} bytes", log.len());
        is_sound(&log);
    }
}
