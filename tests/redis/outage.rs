//! A server that ends, comes back, or does not answer.

use crate::{
    broker, serving, store,
    support::{PATIENCE, Setup, redis::RedisServer},
};
use rustix::process::Signal;
use std::{
    net::TcpListener,
    time::{Duration, Instant},
};
use tonic::{Code, Status};

fn is_unavailable(outcome: Result<(), Status>, server: &RedisServer) {
    let status = outcome.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert!(status.message().contains(&server.address()), "{status:?}");
}

#[tokio::test]
async fn while_the_server_is_down_calls_fail_and_the_first_one_after_works() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut store = store(&runner, &server, "", &[]).await;
    let mut broker = broker(&runner, &server, &[]).await;
    store.set("key", "before").await.unwrap();
    broker.publish("orders", "before").await.unwrap();
    // Once with calls meanwhile, and once without.
    server.kill();
    for _ in 0..3 {
        is_unavailable(store.set("key", "meanwhile").await, &server);
        is_unavailable(broker.publish("orders", "meanwhile").await, &server);
    }
    server.restart();
    assert_eq!(store.text("key").await, "before");
    broker.publish("orders", "after").await.unwrap();
    server.kill();
    server.restart();
    store.set("key", "after").await.unwrap();
    broker.publish("orders", "later").await.unwrap();
    assert_eq!(store.text("key").await, "after");
    assert_eq!(server.ask(&["xlen", "orders"]), ["3"]);
}

#[tokio::test]
async fn streams_go_on_after_the_server_and_nothing_that_was_acknowledged_comes_again() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let properties = [("processingTimeout", "1s"), ("redeliverInterval", "100ms")];
    let mut broker = broker(&runner, &server, &properties).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    let mut idle = broker.subscribe("idle").await.unwrap();
    for data in ["taken before", "taken meanwhile", "waiting"] {
        broker.publish("orders", data).await.unwrap();
    }
    assert_eq!(messages.take().await, "taken before");
    let out = messages.next().await;
    assert_eq!(out.data, b"taken meanwhile");
    server.kill();
    is_unavailable(broker.publish("orders", "lost").await, &server);
    messages.ack(&out.id);
    // The next of this stream's frames is only looked at after that one.
    is_unavailable(broker.publish("orders", "lost").await, &server);
    server.restart();
    assert_eq!(messages.take().await, "waiting");
    broker.publish("orders", "after").await.unwrap();
    assert_eq!(messages.take().await, "after");
    broker.publish("idle", "woken").await.unwrap();
    assert_eq!(idle.take().await, "woken");
    // For longer than what somebody else had left would need to be found.
    assert_eq!(messages.within(Duration::from_millis(1500)).await, None);
}

#[tokio::test]
async fn what_was_not_acknowledged_when_the_server_ended_is_delivered_again() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let properties = [
        ("processingTimeout", "300ms"),
        ("redeliverInterval", "100ms"),
    ];
    let mut broker = broker(&runner, &server, &properties).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "1").await.unwrap();
    let out = messages.next().await;
    server.kill();
    server.restart();
    drop(messages);
    let mut messages = broker.subscribe("orders").await.unwrap();
    assert_eq!(messages.take().await, String::from_utf8(out.data).unwrap());
}

#[tokio::test]
async fn a_server_that_does_not_answer_holds_up_neither_other_instances_nor_other_components() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let Some(other_server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server)
        .guest("memory", "rust-memory-state")
        .arg(other_server.grant())
        .start();
    let patient = [("readTimeout", "-1")];
    let mut held = store(&runner, &server, "held", &patient).await;
    let mut others = Vec::new();
    // Connections are spread over threads: some of these share one with the call that waits.
    for number in 0..8 {
        let instance = format!("other-{number}");
        others.push(store(&runner, &other_server, &instance, &[]).await);
        let mut memory = runner.store("memory", &instance).await;
        memory.init(&[]).await.unwrap();
        others.push(memory);
    }
    server.signal(Signal::STOP);
    let mut waiting = held.clone();
    let waits = tokio::spawn(async move { waiting.set("key", "1").await });
    held.until_held().await;
    for _ in 0..10 {
        for other in &mut others {
            other.set("key", "1").await.unwrap();
        }
    }
    assert!(!waits.is_finished());
    server.signal(Signal::CONT);
    tokio::time::timeout(PATIENCE, waits)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(held.text("key").await, "1");
}

#[tokio::test]
async fn a_server_that_never_answers_ends_a_call_in_the_time_that_the_properties_grant() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let runner = Setup::new()
        .guest("store", "rust-redis")
        .arg(format!("--allow-outbound=tcp://{address}"))
        .start();
    let mut store = runner.store("store", "").await;
    let properties = [("redisHost", address.as_str()), ("readTimeout", "100ms")];
    let late = store.init(&properties).await.unwrap_err();
    assert_eq!(late.code(), Code::DeadlineExceeded, "{late:?}");
    assert!(late.message().contains("readTimeout"), "{late:?}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_ends_a_call_in_the_time_that_the_runner_grants() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).arg("--timeout=500ms").start();
    let mut store = store(&runner, &server, "", &[("readTimeout", "-1")]).await;
    server.signal(Signal::STOP);
    let late = store.set("key", "1").await.unwrap_err();
    assert_eq!(late.code(), Code::DeadlineExceeded, "{late:?}");
    assert!(late.message().contains("--timeout"), "{late:?}");
    server.signal(Signal::CONT);
    // The guest in its place finds the server.
    let begun = Instant::now();
    while let Err(status) = store.set("key", "2").await {
        assert!(begun.elapsed() < PATIENCE, "{status:?}");
    }
    assert_eq!(server.ask(&["hget", "key", "data"]), ["2"]);
}
