//! Items: how they are laid out, and several guests that write them at once.

use crate::{
    serving, store,
    support::{Store, redis::RedisServer},
};
use plugbox::proto::dapr::{
    Etag, SetRequest, TransactionalStateOperation, TransactionalStateRequest,
    transactional_state_operation::Request,
    transactional_state_store_client::TransactionalStateStoreClient,
};
use std::collections::HashMap;
use tonic::{Code, Status, transport::Channel};

fn set(key: &str, value: u64, etag: Option<&Etag>) -> SetRequest {
    SetRequest {
        key: key.to_owned(),
        value: value.to_string().into_bytes(),
        etag: etag.cloned(),
        ..Default::default()
    }
}

impl Store {
    async fn number(&mut self, key: &str) -> (u64, Option<Etag>) {
        let got = self.get(key).await.unwrap();
        let number = String::from_utf8(got.data).unwrap().parse().unwrap();
        (number, got.etag)
    }

    async fn write(&mut self, request: SetRequest) -> Result<(), Status> {
        let request = self.request(request);
        self.client.set(request).await.map(drop)
    }
}

fn with_life(key: &str, seconds: &str) -> SetRequest {
    let life = ("ttlInSeconds".to_owned(), seconds.to_owned());
    SetRequest {
        metadata: HashMap::from([life]),
        ..set(key, 1, None)
    }
}

#[tokio::test]
async fn an_item_is_a_hash_as_daprs_own_component_has_it() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut store = store(&runner, &server, "", &[]).await;
    store.set("app||key", "value").await.unwrap();
    let etag = store.get("app||key").await.unwrap().etag.unwrap().value;
    let fields = server.ask(&["hmget", "app||key", "data", "version"]);
    assert_eq!(fields, ["value", &etag]);
    assert_eq!(server.ask(&["hlen", "app||key"]), ["2"]);

    server.ask(&[
        "hset",
        "theirs",
        "data",
        "1",
        "version",
        "3",
        "first-write",
        "0",
    ]);
    let (number, etag) = store.number("theirs").await;
    assert_eq!((number, etag.clone().unwrap().value), (1, "3".to_owned()));
    store.write(set("theirs", 2, etag.as_ref())).await.unwrap();
    let fields = server.ask(&["hmget", "theirs", "data", "version"]);
    assert_eq!(fields, ["2", "4"]);
}

#[tokio::test]
async fn an_item_that_is_made_anew_has_no_etag_of_the_one_before() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut store = store(&runner, &server, "", &[]).await;
    store.set("key", "1").await.unwrap();
    let (_, before) = store.number("key").await;
    store.delete("key").await.unwrap();
    store.set("key", "2").await.unwrap();
    let refused = store.write(set("key", 3, before.as_ref())).await;
    assert_eq!(refused.unwrap_err().code(), Code::FailedPrecondition);
    assert_eq!(store.number("key").await.0, 2);
}

#[tokio::test]
async fn what_no_state_store_has_written_is_not_read_and_can_be_written_over() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut store = store(&runner, &server, "", &[]).await;
    server.ask(&["set", "text", "1"]);
    server.ask(&["hset", "hash", "field", "1"]);
    server.ask(&["hset", "odd", "version", "odd"]);
    for key in ["text", "hash", "odd"] {
        let refused = store.get(key).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert!(refused.message().contains(key), "{refused:?}");
        store.set(key, "2").await.unwrap();
        assert_eq!(store.text(key).await, "2");
    }
}

#[tokio::test]
async fn redis_itself_ends_the_life_of_an_item() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut store = store(&runner, &server, "", &[("ttlInSeconds", "500")]).await;
    store.write(with_life("own", "1000")).await.unwrap();
    store.write(with_life("endless", "-1")).await.unwrap();
    store.set("usual", "1").await.unwrap();
    for (key, least, most) in [("own", 900, 1000), ("endless", -1, -1), ("usual", 400, 500)] {
        let left: i64 = server.ask(&["ttl", key])[0].parse().unwrap();
        assert!((least..=most).contains(&left), "{key}: {left}");
    }
}

/// Adds one so many times, each time to what it has read.
async fn count(mut store: Store, key: &str, times: u64) {
    let mut done = 0;
    while done < times {
        let (number, etag) = store.number(key).await;
        match store.write(set(key, number + 1, etag.as_ref())).await {
            Ok(()) => done += 1,
            Err(status) => assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn etags_hold_between_guests_and_between_instances() {
    const EACH: u64 = 25;
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).arg("--instances=4").start();
    let mut one = store(&runner, &server, "one", &[]).await;
    let other = store(&runner, &server, "other", &[]).await;
    one.set("key", "0").await.unwrap();
    let writers = [&one, &one, &one, &one, &other, &other];
    let tasks = writers.map(|store| tokio::spawn(count(store.clone(), "key", EACH)));
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(one.number("key").await.0, EACH * 6);
}

/// Moves one from an account to the other, unless somebody comes between.
async fn transfer(
    store: &mut Store,
    client: &mut TransactionalStateStoreClient<Channel>,
    [from, to]: [&str; 2],
) -> Result<(), Status> {
    let (less, from_etag) = store.number(from).await;
    let (more, to_etag) = store.number(to).await;
    let changes = [
        set(from, less.saturating_sub(1), from_etag.as_ref()),
        set(to, more + less.min(1), to_etag.as_ref()),
    ];
    let operation = |change| TransactionalStateOperation {
        request: Some(Request::Set(change)),
    };
    let request = TransactionalStateRequest {
        operations: changes.map(operation).to_vec(),
        ..Default::default()
    };
    let request = store.request(request);
    client.transact(request).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_are_whole_between_guests_and_between_instances() {
    const EACH: usize = 20;
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).arg("--instances=4").start();
    let mut one = store(&runner, &server, "one", &[]).await;
    let other = store(&runner, &server, "other", &[]).await;
    one.set("a", "50").await.unwrap();
    one.set("b", "50").await.unwrap();
    let client = TransactionalStateStoreClient::new(runner.channel("store").await);
    let ways = [
        (&one, "a", "b"),
        (&other, "b", "a"),
        (&one, "b", "a"),
        (&other, "a", "b"),
    ];
    let tasks = ways.map(|(store, from, to)| {
        let (mut store, mut client) = (store.clone(), client.clone());
        tokio::spawn(async move {
            let mut done = 0;
            while done < EACH {
                match transfer(&mut store, &mut client, [from, to]).await {
                    Ok(()) => done += 1,
                    Err(status) => assert_eq!(status.code(), Code::FailedPrecondition),
                }
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    let (a, b) = (one.number("a").await.0, one.number("b").await.0);
    assert_eq!((a, b), (50, 50));
}
