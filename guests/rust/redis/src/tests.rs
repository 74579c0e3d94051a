//! What needs no server: settings, and what is made of requests and answers. `tests/redis` of the repository has all else.

mod answers;
mod change;
mod message;
mod settings;

use crate::bindings::dapr::components::types::{Code, Error, Metadata};

fn metadata(pairs: &[(&str, &str)]) -> Metadata {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The message of an `invalid-argument`.
fn refusal<T>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error {
            code: Code::InvalidArgument,
            message,
        }) => message,
        Err(other) => panic!("not an invalid-argument: {other:?}"),
        Ok(_) => panic!("not refused"),
    }
}
