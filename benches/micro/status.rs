//! Errors as gRPC statuses.

use divan::Bencher;
use plugbox::{
    engine::{
        Role,
        state::{AppError, RowMismatch, StateError},
        types::{Code, Error},
    },
    runtime::{Failure, Kind},
};
use tonic::Status;

#[divan::bench]
fn failure(bencher: Bencher) {
    let failure = || Failure {
        role: Role::Component,
        component: "orders".to_owned(),
        instance: "store".to_owned(),
        method: "Get",
        kind: Kind::QueueFull { limit: 1024 },
    };
    bencher.with_inputs(failure).bench_values(Status::from);
}

#[divan::bench(args = ["etag", "rows", "app", "other"])]
fn state_error(bencher: Bencher, case: &str) {
    bencher
        .with_inputs(|| error(case))
        .bench_values(Status::from);
}

fn error(case: &str) -> StateError {
    let message = "something of the length that messages have".to_owned();
    match case {
        "etag" => StateError::EtagMismatch(message),
        "rows" => StateError::RowMismatch(RowMismatch {
            expected: 3,
            affected: 1,
        }),
        "app" => StateError::AppError(AppError {
            code: Code::ResourceExhausted,
            http_status: 429,
            tag: "ERR_QUOTA".to_owned(),
            reason: "QUOTA".to_owned(),
            domain: "a.example".to_owned(),
            message,
        }),
        _ => StateError::Other(Error {
            code: Code::Unavailable,
            message,
        }),
    }
}
