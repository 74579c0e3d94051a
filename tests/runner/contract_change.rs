//! A swap that may change what daprd reads once: clients find the services of the guest that serves now, on the same socket.

use crate::{
    operator::{operate, status},
    reflection::{FULL, MINIMAL, listed},
    support::{PATIENCE, Runner, Setup, broker::Broker, eventually, guest},
};
use plugbox::proto::dapr::{
    TransactionalStateRequest, transactional_state_store_client::TransactionalStateStoreClient,
};
use tonic::Code;

/// What comes of it when another guest of this repository is to serve `store`.
fn swap_to(runner: &Runner, name: &str) -> (i32, String, String) {
    let path = guest(name);
    let words = ["swap", "store", path.to_str().unwrap()];
    operate(runner, &[&words[..], &["--allow-contract-change"]].concat())
}

async fn transact(runner: &Runner) -> Code {
    let mut client = TransactionalStateStoreClient::new(runner.channel("store").await);
    let request = TransactionalStateRequest::default();
    match client.transact(request).await {
        Ok(_) => Code::Ok,
        Err(status) => status.code(),
    }
}

#[tokio::test]
async fn a_swap_that_may_change_the_contract_changes_the_services_on_the_same_socket() {
    let runner = Runner::of("rust-minimal-state");
    let socket = runner.socket("store");
    let mut store = runner.ready().await;
    let services = || status(&runner)["components"][0]["services"].clone();
    assert_eq!(transact(&runner).await, Code::Unimplemented);

    let (code, _, err) = swap_to(&runner, "rust-memory-state");
    assert_eq!(code, 0, "{err}");
    assert_eq!(listed(&socket).await, FULL);
    assert_eq!(services().as_array().unwrap().len(), FULL.len());
    assert_eq!(transact(&runner).await, Code::Ok);
    store.set("key", "value").await.unwrap();

    // The same connection finds what there is now.
    let mut client = TransactionalStateStoreClient::new(runner.channel("store").await);
    client
        .transact(TransactionalStateRequest::default())
        .await
        .unwrap();
    let (code, _, err) = swap_to(&runner, "rust-minimal-state");
    assert_eq!(code, 0, "{err}");
    assert_eq!(listed(&socket).await, MINIMAL);
    assert_eq!(services().as_array().unwrap().len(), MINIMAL.len());
    let request = TransactionalStateRequest::default();
    let status = client.transact(request).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented, "{status}");
    store.set("key", "value").await.unwrap();
}

#[tokio::test]
async fn streams_end_when_the_guest_that_serves_now_has_none_and_nothing_else_is_lost() {
    let runner = Setup::new().guest("store", "rust-multi").start();
    let mut broker = Broker::new(runner.channel("store").await, "");
    broker.init(&[]).await.unwrap();
    let mut store = runner.ready().await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "out").await.unwrap();
    messages.next().await;
    let (code, _, err) = swap_to(&runner, "rust-memory-state");
    assert_eq!(code, 0, "{err}");
    let end = tokio::time::timeout(PATIENCE, messages.end()).await;
    let end = end.unwrap();
    assert_eq!(end.code(), Code::Unimplemented, "{end}");
    let refused = broker.publish("orders", "more").await.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented, "{refused}");
    store.set("key", "value").await.unwrap();
    assert_eq!(store.text("key").await, "value");
    // What its Init brought is kept for a guest that can be a broker.
    let (code, _, err) = operate(
        &runner,
        &["swap", "store", "--rollback", "--allow-contract-change"],
    );
    assert_eq!(code, 0, "{err}");
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "again").await.unwrap();
    assert_eq!(messages.take().await, "again");
    let instance = &status(&runner)["components"][0]["instances"][0];
    assert_eq!(instance["errors"], 0, "{}", runner.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_waited_and_finds_a_guest_without_its_interface_is_told_so_and_ends_nothing() {
    // The other has its guest compiled already.
    let setup = Setup::new().guest("store", "hostile-rude-state");
    let setup = setup.guest("other", "rust-memory-broker");
    let runner = setup.arg("--swap-pause=1m").start();
    let mut store = runner.ready().await;
    let mut first = store.clone();
    let first = tokio::spawn(async move { first.get("sleep:5000").await });
    store.until_held().await;
    let queue = || {
        let status = status(&runner);
        let queue = &status["components"][0]["instances"][0]["queue"];
        queue.as_u64().unwrap()
    };
    let before = queue();
    let (code, second) = std::thread::scope(|scope| {
        let swapping = scope.spawn(|| swap_to(&runner, "rust-memory-broker").0);
        let waits = |count: u64| {
            eventually("so many wait, or it is too late", || {
                (swapping.is_finished() || queue() == before + count).then_some(())
            });
        };
        waits(1);
        let mut second = store.clone();
        let second = tokio::spawn(async move { second.get("key").await });
        waits(2);
        (swapping.join().unwrap(), second)
    });
    assert_eq!(code, 0, "{}", runner.log());
    first.await.unwrap().unwrap();
    let refused = second.await.unwrap().unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented, "{refused}");
    let status = self::status(&runner);
    let instance = &status["components"][0]["instances"][0];
    assert_eq!(instance["errors"], 0, "{}", runner.log());
}
