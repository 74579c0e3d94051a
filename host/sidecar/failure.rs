//! Why a call of daprd brought nothing: what it has answered, or why it has not.

use super::{Call, Endpoint};
use crate::{
    config::named,
    engine::{status, types::Code},
    services::Unreadable,
    status::contract_status,
    text::shown,
};
use bytesize::ByteSize;
use std::{error::Error, io, iter};
use tonic::{ConnectError, Status, TimeoutExpired};

/// How a call ended that brought nothing.
#[derive(Debug)]
pub(super) enum Failed {
    /// By daprd's answer.
    Answered(Status),
    /// By the call's own time limit.
    TooLate,
    /// Nobody is there, and why that is.
    NotReached(String),
    /// The connection was lost while the call was under way, and why.
    BrokenOff(String),
    /// Its answer is larger than it may be.
    TooLarge,
    /// Its answer has more items than it may, or is none.
    Unreadable { too_many: bool, why: String },
}

impl Failed {
    /// Tells what daprd has answered from what has become of the connection, of which tonic makes statuses, too. `is_over` is whether
    /// the call's time is: daprd knows the limit, and has its own words for that.
    pub(super) fn of(status: Status, is_over: bool) -> Self {
        if caused_by::<TimeoutExpired>(&status).is_some() {
            return Self::TooLate;
        }
        if let Some(unreadable) = caused_by::<Unreadable>(&status) {
            return Self::Unreadable {
                too_many: matches!(unreadable, Unreadable::TooMany),
                why: unreadable.to_string(),
            };
        }
        if let Some(why) = caused_by::<ConnectError>(&status) {
            return Self::NotReached(match caused_by::<io::Error>(&status) {
                Some(error) => error.to_string(),
                None => why.to_string(),
            });
        }
        if let Some(last) = causes(&status).last() {
            return Self::BrokenOff(last.to_string());
        }
        // tonic has no other sign for it.
        match status
            .message()
            .starts_with("Error, decoded message length too large")
        {
            true => Self::TooLarge,
            false if is_over => Self::TooLate,
            false => Self::Answered(status),
        }
    }

    /// For the guest.
    pub(super) fn status(&self, daprd: &Endpoint, call: &Call) -> status::Status {
        let (code, message) = match self {
            Self::Answered(status) => return contract_status(status),
            Self::TooLate => {
                let left = humantime::format_duration(call.left);
                (
                    Code::DeadlineExceeded,
                    format!(
                        "daprd at {daprd} has not answered within {left} ({})",
                        named::dapr_timeout
                    ),
                )
            }
            Self::NotReached(why) => (
                Code::Unavailable,
                format!(
                    "daprd is not reached at {daprd} ({}): {}",
                    named::dapr_endpoint,
                    shown(why)
                ),
            ),
            Self::BrokenOff(why) => (
                Code::Unavailable,
                format!("daprd at {daprd} has broken off the call: {}", shown(why)),
            ),
            Self::TooLarge => (
                Code::ResourceExhausted,
                format!(
                    "what daprd answers is larger than {} ({})",
                    ByteSize(call.most as u64),
                    named::max_transfer
                ),
            ),
            Self::Unreadable { too_many, why } => (
                match too_many {
                    true => Code::ResourceExhausted,
                    false => Code::Internal,
                },
                format!(
                    "what daprd at {daprd} answers cannot be read: {}",
                    shown(why)
                ),
            ),
        };
        status::Status::new(code, message)
    }
}

/// Errors that stand behind a status, from the outside in. What came over the wire has none.
fn causes(status: &Status) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(status.source(), |&error| error.source())
}

fn caused_by<E: Error + 'static>(status: &Status) -> Option<&E> {
    causes(status).find_map(|error| error.downcast_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_daprd_says_when_the_time_of_a_call_is_over_is_that_it_is_over() {
        let says = || Status::cancelled("Timeout expired");
        assert!(matches!(Failed::of(says(), true), Failed::TooLate));
        assert!(matches!(Failed::of(says(), false), Failed::Answered(_)));
    }
}
