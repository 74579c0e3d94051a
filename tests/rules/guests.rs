//! The guests, and what `plugbox check` is told of each.

use crate::{server::Server, support::is_built};

/// A guest, and what it is held against.
#[derive(Default)]
pub struct Held {
    pub name: &'static str,
    pub guest: &'static str,
    /// All of its blocks, with commas between them.
    pub blocks: &'static str,
    /// What each Init is given.
    pub properties: Vec<(&'static str, String)>,
    /// The metadata with which its operations can be invoked.
    pub operations: Option<(&'static str, &'static str)>,
    /// Some of the secrets that it has.
    pub secrets: &'static [(&'static str, &'static str)],
    /// Those of an app that can be called.
    pub methods: &'static [&'static str],
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
const OTHERS: [(&str, &str); 8] = [
    ("go-memory-state", "state-store"),
    ("go-memory-broker", "pub-sub"),
    ("python-memory-state", "state-store"),
    ("python-memory-broker", "pub-sub"),
    ("typescript-memory-state", "state-store"),
    ("typescript-memory-broker", "pub-sub"),
    ("c-memory-state", "state-store"),
    ("c-memory-broker", "pub-sub"),
];

/// The applications, and methods that can be called with any data.
const APPS: [(&str, &[&str]); 3] = [
    ("rust-minimal-app", &["echo"]),
    ("rust-orders", &["place"]),
    ("typescript-orders", &["place"]),
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
    let apps = APPS.into_iter().filter(|(name, _)| is_built(name));
    all.extend(apps.map(|(name, methods)| Held {
        name,
        guest: name,
        blocks: "app",
        methods,
        coverage: Coverage::WhatApplies,
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
            blocks: "state-store",
            ..Held::default()
        },
        Held {
            name: "rust-minimal-state",
            guest: "rust-minimal-state",
            blocks: "state-store",
            coverage: Coverage::WhatApplies,
            ..Held::default()
        },
        Held {
            name: "rust-memory-broker",
            guest: "rust-memory-broker",
            blocks: "pub-sub",
            ..Held::default()
        },
        Held {
            name: "rust-interval",
            guest: "rust-interval",
            blocks: "input-binding",
            properties: vec![schedule()],
            ..Held::default()
        },
        Held {
            name: "rust-webhook",
            guest: "rust-webhook",
            blocks: "output-binding",
            properties: vec![("url", server.url())],
            operations: Some(("path", "/{name}")),
            coverage: Coverage::WhatApplies,
            ..Held::default()
        },
        Held {
            name: "rust-multi",
            guest: "rust-multi",
            blocks: "state-store,pub-sub,input-binding,output-binding",
            operations: BY_KEY,
            coverage: Coverage::WhatApplies,
            ..Held::default()
        },
        Held {
            name: "rust-file-secrets",
            guest: "rust-file-secrets",
            blocks: "secret-store",
            properties: vec![file()],
            secrets: KNOWN,
            ..Held::default()
        },
        Held {
            name: "rust-file-secrets-nested",
            guest: "rust-file-secrets",
            blocks: "secret-store",
            properties: vec![file(), ("multiValued", "true".to_owned())],
            secrets: KNOWN,
            coverage: Coverage::WhatApplies,
            ..Held::default()
        },
        Held {
            name: "rust-hello",
            guest: "rust-hello",
            blocks: "hello",
            ..Held::default()
        },
        // Those that make mistakes make none unless they are told to.
        Held {
            name: "mutant-state",
            guest: "hostile-mutant-state",
            blocks: "state-store",
            ..Held::default()
        },
        Held {
            name: "mutant-broker",
            guest: "hostile-mutant-broker",
            blocks: "pub-sub",
            ..Held::default()
        },
        Held {
            name: "mutant-bindings",
            guest: "hostile-mutant-bindings",
            blocks: "input-binding,output-binding",
            properties: vec![schedule()],
            operations: BY_KEY,
            ..Held::default()
        },
        Held {
            name: "mutant-secrets",
            guest: "hostile-mutant-secrets",
            blocks: "secret-store",
            properties: vec![file()],
            secrets: KNOWN,
            ..Held::default()
        },
        Held {
            name: "mutant-hello",
            guest: "hostile-mutant-hello",
            blocks: "hello",
            ..Held::default()
        },
        Held {
            name: "mutant-app",
            guest: "hostile-mutant-app",
            blocks: "app",
            methods: &["echo"],
            ..Held::default()
        },
    ]
}

impl Held {
    /// How it is told which mistake to make: an app has no Init.
    pub fn mistaken(&self, mistake: &str) -> String {
        let flag = if self.blocks == "app" {
            "env"
        } else {
            "metadata"
        };
        format!("--{flag}=mutation={mistake}")
    }

    /// What `plugbox check` is told of it, beside the guest.
    pub fn words(&self) -> Vec<String> {
        let pair = |flag: &str, (name, value): (&str, &str)| format!("--{flag}={name}={value}");
        let properties = self
            .properties
            .iter()
            .map(|(name, value)| (*name, &**value));
        let mut words = vec![format!("--block={}", self.blocks)];
        words.extend(properties.map(|it| pair("metadata", it)));
        words.extend(self.secrets.iter().map(|it| pair("secret", *it)));
        words.extend(self.methods.iter().map(|it| format!("--method={it}")));
        words.extend(self.operations.map(|it| pair("operation", it)));
        words
    }
}
