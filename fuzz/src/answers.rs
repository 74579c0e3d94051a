//! What a guest answers when it refuses, as a status on the wire.

use super::{Entry, input::Input};
use plugbox::engine::{
    state::{AppError, RowMismatch, StateError},
    types::{Code, Error},
};
use tonic::Status;

/// Every code of the contract.
const CODES: [Code; 16] = [
    Code::Unknown,
    Code::InvalidArgument,
    Code::NotFound,
    Code::AlreadyExists,
    Code::FailedPrecondition,
    Code::Aborted,
    Code::OutOfRange,
    Code::PermissionDenied,
    Code::Unauthenticated,
    Code::ResourceExhausted,
    Code::Unimplemented,
    Code::Unavailable,
    Code::DeadlineExceeded,
    Code::DataLoss,
    Code::Cancelled,
    Code::Internal,
];

/// Whatever a guest says, its client reads the same code, message and details, of which there is at most one.
pub fn entry() -> Entry {
    Box::new(|bytes| {
        let status = Status::from(refusal(&mut Input::new(bytes)));
        let sent = status.clone().into_http::<()>();
        let read = Status::from_header_map(sent.headers()).expect("a status is in the headers");
        assert_eq!(
            (read.code(), read.message()),
            (status.code(), status.message())
        );
        assert_eq!(read.details(), status.details());
        assert_ne!(read.code(), tonic::Code::Ok);
        let details = tonic_types::StatusExt::get_error_details_vec(&read);
        assert!(details.len() <= 1, "{details:?}");
    })
}

fn refusal(input: &mut Input<'_>) -> StateError {
    let which = input.below(5);
    let code = CODES[usize::from(input.byte()) % CODES.len()];
    match which {
        0 => StateError::EtagMismatch(input.text()),
        1 => StateError::EtagInvalid(input.text()),
        2 => StateError::RowMismatch(RowMismatch {
            expected: input.number(),
            affected: input.number(),
        }),
        3 => StateError::AppError(AppError {
            code,
            http_status: u16::from_le_bytes(input.array()),
            tag: input.text(),
            reason: input.text(),
            domain: input.text(),
            message: input.text(),
        }),
        _ => StateError::Other(Error {
            code,
            message: input.text(),
        }),
    }
}
