//! What an application learns of a guest's errors.

use crate::{
    api,
    grpc::Client,
    sidecar::{STORE, Stand},
};
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// A store that fails as its keys say. They reach it as they are.
async fn stand() -> Option<Stand> {
    Stand::serving(
        |runner| runner.guest("rude", "hostile-rude-state"),
        |daprd| daprd.resource(STORE, "state.rude", &[("keyPrefix", "none")]),
    )
    .await
}

#[tokio::test]
async fn an_error_for_the_application_reaches_it_with_its_own_status() {
    let Some(stand) = stand().await else {
        return;
    };
    let answer = stand.daprd.read("app-error").await;
    answer.is_error(429, &["quota exceeded"]);
    let status = failure(&stand, "app-error").await;
    assert_eq!(
        (status.code(), status.message()),
        (Code::ResourceExhausted, "quota exceeded")
    );
    let info = status.get_details_error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), info.domain.as_str()),
        ("QUOTA_EXCEEDED", "example.com")
    );
}

#[tokio::test]
async fn any_other_error_is_an_internal_one_with_the_guests_words() {
    let Some(stand) = stand().await else {
        return;
    };
    for key in ["code:not-found", "code:unavailable", "row-mismatch"] {
        let answer = stand.daprd.read(key).await;
        answer.is_error(500, &[key]);
        let status = failure(&stand, key).await;
        assert_eq!(status.code(), Code::Internal, "{status}");
    }
}

async fn failure(stand: &Stand, key: &str) -> Status {
    let request = api::GetState {
        store_name: STORE.to_owned(),
        key: key.to_owned(),
    };
    let mut client = Client::of(stand).await;
    let state: Result<api::State, _> = client.call("GetState", request).await;
    state.unwrap_err()
}
