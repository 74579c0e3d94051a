//! How the runner ends: calls first, then streams, within a limit.

use crate::support::{Runner, Setup, broker::Broker};
use rustix::process::Signal;
use std::time::{Duration, Instant};
use tonic::Code;

/// A broker in memory, after Init.
async fn memory(setup: Setup, properties: &[(&str, &str)]) -> (Runner, Broker) {
    let runner = setup.guest("store", "rust-memory-broker").start();
    let mut broker = Broker::new(runner.channel("store").await, "");
    broker.init(properties).await.unwrap();
    (runner, broker)
}

#[tokio::test]
async fn a_signal_lets_calls_end_and_removes_the_sockets() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut runner = Runner::of("hostile-rude-state");
        let mut store = runner.ready().await;
        let mut waiting = store.clone();
        let call = tokio::spawn(async move { waiting.get("sleep:1500").await });
        store.until_held().await;
        runner.signal(signal);
        runner.logs(&["stopping"]);
        assert_eq!(call.await.unwrap().unwrap().data, b"awake");
        let (status, rest) = runner.wait();
        assert_eq!(status.code(), Some(0));
        assert_eq!(rest, "");
        assert!(!runner.socket("store").exists());
    }
}

#[tokio::test]
async fn a_drain_ends_at_its_limit() {
    let mut runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("--drain=300ms")
        .start();
    let mut store = runner.ready().await;
    let mut waiting = store.clone();
    let call = tokio::spawn(async move { waiting.get("sleep:600000").await });
    store.until_held().await;
    let begun = Instant::now();
    runner.signal(Signal::TERM);
    let (status, _) = runner.wait();
    assert_eq!(status.code(), Some(0));
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert!(runner.log().contains("cut off"), "{}", runner.log());
    assert!(call.await.unwrap().is_err());
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let mut runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("--drain=1h")
        .start();
    let mut store = runner.ready().await;
    let mut waiting = store.clone();
    let _call = tokio::spawn(async move { waiting.get("sleep:600000").await });
    store.until_held().await;
    runner.signal(Signal::INT);
    runner.logs(&["stopping"]);
    runner.signal(Signal::INT);
    let (status, _) = runner.wait();
    assert_eq!(status.code(), Some(130));
    assert!(!runner.socket("store").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_end_with_a_word_when_the_runner_stops() {
    let (mut runner, mut broker) = memory(Setup::new(), &[]).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    runner.signal(Signal::TERM);
    let status = messages.end().await;
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.message().contains("stopping"), "{status}");
    let (status, _) = runner.wait();
    assert_eq!(status.code(), Some(0));
    assert!(!runner.log().contains("cut off"), "{}", runner.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_out_when_the_runner_stops_can_be_acknowledged() {
    let (mut runner, mut broker) = memory(Setup::new(), &[]).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    let mut idle = broker.subscribe("idle").await.unwrap();
    broker.publish("orders", "1").await.unwrap();
    let message = messages.next().await;
    runner.signal(Signal::TERM);
    // A stream that owes nothing ends first.
    assert_eq!(idle.end().await.code(), Code::Unavailable);
    messages.nothing().await;
    messages.ack(&message.id);
    assert_eq!(messages.end().await.code(), Code::Unavailable);
    assert_eq!(runner.wait().0.code(), Some(0));
    assert!(!runner.log().contains("cut off"), "{}", runner.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_not_answered_when_the_runner_stops_is_cut_off() {
    let (mut runner, mut broker) = memory(Setup::new().arg("--drain=300ms"), &[]).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "1").await.unwrap();
    messages.next().await;
    runner.signal(Signal::TERM);
    let status = messages.end().await;
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.message().contains("stopping"), "{status}");
    assert_eq!(runner.wait().0.code(), Some(0));
    assert!(runner.log().contains("cut off"), "{}", runner.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_published_before_the_runner_stopped_is_delivered() {
    for published in 0..20 {
        let (runner, mut broker) = memory(Setup::new(), &[("maxInFlight", "100")]).await;
        let mut messages = broker.subscribe("orders").await.unwrap();
        let publishing = tokio::spawn(async move {
            let mut taken = 0;
            while broker.publish("orders", taken.to_string()).await.is_ok() {
                taken += 1;
            }
            taken
        });
        // Each is acknowledged, so none is held back.
        for expected in 0..published {
            assert_eq!(messages.take().await, expected.to_string());
        }
        runner.signal(Signal::TERM);
        let mut delivered = published;
        while let Some(message) = messages.last().await {
            messages.ack(&message.id);
            delivered += 1;
        }
        assert_eq!(delivered, publishing.await.unwrap());
    }
}
