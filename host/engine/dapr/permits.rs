//! What one guest may ask of Dapr, and what the operator is told of what it may not.

use super::{
    DaprGrant,
    grant::{Class, Part},
};
use crate::{
    config::named,
    engine::{client::Error, outbound::Gate, status::Status, types::Code},
    text::{cut, shown},
};
use std::sync::Arc;

/// The most bytes of a name that a refusal shows.
const LENGTH: usize = 128;

/// What a guest wants to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) class: Class,
    /// In words that go on with what it is done to, like `reading from`.
    pub(super) doing: &'static str,
    /// What the store is called, or the broker, the application, the binding.
    pub(super) name: &'a str,
}

impl Asked<'_> {
    /// What it is done to, for people. Keys can be personal, so the part is told where a grant needs it.
    fn object(&self, part: Option<&str>) -> String {
        let name = cut(self.name, LENGTH);
        let part = part.map(|part| cut(part, LENGTH));
        let object = match (self.class, part) {
            (Class::State, _) => format!("the state store '{name}'"),
            (Class::Publish, Some(topic)) => format!("the topic '{topic}' of the broker '{name}'"),
            (Class::Publish, None) => format!("the broker '{name}'"),
            (Class::Invoke, _) => format!("the app '{name}'"),
            (Class::Binding, _) => format!("the binding '{name}'"),
            (Class::Secret, Some(secret)) => {
                format!("the secret '{secret}' of the secret store '{name}'")
            }
            (Class::Secret, None) => format!("all secrets of the secret store '{name}'"),
        };
        shown(&object)
    }

    /// What would grant it; none where no grant could name it, or where it would be taken for the beginning of other names.
    fn grant(&self, part: Option<&str>) -> Option<String> {
        let part = part.map(|part| format!("/{}", cut(part, LENGTH)));
        let (class, name) = (self.class.name(), cut(self.name, LENGTH));
        let grant = format!("{class}:{name}{}", part.unwrap_or_default());
        let named = !grant.contains('*') && grant.parse::<DaprGrant>().is_ok();
        named.then(|| shown(&grant))
    }
}

/// The grants of one instance.
pub(in crate::engine) struct Permits {
    granted: Arc<[DaprGrant]>,
    /// Who tells the operator.
    gate: Gate,
}

impl Permits {
    pub(in crate::engine) fn new(granted: Arc<[DaprGrant]>, gate: Gate) -> Self {
        Self { granted, gate }
    }

    /// Lets the guest do what it asks to all of these parts.
    ///
    /// # Errors
    /// When one of them is not granted, or is nothing that could be.
    pub(super) fn permit<'a>(
        &self,
        asked: Asked<'_>,
        parts: impl IntoIterator<Item = Part<'a>>,
    ) -> Result<(), Error> {
        let Asked { class, name, .. } = asked;
        for part in parts {
            if name.is_empty() || part == Part::One("") {
                return Err(senseless(format!(
                    "{}: the call leaves out {}",
                    asked.object(None),
                    missing(class, name)
                )));
            }
            let mut granted = self.granted.iter();
            if !granted.any(|grant| grant.covers(class, name, part)) {
                return Err(self.refuse(asked, part));
            }
        }
        Ok(())
    }

    fn refuse(&self, asked: Asked<'_>, part: Part<'_>) -> Error {
        let part = match (asked.class, part) {
            (Class::Publish | Class::Secret, Part::One(part)) => Some(part),
            _ => None,
        };
        let object = asked.object(part);
        let Some(grant) = asked.grant(part) else {
            return senseless(format!("{object} has a name that no grant can have"));
        };
        let what = format!("{} {object}", asked.doing);
        self.gate.refuse(&what, named::allow_dapr, &grant);
        Error::Denied(grant)
    }
}

/// What a call has left out.
fn missing(class: Class, name: &str) -> &'static str {
    match class {
        _ if name.is_empty() => "its name",
        Class::State => "a key",
        Class::Publish => "the topic",
        Class::Invoke => "the method",
        Class::Binding => "the operation",
        Class::Secret => "the secret's name",
    }
}

/// The answer to a call that is wrong, and would be at any time.
pub(super) fn senseless(message: String) -> Error {
    Error::Failed(Status::new(Code::InvalidArgument, message))
}

#[cfg(test)]
mod tests {
    use super::{Class::*, Part::*, *};
    use crate::engine::{
        Limits, Origin,
        allowance::Allowance,
        outbound::{Client, Told},
    };

    fn permits(grants: &[&str]) -> Permits {
        let origin = Origin {
            component: "orders".into(),
            instance: "".into(),
        };
        let allowance = Allowance::new(&Limits::default(), origin.clone());
        let gate = Gate::new(
            Client::new(Arc::new([])),
            Told::default(),
            origin,
            allowance,
        );
        let grants = grants.iter().map(|grant| grant.parse().unwrap());
        Permits::new(grants.collect(), gate)
    }

    fn outcome(permits: &Permits, class: Class, name: &str, parts: &[Part<'_>]) -> String {
        let asked = Asked {
            class,
            doing: "using",
            name,
        };
        match permits.permit(asked, parts.iter().copied()) {
            Ok(()) => "granted".to_owned(),
            Err(Error::Denied(grant)) => format!("denied: {grant}"),
            Err(Error::Failed(status)) => format!("{:?}: {}", status.code, status.message),
        }
    }

    #[test]
    fn all_that_a_call_touches_must_be_granted_and_a_refusal_says_what_would_grant_it() {
        let permits = permits(&[
            "state:orders/user-*",
            "state:orders/all",
            "publish:pubsub/orders",
            "invoke:billing/charge",
            "secret:vault/db-*",
        ]);
        let table = [
            (
                State,
                "orders",
                &[One("user-1"), One("user-2"), One("all")][..],
                "granted",
            ),
            (
                State,
                "orders",
                &[One("user-1"), One("order-1")],
                "denied: state:orders",
            ),
            (
                State,
                "orders",
                &[One("order-1"), One("user-1")],
                "denied: state:orders",
            ),
            (State, "orders", &[All], "denied: state:orders"),
            (State, "users", &[One("user-1")], "denied: state:users"),
            (State, "orders", &[], "granted"),
            (Publish, "pubsub", &[One("orders")], "granted"),
            (
                Publish,
                "pubsub",
                &[One("a/b")],
                "denied: publish:pubsub/a/b",
            ),
            (Invoke, "billing", &[One("charge")], "granted"),
            (
                Invoke,
                "billing",
                &[One("refund")],
                "denied: invoke:billing",
            ),
            (Binding, "mail", &[One("create")], "denied: binding:mail"),
            (Secret, "vault", &[One("db-1")], "granted"),
            (Secret, "vault", &[One("api")], "denied: secret:vault/api"),
            (Secret, "vault", &[All], "denied: secret:vault"),
        ];
        for (class, name, parts, expected) in table {
            let found = outcome(&permits, class, name, parts);
            assert_eq!(found, expected, "{class:?} {name} {parts:?}");
        }
    }

    #[test]
    fn what_no_grant_can_name_is_never_shown_as_one() {
        let permits = permits(&[]);
        let table = [
            (State, "", One("a"), "its name"),
            (State, "orders", One(""), "a key"),
            (Publish, "pubsub", One(""), "the topic"),
            (
                Invoke,
                "http://evil.example",
                One("a"),
                "the app 'http://evil.example' has a name",
            ),
            (State, "*", One("a"), "the state store '*' has a name"),
            (
                State,
                "or\x1b[2J",
                One("a"),
                r"the state store 'or\u{1b}[2J' has a name",
            ),
            (
                Publish,
                "pubsub",
                One("*"),
                "the topic '*' of the broker 'pubsub' has a name",
            ),
            (
                Secret,
                "vault",
                One("a*"),
                "the secret 'a*' of the secret store 'vault' has a name",
            ),
            (Secret, "vault", One("a\nb"), r"the secret 'a\nb' of"),
        ];
        for (class, name, part, expected) in table {
            let found = outcome(&permits, class, name, &[part]);
            assert!(
                found.starts_with("Code::InvalidArgument: ") && found.contains(expected),
                "{class:?} {name:?} {part:?}: {found}"
            );
        }
        let long = "é".repeat(1000);
        let expected = format!("denied: state:{}", "é".repeat(64));
        assert_eq!(outcome(&permits, State, &long, &[One("a")]), expected);
    }
}
