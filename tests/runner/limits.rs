//! Traps, time limits, queues and sizes, and clients that go away. Guests that attack are in `tests/hostile`.

use crate::support::{PATIENCE, Plain, Runner, Setup, Store};
use plugbox::proto::dapr::{GetRequest, state_store_client::StateStoreClient};
use std::time::{Duration, Instant};
use tonic::{Code, Request};

#[tokio::test]
async fn a_trap_is_internal_and_the_next_call_finds_a_new_instance_with_its_init() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.store("store", "orders").await;
    store.init(&[("colour", "red")]).await.unwrap();
    store.set("key", "lost").await.unwrap();
    for call in 0..3 {
        let status = match call {
            0 => store.get("trap").await.unwrap_err(),
            1 => store.set("trap", "").await.unwrap_err(),
            _ => store.delete("trap").await.unwrap_err(),
        };
        assert_eq!(status.code(), Code::Internal);
        for words in ["component 'store'", "instance 'orders'", "trapped"] {
            assert!(status.message().contains(words), "{status}");
        }
        assert_eq!(store.text("init-count").await, "1");
        assert_eq!(store.text("property:colour").await, "red");
        assert_eq!(store.text("key").await, "");
    }
}

#[tokio::test]
async fn a_trap_leaves_the_other_instances_alone() {
    let runner = Runner::of("hostile-rude-state");
    let mut bad = runner.store("store", "bad").await;
    let mut good = runner.store("store", "good").await;
    bad.init(&[]).await.unwrap();
    good.init(&[]).await.unwrap();
    good.set("key", "kept").await.unwrap();
    bad.get("trap").await.unwrap_err();
    assert_eq!(good.text("key").await, "kept");
}

#[tokio::test]
async fn a_call_waits_no_longer_than_its_grpc_timeout() {
    let runner = Runner::of("hostile-rude-state");
    let store = runner.ready().await;
    let mut busy = store.clone();
    let holding = tokio::spawn(async move { busy.get("sleep:600000").await });
    let ask = async || {
        let mut request = Request::new(GetRequest {
            key: "key".into(),
            ..Default::default()
        });
        let limit = "100m".parse().unwrap();
        request.metadata_mut().insert("grpc-timeout", limit);
        let connection = Plain::connect(&runner.socket("store")).await;
        StateStoreClient::new(connection).get(request).await
    };
    // Until the other call has arrived, this one is answered.
    let begun = Instant::now();
    let status = loop {
        match ask().await {
            Ok(_) => assert!(begun.elapsed() < PATIENCE),
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(status.message().contains("grpc-timeout"), "{status}");
    holding.abort();
}

#[tokio::test]
async fn a_full_queue_is_resource_exhausted_and_those_who_gave_up_take_no_place() {
    let runner = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("--queue=2")
        .start();
    let store = runner.ready().await;
    let call = |key: &'static str| {
        let mut store = store.clone();
        tokio::spawn(async move { store.get(key).await })
    };
    let holding = call("sleep:600000");
    // The first calls that come while the guest is held fill the queue; the one after them is refused.
    let refused = async || {
        let begun = Instant::now();
        let mut waiting = Vec::new();
        loop {
            assert!(begun.elapsed() < PATIENCE);
            let mut call = call("key");
            tokio::select! {
                done = &mut call => if let Err(status) = done.unwrap() {
                    return (status, waiting);
                },
                // Far longer than a refusal takes: what has no answer by now is in the queue.
                () = tokio::time::sleep(Duration::from_secs(2)) => waiting.push(call),
            }
        }
    };
    let (status, waiting) = refused().await;
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.message().contains("--queue"), "{status}");
    assert_eq!(waiting.len(), 2);
    for call in &waiting {
        call.abort();
    }
    // Their places are free again, once the server has seen them go.
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < PATIENCE);
        let mut call = call("key");
        tokio::select! {
            done = &mut call => assert_eq!(done.unwrap().unwrap_err().code(), Code::ResourceExhausted),
            () = tokio::time::sleep(Duration::from_millis(500)) => break,
        }
    }
    holding.abort();
}

#[tokio::test]
async fn a_call_that_has_begun_is_run_to_its_end_when_its_client_goes_away() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.ready().await;
    store.set("key", "kept").await.unwrap();
    // A connection of its own, so that the whole client vanishes.
    let mut client = runner.store("store", "").await;
    let call = tokio::spawn(async move { client.get("sleep:1000").await });
    store.until_held().await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    // Had the call been dropped in its middle, the instance and its memory would be gone.
    assert_eq!(store.text("key").await, "kept");
    assert_eq!(store.text("init-count").await, "1");
}

#[tokio::test]
async fn a_request_over_the_limit_is_resource_exhausted_and_names_the_flag() {
    let runner = Setup::new()
        .guest("store", "rust-memory-state")
        .arg("--max-message=1MiB")
        .start();
    let mut store = runner.ready().await;
    let status = store.set("key", vec![0; 2 << 20]).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.message().contains("--max-message"), "{status}");
    store.set("key", "value").await.unwrap();
}

#[tokio::test]
async fn a_request_of_many_megabytes_is_taken() {
    let runner = Runner::of("rust-memory-state");
    let mut store = runner.ready().await;
    store.set("key", vec![7; 32 << 20]).await.unwrap();
}

#[tokio::test]
async fn calls_from_many_connections_at_once_are_all_answered() {
    let runner = Runner::of("rust-memory-state");
    runner.ready().await;
    let mut tasks = Vec::new();
    for connection in 0..8 {
        let channel = runner.channel("store").await;
        for caller in 0..8 {
            let mut store = Store::new(channel.clone(), "");
            tasks.push(tokio::spawn(async move {
                for round in 0..50 {
                    let key = format!("{connection}/{caller}");
                    let value = round.to_string();
                    store.set(&key, value.clone()).await.unwrap();
                    assert_eq!(store.text(&key).await, value);
                }
            }));
        }
    }
    for task in tasks {
        task.await.unwrap();
    }
}
