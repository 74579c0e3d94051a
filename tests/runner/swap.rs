//! Another guest for a component that serves: what callers and streams see of it, which is nothing.

use crate::{
    operator::{build, count, operate, status, swap, swapped},
    support::{Setup, broker::Broker, guest, repository},
};
use std::{
    fs,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swap_under_load_fails_no_call_and_no_state_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let runner = Setup::new().guest("store", "rust-memory-state").start();
    let stop = Arc::new(AtomicBool::new(false));
    let mut callers = Vec::new();
    for instance in ["", "second"] {
        let mut store = runner.store("store", instance).await;
        store.init(&[]).await.unwrap();
        for caller in 0..8 {
            let key = format!("key-{caller}");
            callers.push(tokio::spawn(count(store.clone(), key, stop.clone())));
        }
    }
    for number in 0..10 {
        let path = build(folder.path(), "rust-memory-state", number);
        let said = swapped(&runner, "store", &path);
        let generation = format!("generation {}", number + 2);
        assert!(said.contains(&generation), "{said}");
        assert!(said.contains("with the state of the one before"), "{said}");
    }
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        assert!(caller.await.unwrap() > 0);
    }
    let status = status(&runner);
    let component = &status["components"][0];
    assert_eq!(component["generation"], 11);
    assert_eq!(component["instances"].as_array().unwrap().len(), 2);
    assert_eq!(component["instances"][0]["errors"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_go_on_through_swaps_and_nothing_is_lost_or_comes_twice() {
    let folder = tempfile::tempdir().unwrap();
    let runner = Setup::new().guest("broker", "rust-memory-broker").start();
    let mut broker = Broker::new(runner.channel("broker").await, "");
    broker.init(&[("maxInFlight", "4")]).await.unwrap();
    let mut messages = broker.subscribe("orders").await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let publishing = {
        let (mut broker, stop) = (broker.clone(), stop.clone());
        tokio::spawn(async move {
            let mut sent = 0_u64;
            while !stop.load(Ordering::Relaxed) {
                broker.publish("orders", sent.to_string()).await.unwrap();
                sent += 1;
            }
            sent
        })
    };
    let taking = tokio::spawn(async move {
        let mut expected = 0_u64;
        loop {
            let message = messages.next().await;
            let text = String::from_utf8(message.data.clone()).unwrap();
            messages.ack(&message.id);
            if text == "end" {
                return expected;
            }
            assert_eq!(text, expected.to_string());
            expected += 1;
        }
    });
    for number in 0..10 {
        let path = build(folder.path(), "rust-memory-broker", number);
        swapped(&runner, "broker", &path);
    }
    stop.store(true, Ordering::Relaxed);
    let sent = publishing.await.unwrap();
    broker.publish("orders", "end").await.unwrap();
    assert_eq!(taking.await.unwrap(), sent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_out_at_a_swap_is_acknowledged_to_the_guest_that_delivered_it() {
    let folder = tempfile::tempdir().unwrap();
    // Hands nothing over, and says so when it gives a message up.
    let guest = "hostile-mutant-broker";
    let runner = Setup::new().guest("broker", guest).start();
    let mut broker = Broker::new(runner.channel("broker").await, "");
    broker.init(&[("maxDeliveries", "1")]).await.unwrap();
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "one").await.unwrap();
    let out = messages.next().await;
    let said = swapped(&runner, "broker", &build(folder.path(), guest, 1));
    assert!(!said.contains("with the state"), "{said}");
    // The window is taken by what is out.
    messages.fail(&out.id, "no thanks");
    runner.logs(&["is dropped after 1 failed deliveries", "no thanks"]);
    broker.publish("orders", "two").await.unwrap();
    assert_eq!(messages.take().await, "two");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_guest_is_said_and_the_old_one_serves() {
    let folder = tempfile::tempdir().unwrap();
    let runner = Setup::new().guest("store", "rust-memory-state").start();
    let mut store = runner.ready().await;
    store.set("key", "kept").await.unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let whole = fs::read(guest("rust-memory-state")).unwrap();
    let table = [
        (folder.path().join("missing.wasm"), "No such file"),
        (
            file("half.wasm", &whole[..whole.len() / 2]),
            "not a valid component",
        ),
        (file("text.wasm", b"hello"), "not a WebAssembly file"),
        (
            guest("rust-memory-broker"),
            "it does not export state-store",
        ),
        (guest("rust-minimal-state"), "--allow-contract-change"),
    ];
    for (path, why) in table {
        let (code, _, err) = swap(&runner, "store", &path);
        assert_eq!(code, 1, "{}", path.display());
        assert!(err.contains("component 'store' stays as it is"), "{err}");
        assert!(err.contains(why), "{}: {err}", path.display());
        assert_eq!(store.text("key").await, "kept");
        let status = status(&runner);
        let refusal = status["components"][0]["last_refusal"].as_str().unwrap();
        assert!(refusal.contains(why), "{refusal}");
        assert_eq!(status["components"][0]["generation"], 1);
    }
    let (code, _, err) = operate(&runner, &["swap", "sore", "x.wasm"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("there is no component or app 'sore'; served are store"),
        "{err}"
    );
    let (code, _, err) = operate(&runner, &["swap", "store", "--rollback"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("there is no generation before this one"),
        "{err}"
    );
    assert_eq!(operate(&runner, &["swap", "store"]).0, 2);
}

#[tokio::test]
async fn a_swap_before_any_init_speaks_of_no_state() {
    let folder = tempfile::tempdir().unwrap();
    let runner = Setup::new().guest("store", "rust-memory-state").start();
    let path = build(folder.path(), "rust-memory-state", 1);
    let said = swapped(&runner, "store", &path);
    assert!(said.contains("generation 2"), "{said}");
    assert!(!said.contains("with the state"), "{said}");
    let mut store = runner.ready().await;
    store.set("key", "value").await.unwrap();
    assert_eq!(store.text("key").await, "value");
}

#[tokio::test]
async fn a_swap_is_rolled_back_to_the_guest_before() {
    let folder = tempfile::tempdir().unwrap();
    let runner = Setup::new().guest("store", "rust-memory-state").start();
    let mut store = runner.ready().await;
    store.set("key", "first").await.unwrap();
    let digest = |runner| status(runner)["components"][0]["sha256"].clone();
    let first = digest(&runner);
    swapped(
        &runner,
        "store",
        &build(folder.path(), "rust-memory-state", 1),
    );
    assert_ne!(digest(&runner), first);
    store.set("key", "second").await.unwrap();
    let (code, out, err) = operate(&runner, &["swap", "store", "--rollback"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("generation 3"), "{out}");
    assert_eq!(digest(&runner), first);
    assert_eq!(store.text("key").await, "second");
}

#[tokio::test]
async fn a_call_that_takes_its_time_has_a_swap_refused_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::new().guest("store", "hostile-rude-state");
    let runner = setup.arg("--swap-pause=100ms").start();
    let mut store = runner.ready().await;
    let mut other = store.clone();
    // Longer than a machine with other things to do needs to make a guest ready.
    let waiting = tokio::spawn(async move { other.get("sleep:5000").await });
    store.until_held().await;
    let path = build(folder.path(), "hostile-rude-state", 1);
    let (code, _, err) = swap(&runner, "store", &path);
    assert_eq!(code, 1, "{err}");
    assert!(
        err.contains("calls would have waited for longer than 100ms"),
        "{err}"
    );
    waiting.await.unwrap().unwrap();
    swapped(&runner, "store", &path);
}

#[tokio::test]
async fn a_runner_is_reached_by_its_user_alone_and_without_one_that_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let runner = Setup::new().guest("store", "rust-memory-state").start();
    let socket = runner.folder().join("admin/admin.sock");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(&socket), mode(socket.parent().unwrap())),
        (0o600, 0o700)
    );
    let (code, out, _) = operate(&runner, &["status"]);
    assert_eq!(code, 0);
    assert!(out.contains("store: StateStore"), "{out}");
    assert!(out.contains("generation  1, for "), "{out}");
    drop(runner);
    let output = Command::new(env!("CARGO_BIN_EXE_plugbox"))
        .args(["status", "--admin", "/tmp/plugbox-nobody/admin.sock"])
        .current_dir(repository())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(
        err.contains("no runner answers on /tmp/plugbox-nobody/admin.sock"),
        "{err}"
    );
}

#[tokio::test]
async fn a_swap_takes_the_place_of_a_guest_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let runner = Setup::new().guest("store", "hostile-rude-state").start();
    let mut store = runner.ready().await;
    assert!(store.get("trap").await.is_err());
    swapped(
        &runner,
        "store",
        &build(folder.path(), "hostile-rude-state", 1),
    );
    store.get("key").await.unwrap();
    let status = status(&runner);
    let instance = &status["components"][0]["instances"][0];
    assert_eq!(
        (&instance["errors"], &instance["restarts"]),
        (&1.into(), &1.into())
    );
}
