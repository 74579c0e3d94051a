//! Whether an application is well: by its own word, or, without one, by how it does.

use crate::{
    operator::usage,
    support::{
        PATIENCE, Setup,
        app::{event, hold, probe},
        dapr::Daprd,
        eventually,
    },
};
use serde_json::json;
use std::time::Instant;
use tonic::Code;

fn status() -> String {
    json!({ "code": "FailedPrecondition", "message": "no tea", "details": [] }).to_string()
}

#[tokio::test]
async fn an_app_that_knows_how_it_is_is_asked() {
    let runner = Setup::app("hostile-probe-app").arg("--instances=1").start();
    let mut app = runner.app("app").await;
    app.healthy().await.unwrap();
    app.invoke("ill", status()).await.unwrap();
    let ill = app.healthy().await.unwrap_err();
    assert_eq!(
        (ill.code(), ill.message()),
        (Code::FailedPrecondition, "no tea")
    );
    // It is daprd's to say what it gets then.
    assert_eq!(app.text("echo", "tea").await, "tea");
    app.invoke("ill", "null").await.unwrap();
    app.healthy().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_has_no_time_to_say_how_it_is_is_well() {
    let daprd = Daprd::start();
    let runner = probe(&daprd).args(["--instances=1", "--queue=1"]).start();
    let mut app = runner.app("app").await;
    app.invoke("ill", status()).await.unwrap();
    let first = hold(&app);
    daprd.was_asked(1).await;
    let second = hold(&app);
    eventually("it waits", || (usage(&runner)["queue"] == 1).then_some(()));
    // There is not even room for the question.
    app.healthy().await.unwrap();
    daprd.release(1);
    first.await.unwrap().unwrap();
    // There is, and nobody free to answer it.
    daprd.was_asked(2).await;
    app.healthy().await.unwrap();
    daprd.release(1);
    second.await.unwrap().unwrap();
    app.healthy().await.unwrap_err();
}

#[tokio::test]
async fn an_app_whose_guest_keeps_failing_is_ill_until_it_is_tried_again() {
    for guest in ["hostile-plain-app", "hostile-probe-app"] {
        let runner = Setup::app(guest).arg("--instances=1").start();
        let mut app = runner.app("app").await;
        app.healthy().await.unwrap();
        let trapped = app.call("trap", "").await.unwrap_err();
        assert_eq!(trapped.code(), Code::Internal, "{trapped}");
        // Once is nothing.
        app.healthy().await.unwrap();
        // A call that is answered, be it this question, makes up for one that failed.
        let begun = Instant::now();
        let ill = loop {
            assert!(begun.elapsed() < PATIENCE, "it is never ill");
            for _ in 0..4 {
                app.call("trap", "").await.unwrap_err();
            }
            if let Err(ill) = app.healthy().await {
                break ill;
            }
        };
        assert_eq!(ill.code(), Code::Unavailable, "{ill}");
        for words in ["app 'app'", "keeps failing"] {
            assert!(ill.message().contains(words), "{ill}");
        }
        // Nobody need call for it to be tried again.
        while let Err(ill) = app.healthy().await {
            assert!(begun.elapsed() < PATIENCE, "{ill}");
        }
    }
}

#[tokio::test]
async fn an_app_with_nothing_but_methods_is_well() {
    let runner = Setup::app("rust-minimal-app").start();
    let mut app = runner.app("app").await;
    app.healthy().await.unwrap();
    let unwanted = app.callback.on_topic_event(event("tea")).await;
    assert_eq!(unwanted.unwrap_err().code(), Code::Unimplemented);
    app.healthy().await.unwrap();
}
