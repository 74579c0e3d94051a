//! Guests that never end, or end at once: in start-up, in `init`, in a call.

use crate::{
    siege::{MIB, Module, Siege},
    support::Setup,
};
use plugbox::proto::{
    dapr::{
        GetSecretRequest, InvokeRequest, OutputBindingInitRequest, SecretStoreInitRequest,
        output_binding_client::OutputBindingClient, secret_store_client::SecretStoreClient,
    },
    layotto::hello::{HelloConfig, HelloRequest, hello_client::HelloClient},
};
use std::collections::HashMap;
use tonic::{Code, Status};

#[test]
fn start_up_that_never_returns_is_an_error_that_names_the_limit() {
    let module = Module::new("endless-start");
    let setup = Setup::new()
        .guest("neighbour", "rust-memory-state")
        .file("attacker", &module.path)
        .arg("--start-timeout=500ms");
    let (code, _, err) = setup.fail();
    assert_eq!(code, 1);
    for words in [
        "endless-start.wasm",
        "500ms (--start-timeout, or start_timeout in the manifest)",
    ] {
        assert!(err.contains(words), "{err}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_init_that_never_returns_is_ended_at_the_time_limit() {
    let siege = Siege::start().await;
    let mut store = siege.idle("");
    let init = store.init(&[("attack", "endless-init")]);
    let status = siege.withstands(16 * MIB, init).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
    assert!(status.message().contains("--start-timeout"), "{status}");
    let status = store.get("key").await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_never_returns_is_ended_at_the_time_limit() {
    is_ended_at_the_time_limit("endless-call").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_sleeps_for_ever_is_ended_at_the_time_limit() {
    is_ended_at_the_time_limit("endless-sleep").await;
}

/// That this is what becomes of a call in an attack, and that the guest is called again after it.
async fn is_ended_at_the_time_limit(attack: &str) {
    let siege = Siege::start().await;
    let mut store = siege.store(attack).await;
    let status = siege.withstands(16 * MIB, store.get("")).await;
    let status = status.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
    assert!(status.message().contains("--timeout"), "{status}");
    store.set("key", "value").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recursion_without_end_is_a_trap_that_leaves_the_host_its_stack() {
    let siege = Siege::start().await;
    let mut store = siege.store("endless-recursion").await;
    for (stack, words) in [("host's", "call stack exhausted"), ("own", "trapped")] {
        let status = siege.withstands(16 * MIB, store.get(stack)).await;
        let status = status.unwrap_err();
        assert_eq!(status.code(), Code::Internal, "{status}");
        assert!(status.message().contains(words), "{status}");
    }
    store.set("key", "value").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trap_in_every_call_is_internal_each_time_and_the_streams_stay_open() {
    let siege = Siege::start().await;
    let mut store = siege.store("trap-always").await;
    let mut broker = siege.broker("trap-always").await;
    let events = siege.events("trap-always").await;
    let mut output = OutputBindingClient::new(siege.channel());
    let mut secrets = SecretStoreClient::new(siege.channel());
    let mut hello = HelloClient::new(siege.channel());
    let metadata = || crate::support::properties(&[("attack", "trap-always")]);
    output
        .init(OutputBindingInitRequest {
            metadata: metadata(),
        })
        .await
        .unwrap();
    secrets
        .init(SecretStoreInitRequest {
            metadata: metadata(),
        })
        .await
        .unwrap();
    hello
        .init(HelloConfig {
            metadata: HashMap::from([("attack".into(), "trap-always".into())]),
            ..Default::default()
        })
        .await
        .unwrap();
    let messages = broker.subscribe("orders").await.unwrap();
    let attack = async {
        let failures: [Result<(), Status>; 7] = [
            store.get("key").await.map(|_| ()),
            store.set("key", "value").await,
            store.delete("key").await,
            broker.publish("orders", "order").await,
            output.invoke(InvokeRequest::default()).await.map(|_| ()),
            secrets.get(GetSecretRequest::default()).await.map(|_| ()),
            hello.say_hello(HelloRequest::default()).await.map(|_| ()),
        ];
        failures.map(Result::unwrap_err)
    };
    for status in siege.withstands(32 * MIB, attack).await {
        // A guest that keeps failing is down for a while.
        let code = status.code();
        let expected = [Code::Internal, Code::Unavailable].contains(&code);
        assert!(expected, "{status}");
    }
    siege.runner.logs(&["the streams stay open"]);
    drop((messages, events));
}
