//! What went wrong, in the codes of the contract: by the server's answer, or before there was one.
//!
//! No message holds more of the address than the server: paths and queries can be secret.

use std::time::Duration;

use wasi::http::types::{ErrorCode, HeaderError};

use crate::answer::describe;
use crate::bindings::dapr::components::types::{Code, Error};
use crate::{error, invalid_argument};

/// Whether an answer is a success.
pub fn check(status: u16, authority: &str) -> Result<(), Error> {
    let code = match status {
        200..=299 => return Ok(()),
        301 | 302 | 303 | 307 | 308 => {
            let status = describe(status);
            return Err(error(
                Code::FailedPrecondition,
                format!("{authority} answered {status}, and redirects are not followed"),
            ));
        }
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 | 410 => Code::NotFound,
        408 | 502 | 503 => Code::Unavailable,
        409 => Code::Aborted,
        412 => Code::FailedPrecondition,
        429 => Code::ResourceExhausted,
        400..=499 => Code::InvalidArgument,
        501 => Code::Unimplemented,
        504 => Code::DeadlineExceeded,
        500..=599 => Code::Internal,
        _ => Code::Unknown,
    };
    let status = describe(status);
    Err(error(code, format!("{authority} answered {status}")))
}

/// Why there is no answer.
pub fn of_exchange(failure: &ErrorCode, authority: &str) -> Error {
    use ErrorCode::*;
    let code = match failure {
        HttpRequestDenied | DestinationIpProhibited => {
            return error(
                Code::PermissionDenied,
                format!(
                    "the sandbox does not let this component reach {authority}: plugbox's log says what would grant it"
                ),
            );
        }
        DnsTimeout | ConnectionTimeout | ConnectionReadTimeout | ConnectionWriteTimeout
        | HttpResponseTimeout => Code::DeadlineExceeded,
        DnsError(_)
        | DestinationNotFound
        | DestinationUnavailable
        | DestinationIpUnroutable
        | ConnectionRefused
        | ConnectionTerminated
        | ConnectionLimitReached
        | HttpResponseIncomplete
        // A connection that breaks off in the middle is this too.
        | HttpProtocolError => Code::Unavailable,
        TlsProtocolError | TlsCertificateError | TlsAlertReceived(_) | ConfigurationError
        | LoopDetected | HttpUpgradeFailed => Code::FailedPrecondition,
        HttpRequestLengthRequired
        | HttpRequestBodySize(_)
        | HttpRequestMethodInvalid
        | HttpRequestUriInvalid
        | HttpRequestUriTooLong
        | HttpRequestHeaderSectionSize(_)
        | HttpRequestHeaderSize(_)
        | HttpRequestTrailerSectionSize(_)
        | HttpRequestTrailerSize(_) => Code::InvalidArgument,
        HttpResponseHeaderSectionSize(_)
        | HttpResponseHeaderSize(_)
        | HttpResponseBodySize(_)
        | HttpResponseTrailerSectionSize(_)
        | HttpResponseTrailerSize(_) => Code::ResourceExhausted,
        HttpResponseTransferCoding(_) | HttpResponseContentCoding(_) | InternalError(_) => {
            Code::Unknown
        }
    };
    let words = format!("{failure:?}");
    let words = words.trim_start_matches("ErrorCode::");
    error(
        code,
        format!("the exchange with {authority} failed: {words}"),
    )
}

/// Why a header is not sent.
pub fn of_header(name: &str, failure: HeaderError) -> Error {
    let why = match failure {
        HeaderError::Forbidden => "the host does not let a component choose that header",
        _ => "that is not a header that can be sent",
    };
    invalid_argument(format!("the metadata {name:?} is for a header, and {why}"))
}

/// No answer, or not all of it, in the time that `responseTimeout` grants.
pub fn timeout(timeout: Duration, authority: &str) -> Error {
    error(
        Code::DeadlineExceeded,
        format!("{authority} did not answer within {timeout:?}"),
    )
}
