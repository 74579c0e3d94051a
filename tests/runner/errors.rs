//! A guest's semantic errors as daprd must see them: code and one detail, through the real path.

use crate::support::Runner;
use tonic::{Code, Status};
use tonic_types::StatusExt;

async fn failure(key: &str) -> Status {
    let runner = Runner::of("hostile-rude-state");
    runner.ready().await.get(key).await.unwrap_err()
}

fn details(status: &Status) -> Vec<tonic_types::ErrorDetail> {
    status.get_error_details_vec()
}

#[tokio::test]
async fn an_etag_error_carries_one_bad_request_for_the_field_etag() {
    for (key, code) in [
        ("mismatch", Code::FailedPrecondition),
        ("invalid", Code::InvalidArgument),
    ] {
        let status = failure(key).await;
        assert_eq!(status.code(), code);
        match details(&status).as_slice() {
            [tonic_types::ErrorDetail::BadRequest(bad)] => {
                assert_eq!(bad.field_violations.len(), 1);
                assert_eq!(bad.field_violations[0].field, "etag");
                assert_eq!(bad.field_violations[0].description, status.message());
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_row_mismatch_carries_one_error_info_with_the_numbers() {
    let status = failure("row-mismatch").await;
    assert_eq!(status.code(), Code::Internal);
    match details(&status).as_slice() {
        [tonic_types::ErrorDetail::ErrorInfo(info)] => {
            assert_eq!(info.metadata["expected"], "3");
            assert_eq!(info.metadata["affected"], "1");
            assert_eq!(info.metadata.len(), 2);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_app_error_carries_one_error_info_that_daprd_passes_on() {
    let status = failure("app-error").await;
    assert_eq!(
        (status.code(), status.message()),
        (Code::ResourceExhausted, "quota exceeded")
    );
    match details(&status).as_slice() {
        [tonic_types::ErrorDetail::ErrorInfo(info)] => {
            assert_eq!(
                (info.reason.as_str(), info.domain.as_str()),
                ("QUOTA_EXCEEDED", "example.com")
            );
            assert_eq!(info.metadata["kit_error"], "true");
            assert_eq!(info.metadata["http_code"], "429");
            assert_eq!(info.metadata["tag"], "ERR_QUOTA");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_code_of_the_contract_is_the_grpc_code_of_its_name() {
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.ready().await;
    let table = [
        ("invalid-argument", Code::InvalidArgument),
        ("not-found", Code::NotFound),
        ("already-exists", Code::AlreadyExists),
        ("failed-precondition", Code::FailedPrecondition),
        ("aborted", Code::Aborted),
        ("out-of-range", Code::OutOfRange),
        ("permission-denied", Code::PermissionDenied),
        ("unauthenticated", Code::Unauthenticated),
        ("resource-exhausted", Code::ResourceExhausted),
        ("unimplemented", Code::Unimplemented),
        ("unavailable", Code::Unavailable),
        ("deadline-exceeded", Code::DeadlineExceeded),
        ("data-loss", Code::DataLoss),
        ("cancelled", Code::Cancelled),
        ("internal", Code::Internal),
        ("unknown", Code::Unknown),
    ];
    for (name, code) in table {
        let status = store.get(&format!("code:{name}")).await.unwrap_err();
        assert_eq!(status.code(), code, "{name}");
        assert!(status.details().is_empty(), "{name}");
    }
}
