//! Bulk calls that the host fills in for a guest without them.

use crate::support::{Runner, Setup, Store};
use plugbox::proto::dapr::{
    BulkDeleteRequest, BulkGetRequest, BulkSetRequest, BulkStateItem, DeleteRequest, Etag,
    GetRequest, SetRequest,
};
use std::time::{Duration, Instant};
use tonic::{Code, Status};

async fn get(store: &mut Store, keys: &[&str]) -> Result<Vec<BulkStateItem>, Status> {
    let items = keys.iter().map(|key| GetRequest {
        key: key.to_string(),
        ..Default::default()
    });
    let request = store.request(BulkGetRequest {
        items: items.collect(),
        options: None,
    });
    let answer = store.client.bulk_get(request).await?;
    Ok(answer.into_inner().items)
}

fn set(key: &str, value: &str, etag: Option<&str>) -> SetRequest {
    SetRequest {
        key: key.into(),
        value: value.into(),
        etag: etag.map(|etag| Etag { value: etag.into() }),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_bulk_get_answers_one_item_for_each_key_missing_and_failing_ones_too() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.ready().await;
    store.set("a", "1").await.unwrap();
    let keys = ["a", "missing", "code:unavailable", "a"];
    let items = get(&mut store, &keys).await.unwrap();
    assert_eq!(
        items
            .iter()
            .map(|item| item.key.as_str())
            .collect::<Vec<_>>(),
        keys
    );
    assert_eq!(items[0].data, b"1");
    assert_eq!(
        (items[1].data.as_slice(), items[1].error.as_str()),
        (&b""[..], "")
    );
    assert!(!items[2].error.is_empty());
    assert_eq!(items[3].data, b"1");
}

#[tokio::test]
async fn a_bulk_set_applies_what_is_good_and_answers_the_first_failure() {
    let runner = Runner::of("rust-minimal-state");
    let mut store = runner.ready().await;
    let items = vec![
        set("a", "1", None),
        set("b", "2", Some("7")),
        set("c", "3", None),
    ];
    let request = store.request(BulkSetRequest {
        items,
        options: None,
    });
    let status = store.client.bulk_set(request).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(store.text("a").await, "1");
    assert_eq!(store.text("b").await, "");
    assert_eq!(store.text("c").await, "3");
}

#[tokio::test]
async fn a_bulk_delete_applies_what_is_good_and_answers_the_first_failure() {
    let runner = Runner::of("rust-minimal-state");
    let mut store = runner.ready().await;
    for key in ["a", "b", "c"] {
        store.set(key, "1").await.unwrap();
    }
    let delete = |key: &str, etag: Option<&str>| DeleteRequest {
        key: key.into(),
        etag: etag.map(|etag| Etag { value: etag.into() }),
        ..Default::default()
    };
    let items = vec![delete("a", None), delete("b", Some("7")), delete("c", None)];
    let request = store.request(BulkDeleteRequest {
        items,
        options: None,
    });
    let status = store.client.bulk_delete(request).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(store.text("a").await, "");
    assert_eq!(store.text("b").await, "1");
    assert_eq!(store.text("c").await, "");
}

/// Four waits of half a second take two seconds one after the other, however fast the machine is.
#[tokio::test]
async fn a_bulk_call_runs_in_parallel_where_instances_allow_and_in_order_otherwise() {
    const WAIT: Duration = Duration::from_millis(500);
    let keys = ["sleep:500"; 4];
    let run = async |instances: &str| {
        let runner = Setup::new()
            .guest("store", "hostile-rude-state")
            .args(["--instances", instances])
            .start();
        let mut store = runner.ready().await;
        let begun = Instant::now();
        let items = get(&mut store, &keys).await.unwrap();
        assert!(items.iter().all(|item| item.data == b"awake"));
        begun.elapsed()
    };
    assert!(run("1").await >= WAIT * 4);
    // A busy machine can hold anything up: once is proof.
    let mut tries = Vec::new();
    for _ in 0..5 {
        tries.push(run("4").await);
        if tries.last() < Some(&(WAIT * 4)) {
            return;
        }
    }
    panic!("never in parallel: {tries:?}");
}

#[tokio::test]
async fn an_answer_that_the_client_could_not_take_is_resource_exhausted() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.ready().await;
    assert_eq!(
        store.get("reply:4000000").await.unwrap().data.len(),
        4_000_000
    );
    let one = store.get("reply:4194304").await.unwrap_err();
    let many = get(&mut store, &["reply:1500000"; 3]).await.unwrap_err();
    for status in [one, many] {
        assert_eq!(status.code(), Code::ResourceExhausted);
        assert!(status.message().contains("4194304"), "{status}");
    }
    store.get("key").await.unwrap();
}
