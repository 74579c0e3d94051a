//! How much a guest may have, hand over and start with: whoever meets a limit reads its value and the flag that sets it.

use crate::support::{PATIENCE, Runner, Setup, broker::Broker, eventually};
use std::{fs, time::Instant};
use tonic::{Code, Status};

/// A state store as far as the loader looks before it starts the guest, with a core module that does something of its own then.
fn starting(core: &str) -> Vec<u8> {
    wat::parse_str(format!(
        r#"(component
            (core module $m {core} (func (export "f")))
            (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i "f")))
            (instance $s
                (export "init" (func $f)) (export "get" (func $f))
                (export "set" (func $f)) (export "delete" (func $f)))
            (export "dapr:components/state-store@0.1.0" (instance $s)))"#
    ))
    .unwrap()
}

#[test]
fn a_guest_that_cannot_start_within_its_limits_is_refused_with_the_limit_and_its_flag() {
    let table = [
        (
            "(func $f call $f) (start $f)",
            "--max-stack=256KiB",
            "call stack exhausted): its stack is 256.0 KiB (--max-stack, or max_stack in the manifest)",
        ),
        (
            "(func $f (loop br 0)) (start $f)",
            "--start-timeout=300ms",
            "it ran longer than 300ms (--start-timeout, or start_timeout in the manifest)",
        ),
        (
            "(memory 160)",
            "--max-memory=9MiB",
            "more memory than its 9.0 MiB (--max-memory, or memory in the manifest)",
        ),
        (
            "(memory 160)",
            "--max-total-memory=9MiB",
            "left of the 9.0 MiB of all instances (--max-total-memory, or max_total_memory in the manifest)",
        ),
        (
            "(table 100 funcref)",
            "--max-table-elements=99",
            "tables of more than 99 elements (--max-table-elements, or max_table_elements in the manifest)",
        ),
        (
            "(table 1 funcref) (table 1 funcref)",
            "--max-parts=1",
            "more than 1 core instances, tables or memories (--max-parts, or max_parts in the manifest)",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guest.wasm");
    for (core, flag, words) in table {
        fs::write(&path, starting(core)).unwrap();
        let (code, _, err) = Setup::new().file("store", &path).arg(flag).fail();
        assert_eq!(code, 1, "{flag}: {err}");
        assert!(err.contains("its instance did not start"), "{flag}: {err}");
        assert!(err.contains(words), "{flag}: {err}");
    }
}

#[test]
fn more_components_than_may_be_are_refused_before_any_is_served() {
    let (code, out, err) = Setup::new()
        .guest("one", "rust-memory-state")
        .guest("other", "rust-memory-state")
        .arg("--max-components=1")
        .fail();
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("2 components are more than the 1 that may be (--max-components, or max_components in the manifest)"));
}

#[tokio::test]
async fn a_reply_that_the_client_could_not_take_is_resource_exhausted_and_costs_the_guest_nothing()
{
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.ready().await;
    store.set("key", "kept").await.unwrap();
    assert_eq!(
        store.get("reply:4000000").await.unwrap().data.len(),
        4_000_000
    );
    exhausted(
        store.get("reply:4194304").await,
        &["4194304 are the most", "--max-reply"],
    );
    assert_eq!(store.text("key").await, "kept");
}

#[tokio::test]
async fn the_largest_reply_can_be_set() {
    let runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("--max-reply=16MiB")
        .start();
    let mut store = runner.ready().await;
    assert_eq!(
        store.get("reply:9000000").await.unwrap().data.len(),
        9_000_000
    );
}

#[tokio::test]
async fn more_than_the_host_takes_at_once_is_resource_exhausted_and_the_guest_is_replaced() {
    let runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("--max-transfer=8MiB")
        .start();
    let mut store = runner.ready().await;
    exhausted(
        store.get("reply:100000000").await,
        &[
            "more than 8.0 MiB in one call (--max-transfer, or max_transfer in the manifest)",
            "new instance",
        ],
    );
    assert_eq!(store.text("init-count").await, "1");
}

#[tokio::test]
async fn instances_of_all_components_together_are_limited() {
    let runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .guest("other", "rust-memory-state")
        .arg("--max-total-instances=2")
        .start();
    let _store = runner.ready().await;
    let mut other = runner.store("other", "one").await;
    other.init(&[]).await.unwrap();
    let mut third = runner.store("other", "two").await;
    exhausted(
        third.init(&[]).await,
        &[
            "'two'",
            "2 instances of guests already",
            "--max-total-instances",
        ],
    );
    // One that traps is replaced: its place is free before that.
    let mut store = runner.store("store", "").await;
    store.get("trap").await.unwrap_err();
    assert_eq!(store.text("init-count").await, "1");
}

#[tokio::test]
async fn the_memory_of_all_instances_together_is_limited_and_given_back() {
    let runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("--max-total-memory=64MiB")
        .start();
    let mut store = runner.ready().await;
    for _ in 0..3 {
        let status = store.get("allocate").await.unwrap_err();
        let words = "left of the 64.0 MiB of all instances (--max-total-memory, or max_total_memory in the manifest)";
        assert!(status.message().contains(words), "{status}");
    }
    let mut other = runner.store("store", "other").await;
    other.init(&[]).await.unwrap();
}

#[tokio::test]
async fn streams_of_one_instance_are_limited_and_one_that_is_closed_makes_room() {
    let runner = Setup::new()
        .guest("broker", "rust-memory-broker")
        .arg("--max-streams=2")
        .start();
    let mut broker = Broker::new(runner.channel("broker").await, "");
    broker.init(&[]).await.unwrap();
    let first = broker.subscribe("orders").await.unwrap();
    let _second = broker.subscribe("orders").await.unwrap();
    let third = broker.subscribe("orders").await.map(|_| ());
    exhausted(third, &["2 streams are open already", "--max-streams"]);
    let mut other = Broker::new(runner.channel("broker").await, "other");
    other.init(&[]).await.unwrap();
    let _others = other.subscribe("orders").await.unwrap();
    drop(first);
    let begun = Instant::now();
    while broker.subscribe("orders").await.is_err() {
        assert!(begun.elapsed() < PATIENCE);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_too_large_is_dropped_in_the_end_and_the_others_come() {
    let runner = Setup::new()
        .guest("broker", "rust-memory-broker")
        .arg("--max-reply=1MiB")
        .start();
    let mut broker = Broker::new(runner.channel("broker").await, "");
    broker.init(&[]).await.unwrap();
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", vec![7; 2 << 20]).await.unwrap();
    broker.publish("orders", "small").await.unwrap();
    assert_eq!(messages.take().await, "small");
    runner.logs(&[
        "is dropped",
        "component=broker",
        "1048576 are the most (--max-reply",
    ]);
    // Nothing is asked for again and again from now on.
    let told = runner.log().matches("--max-reply").count();
    broker.publish("orders", "another").await.unwrap();
    assert_eq!(messages.take().await, "another");
    assert_eq!(runner.log().matches("--max-reply").count(), told);
}

#[tokio::test]
async fn lines_of_the_log_are_limited_by_the_flag() {
    let runner = Setup::new()
        .guest("store", "hostile-prober")
        .arg("--max-log-lines=7")
        .start();
    let mut store = runner.ready().await;
    store.text("flood:1000").await;
    let lines = || runner.log().matches("stdout: line").count();
    // What is logged takes a moment to be read here.
    eventually("a burst of lines", || (lines() >= 35).then_some(()));
    assert!(lines() < 1000, "{}", lines());
    let begun = Instant::now();
    while !runner
        .log()
        .contains("7 a second are the most (--max-log-lines, or max_log_lines in the manifest)")
    {
        assert!(begun.elapsed() < PATIENCE);
        store.text("out:still here\n").await;
    }
}

#[tokio::test]
async fn open_files_are_limited_and_the_operator_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    let runner = Setup::new()
        .guest("store", "hostile-prober")
        .arg(format!("--dir={}::/data", folder.path().display()))
        .arg("--max-files=16")
        .start();
    let mut store = runner.ready().await;
    for _ in 0..3 {
        let answer = store.text("files:/data/file").await;
        // The folder is one of them.
        assert!(answer.starts_with("15: "), "{answer}");
    }
    let flag = "as many as it may (--max-files, or max_files in the manifest)";
    runner.logs(&["16 files open", flag, "component=store"]);
    assert_eq!(runner.log().matches(flag).count(), 1);
}

#[tokio::test]
async fn sockets_are_limited_and_the_operator_is_told_once() {
    let runner = Setup::new()
        .guest("store", "hostile-prober")
        .arg("--max-sockets=5")
        .start();
    let mut store = runner.ready().await;
    for _ in 0..3 {
        assert_eq!(store.text("sockets:5").await, "5");
        let answer = store.text("sockets:100").await;
        assert!(answer.starts_with("5: "), "{answer}");
    }
    let flag = "as many as it may (--max-sockets, or max_sockets in the manifest)";
    runner.logs(&["5 sockets", flag, "component=store"]);
    assert_eq!(runner.log().matches(flag).count(), 1);
}

#[track_caller]
fn exhausted<T: std::fmt::Debug>(answer: Result<T, Status>, words: &[&str]) {
    let status = answer.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
    for words in words {
        assert!(status.message().contains(words), "{words}: {status}");
    }
}
