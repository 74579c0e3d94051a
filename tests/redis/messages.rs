//! Messages: how they are laid out, and what becomes of those that nobody has acknowledged.

use crate::{
    broker, serving,
    support::{eventually, redis::RedisServer},
};
use plugbox::proto::dapr::PublishRequest;
use std::{collections::HashMap, time::Duration};

/// Waits until somebody waits for messages. Other tasks go on meanwhile where they have a thread.
fn until_it_waits(server: &RedisServer) {
    eventually("a reader waits", || {
        let clients = server.ask(&["client", "list"]);
        let waits = |line: &String| line.contains("cmd=xreadgroup") && line.contains("flags=b");
        clients.iter().any(waits).then_some(())
    });
}

#[tokio::test]
async fn a_message_is_an_entry_as_daprs_own_component_has_it() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut broker = broker(&runner, &server, &[]).await;
    let request = broker.request(PublishRequest {
        topic: "orders".to_owned(),
        data: b"ours".to_vec(),
        metadata: HashMap::from([("color".to_owned(), "blue".to_owned())]),
        ..Default::default()
    });
    broker.client.publish(request).await.unwrap();
    let entry = server.ask(&["xrange", "orders", "-", "+"]);
    assert_eq!(
        entry[1..],
        ["data", "ours", "metadata", r#"{"color":"blue"}"#]
    );
    server.ask(&[
        "xadd",
        "orders",
        "*",
        "data",
        "theirs",
        "metadata",
        r#"{"color":"red"}"#,
    ]);
    let mut messages = broker.subscribe("orders").await.unwrap();
    for (data, color) in [("ours", "blue"), ("theirs", "red")] {
        let message = messages.next().await;
        assert_eq!(message.data, data.as_bytes());
        assert_eq!(message.metadata["color"], color);
        messages.ack(&message.id);
    }
}

#[tokio::test]
async fn what_a_consumer_has_left_is_taken_over_when_its_time_is_over() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let properties = [
        ("processingTimeout", "300ms"),
        ("redeliverInterval", "100ms"),
    ];
    let mut broker = broker(&runner, &server, &properties).await;
    server.ask(&["xgroup", "create", "orders", "app", "0", "mkstream"]);
    broker.publish("orders", "left").await.unwrap();
    let read = [
        "xreadgroup",
        "group",
        "app",
        "gone",
        "streams",
        "orders",
        ">",
    ];
    assert!(server.ask(&read).contains(&"left".to_owned()));
    let mut messages = broker.subscribe("orders").await.unwrap();
    assert_eq!(messages.take().await, "left");
    messages.nothing().await;
}

#[tokio::test]
async fn a_message_that_always_fails_does_not_keep_others_away() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    // Shorter than it takes the application to fail, so that it is always time to look for what has failed.
    let properties = [("redeliverInterval", "1ms")];
    let mut broker = broker(&runner, &server, &properties).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    let mut missing = vec!["1", "2", "3"];
    let mut failures = 0;
    for data in ["bad", "1", "2", "3"] {
        broker.publish("orders", data).await.unwrap();
    }
    while !missing.is_empty() {
        let message = messages.next().await;
        match message.data.as_slice() {
            b"bad" => {
                failures += 1;
                assert!(failures < 20, "{missing:?} are kept away");
                tokio::time::sleep(Duration::from_millis(5)).await;
                messages.fail(&message.id, "the test says so");
            }
            data => {
                missing.retain(|it| it.as_bytes() != data);
                messages.ack(&message.id);
            }
        }
    }
    assert_eq!(messages.take().await, "bad");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_stream_leaves_nothing_to_a_reader_that_has_gone() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    // What such a reader had got would be found a minute later.
    let mut broker = broker(&runner, &server, &[]).await;
    for number in 0..20 {
        let messages = broker.subscribe("orders").await.unwrap();
        until_it_waits(&server);
        drop(messages);
        let data = number.to_string();
        broker.publish("orders", data.as_str()).await.unwrap();
        let mut messages = broker.subscribe("orders").await.unwrap();
        assert_eq!(messages.take().await, data);
        // Otherwise the acknowledgement and the end of its stream are in a race.
        eventually("the server is told", || {
            let pending = server.ask(&["xpending", "orders", "app"]);
            (pending[0] == "0").then_some(())
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_the_server_has_lost_is_read_on_when_it_is_there_again() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut broker = broker(&runner, &server, &[]).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    until_it_waits(&server);
    assert_eq!(server.ask(&["del", "orders"]), ["1"]);
    broker.publish("orders", "after").await.unwrap();
    assert_eq!(messages.take().await, "after");
}

#[tokio::test]
async fn a_stream_is_trimmed_to_about_the_length_that_is_wanted() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut broker = broker(&runner, &server, &[("maxLenApprox", "100")]).await;
    for _ in 0..500 {
        broker.publish("orders", "1").await.unwrap();
    }
    let length: u32 = server.ask(&["xlen", "orders"])[0].parse().unwrap();
    // Redis cuts off what a node of a hundred holds.
    assert!((100..300).contains(&length), "{length}");
}

#[tokio::test]
async fn a_wider_window_has_several_messages_out() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut broker = broker(&runner, &server, &[("concurrency", "3")]).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    for data in ["1", "2", "3", "4"] {
        broker.publish("orders", data).await.unwrap();
    }
    let first = messages.next().await;
    for _ in 1..3 {
        messages.next().await;
    }
    messages.nothing().await;
    messages.ack(&first.id);
    assert_eq!(messages.next().await.data, b"4");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_subscriptions_that_wait_use_no_cpu_and_hear_at_once_of_a_message() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut broker = broker(&runner, &server, &[]).await;
    let mut streams = Vec::new();
    for number in 0..100 {
        streams.push(broker.subscribe(&format!("topic-{number}")).await.unwrap());
    }
    runner.rests();
    // What another client has added, so that no call of the runner's brings it.
    server.ask(&["xadd", "topic-99", "*", "data", "at last"]);
    assert_eq!(streams[99].take().await, "at last");
}
