//! Etags and first writes: who may write when two want to.

use crate::sidecar::{Daprd, Stand};
use serde_json::{Value, json};

/// Well-formed, and never that of an item.
const OTHER: &str = "5";

/// Saves one item with an etag, and answers the status.
async fn save(daprd: &Daprd, value: Value, etag: &str) -> u16 {
    let items = json!([{ "key": "key", "value": value, "etag": etag }]);
    daprd.save(items).await.status
}

/// A stand whose store has the value 1 under `key`.
async fn stand() -> Option<Stand> {
    let stand = Stand::new().await?;
    let items = json!([{ "key": "key", "value": 1 }]);
    stand.daprd.save(items).await.is_empty();
    Some(stand)
}

#[tokio::test]
async fn each_write_gives_the_item_another_etag() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    let first = daprd.etag("key").await;
    assert!(!first.is_empty());
    assert_eq!(daprd.etag("key").await, first, "reading changes nothing");
    let items = json!([{ "key": "key", "value": 1 }]);
    daprd.save(items).await.is_empty();
    assert_ne!(daprd.etag("key").await, first);
}

#[tokio::test]
async fn a_write_with_the_items_etag_succeeds_once() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    let etag = daprd.etag("key").await;
    assert_eq!(save(daprd, json!(2), &etag).await, 204);
    assert_eq!(save(daprd, json!(3), &etag).await, 409);
    assert_eq!(daprd.value("key").await, Some(json!(2)));
}

#[tokio::test]
async fn a_write_with_another_etag_is_409_and_says_why() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    let items = json!([{ "key": "key", "value": 2, "etag": OTHER }]);
    let etag = daprd.etag("key").await;
    daprd
        .save(items)
        .await
        .is_error(409, &["etag", "key", &etag, OTHER]);
    assert_eq!(daprd.value("key").await, Some(json!(1)));
    let items = json!([{ "key": "missing", "value": 2, "etag": OTHER }]);
    daprd.save(items).await.is_error(409, &["missing"]);
    assert_eq!(daprd.value("missing").await, None);
}

#[tokio::test]
async fn an_etag_that_no_item_can_have_is_400() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    let items = json!([{ "key": "key", "value": 2, "etag": "not-mine" }]);
    let answer = daprd.save(items).await;
    answer.is_error(400, &["invalid etag", "not-mine"]);
    assert_eq!(daprd.value("key").await, Some(json!(1)));
}

#[tokio::test]
async fn only_the_first_write_of_a_key_succeeds_where_first_write_is_asked_for() {
    let Some(Stand { daprd, .. }) = &Stand::new().await else {
        return;
    };
    let first = |value: u8, etag: Option<&str>| {
        let options = json!({ "concurrency": "first-write" });
        json!([{ "key": "key", "value": value, "etag": etag, "options": options }])
    };
    daprd.save(first(1, None)).await.is_empty();
    daprd.save(first(2, None)).await.is_error(409, &["key"]);
    assert_eq!(daprd.value("key").await, Some(json!(1)));
    // With an etag, that decides.
    let etag = daprd.etag("key").await;
    daprd.save(first(3, Some(&etag))).await.is_empty();
    daprd
        .save(first(4, Some(&etag)))
        .await
        .is_error(409, &["etag"]);
    assert_eq!(daprd.value("key").await, Some(json!(3)));
}

#[tokio::test]
async fn only_the_items_etag_deletes_it() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    daprd
        .delete("key", Some(OTHER))
        .await
        .is_error(409, &["etag", "key"]);
    daprd
        .delete("key", Some("not-mine"))
        .await
        .is_error(400, &["not-mine"]);
    assert_eq!(daprd.value("key").await, Some(json!(1)));
    let etag = daprd.etag("key").await;
    daprd.delete("key", Some(&etag)).await.is_empty();
    assert_eq!(daprd.value("key").await, None);
}

#[tokio::test]
async fn of_several_items_the_good_ones_are_saved_and_a_bad_etag_is_answered() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    for (etag, status) in [(OTHER, 409), ("not-mine", 400)] {
        let items = json!([
            { "key": format!("before-{status}"), "value": status },
            { "key": "key", "value": 2, "etag": etag },
            { "key": format!("after-{status}"), "value": status },
        ]);
        daprd.save(items).await.is_error(status, &["key", etag]);
        for place in ["before", "after"] {
            let value = daprd.value(&format!("{place}-{status}")).await;
            assert_eq!(value, Some(json!(status)), "{place}");
        }
        assert_eq!(daprd.value("key").await, Some(json!(1)));
    }
}
