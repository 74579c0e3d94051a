//! A runner that is killed and started again with what Init brought before, while daprd goes on.

use crate::{
    app::App,
    http,
    process::until,
    pub_sub::{BROKER, broker, data, publish, subscribed},
    sidecar::{STORE, Setup, Stand, TYPE},
    support::memory,
};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Callers at once.
const CALLERS: usize = 16;

/// A runner of one guest that keeps what Init brings in a folder, and a daprd.
async fn keeping(
    folder: &tempfile::TempDir,
    name: &'static str,
    block: &'static str,
    prepare: impl FnOnce(Setup) -> Setup,
) -> Option<Stand> {
    let state = folder.path().join("state");
    Stand::serving(
        move |runner| {
            let runner = runner.guest(name, &memory(block)).arg("--state-dir");
            runner.arg(&state)
        },
        prepare,
    )
    .await
}

/// Writes and reads by daprd until it is told to stop. What fails is tried again.
async fn call(port: u16, key: String, done: Arc<AtomicU64>, stop: Arc<AtomicBool>) {
    let items = json!([{ "key": key, "value": key }]).to_string();
    let path = format!("/v1.0/state/{STORE}");
    while !stop.load(Ordering::Relaxed) {
        let save = http::request("POST", &path, &[], items.clone().into_bytes());
        let saved = http::send(port, save).await.unwrap();
        let read = http::request("GET", &format!("{path}/{key}"), &[], Vec::new());
        let read = http::send(port, read).await.unwrap();
        if saved.status == 204 && read.status == 200 {
            assert_eq!(read.json(), json!(key));
            done.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn calls_succeed_again_after_the_runner_was_killed_under_load() {
    let folder = tempfile::tempdir().unwrap();
    let prepare = |daprd: Setup| daprd.resource(STORE, TYPE, &[("colour", "red")]);
    let Some(mut stand) = keeping(&folder, "memory", "state", prepare).await else {
        return;
    };
    let stop = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let done = Arc::new(AtomicU64::new(0));
            let key = format!("key-{caller}");
            let calls = call(stand.daprd.http, key, done.clone(), stop.clone());
            (tokio::spawn(calls), done)
        })
        .collect();
    // Each of them succeeds some times more.
    let all_succeed = async || {
        let done = || callers.iter().map(|(_, done)| done.load(Ordering::Relaxed));
        let before: Vec<_> = done().collect();
        until("all callers succeed", async || {
            let mut both = done().zip(&before);
            both.all(|(now, before)| now >= before + 5).then_some(())
        })
        .await;
    };
    for _ in 0..3 {
        all_succeed().await;
        stand.restart_runner();
        all_succeed().await;
        assert_eq!(stand.inits(STORE), 0);
    }
    stop.store(true, Ordering::Relaxed);
    for (caller, _) in callers {
        caller.await.unwrap();
    }
}

/// daprd opens a stream once, and none again by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publishing_goes_on_and_a_change_of_the_resource_brings_subscriptions_back() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start().await;
    let prepare = |daprd| broker(daprd, &app, &[], &["orders"]);
    let Some(mut stand) = keeping(&folder, "broker", "broker", prepare).await else {
        return;
    };
    subscribed(&stand.daprd, &app, "orders").await;
    publish(&stand.daprd, "orders", &json!("before")).await;
    app.called("/orders", 1).await;
    stand.restart_runner();
    let path = format!("/v1.0/publish/{BROKER}/orders");
    until("daprd reaches the new one", async || {
        let answer = stand.daprd.post(&path, &json!("meanwhile")).await;
        (answer.status == 204).then_some(())
    })
    .await;
    assert_eq!(stand.inits(BROKER), 0);
    let again = [("started", "again")];
    stand.daprd.save_resource(BROKER, "pubsub.broker", &again);
    subscribed(&stand.daprd, &app, "orders").await;
    publish(&stand.daprd, "orders", &json!("after")).await;
    // What was published while nobody was subscribed is not kept for anybody.
    let calls = app.called("/orders", 2).await;
    assert_eq!(data(&calls), ["before", "after"]);
}
