//! The guests, and what each is held against.

use crate::{server::Server, support::is_built};
use plugbox::rules::Subject;
use std::path::Path;

/// A guest, and what it is held against.
#[derive(Default)]
pub struct Held {
    /// What it is served as.
    pub name: &'static str,
    pub guest: &'static str,
    /// The beginnings of the ids of its rules: all of its blocks.
    pub blocks: &'static [&'static str],
    /// What each Init is given.
    pub properties: Vec<(&'static str, String)>,
    /// The metadata with which its operations can be invoked.
    pub operations: Option<(&'static str, &'static str)>,
    /// Some of the secrets that it has.
    pub secrets: &'static [(&'static str, &'static str)],
    pub coverage: Coverage,
}

#[derive(Clone, Copy, PartialEq, Default)]
pub enum Coverage {
    /// No rule may be skipped but those for features that no guest here has: a skipped rule is no proof.
    #[default]
    Whole,
    WhatApplies,
}

/// What the file of secrets holds.
pub const SECRETS: &str = r#"{
    "password": "correct-horse",
    "ключ": "батарея-скоба",
    "database": {"user": "gardener", "password": "oak-and-pine"},
    "hosts": ["first.example", "second.example"]
}"#;

/// What of it has one value however it is read.
const KNOWN: &[(&str, &str)] = &[("password", "correct-horse"), ("ключ", "батарея-скоба")];

/// By key, as most bindings that keep something have it.
const BY_KEY: Option<(&str, &str)> = Some(("key", "{name}"));

/// The same two guests in each other language, which has them if its compiler is here.
const OTHERS: [(&str, &[&str]); 8] = [
    ("go-memory-state", &["state/"]),
    ("go-memory-broker", &["pubsub/"]),
    ("python-memory-state", &["state/"]),
    ("python-memory-broker", &["pubsub/"]),
    ("typescript-memory-state", &["state/"]),
    ("typescript-memory-broker", &["pubsub/"]),
    ("c-memory-state", &["state/"]),
    ("c-memory-broker", &["pubsub/"]),
];

pub fn all(server: &Server) -> Vec<Held> {
    let mut all = ours(server);
    let built = OTHERS.into_iter().filter(|(name, _)| is_built(name));
    all.extend(built.map(|(name, blocks)| Held {
        name,
        guest: name,
        blocks,
        ..Held::default()
    }));
    all
}

fn ours(server: &Server) -> Vec<Held> {
    let file = || ("secretsFile", "/secrets/secrets.json".to_owned());
    let schedule = || ("schedule", "50ms".to_owned());
    vec![
        Held {
            name: "rust-memory-state",
            guest: "rust-memory-state",
            blocks: &["state/"],
            ..Held::default()
        },
        Held {
            name: "rust-minimal-state",
            guest: "rust-minimal-state",
            blocks: &["state/"],
            coverage: Coverage::WhatApplies,
            ..Held::default()
        },
        Held {
            name: "rust-memory-broker",
            guest: "rust-memory-broker",
            blocks: &["pubsub/"],
            ..Held::default()
        },
        Held {
            name: "rust-interval",
            guest: "rust-interval",
            blocks: &["bindings/input-"],
            properties: vec![schedule()],
            ..Held::default()
        },
        Held {
            name: "rust-webhook",
            guest: "rust-webhook",
            blocks: &["bindings/output-"],
            properties: vec![("url", server.url())],
            operations: Some(("path", "/{name}")),
            coverage: Coverage::WhatApplies,
            ..Held::default()
        },
        Held {
            name: "rust-multi",
            guest: "rust-multi",
            blocks: &["state/", "pubsub/", "bindings/"],
            operations: BY_KEY,
            coverage: Coverage::WhatApplies,
            ..Held::default()
        },
        Held {
            name: "rust-file-secrets",
            guest: "rust-file-secrets",
            blocks: &["secretstores/"],
            properties: vec![file()],
            secrets: KNOWN,
            ..Held::default()
        },
        Held {
            name: "rust-file-secrets-nested",
            guest: "rust-file-secrets",
            blocks: &["secretstores/"],
            properties: vec![file(), ("multiValued", "true".to_owned())],
            secrets: KNOWN,
            coverage: Coverage::WhatApplies,
            ..Held::default()
        },
        Held {
            name: "rust-hello",
            guest: "rust-hello",
            blocks: &["hello/"],
            ..Held::default()
        },
        // Those that make mistakes make none unless they are told to.
        Held {
            name: "mutant-state",
            guest: "hostile-mutant-state",
            blocks: &["state/"],
            ..Held::default()
        },
        Held {
            name: "mutant-broker",
            guest: "hostile-mutant-broker",
            blocks: &["pubsub/"],
            ..Held::default()
        },
        Held {
            name: "mutant-bindings",
            guest: "hostile-mutant-bindings",
            blocks: &["bindings/"],
            properties: vec![schedule()],
            operations: BY_KEY,
            ..Held::default()
        },
        Held {
            name: "mutant-secrets",
            guest: "hostile-mutant-secrets",
            blocks: &["secretstores/"],
            properties: vec![file()],
            secrets: KNOWN,
            ..Held::default()
        },
        Held {
            name: "mutant-hello",
            guest: "hostile-mutant-hello",
            blocks: &["hello/"],
            ..Held::default()
        },
    ]
}

impl Held {
    /// The guest on its socket; with a mistake, if it is to make one.
    pub async fn subject(&self, socket: &Path, mutation: Option<&'static str>) -> Subject {
        let mutation = mutation.map(|it| ("mutation", it));
        let properties = self
            .properties
            .iter()
            .map(|(name, value)| (*name, &**value));
        let subject = Subject::connect(socket)
            .await
            .unwrap()
            .properties(properties.chain(mutation))
            .secrets(self.secrets.iter().copied());
        match self.operations {
            Some(metadata) => subject.operations([metadata]),
            None => subject,
        }
    }
}
