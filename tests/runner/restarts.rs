//! A guest that keeps failing is left alone for a while, and one that has served enough gives its place to another.

use crate::{
    operator::{count, status},
    streams::broker,
    support::{PATIENCE, Runner, Setup, Store, eventually, is_built},
};
use serde_json::Value;
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tonic::Code;

/// How an instance is, by the id.
fn instance(runner: &Runner, id: &str) -> Value {
    let status = status(runner);
    let instances = status["components"][0]["instances"].as_array().unwrap();
    let found = instances.iter().find(|instance| instance["id"] == id);
    found.unwrap().clone()
}

/// Waits until so many guests have been replaced because they had served or grown enough.
fn recycled(runner: &Runner, times: u64) {
    eventually("guests are recycled", || {
        let recycled = instance(runner, "")["recycled"].as_u64().unwrap();
        (recycled >= times).then_some(())
    });
}

#[tokio::test]
async fn a_guest_that_keeps_failing_is_not_run_for_a_while_and_each_caller_is_told_why() {
    let runner = Runner::of("hostile-rude-state");
    let mut bad = runner.store("store", "bad").await;
    bad.init(&[]).await.unwrap();
    let mut good = runner.store("store", "good").await;
    good.init(&[]).await.unwrap();
    good.set("key", "kept").await.unwrap();
    let begun = Instant::now();
    let mut failures = 0;
    let refused = loop {
        assert!(begun.elapsed() < PATIENCE, "{failures} failures");
        let status = bad.get("trap").await.unwrap_err();
        if status.code() == Code::Unavailable {
            break status;
        }
        assert_eq!(status.code(), Code::Internal, "{status}");
        failures += 1;
    };
    // A failure now and then is something else.
    assert!(failures >= 10, "{failures}");
    for words in [
        "component 'store', instance 'bad': Get was not tried, because the guest keeps failing",
        "Get: it trapped",
        "It is tried again ",
    ] {
        assert!(refused.message().contains(words), "{refused}");
    }
    runner.logs(&["the guest keeps failing", "instance=\"bad\""]);
    assert_eq!(good.text("key").await, "kept");
    // Nobody need call for it to be tried again, and the first call that is good is answered.
    let begun = Instant::now();
    while let Err(status) = bad.get("key").await {
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        assert!(begun.elapsed() < PATIENCE, "{status}");
    }
    for _ in 0..10 {
        bad.get("key").await.unwrap();
    }
    runner.logs(&["the guest works again", "instance=\"bad\""]);
    let bad = instance(&runner, "bad");
    assert_eq!(bad["errors"], failures);
    assert_eq!(bad["unavailable_until"], Value::Null);
    let last = bad["last_failure"].as_str().unwrap();
    assert!(last.contains("Get: it trapped"), "{last}");
    let log = runner.log();
    assert_eq!(log.matches("the guest keeps failing").count(), 1);
    assert_eq!(instance(&runner, "good")["last_failure"], "");
}

#[tokio::test]
async fn of_several_guests_those_that_work_serve_and_calls_are_refused_when_none_does() {
    let runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("--instances=3")
        .start();
    let mut store = runner.ready().await;
    let begun = Instant::now();
    let mut failures = 0;
    while store.get("trap").await.unwrap_err().code() == Code::Internal {
        failures += 1;
        assert!(begun.elapsed() < PATIENCE);
    }
    assert!(failures >= 3 * 10, "{failures}");
    while store.get("key").await.is_err() {
        assert!(begun.elapsed() < PATIENCE);
    }
    assert_eq!(instance(&runner, "")["unavailable_until"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_no_guest_starts_nothing_is_run_for_calls_and_streams_go_on_by_themselves_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let runner = Runner::with_journal(folder.path());
    let mut broker = broker(&runner).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "before").await.unwrap();
    assert_eq!(messages.take().await, "before");
    // The next instance finds no journal that it can read.
    let journal = folder.path().join("journal");
    let aside = folder.path().join("aside");
    broker.publish("trap", "publish").await.unwrap();
    fs::rename(&journal, &aside).unwrap();
    fs::create_dir(&journal).unwrap();
    let status = broker.publish("orders", "").await.unwrap_err();
    assert_eq!(status.code(), Code::Internal, "{status}");
    runner.logs(&["the guest keeps failing", "streams=1"]);
    let starts = || runner.log().matches("no new instance").count();
    let before = starts();
    let begun = Instant::now();
    for _ in 0..500 {
        let status = broker.publish("orders", "").await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        let words = "the guest keeps failing: it does not start: its init failed: the journal cannot be read";
        assert!(status.message().contains(words), "{status}");
    }
    // Pauses begin with a tenth of a second, less a quarter, and get longer.
    let most = 2 + begun.elapsed().as_millis() as usize / 75;
    assert!(starts() - before <= most, "{} of {most}", starts() - before);
    let status = instance(&runner, "");
    assert!(status["unavailable_until"].is_string(), "{status}");
    let last = status["last_failure"].as_str().unwrap();
    assert!(last.contains("the journal cannot be read"), "{last}");
    fs::remove_dir(&journal).unwrap();
    fs::rename(&aside, &journal).unwrap();
    runner.logs(&["the guest works again"]);
    broker.publish("orders", "after").await.unwrap();
    assert_eq!(messages.take().await, "after");
    assert_eq!(instance(&runner, "")["unavailable_until"], Value::Null);
}

/// Calls in a row, until told to stop. Answers how many succeeded and how many did not.
async fn calls(mut store: Store, key: &str, stop: Arc<AtomicBool>) -> (u64, u64) {
    let (mut good, mut bad) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        match store.get(key).await {
            Ok(_) => good += 1,
            Err(_) => bad += 1,
        }
    }
    (good, bad)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_sends_calls_that_trap_shuts_nobody_out_while_more_are_answered() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.ready().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut callers = Vec::new();
    for _ in 0..4 {
        callers.push(tokio::spawn(calls(store.clone(), "key", stop.clone())));
    }
    for _ in 0..200 {
        let status = store.get("trap").await.unwrap_err();
        assert_eq!(status.code(), Code::Internal, "{status}");
    }
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        let (good, bad) = caller.await.unwrap();
        assert_eq!(bad, 0, "of {}", good + bad);
        assert!(good > 0);
    }
    assert!(!runner.log().contains("the guest keeps failing"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_sends_most_of_the_calls_and_all_of_them_trap_shuts_others_out_for_moments_only() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.ready().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut callers = Vec::new();
    for _ in 0..4 {
        callers.push(tokio::spawn(calls(store.clone(), "trap", stop.clone())));
    }
    runner.logs(&["the guest keeps failing"]);
    let begun = Instant::now();
    let mut served = 0;
    while served < 5 {
        match store.get("key").await {
            Ok(_) => served += 1,
            Err(status) => assert_eq!(status.code(), Code::Unavailable, "{status}"),
        }
        assert!(begun.elapsed() < PATIENCE, "served {served} times");
    }
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        assert_eq!(caller.await.unwrap().0, 0);
    }
}

#[tokio::test]
async fn an_init_is_let_through_to_a_guest_that_keeps_failing_and_is_a_new_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let runner = Runner::with_journal(folder.path());
    let mut broker = broker(&runner).await;
    broker.publish("trap", "publish").await.unwrap();
    let journal = folder.path().join("journal");
    fs::remove_file(&journal).unwrap();
    fs::create_dir(&journal).unwrap();
    // The one that traps, and one that finds no guest.
    for _ in 0..2 {
        broker.publish("orders", "").await.unwrap_err();
    }
    let begun = Instant::now();
    // The pause is so long by now that no trial comes between.
    while runner.log().matches("no new instance").count() < 7 {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    fs::remove_dir(&journal).unwrap();
    broker.init(&[]).await.unwrap();
    broker.publish("orders", "order").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_has_served_enough_is_replaced_under_load_and_nothing_of_its_state_is_lost() {
    let runner = Setup::new()
        .guest("store", "rust-memory-state")
        .arg("--recycle-calls=100")
        .start();
    let store = runner.ready().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut callers = Vec::new();
    for caller in 0..8 {
        let key = format!("key-{caller}");
        callers.push(tokio::spawn(count(store.clone(), key, stop.clone())));
    }
    recycled(&runner, 10);
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        assert!(caller.await.unwrap() > 0);
    }
    let status = status(&runner);
    let component = &status["components"][0];
    assert_eq!(component["generation"], 1);
    let instance = &component["instances"][0];
    assert_eq!(
        (&instance["errors"], &instance["restarts"]),
        (&0.into(), &0.into())
    );
}

#[tokio::test]
async fn a_guest_that_has_grown_is_replaced_unless_the_next_would_be_as_large() {
    const MARK: u64 = 16 << 20;
    let runner = Setup::new()
        .guest("store", "rust-memory-state")
        // To hand over so much takes its time where others want the processor, too.
        .args(["--recycle-memory=16MiB", "--swap-pause=60s"])
        .start();
    let mut store = runner.ready().await;
    store.set("key", "kept").await.unwrap();
    let memory = || instance(&runner, "")["memory"].as_u64().unwrap();
    let large = |number: u32| format!("large-{number}");
    for number in 0..20 {
        store.set(&large(number), vec![7; 1 << 20]).await.unwrap();
    }
    assert!(memory() >= MARK);
    // What it holds, the next one would hold.
    runner.logs(&[
        "a guest that has served enough goes on",
        "as it begins, and would be replaced at once",
        "--recycle-memory",
    ]);
    assert_eq!(store.get(&large(19)).await.unwrap().data.len(), 1 << 20);
    for number in 0..20 {
        store.delete(&large(number)).await.unwrap();
    }
    let begun = Instant::now();
    while memory() >= MARK {
        // Whether it has grown is looked at after calls.
        assert_eq!(store.text("key").await, "kept");
        assert!(begun.elapsed() < PATIENCE);
    }
    assert_eq!(instance(&runner, "")["recycled"], 1);
    assert_eq!(store.text("key").await, "kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_go_on_when_a_guest_that_hands_nothing_over_is_replaced() {
    let runner = Setup::new()
        .guest("store", "hostile-rude-broker")
        .arg("--recycle-calls=50")
        .start();
    let mut broker = broker(&runner).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    let mut acks = broker.subscribe("acks").await.unwrap();
    let begun = Instant::now();
    let mut received = 0;
    while instance(&runner, "")["recycled"].as_u64().unwrap() < 5 {
        for _ in 0..20 {
            broker.publish("orders", "order").await.unwrap();
            // What was not delivered is the guest's own, and goes with it.
            if let Some(message) = messages.within(Duration::from_millis(200)).await {
                messages.ack(&message.id);
                received += 1;
            }
        }
        assert!(begun.elapsed() < PATIENCE);
    }
    assert!(received > 0);
    // Told to whichever guest had delivered it.
    assert_eq!(acks.take().await, "accepted order");
    assert_eq!(instance(&runner, "")["errors"], 0);
}

#[tokio::test]
async fn a_guest_goes_on_when_there_is_no_room_for_the_next_and_that_is_not_tried_at_each_call() {
    let runner = Setup::new()
        .guest("store", "rust-memory-state")
        .args(["--recycle-calls=10", "--max-total-instances=1"])
        .start();
    let mut store = runner.ready().await;
    let begun = Instant::now();
    for number in 0..500 {
        store.set("key", number.to_string()).await.unwrap();
    }
    let words = "a guest that has served enough goes on";
    let line = runner.logs(&[words]);
    assert!(line.contains("--max-total-instances"), "{line}");
    // The first pause is a second.
    let tries = runner.log().matches(words).count();
    assert!(tries <= 1 + begun.elapsed().as_secs() as usize, "{tries}");
    assert_eq!(store.text("key").await, "499");
    assert_eq!(instance(&runner, "")["recycled"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_init_is_never_lost_to_a_guest_that_was_made_ready_before_it() {
    let runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("--recycle-calls=3")
        .start();
    let mut store = runner.ready().await;
    for number in 0..200 {
        let number = number.to_string();
        store.init(&[("number", &number)]).await.unwrap();
        assert_eq!(store.text("property:number").await, number);
    }
    recycled(&runner, 3);
    assert_eq!(store.text("property:number").await, "199");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_whose_memory_only_grows_is_replaced_before_it_fails() {
    for language in ["python", "typescript"] {
        let guest = format!("{language}-memory-state");
        if !is_built(&guest) {
            continue;
        }
        let runner = Setup::new()
            .guest("store", &guest)
            .args(["--recycle-memory=40MiB", "--max-memory=128MiB"])
            .start();
        let mut store = runner.ready().await;
        let begun = Instant::now();
        while instance(&runner, "")["recycled"].as_u64().unwrap() < 2 {
            for _ in 0..20 {
                // In memory alone, and not handed over: it may be gone.
                store.set("key", vec![7; 256 << 10]).await.unwrap();
                store.get("key").await.unwrap();
            }
            assert!(begun.elapsed() < PATIENCE, "{language}");
        }
    }
}
