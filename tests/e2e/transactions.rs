//! Transactions, by HTTP.

use crate::sidecar::Stand;
use serde_json::{Value, json};

fn upsert(key: &str, value: u8) -> Value {
    json!({ "operation": "upsert", "request": { "key": key, "value": value } })
}

fn delete(key: &str) -> Value {
    json!({ "operation": "delete", "request": { "key": key } })
}

/// An operation that asks for more: an etag, or a life.
fn with(mut operation: Value, name: &str, value: impl Into<Value>) -> Value {
    operation["request"][name] = value.into();
    operation
}

#[tokio::test]
async fn a_transactions_operations_happen_in_their_order() {
    let Some(Stand { daprd, .. }) = &Stand::new().await else {
        return;
    };
    daprd
        .save(json!([{ "key": "old", "value": 0 }]))
        .await
        .is_empty();
    let operations = json!([
        upsert("a", 1),
        delete("a"),
        upsert("b", 1),
        upsert("b", 2),
        delete("old"),
        delete("missing"),
        delete("c"),
        upsert("c", 3),
    ]);
    daprd.transact(operations).await.is_empty();
    assert_eq!(daprd.value("a").await, None);
    assert_eq!(daprd.value("b").await, Some(json!(2)));
    assert_eq!(daprd.value("c").await, Some(json!(3)));
    assert_eq!(daprd.value("old").await, None);
}

#[tokio::test]
async fn a_transaction_with_the_right_etags_happens() {
    let Some(Stand { daprd, .. }) = &Stand::new().await else {
        return;
    };
    let items = json!([{ "key": "a", "value": 1 }, { "key": "b", "value": 1 }]);
    daprd.save(items).await.is_empty();
    let operations = json!([
        with(upsert("a", 2), "etag", daprd.etag("a").await),
        with(delete("b"), "etag", daprd.etag("b").await),
    ]);
    daprd.transact(operations).await.is_empty();
    assert_eq!(daprd.value("a").await, Some(json!(2)));
    assert_eq!(daprd.value("b").await, None);
}

#[tokio::test]
async fn one_operation_that_fails_undoes_all_and_is_500() {
    let Some(Stand { daprd, .. }) = &Stand::new().await else {
        return;
    };
    let items = json!([{ "key": "kept", "value": 1 }, { "key": "changed", "value": 1 }]);
    daprd.save(items).await.is_empty();
    let etag = daprd.etag("changed").await;
    let life = json!({ "ttlInSeconds": "soon" });
    for (bad, words) in [
        (with(upsert("kept", 2), "etag", "5"), "etag"),
        (with(delete("kept"), "etag", "5"), "etag"),
        (with(upsert("kept", 2), "etag", "not-mine"), "not-mine"),
        (with(upsert("kept", 2), "metadata", life), "ttlInSeconds"),
    ] {
        let operations = json!([
            upsert("new", 1),
            upsert("changed", 2),
            delete("kept"),
            upsert("kept", 3),
            bad,
            upsert("late", 1),
        ]);
        let answer = daprd.transact(operations).await;
        answer.is_error(500, &["kept", words]);
        assert_eq!(daprd.value("new").await, None);
        assert_eq!(daprd.value("late").await, None);
        assert_eq!(daprd.value("kept").await, Some(json!(1)));
        assert_eq!(daprd.value("changed").await, Some(json!(1)));
        assert_eq!(daprd.etag("changed").await, etag, "as if nothing had been");
    }
}
