//! What went wrong: as a status for whoever called, and as what becomes of a message.

use crate::bindings::dapr::app::event_types::Outcome;
use crate::bindings::dapr::client::client_types::Error;
use crate::bindings::dapr::components::status_types::{
    Detail, ErrorInfo, FieldViolation, ResourceInfo, Status,
};
use crate::bindings::dapr::components::types::Code;

/// Who defines the names of the errors below.
const DOMAIN: &str = "orders.plugbox.dev";

/// A failure with a name, for programs.
pub fn status(code: Code, name: &str, message: impl Into<String>) -> Status {
    Status {
        code,
        message: message.into(),
        details: vec![reason(name)],
    }
}

/// A failure of the application itself.
pub fn internal(why: impl ToString) -> Status {
    status(Code::Internal, "BUG", why.to_string())
}

/// The answer to an order that breaks rules, with each of them.
pub fn invalid(violations: Vec<FieldViolation>) -> Status {
    let told: Vec<_> = violations
        .iter()
        .map(|violation| format!("{}: {}", violation.field, violation.description))
        .collect();
    let message = format!("the order cannot be taken: {}", told.join("; "));
    let mut status = status(Code::InvalidArgument, "ORDER_INVALID", message);
    status.details.push(Detail::BadRequest(violations));
    status
}

/// A failure that is about one order.
pub fn of_order(code: Code, name: &str, id: &str, what: &str) -> Status {
    let mut status = status(code, name, format!("order {id:?}: {what}"));
    status.details.push(resource("order", id, what));
    status
}

/// What Dapr did not do: `what` names the resource by its kind and its name.
///
/// The codes that say when to try again are the caller's too. All others are about resources, and for whoever runs this.
pub fn of_dapr(error: Error, (kind, name): (&str, &str)) -> Status {
    let (code, reason, what) = match error {
        Error::Denied(grant) => {
            let what = format!("the application needs the grant {grant}");
            (Code::PermissionDenied, "NOT_GRANTED", what)
        }
        Error::Failed(failed) => {
            let code = match failed.code {
                Code::Unavailable
                | Code::DeadlineExceeded
                | Code::ResourceExhausted
                | Code::Aborted => failed.code,
                _ => Code::Internal,
            };
            (code, "DAPR_FAILED", failed.message)
        }
    };
    let mut status = status(code, reason, format!("the {kind} {name:?}: {what}"));
    status.details.push(resource(kind, name, &what));
    status
}

/// What becomes of a message: one that would be wrong at any time is not to come again.
pub fn outcome(handled: Result<(), Status>) -> Outcome {
    let Err(status) = handled else {
        return Outcome::Success;
    };
    let (outcome, what) = if may_pass(&status) {
        (Outcome::Retry, "is to come again")
    } else {
        (Outcome::Drop, "is dropped")
    };
    eprintln!("a message {what}: {}", status.message);
    outcome
}

/// Whether the same may go well later. What Dapr failed may: it has another code than these.
pub fn may_pass(status: &Status) -> bool {
    !matches!(
        status.code,
        Code::InvalidArgument | Code::NotFound | Code::DataLoss | Code::Unimplemented
    )
}

fn reason(name: &str) -> Detail {
    Detail::ErrorInfo(ErrorInfo {
        reason: name.to_owned(),
        domain: DOMAIN.to_owned(),
        metadata: Vec::new(),
    })
}

fn resource(kind: &str, name: &str, description: &str) -> Detail {
    Detail::ResourceInfo(ResourceInfo {
        kind: kind.to_owned(),
        name: name.to_owned(),
        owner: None,
        description: description.to_owned(),
    })
}
