//! What was kept and cannot be replayed yet, or not any more.

use super::{State, kill, rewrite};
use crate::{
    operator::{build, swapped},
    support::{PATIENCE, Runner, broker::Broker, properties},
};
use plugbox::proto::dapr::{
    FeaturesRequest, GetSecretRequest, InputBindingInitRequest, SecretStoreInitRequest,
    input_binding_client::InputBindingClient, secret_store_client::SecretStoreClient,
};
use serde_json::{Value, json};
use std::{collections::HashMap, fs, time::Instant};
use tonic::{Code, transport::Channel};

fn fail(content: &mut Value) {
    content["properties"] = json!([["fail", "no"]]);
}

/// A client of a store of secrets, and the file that its Init names.
async fn secrets(runner: &Runner) -> SecretStoreClient<Channel> {
    SecretStoreClient::new(runner.channel("store").await)
}

fn secrets_init(file: &str) -> SecretStoreInitRequest {
    SecretStoreInitRequest {
        metadata: properties(&[("secretsFile", &format!("/secrets/{file}"))]),
    }
}

fn password() -> GetSecretRequest {
    GetSecretRequest {
        key: "password".to_owned(),
        metadata: HashMap::new(),
    }
}

#[tokio::test]
async fn an_instance_that_cannot_start_yet_does_so_by_itself_when_it_can() {
    let (state, folder) = (State::new(), tempfile::tempdir().unwrap());
    let file = folder.path().join("secrets.json");
    let write = || fs::write(&file, r#"{"password": "hunter2"}"#).unwrap();
    let start = || {
        let setup = state.of("rust-file-secrets");
        let grant = format!("--dir={}::/secrets", folder.path().display());
        setup.arg(grant).start()
    };
    write();
    let runner = start();
    let mut client = secrets(&runner).await;
    client.init(secrets_init("secrets.json")).await.unwrap();
    kill(runner);
    fs::remove_file(&file).unwrap();
    let runner = start();
    runner.logs(&["does not start", "it is tried again"]);
    let mut client = secrets(&runner).await;
    for _ in 0..2 {
        let get = client.get(password()).await.map(|_| ());
        let features = client.features(FeaturesRequest {}).await.map(|_| ());
        for answer in [get, features] {
            let status = answer.unwrap_err();
            assert_eq!(status.code(), Code::Unavailable, "{status:?}");
            assert!(status.message().contains("its init failed"), "{status:?}");
        }
    }
    write();
    // What it names at Init is asked first: only then there is a guest that says it. It is tried by itself, or by this call.
    let begun = Instant::now();
    while let Err(status) = client.features(FeaturesRequest {}).await {
        assert_eq!(status.code(), Code::Unavailable, "{status:?}");
        assert!(begun.elapsed() < PATIENCE, "it does not start: {status:?}");
    }
    let got = client.get(password()).await.unwrap().into_inner();
    assert_eq!(got.data["password"], "hunter2");
}

#[tokio::test]
async fn an_init_is_not_held_up_by_what_an_earlier_one_brought() {
    let state = State::new();
    let runner = state.of("hostile-rude-state").start();
    let mut store = runner.store("store", "x").await;
    store.init(&[]).await.unwrap();
    kill(runner);
    rewrite(&state.file("store", "x"), fail);
    let runner = state.of("hostile-rude-state").start();
    let mut store = runner.store("store", "x").await;
    let status = store.get("key").await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    // One that is refused changes nothing.
    let status = store.init(&[("fail", "bad")]).await.unwrap_err();
    assert_eq!(status.message(), "bad");
    let status = store.get("key").await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    store.init(&[("colour", "red")]).await.unwrap();
    assert_eq!(store.text("property:colour").await, "red");
    kill(runner);
    let runner = state.of("hostile-rude-state").start();
    let mut store = runner.store("store", "x").await;
    assert_eq!(store.text("property:colour").await, "red");
}

#[tokio::test]
async fn an_init_is_not_held_up_by_another_block_that_cannot_be_replayed() {
    let state = State::new();
    let start = || state.of("hostile-rude-broker").start();
    let runner = start();
    let input_init = |metadata| InputBindingInitRequest { metadata };
    let channel = runner.channel("store").await;
    Broker::new(channel.clone(), "").init(&[]).await.unwrap();
    let mut input = InputBindingClient::new(channel);
    input.init(input_init(properties(&[]))).await.unwrap();
    kill(runner);
    let files = state.files("store", "");
    assert_eq!(files.len(), 2);
    files.iter().for_each(|file| rewrite(file, fail));
    let runner = start();
    let channel = runner.channel("store").await;
    let mut broker = Broker::new(channel.clone(), "");
    let status = broker.publish("orders", "one").await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    broker.init(&[]).await.unwrap();
    broker.publish("orders", "one").await.unwrap();
    // The other one is not known any more, until its own comes.
    assert_eq!(state.files("store", "").len(), 1);
    let mut input = InputBindingClient::new(channel);
    input.init(input_init(properties(&[]))).await.unwrap();
    kill(runner);
    let runner = start();
    let channel = runner.channel("store").await;
    Broker::new(channel, "")
        .publish("orders", "two")
        .await
        .unwrap();
    assert_eq!(state.files("store", "").len(), 2);
}

#[tokio::test]
async fn an_instance_that_cannot_start_yet_is_in_no_swaps_way() {
    let state = State::new();
    let runner = state.of("hostile-rude-state").start();
    for instance in ["good", "bad"] {
        let mut store = runner.store("store", instance).await;
        store.init(&[("colour", instance)]).await.unwrap();
    }
    kill(runner);
    rewrite(&state.file("store", "bad"), fail);
    let runner = state.of("hostile-rude-state").start();
    let path = build(state.0.path(), "hostile-rude-state", 2);
    swapped(&runner, "store", &path);
    let mut good = runner.store("store", "good").await;
    assert_eq!(good.text("property:colour").await, "good");
    let mut bad = runner.store("store", "bad").await;
    let status = bad.get("key").await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    bad.init(&[("colour", "mended")]).await.unwrap();
    assert_eq!(bad.text("property:colour").await, "mended");
}
