//! Values near the 4 MiB that daprd takes at once.

use crate::sidecar::Stand;
use serde_json::json;

#[tokio::test]
async fn large_values_come_back_whole() {
    let Some(Stand { daprd, .. }) = &Stand::new().await else {
        return;
    };
    // With what is around the second, its request has 4 MiB but some bytes.
    for size in [3 << 20, (4 << 20) - 100] {
        let value = json!("0123456789abcdef".repeat(size / 16));
        let items = json!([{ "key": "large", "value": value }]);
        daprd.save(items).await.is_empty();
        assert!(daprd.value("large").await == Some(value), "{size} bytes");
    }
}

#[tokio::test]
async fn an_answer_that_daprd_would_not_take_is_an_error_that_says_so() {
    let Some(Stand { daprd, .. }) = &Stand::new().await else {
        return;
    };
    let value = "x".repeat(3 << 20);
    for key in ["a", "b"] {
        let items = json!([{ "key": key, "value": value }]);
        daprd.save(items).await.is_empty();
    }
    let answer = daprd.bulk_read(&["a", "b"]).await;
    answer.is_error(500, &["ResourceExhausted", "4194304"]);
    let answer = daprd.bulk_read(&["a", "missing"]).await;
    assert_eq!(answer.status, 200, "and it goes on");
}
