//! What of Dapr a guest may be granted: the words that say so, and what they cover.

use std::str::FromStr;

/// What one can ask of Dapr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A state store, and the keys in it.
    State,
    /// A broker, and its topics.
    Publish,
    /// An application, and its methods.
    Invoke,
    /// An output binding, and its operations.
    Binding,
    /// A secret store, and the secrets in it.
    Secret,
}

impl Class {
    const ALL: [Self; 5] = [
        Self::State,
        Self::Publish,
        Self::Invoke,
        Self::Binding,
        Self::Secret,
    ];

    /// What a grant calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Publish => "publish",
            Self::Invoke => "invoke",
            Self::Binding => "binding",
            Self::Secret => "secret",
        }
    }
}

/// What is asked for of what has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// One thing: a key, a topic, a method, an operation, a secret.
    One(&'a str),
    /// Whatever is in it.
    All,
}

/// A grant of Dapr: `CLASS:NAME[/PART]`.
///
/// CLASS is `state`, `publish`, `invoke`, `binding` or `secret`. NAME is that of Dapr's resource, or an application's id. PART is a
/// key, a topic, a method, an operation or a secret, and all that stands behind the first `/`; without it, the grant is of all of
/// them. A `*` may end NAME and PART, and stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaprGrant {
    class: Class,
    name: Pattern,
    /// None is all.
    part: Option<Pattern>,
}

impl FromStr for DaprGrant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || {
            "a grant of Dapr is CLASS:NAME or CLASS:NAME/PART, like state:orders or publish:pubsub/*"
                .to_owned()
        };
        let (class, rest) = text.split_once(':').ok_or_else(form)?;
        if class.is_empty() {
            return Err(form());
        }
        let named = Class::ALL.into_iter().find(|one| one.name() == class);
        let class = named.ok_or_else(|| {
            format!("'{class}' is none of state, publish, invoke, binding and secret")
        })?;
        let (name, part) = match rest.split_once('/') {
            Some((name, part)) => (name, Some(part)),
            None => (rest, None),
        };
        if name.is_empty() || part == Some("") {
            return Err(form());
        }
        if !is_name(name) || name.trim() != name {
            return Err(format!(
                "'{name}' is no name of Dapr's: it has a ':', a control character, or a blank at an end"
            ));
        }
        Ok(Self {
            class,
            name: name.parse()?,
            part: part.map(str::parse).transpose()?,
        })
    }
}

impl DaprGrant {
    /// Whether it covers a part of what has a name.
    pub(super) fn covers(&self, class: Class, name: &str, part: Part<'_>) -> bool {
        let covers_part = match (&self.part, part) {
            (None, _) => true,
            (Some(pattern), Part::One(part)) => pattern.covers(part),
            (Some(pattern), Part::All) => pattern.is_all(),
        };
        self.class == class && is_name(name) && self.name.covers(name) && covers_part
    }
}

/// Whether Dapr can mean one of its resources or applications by it, and not a URL.
/// Source: daprd's direct messaging, which calls URLs that stand in an application's place.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_control() || "/:".contains(letter))
}

/// Whether daprd passes a method on as it stands. It cleans paths, and whoever gets them may do so too: what is covered by a grant
/// might be none of it then.
/// Source: daprd's normalization of methods.
pub(super) fn is_plain_method(method: &str) -> bool {
    let plain = |segment: &str| {
        // Some servers take what stands behind a semicolon away.
        let name = segment.split(';').next().unwrap_or_default();
        !matches!(name, "" | "." | "..")
    };
    !method.contains(|letter: char| letter.is_control() || "%?#\\".contains(letter))
        && method.split('/').all(plain)
}

/// A text, or the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    text: String,
    /// Anything may stand behind it.
    open: bool,
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (beginning, open) = match text.strip_suffix('*') {
            Some(beginning) => (beginning, true),
            None => (text, false),
        };
        if beginning.contains('*') {
            return Err(format!(
                "'{text}' has a * in the middle: it may only end a name"
            ));
        }
        if beginning.contains(char::is_control) {
            return Err(format!("'{text}' has a control character"));
        }
        Ok(Self {
            text: beginning.to_owned(),
            open,
        })
    }
}

impl Pattern {
    fn covers(&self, text: &str) -> bool {
        match self.open {
            true => text.starts_with(&self.text),
            false => text == self.text,
        }
    }

    fn is_all(&self) -> bool {
        self.open && self.text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Class::*, Part::*, *};

    #[test]
    fn a_grant_covers_what_it_says_and_nothing_else() {
        let table = [
            ("state:orders", State, "orders", One("user-1"), true),
            ("state:orders", State, "orders", All, true),
            ("state:orders", State, "orders2", One("user-1"), false),
            ("state:orders", State, "Orders", One("user-1"), false),
            ("state:orders", State, "order", One("user-1"), false),
            ("state:orders", Secret, "orders", One("user-1"), false),
            ("state:orders", Binding, "orders", One("get"), false),
            ("state:orders/user-*", State, "orders", One("user-1"), true),
            ("state:orders/user-*", State, "orders", One("user-"), true),
            (
                "state:orders/user-*",
                State,
                "orders",
                One("order-1"),
                false,
            ),
            ("state:orders/user-*", State, "orders", One("User-1"), false),
            (
                "state:orders/user-*",
                State,
                "orders",
                One("a/user-1"),
                false,
            ),
            ("state:orders/user-*", State, "orders", All, false),
            (
                "state:orders/user-*",
                State,
                "orders2",
                One("user-1"),
                false,
            ),
            ("state:orders/*", State, "orders", One(""), true),
            ("state:orders/*", State, "orders", All, true),
            ("state:orders/a/b", State, "orders", One("a/b"), true),
            ("state:orders/a:b", State, "orders", One("a:b"), true),
            ("state:*", State, "orders", All, true),
            ("state:*", State, "a store", One("a"), true),
            ("state:*", Publish, "orders", One("a"), false),
            ("state:*/a", State, "orders", One("a"), true),
            ("state:*/a", State, "orders", One("ab"), false),
            ("state:or*", State, "orders", All, true),
            ("state:or*", State, "Orders", All, false),
            ("publish:pubsub", Publish, "pubsub", One("orders"), true),
            ("publish:pubsub/*", Publish, "pubsub", One("orders"), true),
            ("publish:pubsub/*", Publish, "pubsub2", One("orders"), false),
            (
                "publish:pubsub/orders",
                Publish,
                "pubsub",
                One("orders"),
                true,
            ),
            (
                "publish:pubsub/orders",
                Publish,
                "pubsub",
                One("orders-dead"),
                false,
            ),
            (
                "publish:pubsub/orders",
                Publish,
                "pubsub",
                One("Orders"),
                false,
            ),
            (
                "publish:pubsub/orders*",
                Publish,
                "pubsub",
                One("orders"),
                true,
            ),
            (
                "publish:pubsub/orders*",
                Publish,
                "pubsub",
                One("orders-dead"),
                true,
            ),
            (
                "publish:pubsub/orders*",
                Publish,
                "pubsub",
                One("orders/eu"),
                true,
            ),
            ("invoke:billing", Invoke, "billing", One("charge"), true),
            (
                "invoke:billing",
                Invoke,
                "billing.prod",
                One("charge"),
                false,
            ),
            (
                "invoke:billing.prod/charge",
                Invoke,
                "billing.prod",
                One("charge"),
                true,
            ),
            (
                "invoke:billing.prod/charge",
                Invoke,
                "billing.prod",
                One("charge/refund"),
                false,
            ),
            ("invoke:*", Invoke, "billing.prod", One("charge"), true),
            (
                "invoke:*",
                Invoke,
                "http://evil.example",
                One("charge"),
                false,
            ),
            ("invoke:*", Invoke, "evil.example:80", One("charge"), false),
            (
                "invoke:http*",
                Invoke,
                "http://evil.example",
                One("charge"),
                false,
            ),
            ("invoke:*", Invoke, "billing\n", One("charge"), false),
            ("invoke:*", Invoke, "", One("charge"), false),
            ("binding:mail", Binding, "mail", One("delete"), true),
            ("binding:mail/create", Binding, "mail", One("create"), true),
            ("binding:mail/create", Binding, "mail", One("delete"), false),
            ("secret:vault", Secret, "vault", All, true),
            (
                "secret:vault/db-*",
                Secret,
                "vault",
                One("db-password"),
                true,
            ),
            (
                "secret:vault/db-*",
                Secret,
                "vault",
                One("team/db-1"),
                false,
            ),
            ("secret:vault/db-*", Secret, "vault", All, false),
        ];
        for (grant, class, name, part, expected) in table {
            let parsed: DaprGrant = grant.parse().unwrap();
            let covered = parsed.covers(class, name, part);
            assert_eq!(covered, expected, "{grant}: {class:?} {name} {part:?}");
        }
    }

    #[test]
    fn what_is_no_grant_is_refused_with_a_word() {
        for text in [
            "",
            "state",
            "state:",
            ":orders",
            "files:x",
            "State:orders",
            "state:a*b",
            "state:**",
            "state:orders/",
            "state:/a",
            "*",
            "*:*",
            "state: orders",
            "state:orders ",
            "publish:*/x*y",
            "invoke:http://evil.example",
            "invoke:evil.example:80",
            "state:or\nders",
            "state:orders/a\0b",
        ] {
            assert!(text.parse::<DaprGrant>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_method_that_another_could_be_made_of_is_not_plain() {
        for method in ["charge", "charge/refund", "a.b/..c", "orders/1;v=2", "é"] {
            assert!(is_plain_method(method), "{method:?}");
        }
        for method in [
            "",
            "/charge",
            "charge/",
            "charge//refund",
            "charge/../refund",
            "..",
            "./charge",
            "charge/..;x/refund",
            "charge\\..\\refund",
            "charge%2frefund",
            "charge?a=b",
            "charge#a",
            "charge\n",
        ] {
            assert!(!is_plain_method(method), "{method:?}");
        }
    }
}
