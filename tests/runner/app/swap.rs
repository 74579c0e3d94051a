//! Another guest for an application that serves: no call waits for it, and none fails.

use crate::{
    operator::{build, operate, status, swap, swapped},
    reload,
    support::{
        Setup,
        app::{self, event, hold, probe},
        dapr::Daprd,
        guest,
    },
};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tonic::Code;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swap_under_load_fails_no_call() {
    for isolation in ["instance", "call"] {
        let folder = tempfile::tempdir().unwrap();
        let runner = Setup::app("hostile-probe-app")
            .args(["--isolation", isolation])
            .start();
        let stop = Arc::new(AtomicBool::new(false));
        let app = runner.app("app").await;
        let callers = (0..8).map(|caller| {
            let (mut app, stop) = (app.clone(), stop.clone());
            tokio::spawn(async move {
                let mut calls = 0_u64;
                while !stop.load(Ordering::Relaxed) {
                    let own = format!("{caller}/{calls}");
                    assert_eq!(app.text("echo", &own).await, own);
                    app.deliver("tea").await.unwrap();
                    calls += 1;
                }
                calls
            })
        });
        let callers: Vec<_> = callers.collect();
        for number in 0..10 {
            let path = build(folder.path(), "hostile-probe-app", number);
            let said = swapped(&runner, "app", &path);
            let generation = format!("generation {}", number + 2);
            assert!(said.contains(&generation), "{said}");
            assert!(!said.contains("with the state"), "{said}");
        }
        stop.store(true, Ordering::Relaxed);
        for caller in callers {
            assert!(caller.await.unwrap() > 0);
        }
        let status = status(&runner);
        let app = &status["components"][0];
        assert_eq!(app["generation"], 11);
        assert_eq!(app["instances"][0]["errors"], 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_under_way_finish_on_the_guest_that_they_began_on_and_nobody_waits_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let daprd = Daprd::start();
    let runner = probe(&daprd)
        .args(["--instances=1", "--swap-pause=100ms"])
        .start();
    let mut app = runner.app("app").await;
    assert_eq!(app.text("remember", "of the first").await, "");
    let held = hold(&app);
    daprd.was_asked(1).await;
    swapped(
        &runner,
        "app",
        &build(folder.path(), "hostile-probe-app", 1),
    );
    // The only instance of the new one serves while the old one is still at work.
    assert_eq!(app.text("remember", "of the second").await, "");
    assert!(!held.is_finished());
    swapped(
        &runner,
        "app",
        &build(folder.path(), "hostile-probe-app", 2),
    );
    assert_eq!(app.text("remember", "").await, "");
    daprd.release(1);
    held.await.unwrap().unwrap();
    let status = status(&runner);
    assert_eq!(status["components"][0]["generation"], 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swap_seats_as_many_guests_as_serve_and_as_may() {
    for (most, seated) in [("4", 3), ("2", 2)] {
        let port = app::port();
        let daprd = Daprd::start();
        let settings = |instances| {
            let settings = format!(
                "instances = {instances}\ndapr_endpoint = '{}'\nallow_dapr = ['state:orders']",
                daprd.endpoint
            );
            manifest(port, &settings)
        };
        let first = settings("3").concat();
        let runner = Setup::new().manifest(&first, 1).start();
        let app = runner.app("app").await;
        let held: Vec<_> = (0..3).map(|_| hold(&app)).collect();
        daprd.was_asked(3).await;
        let status = reload::reloads(&runner, &settings(most));
        let usage = &reload::component(&status, "app")["instances"][0];
        assert_eq!(usage["guests"], seated, "{usage}");
        daprd.release(3);
        for call in held {
            call.await.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn a_swap_is_rolled_back_to_the_guest_before() {
    let folder = tempfile::tempdir().unwrap();
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    let digest = |runner| status(runner)["components"][0]["sha256"].clone();
    let first = digest(&runner);
    swapped(
        &runner,
        "app",
        &build(folder.path(), "hostile-probe-app", 1),
    );
    assert_ne!(digest(&runner), first);
    let (code, out, err) = operate(&runner, &["swap", "app", "--rollback"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("generation 3"), "{out}");
    assert_eq!(digest(&runner), first);
    assert_eq!(app.text("echo", "tea").await, "tea");
}

#[tokio::test]
async fn a_guest_that_serves_other_interfaces_is_refused_unless_that_is_allowed() {
    let runner = Setup::app("hostile-probe-app").start();
    let mut app = runner.app("app").await;
    let minimal = guest("rust-minimal-app");
    let table = [
        (&minimal, "--allow-contract-change"),
        (&guest("rust-memory-state"), "it is a component, and no app"),
    ];
    for (path, why) in table {
        let (code, _, err) = swap(&runner, "app", path);
        assert_eq!(code, 1, "{err}");
        assert!(err.contains("app 'app' stays as it is"), "{err}");
        assert!(err.contains(why), "{err}");
        let status = status(&runner);
        let refusal = status["components"][0]["last_refusal"].as_str().unwrap();
        assert!(refusal.contains(why), "{refusal}");
        assert_eq!(status["components"][0]["generation"], 1);
        app.deliver("tea").await.unwrap();
    }
    let change = |path: &std::path::Path| {
        let words = ["swap", "app", path.to_str().unwrap()];
        let words = [&words[..], &["--allow-contract-change"]].concat();
        let (code, _, err) = operate(&runner, &words);
        assert_eq!(code, 0, "{err}");
    };
    change(&minimal);
    assert_eq!(app.text("echo", "tea").await, "tea");
    let failed = app.callback.on_topic_event(event("tea")).await;
    assert_eq!(failed.unwrap_err().code(), Code::Unimplemented);
    change(&guest("hostile-probe-app"));
    app.deliver("tea").await.unwrap();
}

fn manifest(port: u16, settings: &str) -> [String; 1] {
    [app::section("app", "hostile-probe-app", port, settings)]
}

#[tokio::test]
async fn lists_that_change_are_refused_for_daprd_has_read_them() {
    let port = app::port();
    let wants = |topic: &str, binding: &str| {
        let subscriptions = json!([{
            "pubsub": "pubsub",
            "topic": topic,
            "routes": [],
            "default_path": null,
            "dead_letter_topic": null,
            "bulk": null,
            "metadata": [],
        }]);
        let bindings = json!([binding]);
        let env = format!("env = {{ SUBSCRIPTIONS = '{subscriptions}', BINDINGS = '{bindings}' }}");
        manifest(port, &env)
    };
    let first = wants("orders", "inbox");
    let runner = Setup::new().manifest(&first.concat(), 1).start();
    let mut app = runner.app("app").await;
    let listed = app.callback.list_topic_subscriptions(()).await.unwrap();
    assert_eq!(listed.into_inner().subscriptions[0].topic, "orders");
    for (topic, binding, words) in [
        ("payments", "inbox", "pubsub/payments"),
        ("orders", "outbox", "outbox"),
    ] {
        let status = reload::reload(&runner, &wants(topic, binding));
        let left = status["last_reload"]["left"].to_string();
        for words in ["app 'app'", "--allow-contract-change", words] {
            assert!(left.contains(words), "{words}: {left}");
        }
        assert_eq!(reload::component(&status, "app")["generation"], 1);
        let listed = app.callback.list_topic_subscriptions(()).await.unwrap();
        assert_eq!(listed.into_inner().subscriptions[0].topic, "orders");
    }
    reload::reloads(&runner, &first);
}

#[tokio::test]
async fn a_guest_that_cannot_say_what_it_wants_takes_nobodys_place() {
    let port = app::port();
    let runner = Setup::new()
        .manifest(&manifest(port, "").concat(), 1)
        .start();
    let mut app = runner.app("app").await;
    let status = reload::reload(&runner, &manifest(port, "env = { LISTS = 'trap' }"));
    let left = status["last_reload"]["left"].to_string();
    assert!(left.contains("app 'app'"), "{left}");
    assert_eq!(app.text("env", "LISTS").await, "");
}

#[tokio::test]
async fn a_guest_that_is_not_well_takes_nobodys_place() {
    let port = app::port();
    let first = manifest(port, "");
    let runner = Setup::new().manifest(&first.concat(), 1).start();
    let mut app = runner.app("app").await;
    let ill = json!({ "code": "Unavailable", "message": "the tea is cold", "details": [] });
    let settings = format!("env = {{ ILL = '{ill}' }}");
    let status = reload::reload(&runner, &manifest(port, &settings));
    let left = status["last_reload"]["left"].to_string();
    for words in ["app 'app'", "the tea is cold"] {
        assert!(left.contains(words), "{words}: {left}");
    }
    app.healthy().await.unwrap();
    assert_eq!(reload::component(&status, "app")["generation"], 1);
}

#[tokio::test]
async fn what_is_set_for_an_app_changes_while_it_serves() {
    let port = app::port();
    let runner = Setup::new()
        .manifest(&manifest(port, "").concat(), 1)
        .start();
    let mut app = runner.app("app").await;
    assert_eq!(app.text("served", "").await, "1");
    let settings = "env = { TEA = 'Assam' }\nisolation = 'call'\ninstances = 1";
    let status = reload::reloads(&runner, &manifest(port, settings));
    assert_eq!(reload::component(&status, "app")["generation"], 2);
    assert_eq!(app.text("env", "TEA").await, "Assam");
    for _ in 0..2 {
        assert_eq!(app.text("served", "").await, "1");
    }
}
