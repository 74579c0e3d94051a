//! Items with a life of their own.

use crate::{
    process::until,
    sidecar::{Daprd, Stand},
};
use serde_json::json;
use std::time::{Duration, SystemTime};

const EXPIRY: &str = "metadata.ttlExpireTime";

async fn save(daprd: &Daprd, key: &str, seconds: &str) {
    let metadata = json!({ "ttlInSeconds": seconds });
    let items = json!([{ "key": key, "value": key, "metadata": metadata }]);
    daprd.save(items).await.is_empty();
}

#[tokio::test]
async fn the_moment_of_expiry_comes_back_with_the_item() {
    let Some(Stand { daprd, .. }) = &Stand::new().await else {
        return;
    };
    let life = Duration::from_secs(1000);
    // The store counts whole milliseconds.
    let earliest = SystemTime::now() + life - Duration::from_millis(1);
    save(daprd, "key", "1000").await;
    let latest = SystemTime::now() + life;
    let answer = daprd.read("key").await;
    let text = answer.header(EXPIRY).unwrap();
    let moment = humantime::parse_rfc3339(text).unwrap();
    assert!(earliest <= moment && moment <= latest, "{text}");

    let answer = daprd.bulk_read(&["key"]).await.json();
    assert_eq!(answer[0]["metadata"], json!({ "ttlExpireTime": text }));
}

#[tokio::test]
async fn an_expired_item_is_a_missing_one() {
    let Some(Stand { daprd, .. }) = &Stand::new().await else {
        return;
    };
    save(daprd, "short", "1").await;
    let etag = daprd.etag("short").await;
    save(daprd, "long", "1000").await;
    until("it expires", async || {
        daprd.value("short").await.is_none().then_some(())
    })
    .await;
    let answer = daprd.bulk_read(&["short"]).await;
    assert_eq!(answer.json(), json!([{ "key": "short" }]));
    let items = json!([{ "key": "short", "value": 2, "etag": etag }]);
    daprd.save(items).await.is_error(409, &["short"]);
    let first = json!({ "concurrency": "first-write" });
    let items = json!([{ "key": "short", "value": 3, "options": first }]);
    daprd.save(items).await.is_empty();
    assert_eq!(daprd.value("long").await, Some(json!("long")));
}

#[tokio::test]
async fn minus_one_and_a_write_without_a_life_end_the_expiry() {
    let Some(Stand { daprd, .. }) = &Stand::new().await else {
        return;
    };
    for key in ["minus-one", "without"] {
        save(daprd, key, "1000").await;
        assert!(daprd.read(key).await.header(EXPIRY).is_some());
    }
    save(daprd, "minus-one", "-1").await;
    let items = json!([{ "key": "without", "value": 1 }]);
    daprd.save(items).await.is_empty();
    for key in ["minus-one", "without"] {
        let answer = daprd.read(key).await;
        assert_eq!((answer.status, answer.header(EXPIRY)), (200, None), "{key}");
    }
}

#[tokio::test]
async fn a_life_that_is_no_number_is_an_error_and_nothing_is_saved() {
    let Some(Stand { daprd, .. }) = &Stand::new().await else {
        return;
    };
    let metadata = json!({ "ttlInSeconds": "soon" });
    let items = json!([{ "key": "key", "value": 1, "metadata": metadata }]);
    let answer = daprd.save(items).await;
    answer.is_error(500, &["ttlInSeconds", "soon", "integer"]);
    assert_eq!(daprd.value("key").await, None);
}
