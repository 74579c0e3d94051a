//! The rules of an application: what daprd demands of one that it calls by gRPC. None demands that something succeeds: an application
//! may need Dapr for all that it does, and beside the rules there is none.

mod bindings;
mod bulk;
mod calls;
mod events;
mod invoke;
mod jobs;
mod show;
mod start;
mod subscriptions;

pub use calls::CALLBACK;

use tonic::Status;

use super::{Broken, Interface, Needs, Part, Rule, Source, answer::Answer, client::Client};
use crate::rules::show::Show;

/// The rules of an application.
pub static APP: &[&[Rule]] = &[
    start::RULES,
    invoke::RULES,
    subscriptions::RULES,
    events::RULES,
    bulk::RULES,
    bindings::RULES,
    jobs::RULES,
];

const CLIENT: Source = Source::Client("daprd as the client of an application");

/// Interfaces that the guest must export.
const fn needs(exports: &'static [Interface]) -> Needs {
    Needs {
        part: Part::App,
        exports,
        services: &[],
        features: &[],
        own_storage: false,
    }
}

/// Any application.
const ANY: Needs = needs(&[]);

/// Bodies of every kind. What an application makes of those that it did not expect is its own affair, as long as it says so.
const BODIES: [&[u8]; 7] = [
    b"",
    b"null",
    "[\"\u{43b}\u{438}\u{441}\u{442}\", -1e308]".as_bytes(),
    b"{\"id\":",
    b"plain text",
    b"\xff\x00\xfe",
    b"{}",
];

/// The answer must be the application's own, a status as well as a success: its guest has not failed.
fn own<A: Show>(c: &Client, answer: Answer<A>) -> Result<Result<A, Status>, Broken> {
    let failure = failure_of(c.subject().name().unwrap_or_default());
    match &answer.result {
        Err(status) if status.message().starts_with(&failure) => {
            Err(answer.broken("an answer, or a status of the app's own"))
        }
        _ => Ok(answer.result),
    }
}

/// What the host's own words begin with where the guest gave no answer that can be sent.
fn failure_of(app: &str) -> String {
    format!("app '{app}':")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::Role,
        runtime::{Failure, Kind},
    };

    #[test]
    fn a_guest_that_fails_is_told_from_one_that_refuses() {
        let why = || "it ended".to_owned();
        for kind in [
            Kind::Trapped { why: why() },
            Kind::TooMuch { why: why() },
            Kind::NotStarted { why: why() },
            Kind::Lost,
        ] {
            let failure = Failure {
                role: Role::App,
                component: "guest".to_owned(),
                instance: String::new(),
                method: "OnInvoke",
                kind,
            };
            let text = failure.to_string();
            assert!(text.starts_with(&failure_of("guest")), "{text}");
        }
        let refused = "app 'guest' does not serve OnInvoke";
        assert!(!refused.starts_with(&failure_of("guest")));
    }
}
