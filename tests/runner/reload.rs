//! SIGHUP: what is served follows what the manifest says, and nobody else notices.

use crate::{
    operator::{build, count, operate, status, swapped},
    support::{PATIENCE, Runner, Setup, Store, broker::Broker, eventually, guest},
};
use rustix::process::Signal;
use serde_json::Value;
use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tonic::Code;

/// A section of the manifest that serves a file.
pub fn section(name: &str, file: &Path, settings: &str) -> String {
    format!(
        "[component.{name}]\nguest = '{}'\n{settings}\n",
        file.display()
    )
}

/// A section of the manifest that serves a guest of this repository.
fn of(name: &str, guest_name: &str, settings: &str) -> String {
    section(name, &guest(guest_name), settings)
}

pub fn write(runner: &Runner, manifest: &[String]) {
    fs::write(runner.folder().join("plugbox.toml"), manifest.concat()).unwrap();
}

/// Has the runner read what it is to serve, and waits until it has done so: its status after that.
fn hang_up(runner: &Runner) -> Value {
    let at = |status: &Value| status["last_reload"]["at"].clone();
    let before = at(&status(runner));
    runner.signal(Signal::HUP);
    eventually("the manifest is read again", || {
        let status = status(runner);
        (at(&status) != before).then_some(status)
    })
}

pub fn reload(runner: &Runner, manifest: &[String]) -> Value {
    write(runner, manifest);
    hang_up(runner)
}

/// That all of the manifest holds.
pub fn reloads(runner: &Runner, manifest: &[String]) -> Value {
    let status = reload(runner, manifest);
    for kept in ["wrong", "left"] {
        assert_eq!(status["last_reload"][kept], Value::Array(vec![]), "{kept}");
    }
    status
}

pub fn component<'a>(status: &'a Value, name: &str) -> &'a Value {
    let mut components = status["components"].as_array().unwrap().iter();
    components.find(|it| it["name"] == name).unwrap()
}

fn names(status: &Value) -> Vec<&str> {
    let components = status["components"].as_array().unwrap().iter();
    components.map(|it| it["name"].as_str().unwrap()).collect()
}

async fn initialised(runner: &Runner, name: &str) -> Store {
    let mut store = runner.store(name, "").await;
    store.init(&[]).await.unwrap();
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hangup_serves_what_is_new_changes_what_has_changed_and_ends_what_is_gone() {
    let kept = of("kept", "rust-memory-state", "");
    let manifest = [
        kept.clone(),
        of("changed", "rust-memory-state", ""),
        of("gone", "rust-memory-broker", ""),
    ];
    let runner = Setup::new().manifest(&manifest.concat(), 3).start();
    let store = initialised(&runner, "kept").await;
    let stop = Arc::new(AtomicBool::new(false));
    let callers = ["one", "two", "three", "four"]
        .map(|key| tokio::spawn(count(store.clone(), key.to_owned(), stop.clone())));
    let mut changed = initialised(&runner, "changed").await;
    changed.set("key", "of the one before").await.unwrap();
    let mut broker = Broker::new(runner.channel("gone").await, "");
    broker.init(&[]).await.unwrap();
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "published").await.unwrap();

    let manifest = [
        of("new", "rust-minimal-state", ""),
        kept,
        of(
            "changed",
            "rust-memory-state",
            "memory = '64MiB'\nmax_message = '1KiB'",
        ),
    ];
    let status = reloads(&runner, &manifest);
    assert_eq!(names(&status), ["new", "kept", "changed"]);
    // Its streams end like those of a runner that stops.
    assert_eq!(messages.take().await, "published");
    let end = messages.end().await;
    assert_eq!(end.code(), Code::Unavailable, "{end}");
    assert!(end.message().contains("is stopping"), "{end}");
    assert!(!runner.socket("gone").exists());
    runner.logs(&["component=\"gone\"", "it has ended"]);
    initialised(&runner, "new")
        .await
        .set("key", "value")
        .await
        .unwrap();
    assert_eq!(component(&status, "kept")["generation"], 1);
    assert_eq!(component(&status, "changed")["generation"], 2);
    assert_eq!(changed.text("key").await, "of the one before");
    let refused = changed.set("key", vec![0; 2048]).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");

    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        assert!(caller.await.unwrap() > 0);
    }
}

#[tokio::test]
async fn a_manifest_that_is_wrong_changes_nothing_and_the_status_says_what_is_wrong() {
    let manifest = [of("store", "rust-memory-state", "")];
    let runner = Setup::new().manifest(&manifest.concat(), 1).start();
    let mut store = runner.ready().await;
    store.set("key", "kept").await.unwrap();
    let wrong = [
        of("new", "rust-minimal-state", ""),
        of("store", "rust-memory-state", "memory = 'much'"),
    ];
    let said = reload(&runner, &wrong);
    let place = "plugbox.toml:6:10: component.store.memory: not a size";
    let first = said["last_reload"]["wrong"][0].as_str().unwrap();
    assert!(first.contains(place), "{first}");
    assert_eq!(names(&said), ["store"]);
    runner.logs(&[place]);
    let (code, out, _) = operate(&runner, &["status"]);
    assert_eq!(code, 0);
    assert!(out.contains(place), "{out}");
    assert_eq!(store.text("key").await, "kept");
    assert_eq!(names(&reloads(&runner, &manifest)), ["store"]);
}

#[tokio::test]
async fn what_cannot_be_taken_over_leaves_the_rest_alone_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.wasm");
    fs::write(&bad, "no guest").unwrap();
    let manifest = [
        of("first", "rust-memory-state", ""),
        of("second", "rust-memory-state", ""),
        of("third", "rust-memory-state", ""),
    ];
    let runner = Setup::new().manifest(&manifest.concat(), 3).start();
    let mut first = initialised(&runner, "first").await;
    first.set("key", "kept").await.unwrap();
    let build = build(folder.path(), "rust-memory-state", 1);
    let status = reload(
        &runner,
        &[
            "max_total_memory = '1GiB'\nmax_stack = '2MiB'\ndrain = '1s'\n".to_owned(),
            section("first", &bad, ""),
            section("second", &build, "instances = 3"),
            of("third", "rust-minimal-state", ""),
            section("fourth", &bad, ""),
        ],
    );
    assert_eq!(names(&status), ["first", "second", "third"]);
    let generations = ["first", "second", "third"]
        .map(|name| component(&status, name)["generation"].as_u64().unwrap());
    assert_eq!(generations, [1, 2, 1]);
    let left = status["last_reload"]["left"].as_array().unwrap();
    let left: Vec<_> = left.iter().map(|what| what.as_str().unwrap()).collect();
    let expected: [&[&str]; 6] = [
        &["max_stack is another (--max-stack", "started again"],
        &["max_total_memory is another", "started again"],
        &["component 'second': 3 guests", "--instances", "1 do until"],
        &["component 'first': cannot serve", "not a WebAssembly file"],
        &[
            "component 'third': it does not export",
            "--allow-contract-change",
        ],
        &["component 'fourth': cannot serve", "not a WebAssembly file"],
    ];
    assert_eq!(left.len(), expected.len(), "{left:#?}");
    for (said, words) in left.iter().zip(expected) {
        for word in words {
            assert!(said.contains(word), "{said}: {word}");
        }
        let (_, why) = said.split_once(": ").unwrap_or(("", said));
        runner.logs(&[why]);
    }
    let refusal = component(&status, "first")["last_refusal"]
        .as_str()
        .unwrap();
    assert!(refusal.contains("not a WebAssembly file"), "{refusal}");
    assert_eq!(first.text("key").await, "kept");
}

#[tokio::test]
async fn without_a_manifest_a_hangup_has_guests_serve_whose_files_have_changed() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["one", "other"].map(|name| folder.path().join(format!("{name}.wasm")));
    for file in &files {
        fs::copy(guest("rust-memory-state"), file).unwrap();
    }
    let runner = Setup::new().unnamed(&files[0]).unnamed(&files[1]).start();
    let mut store = initialised(&runner, "one").await;
    store.set("key", "kept").await.unwrap();
    let next = build(folder.path(), "rust-memory-state", 1);
    fs::rename(next, &files[0]).unwrap();
    fs::copy(guest("rust-memory-state"), &files[1]).unwrap();
    let status = hang_up(&runner);
    assert_eq!(component(&status, "one")["generation"], 2);
    assert_eq!(component(&status, "other")["generation"], 1);
    assert_eq!(store.text("key").await, "kept");
    let status = hang_up(&runner);
    assert_eq!(component(&status, "one")["generation"], 2);
}

#[tokio::test]
async fn what_an_operator_swapped_in_stays_when_something_else_changes() {
    let folder = tempfile::tempdir().unwrap();
    let own = of("store", "rust-memory-state", "");
    let runner = Setup::new().manifest(&own, 1).start();
    runner.ready().await;
    let path = build(folder.path(), "rust-memory-state", 1);
    swapped(&runner, "store", &path);
    let status = reloads(&runner, &[own, of("new", "rust-minimal-state", "")]);
    let store = component(&status, "store");
    assert_eq!(store["generation"], 2);
    assert_eq!(store["guest"], path.to_str().unwrap());
    let other = [of("store", "rust-memory-state", "memory = '32MiB'")];
    let status = reloads(&runner, &other);
    let store = component(&status, "store");
    assert_eq!(store["generation"], 3);
    assert_eq!(store["guest"], path.to_str().unwrap());
}

#[tokio::test]
async fn a_grant_that_was_taken_back_does_not_return_with_the_guest_before() {
    let folder = tempfile::tempdir().unwrap();
    let granted = [of("store", "hostile-prober", "env = { OWN = 'granted' }")];
    let runner = Setup::new().manifest(&granted.concat(), 1).start();
    let mut store = runner.ready().await;
    assert_eq!(store.text("env:OWN").await, "granted");
    let path = build(folder.path(), "hostile-prober", 1);
    swapped(&runner, "store", &path);
    assert_eq!(store.text("env:OWN").await, "granted");
    let status = reloads(&runner, &[of("store", "hostile-prober", "")]);
    assert_eq!(component(&status, "store")["generation"], 3);
    assert!(store.text("env:OWN").await.starts_with("error"));
    let (code, out, err) = operate(&runner, &["swap", "store", "--rollback"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("generation 4"), "{out}");
    let first = guest("hostile-prober");
    let status = self::status(&runner);
    assert_eq!(
        component(&status, "store")["guest"],
        first.to_str().unwrap()
    );
    assert!(store.text("env:OWN").await.starts_with("error"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn components_that_come_and_go_leave_nothing_behind() {
    let kept = of("kept", "rust-memory-state", "");
    let more = of("more", "rust-memory-broker", "");
    let manifest = [kept.clone(), more];
    let runner = Setup::new().manifest(&kept, 1).arg("--drain=30s").start();
    let mut settled = None;
    for round in 0..12 {
        reloads(&runner, &manifest);
        let mut broker = Broker::new(runner.channel("more").await, "");
        broker.init(&[]).await.unwrap();
        let mut messages = broker.subscribe("orders").await.unwrap();
        broker.publish("orders", "published").await.unwrap();
        assert_eq!(messages.take().await, "published");
        reloads(&runner, std::slice::from_ref(&kept));
        assert_eq!(messages.end().await.code(), Code::Unavailable);
        assert!(!runner.socket("more").exists());
        drop((broker, messages));
        let ended = round + 1;
        eventually("it has ended", || {
            let log = runner.log();
            (log.matches("it has ended").count() == ended).then_some(())
        });
        let (files, threads) = *settled.get_or_insert((runner.descriptors(), runner.threads()));
        // Those of clients that connected a moment ago may be open still.
        eventually("all files are closed", || {
            (runner.descriptors() <= files && runner.threads() <= threads).then_some(())
        });
    }
}

#[tokio::test]
async fn a_component_whose_client_does_not_leave_ends_all_the_same() {
    let kept = of("kept", "rust-memory-state", "");
    let manifest = [kept.clone(), of("gone", "hostile-rude-state", "")];
    let runner = Setup::new()
        .manifest(&manifest.concat(), 2)
        .args(["--drain=100ms", "--timeout=10m"])
        .start();
    let mut store = initialised(&runner, "gone").await;
    let mut other = store.clone();
    let waiting = tokio::spawn(async move { other.get("sleep:600000").await });
    store.until_held().await;
    reloads(&runner, &[kept]);
    runner.logs(&["component=\"gone\"", "are cut off"]);
    let lost = tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    assert!(lost.unwrap().is_err());
    initialised(&runner, "kept").await;
}
