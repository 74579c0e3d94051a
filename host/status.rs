//! The one place that turns an error into a gRPC status, and a status of daprd's into what guests are told.

mod details;

pub use details::contract_status;

use crate::{
    engine::{
        Role,
        state::{AppError, RowMismatch, StateError},
        types,
    },
    runtime::{Failure, Kind},
    text::cut,
};
use std::collections::HashMap;
use tonic::{Code, Status};
use tonic_types::{BadRequest, ErrorInfo, StatusExt};

/// The most bytes of a guest's message that reach a client, and of its names for an error. All of them stand in headers, some twice
/// and encoded in up to three times their length, and clients take 16 KiB of headers; a longer one would end the whole connection.
const MESSAGE: usize = 2048;
const NAME: usize = 256;

/// The domain of the details that plugbox itself gives a reason for.
const DOMAIN: &str = "plugbox";

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        let code = match failure.kind {
            Kind::NotInitialised { .. } => Code::FailedPrecondition,
            Kind::TooManyInstances { .. }
            | Kind::PropertiesTooLarge { .. }
            | Kind::TooManyStreams { .. }
            | Kind::QueueFull { .. }
            | Kind::Full { .. }
            | Kind::TooMuch { .. } => Code::ResourceExhausted,
            Kind::DeadlinePassed | Kind::TimedOut(_) => Code::DeadlineExceeded,
            Kind::NotStarted { .. } | Kind::Down { .. } => Code::Unavailable,
            // daprd takes UNIMPLEMENTED of a message for done, and this one was for a guest that took messages.
            // Source: daprd's delivery of messages over gRPC.
            Kind::NotExported { .. } if failure.role == Role::App => Code::Unavailable,
            Kind::NotExported { .. } => Code::Unimplemented,
            Kind::Trapped { .. } | Kind::Lost => Code::Internal,
        };
        Self::new(code, failure.to_string())
    }
}

impl From<types::Error> for Status {
    fn from(error: types::Error) -> Self {
        Self::new(code(error.code), cut(&error.message, MESSAGE))
    }
}

/// Dapr reads the details of a state store's status: there must be exactly one.
/// Source: daprd's pluggable state client, which gives up on a status with none or several.
impl From<StateError> for Status {
    fn from(error: StateError) -> Self {
        match error {
            StateError::EtagMismatch(why) => etag(Code::FailedPrecondition, why),
            StateError::EtagInvalid(why) => etag(Code::InvalidArgument, why),
            StateError::RowMismatch(rows) => row_mismatch(rows),
            StateError::AppError(error) => app_error(error),
            StateError::Other(error) => error.into(),
        }
    }
}

fn etag(code: Code, why: String) -> Status {
    let message = match (code, why.is_empty()) {
        (_, false) => cut(&why, MESSAGE).to_owned(),
        (Code::InvalidArgument, true) => "the etag is not one of this store".to_owned(),
        (_, true) => "the etag is not the item's etag".to_owned(),
    };
    let detail = BadRequest::with_violation("etag", message.clone());
    Status::with_error_details_vec(code, message, [detail.into()])
}

fn row_mismatch(RowMismatch { expected, affected }: RowMismatch) -> Status {
    let metadata = [("expected", expected), ("affected", affected)]
        .map(|(name, rows)| (name.to_owned(), rows.to_string()));
    let detail = ErrorInfo::new("ROW_MISMATCH", DOMAIN, HashMap::from(metadata));
    let message = format!("{affected} of {expected} rows were deleted");
    Status::with_error_details_vec(Code::Internal, message, [detail.into()])
}

fn app_error(error: AppError) -> Status {
    let metadata = [
        ("kit_error", "true".to_owned()),
        ("http_code", error.http_status.to_string()),
        ("tag", name(&error.tag)),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let (reason, domain) = (name(&error.reason), name(&error.domain));
    let detail = ErrorInfo::new(reason, domain, HashMap::from(metadata));
    let message = cut(&error.message, MESSAGE);
    Status::with_error_details_vec(code(error.code), message, [detail.into()])
}

fn name(name: &str) -> String {
    cut(name, NAME).to_owned()
}

fn code(code: types::Code) -> Code {
    match code {
        types::Code::InvalidArgument => Code::InvalidArgument,
        types::Code::NotFound => Code::NotFound,
        types::Code::AlreadyExists => Code::AlreadyExists,
        types::Code::FailedPrecondition => Code::FailedPrecondition,
        types::Code::Aborted => Code::Aborted,
        types::Code::OutOfRange => Code::OutOfRange,
        types::Code::PermissionDenied => Code::PermissionDenied,
        types::Code::Unauthenticated => Code::Unauthenticated,
        types::Code::ResourceExhausted => Code::ResourceExhausted,
        types::Code::Unimplemented => Code::Unimplemented,
        types::Code::Unavailable => Code::Unavailable,
        types::Code::DeadlineExceeded => Code::DeadlineExceeded,
        types::Code::DataLoss => Code::DataLoss,
        types::Code::Cancelled => Code::Cancelled,
        types::Code::Internal => Code::Internal,
        types::Code::Unknown => Code::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message;

    /// A protobuf field: number, wire type 2, content.
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, content.len().try_into().unwrap()];
        out.extend(content);
        out
    }

    /// A `google.rpc.Status` with one detail, written by hand.
    fn status(code: u8, message: &str, detail: &str, value: &[u8]) -> Vec<u8> {
        let any = [
            field(
                1,
                format!("type.googleapis.com/google.rpc.{detail}").as_bytes(),
            ),
            field(2, value),
        ]
        .concat();
        [
            vec![1 << 3, code],
            field(2, message.as_bytes()),
            field(3, &any),
        ]
        .concat()
    }

    #[test]
    fn what_a_swapped_app_cannot_serve_any_more_is_tried_again() {
        for (role, code) in [
            (Role::App, Code::Unavailable),
            (Role::Component, Code::Unimplemented),
        ] {
            let failure = Failure {
                role,
                component: "orders".to_owned(),
                instance: String::new(),
                method: "OnTopicEvent",
                kind: Kind::NotExported {
                    interface: "subscriber",
                },
            };
            assert_eq!(Status::from(failure).code(), code);
        }
    }

    #[test]
    fn an_etag_mismatch_is_failed_precondition_with_one_bad_request_byte_for_byte() {
        let got = Status::from(StateError::EtagMismatch("it is 7 now".into()));
        assert_eq!(got.code(), Code::FailedPrecondition);
        let violation = [field(1, b"etag"), field(2, b"it is 7 now")].concat();
        let expected = status(9, "it is 7 now", "BadRequest", &field(1, &violation));
        assert_eq!(got.details(), expected);
    }

    #[test]
    fn an_invalid_etag_is_invalid_argument_with_one_bad_request_byte_for_byte() {
        let got = Status::from(StateError::EtagInvalid("not a number".into()));
        assert_eq!(got.code(), Code::InvalidArgument);
        let violation = [field(1, b"etag"), field(2, b"not a number")].concat();
        let expected = status(3, "not a number", "BadRequest", &field(1, &violation));
        assert_eq!(got.details(), expected);
    }

    #[test]
    fn an_etag_error_without_words_still_says_something() {
        for error in [
            StateError::EtagMismatch(String::new()),
            StateError::EtagInvalid(String::new()),
        ] {
            assert!(!Status::from(error).message().is_empty());
        }
    }

    /// The entries of a map have no order on the wire, so either is right.
    fn info(reason: &str, domain: &str, entries: &[(&str, &str)]) -> Vec<u8> {
        let mut out = [field(1, reason.as_bytes()), field(2, domain.as_bytes())].concat();
        for (name, value) in entries {
            let entry = [field(1, name.as_bytes()), field(2, value.as_bytes())].concat();
            out.extend(field(3, &entry));
        }
        out
    }

    fn one_of(got: &[u8], entries: &[(&str, &str)], expected: impl Fn(&[(&str, &str)]) -> Vec<u8>) {
        let mut orders = vec![entries.to_vec()];
        for _ in 1..entries.len() {
            let mut next = orders.last().unwrap().clone();
            next.rotate_left(1);
            orders.push(next);
        }
        for order in orders.clone() {
            let mut reversed = order;
            reversed.reverse();
            orders.push(reversed);
        }
        assert!(
            orders.iter().any(|order| expected(order) == got),
            "{got:02x?}"
        );
    }

    #[test]
    fn a_row_mismatch_is_internal_with_one_error_info_byte_for_byte() {
        let got = Status::from(StateError::RowMismatch(RowMismatch {
            expected: 3,
            affected: 1,
        }));
        assert_eq!(got.code(), Code::Internal);
        one_of(
            got.details(),
            &[("expected", "3"), ("affected", "1")],
            |entries| {
                let info = info("ROW_MISMATCH", "plugbox", entries);
                status(13, "1 of 3 rows were deleted", "ErrorInfo", &info)
            },
        );
    }

    #[test]
    fn an_app_error_is_its_code_with_one_error_info_byte_for_byte() {
        let got = Status::from(StateError::AppError(AppError {
            code: types::Code::ResourceExhausted,
            http_status: 429,
            tag: "ERR_QUOTA".into(),
            reason: "QUOTA".into(),
            domain: "a.example".into(),
            message: "full".into(),
        }));
        assert_eq!(got.code(), Code::ResourceExhausted);
        one_of(
            got.details(),
            &[
                ("kit_error", "true"),
                ("http_code", "429"),
                ("tag", "ERR_QUOTA"),
            ],
            |entries| status(8, "full", "ErrorInfo", &info("QUOTA", "a.example", entries)),
        );
    }

    #[test]
    fn other_errors_keep_their_code_and_carry_no_detail() {
        let got = Status::from(StateError::Other(types::Error {
            code: types::Code::Unavailable,
            message: "later".into(),
        }));
        assert_eq!((got.code(), got.message()), (Code::Unavailable, "later"));
        assert!(got.details().is_empty());
    }

    #[test]
    fn the_details_are_a_status_with_exactly_one_detail() {
        let got = Status::from(StateError::EtagMismatch("no".into()));
        let decoded = tonic_types::pb::Status::decode(got.details()).unwrap();
        assert_eq!(decoded.details.len(), 1);
    }
}
