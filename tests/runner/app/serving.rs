//! Where an application is served, what is said of it, and what else the runner serves.

use crate::{
    operator::status,
    reflection::listed_at,
    reload,
    support::{
        App, Setup,
        app::{self, hold, probe},
        dapr::Daprd,
        eventually, guest,
    },
};
use rustix::process::Signal;
use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
};
use tonic::Code;

#[tokio::test]
async fn an_app_is_announced_on_a_line_that_says_what_where_and_how_daprd_is_told() {
    for (guest, what) in [
        ("rust-minimal-app", "invoke"),
        ("hostile-plain-app", "invoke, subscriber"),
    ] {
        let runner = Setup::app(guest).start();
        let address = runner.address("app");
        assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
        let port = address.port();
        assert_eq!(
            runner.announced,
            [format!(
                "app: app ({what}) on 127.0.0.1:{port} (daprd --app-protocol grpc --app-port {port})"
            )]
        );
    }
}

#[tokio::test]
async fn without_a_name_the_files_stem_names_the_app() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.wasm");
    fs::copy(guest("rust-minimal-app"), &path).unwrap();
    let runner = Setup::verb("app").unnamed(&path).arg("--port=0").start();
    let mut app = runner.app("orders").await;
    assert_eq!(app.text("echo", "tea").await, "tea");
}

#[tokio::test]
async fn reflection_lists_the_services_of_applications() {
    for guest in ["rust-minimal-app", "hostile-probe-app"] {
        let runner = Setup::app(guest).start();
        let app = runner.app("app").await;
        let services = [
            "dapr.proto.runtime.v1.AppCallback",
            "dapr.proto.runtime.v1.AppCallbackAlpha",
            "dapr.proto.runtime.v1.AppCallbackHealthCheck",
        ];
        assert_eq!(listed_at(&app.channel).await, services);
    }
}

#[test]
fn a_port_that_another_has_is_told_with_the_app_and_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let setup = Setup::verb("app").guest("orders", "rust-minimal-app");
    let (code, out, error) = setup.arg(format!("--port={}", address.port())).fail();
    assert_eq!(code, 1, "{error}");
    assert_eq!(out, "");
    for words in [
        "orders",
        &address.to_string(),
        "Another program has the port",
        "--port",
    ] {
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[test]
fn a_port_has_to_be_named() {
    let setup = Setup::verb("app").guest("orders", "rust-minimal-app");
    let (code, _, error) = setup.fail();
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("--port"), "{error}");
}

#[test]
fn a_guest_of_the_other_kind_is_told_with_how_it_is_served() {
    let app = Setup::app("rust-memory-state");
    let component = Setup::new().guest("store", "rust-minimal-app");
    for (setup, verb) in [(app, "plugbox run"), (component, "plugbox app")] {
        let (code, _, error) = setup.fail();
        assert_eq!(code, 1, "{error}");
        assert!(error.contains(verb), "{error}");
    }
}

#[test]
fn a_guest_that_cannot_say_what_it_wants_is_not_served() {
    for (deed, words) in [("trap", "trapped"), ("loop", "--start-timeout")] {
        let setup = Setup::app("hostile-probe-app")
            .arg(format!("--env=LISTS={deed}"))
            .arg("--start-timeout=500ms");
        let (code, out, error) = setup.fail();
        assert_eq!(code, 1, "{error}");
        assert_eq!(out, "");
        for words in ["app 'app': it was asked what it wants", words] {
            assert!(error.contains(words), "{words}: {error}");
        }
    }
}

/// daprd leaves such a thing out, and says nothing.
#[test]
fn a_guest_that_wants_what_has_no_name_is_not_served() {
    let nameless = r#"[{"pubsub":"pubsub","topic":"","routes":[],"default_path":null,"dead_letter_topic":null,"bulk":null,"metadata":[]}]"#;
    for (variable, value, words) in [
        ("SUBSCRIPTIONS", nameless, "a subscription without"),
        ("BINDINGS", r#"[""]"#, "a binding without"),
    ] {
        let setup = Setup::app("hostile-probe-app").arg(format!("--env={variable}={value}"));
        let (code, _, error) = setup.fail();
        assert_eq!(code, 1, "{error}");
        assert!(error.contains(words), "{error}");
    }
}

#[tokio::test]
async fn an_app_for_other_machines_without_a_token_is_warned_of() {
    let warned = |log: &str| log.contains("WARN") && log.contains("APP_API_TOKEN");
    let open = Setup::app("rust-minimal-app").arg("--listen=0.0.0.0");
    let runner = open.start();
    assert_eq!(runner.address("app").ip(), Ipv4Addr::UNSPECIFIED);
    let mut app = App::at((Ipv4Addr::LOCALHOST, runner.address("app").port()).into()).await;
    assert_eq!(app.text("echo", "tea").await, "tea");
    let log = runner.logs(&["WARN", "app", "0.0.0.0"]);
    assert!(warned(&log), "{log}");

    let guarded = Setup::app("rust-minimal-app")
        .arg("--listen=0.0.0.0")
        .env("APP_API_TOKEN", "correct-horse")
        .start();
    let local = Setup::app("rust-minimal-app").start();
    for runner in [guarded, local] {
        assert!(!runner.log().contains("WARN"), "{}", runner.log());
    }
}

#[tokio::test]
async fn a_call_under_way_is_answered_after_the_signal_to_stop() {
    let daprd = Daprd::start();
    let mut runner = probe(&daprd).arg("--drain=1m").start();
    let app = runner.app("app").await;
    let call = hold(&app);
    daprd.was_asked(1).await;
    runner.signal(Signal::TERM);
    let address = runner.address("app");
    eventually("nobody is let in any more", || {
        TcpStream::connect(address).is_err().then_some(())
    });
    daprd.release(1);
    call.await.unwrap().unwrap();
    assert_eq!(runner.wait().0.code(), Some(0));
}

fn store() -> String {
    reload::section("store", &guest("rust-memory-state"), "")
}

#[tokio::test]
async fn apps_and_components_are_served_by_one_runner() {
    let ports = [app::port(), app::port()];
    let manifest = [
        app::section("orders", "hostile-probe-app", ports[0], ""),
        store(),
        app::section("echo", "rust-minimal-app", ports[1], ""),
    ];
    let runner = Setup::new().manifest(&manifest.concat(), 3).start();
    let mut store = runner.ready().await;
    store.set("key", "value").await.unwrap();
    for (name, port) in ["orders", "echo"].into_iter().zip(ports) {
        assert_eq!(runner.address(name).port(), port);
        let mut app = runner.app(name).await;
        assert_eq!(app.text("echo", name).await, name);
    }
    assert_eq!(store.text("key").await, "value");
    // Each by its own name.
    let names = ["orders", "store", "echo"];
    let status = status(&runner);
    for name in names {
        assert_eq!(reload::component(&status, name)["generation"], 1);
    }
}

#[tokio::test]
async fn a_hangup_serves_apps_that_are_new_and_ends_those_that_are_gone() {
    let ports = [app::port(), app::port(), app::port()];
    let place = |port| (Ipv4Addr::LOCALHOST, port).into();
    let of = |name: &str, port| app::section(name, "hostile-probe-app", port, "");
    let kept = of("kept", ports[0]);
    let manifest = [store(), kept.clone(), of("gone", ports[1])];
    let runner = Setup::new().manifest(&manifest.concat(), 3).start();
    let mut app = runner.app("kept").await;
    assert_eq!(app.text("served", "").await, "1");
    let mut gone = runner.app("gone").await;
    assert_eq!(gone.text("echo", "tea").await, "tea");

    let next = [store(), kept, of("new", ports[2])];
    let status = reload::reloads(&runner, &next);
    assert_eq!(reload::component(&status, "kept")["generation"], 1);
    assert_eq!(app.text("served", "").await, "2");
    let mut new = App::at(place(ports[2])).await;
    assert_eq!(new.text("echo", "tea").await, "tea");
    assert_eq!(
        gone.call("echo", "").await.unwrap_err().code(),
        Code::Unavailable
    );
    assert!(TcpStream::connect(("127.0.0.1", ports[1])).is_err());
    // Its port is free for another.
    let again = [next.concat(), of("again", ports[1])];
    reload::reloads(&runner, &again);
    let mut again = App::at(place(ports[1])).await;
    assert_eq!(again.text("echo", "tea").await, "tea");
}

#[tokio::test]
async fn a_port_that_is_taken_leaves_an_app_of_a_hangup_out_and_is_told() {
    let manifest = [store()];
    let runner = Setup::new().manifest(&manifest.concat(), 1).start();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let new = app::section("new", "rust-minimal-app", port, "");
    let status = reload::reload(&runner, &[store(), new.clone()]);
    let left = status["last_reload"]["left"].to_string();
    for words in ["new", &port.to_string(), "Another program has the port"] {
        assert!(left.contains(words), "{words}: {left}");
    }
    drop(taken);
    reload::reloads(&runner, &[store(), new]);
    let mut app = App::at((Ipv4Addr::LOCALHOST, port).into()).await;
    assert_eq!(app.text("echo", "tea").await, "tea");
}
