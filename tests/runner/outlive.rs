//! Streams outlive the troubles of their guest.

use crate::{
    streams::{broker, rude},
    support::{
        PATIENCE, Runner, Setup,
        broker::{Broker, Messages},
        eventually,
    },
};
use std::{
    os::unix::fs::MetadataExt,
    time::{Duration, Instant},
};
use tonic::Code;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trap_in_any_function_keeps_every_stream_open() {
    for trouble in ["publish", "pull", "ack", "close"] {
        let (runner, mut broker) = rude().await;
        let mut first = broker.subscribe("orders").await.unwrap();
        let mut second = broker.subscribe("payments").await.unwrap();
        match trouble {
            "publish" => {
                let status = broker.publish("trap", "").await.unwrap_err();
                assert_eq!(status.code(), Code::Internal);
            }
            "pull" => {
                broker.publish("orders", "poison").await.unwrap();
                assert_eq!(first.take().await, "poison");
            }
            "ack" => {
                let mut trapping = broker.subscribe("trap-on-ack:x").await.unwrap();
                broker.publish("trap-on-ack:x", "1").await.unwrap();
                trapping.take().await;
                runner.logs(&["the guest failed", "Ack"]);
                broker.publish("trap-on-ack:x", "2").await.unwrap();
                assert_eq!(trapping.next().await.data, b"2");
            }
            _ => {
                drop(broker.subscribe("trap-on-close").await.unwrap());
            }
        }
        runner.logs(&["the guest failed"]);
        broker.publish("orders", "order").await.unwrap();
        broker.publish("payments", "payment").await.unwrap();
        assert_eq!(first.take().await, "order", "{trouble}");
        assert_eq!(second.take().await, "payment", "{trouble}");
        broker.publish("orders", "init-count").await.unwrap();
        assert_eq!(first.take().await, "1", "{trouble}: Init was replayed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_come_together_all_make_room_though_the_guest_fails_in_the_first() {
    const WINDOW: usize = 8;
    let (runner, mut broker) = rude().await;
    let mut messages = broker.subscribe("trap-on-ack:x").await.unwrap();
    for data in ["before", "after"] {
        for _ in 0..WINDOW {
            broker.publish("trap-on-ack:x", data).await.unwrap();
        }
        let mut out = Vec::new();
        for _ in 0..WINDOW {
            let message = messages.next().await;
            assert_eq!(message.data, data.as_bytes());
            out.push(message.id);
        }
        for id in out {
            messages.ack(&id);
        }
        runner.logs(&["the guest failed", "Ack"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_keeps_failing_is_started_less_and_less_often_and_its_streams_stay_open() {
    let (runner, mut broker) = rude().await;
    let mut good = broker.subscribe("orders").await.unwrap();
    let bad = broker.subscribe("trap-on-pull").await.unwrap();
    runner.logs(&["the streams stay open", "failures=4"]);
    // Without the stream that it fails for, all is well at once or after the next attempt.
    drop(bad);
    reaches(&mut broker, "orders", &mut good).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_ends_while_a_new_guest_is_told_of_it_is_closed_there_too() {
    let folder = tempfile::tempdir().unwrap();
    let runner = Runner::with_journal(folder.path());
    let mut broker = broker(&runner).await;
    let slow = broker.subscribe_with("slow", &[("opensAfter", "500")]);
    let slow = slow.await.unwrap();
    let mut orders = broker.subscribe("orders").await.unwrap();
    // Each instance begins with a journal of its own, and then is told of the streams.
    let journal = || {
        std::fs::metadata(folder.path().join("journal"))
            .unwrap()
            .ino()
    };
    let before = journal();
    broker.publish("trap", "publish").await.unwrap();
    broker.publish("orders", "").await.unwrap_err();
    eventually("the next instance has the journal", || {
        (journal() != before).then_some(())
    });
    drop(slow);
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < PATIENCE, "the guest still knows of it");
        broker.publish("orders", "order").await.unwrap();
        let message = orders.next().await;
        orders.ack(&message.id);
        if message.metadata["subscriptions"] == "1" {
            break;
        }
    }
}

/// Until a message arrives: while the guest is down publishing may fail, and a guest that fails takes with it what it held.
async fn reaches(broker: &mut Broker, topic: &str, messages: &mut Messages) {
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < PATIENCE, "nothing reaches {topic}");
        if broker.publish(topic, "order").await.is_ok()
            && let Some(message) = messages.within(Duration::from_millis(200)).await
        {
            assert_eq!(message.data, b"order");
            return messages.ack(&message.id);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pull_that_never_returns_is_ended_and_the_streams_stay_open() {
    let runner = Setup::new()
        .guest("store", "hostile-rude-broker")
        .arg("--timeout=300ms")
        .start();
    let mut broker = broker(&runner).await;
    let mut good = broker.subscribe("orders").await.unwrap();
    let bad = broker.subscribe("loop-on-pull").await.unwrap();
    runner.logs(&["the guest failed", "--timeout"]);
    drop(bad);
    reaches(&mut broker, "orders", &mut good).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_guest_must_not_deliver_reaches_nobody_and_ends_nothing() {
    let (runner, mut broker) = rude().await;
    let mut good = broker.subscribe("orders").await.unwrap();
    for (topic, words) in [
        ("flood", "more than was asked for"),
        ("twice", "not acknowledged"),
        ("stray", "no such stream"),
    ] {
        let mut bad = broker.subscribe(topic).await.unwrap();
        broker.publish(topic, "x").await.unwrap();
        assert_eq!(bad.next().await.data, b"x");
        runner.logs(&["cannot be delivered", words]);
        drop(bad);
        reaches(&mut broker, "orders", &mut good).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_the_client_could_not_take_is_skipped_and_reported() {
    let (runner, mut broker) = rude().await;
    let mut acks = broker.subscribe("acks").await.unwrap();
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "big:4000000").await.unwrap();
    assert_eq!(messages.next().await.data.len(), 4_000_000);
    broker.publish("orders", "big:4194304").await.unwrap();
    assert!(acks.take().await.contains("4 MiB"));
    broker.publish("orders", "small").await.unwrap();
    assert_eq!(messages.take().await, "small");
    runner.logs(&["cannot be delivered", "4 MiB"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_windows_and_odd_pollables_do_no_harm() {
    let (runner, mut broker) = rude().await;
    let mut good = broker.subscribe("orders").await.unwrap();
    for topic in [
        "window:0",
        "window:4294967295",
        "at-once",
        "ready",
        "never",
        "many:100",
    ] {
        let odd = broker.subscribe(topic).await.unwrap();
        reaches(&mut broker, "orders", &mut good).await;
        drop(odd);
    }
    let endless = broker.subscribe("many:20000").await.unwrap();
    runner.logs(&[
        "the guest failed",
        "20000 handles (--max-handles, or max_handles in the manifest)",
    ]);
    drop(endless);
    let mut none = broker.subscribe("window:0").await.unwrap();
    reaches(&mut broker, "window:0", &mut none).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_time_brings_comes_though_a_pollable_is_never_ready() {
    let (_runner, mut broker) = rude().await;
    let _never = broker.subscribe("never").await.unwrap();
    let mut late = broker.subscribe("late:50").await.unwrap();
    broker.publish("late:50", "at last").await.unwrap();
    assert_eq!(late.take().await, "at last");
}
