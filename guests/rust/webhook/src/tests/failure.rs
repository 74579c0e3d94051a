//! Which code a failure has, and that its message helps.

use std::time::Duration;

use wasi::http::types::{ErrorCode, HeaderError};

use super::*;
use crate::failure;

#[test]
fn answers_have_codes() {
    for success in [200, 201, 204, 299] {
        assert!(failure::check(success, "h").is_ok());
    }
    let codes = [
        (100, Code::Unknown),
        (300, Code::Unknown),
        (302, Code::FailedPrecondition),
        (304, Code::Unknown),
        (400, Code::InvalidArgument),
        (401, Code::Unauthenticated),
        (403, Code::PermissionDenied),
        (404, Code::NotFound),
        (405, Code::InvalidArgument),
        (408, Code::Unavailable),
        (409, Code::Aborted),
        (410, Code::NotFound),
        (412, Code::FailedPrecondition),
        (422, Code::InvalidArgument),
        (429, Code::ResourceExhausted),
        (500, Code::Internal),
        (501, Code::Unimplemented),
        (502, Code::Unavailable),
        (503, Code::Unavailable),
        (504, Code::DeadlineExceeded),
        (599, Code::Internal),
        (600, Code::Unknown),
    ];
    for (status, expected) in codes {
        let error = failure::check(status, "example.com").unwrap_err();
        assert_eq!(error.code, expected, "{status}");
        assert!(
            error
                .message
                .starts_with(&format!("example.com answered {status}"))
        );
    }
    let error = failure::check(404, "example.com").unwrap_err();
    assert_eq!(error.message, "example.com answered 404 Not Found");
}

#[test]
fn a_denial_says_where_what_would_grant_it_stands() {
    let error = failure::of_exchange(&ErrorCode::HttpRequestDenied, "example.com:8443");
    assert_eq!(error.code, Code::PermissionDenied);
    assert!(
        error
            .message
            .contains("reach example.com:8443: plugbox's log says what would grant it"),
        "{}",
        error.message
    );
}

#[test]
fn an_exchange_fails_with_a_code() {
    let codes = [
        (ErrorCode::ConnectionRefused, Code::Unavailable),
        (ErrorCode::HttpProtocolError, Code::Unavailable),
        (ErrorCode::DestinationNotFound, Code::Unavailable),
        (ErrorCode::ConnectionTimeout, Code::DeadlineExceeded),
        (ErrorCode::HttpResponseTimeout, Code::DeadlineExceeded),
        (ErrorCode::TlsCertificateError, Code::FailedPrecondition),
        (ErrorCode::HttpRequestUriTooLong, Code::InvalidArgument),
        (
            ErrorCode::HttpResponseBodySize(None),
            Code::ResourceExhausted,
        ),
        (ErrorCode::InternalError(None), Code::Unknown),
    ];
    for (failure, expected) in codes {
        let error = failure::of_exchange(&failure, "example.com");
        assert_eq!(error.code, expected, "{failure:?}");
    }
    let error = failure::of_exchange(&ErrorCode::ConnectionRefused, "example.com");
    assert_eq!(
        error.message,
        "the exchange with example.com failed: ConnectionRefused"
    );
}

#[test]
fn a_header_that_is_not_sent_is_named() {
    for failure in [HeaderError::Forbidden, HeaderError::InvalidSyntax] {
        let message = refusal(Err::<(), _>(failure::of_header("Host", failure)));
        assert!(message.contains("\"Host\""), "{message}");
    }
}

#[test]
fn a_timeout_says_how_long_it_was() {
    let error = failure::timeout(Duration::from_millis(1500), "example.com");
    assert_eq!(error.code, Code::DeadlineExceeded);
    assert_eq!(error.message, "example.com did not answer within 1.5s");
}
