//! What went wrong, in the codes of the contract: on the way to the server, or by its own words.

use std::io;
use std::time::Duration;

use redis::{ServerError, Value};
use wasi::sockets::network::ErrorCode;

use crate::bindings::dapr::components::types::{Code, Error};
use crate::error;

/// Why there is no connection.
pub fn of_connecting(failure: ErrorCode, address: &str, limit: Option<Duration>) -> Error {
    let why = match failure {
        ErrorCode::AccessDenied => {
            return error(
                Code::PermissionDenied,
                format!(
                    "the sandbox does not let this component reach {address}: plugbox's log says what would grant it"
                ),
            );
        }
        ErrorCode::Timeout => return late(address, limit, "dialTimeout"),
        ErrorCode::ConnectionRefused => "nobody listens there".to_owned(),
        ErrorCode::NameUnresolvable
        | ErrorCode::TemporaryResolverFailure
        | ErrorCode::PermanentResolverFailure => "the name is not known".to_owned(),
        other => other.message().to_owned(),
    };
    error(
        Code::Unavailable,
        format!("the Redis server {address} cannot be reached: {why}"),
    )
}

/// Why a connection is of no use any more.
pub fn of_connection(failure: &io::Error, address: &str, limit: Option<Duration>) -> Error {
    match failure.kind() {
        io::ErrorKind::TimedOut => late(address, limit, "readTimeout"),
        _ => error(
            Code::Unavailable,
            format!("the connection to the Redis server {address} is lost: {failure}"),
        ),
    }
}

fn late(address: &str, limit: Option<Duration>, property: &str) -> Error {
    let limit = limit.unwrap_or_default();
    error(
        Code::DeadlineExceeded,
        format!("the Redis server {address} did not answer within {limit:?} ({property})"),
    )
}

/// What the server refuses. Of its words those are left out that repeat what it was sent: a password or a value.
pub fn of_server(refusal: &ServerError) -> Error {
    let code = match refusal.code() {
        "NOAUTH" | "WRONGPASS" => Code::Unauthenticated,
        "NOPERM" => Code::PermissionDenied,
        "OOM" => Code::ResourceExhausted,
        "LOADING" | "MASTERDOWN" | "READONLY" | "BUSY" | "MISCONF" | "NOREPLICAS" => {
            Code::Unavailable
        }
        "WRONGTYPE" | "DENIED" | "MOVED" | "ASK" | "CLUSTERDOWN" | "CROSSSLOT" => {
            Code::FailedPrecondition
        }
        _ => Code::Unknown,
    };
    let words = refusal.details().unwrap_or_default();
    let words = words.split(", with args").next().unwrap_or_default();
    error(
        code,
        format!("the Redis server refuses: {} {words}", refusal.code()),
    )
}

/// The value, unless it is a refusal.
pub fn granted(value: Value) -> Result<Value, Error> {
    match value {
        Value::ServerError(refusal) => Err(of_server(&refusal)),
        value => Ok(value),
    }
}

/// An answer that no Redis server gives.
pub fn unexpected(what: &str) -> Error {
    error(
        Code::Internal,
        format!("the Redis server answered {what} in a form that this component does not know"),
    )
}
