//! Items one by one and several at once, by HTTP.

use crate::sidecar::Stand;
use serde_json::json;

#[tokio::test]
async fn what_is_saved_comes_back() {
    let Some(stand) = Stand::new().await else {
        return;
    };
    for value in [
        json!({ "name": "Zo\u{eb}", "tags": ["a", 1, null] }),
        json!("text"),
        json!(7.5),
        json!(false),
        json!([]),
    ] {
        let items = json!([{ "key": "key", "value": value }]);
        stand.daprd.save(items).await.is_empty();
        let answer = stand.daprd.read("key").await;
        assert_eq!((answer.status, answer.json()), (200, value));
    }
}

#[tokio::test]
async fn any_text_can_be_a_key() {
    let Some(stand) = Stand::new().await else {
        return;
    };
    let items = json!([{ "key": "a b/c?d%\u{e9}", "value": "odd" }]);
    stand.daprd.save(items).await.is_empty();
    let answer = stand.daprd.read("a%20b%2Fc%3Fd%25%C3%A9").await;
    assert_eq!((answer.status, answer.json()), (200, json!("odd")));
}

#[tokio::test]
async fn a_missing_key_is_204_without_a_body() {
    let Some(stand) = Stand::new().await else {
        return;
    };
    let answer = stand.daprd.read("missing").await;
    answer.is_empty();
    assert_eq!(answer.header("etag"), None);
}

#[tokio::test]
async fn several_items_are_saved_at_once() {
    let Some(stand) = Stand::new().await else {
        return;
    };
    let items = json!([{ "key": "a", "value": 1 }, { "key": "b", "value": 2 }]);
    stand.daprd.save(items).await.is_empty();
    assert_eq!(stand.daprd.value("a").await, Some(json!(1)));
    assert_eq!(stand.daprd.value("b").await, Some(json!(2)));
}

#[tokio::test]
async fn a_bulk_read_answers_every_key_missing_ones_too() {
    let Some(stand) = Stand::new().await else {
        return;
    };
    let items = json!([{ "key": "a", "value": 1 }, { "key": "b", "value": "two" }]);
    stand.daprd.save(items).await.is_empty();
    let answer = stand.daprd.bulk_read(&["b", "missing", "a"]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!([
            { "key": "b", "data": "two", "etag": stand.daprd.etag("b").await },
            { "key": "missing" },
            { "key": "a", "data": 1, "etag": stand.daprd.etag("a").await },
        ])
    );
}

#[tokio::test]
async fn a_deleted_key_is_gone_and_deleting_it_again_is_no_error() {
    let Some(stand) = Stand::new().await else {
        return;
    };
    stand
        .daprd
        .save(json!([{ "key": "key", "value": 1 }]))
        .await
        .is_empty();
    for _ in 0..2 {
        stand.daprd.delete("key", None).await.is_empty();
        stand.daprd.read("key").await.is_empty();
    }
}
