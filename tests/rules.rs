//! The protocol's rules, each a test by its name, run against the example guests through the real runner.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "support/mod.rs"]
mod support;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use plugbox::rules::{self, Outcome, Rule, Subject};
use std::{path::Path, process::ExitCode};
use support::Setup;

/// A guest, and what it is held against.
struct Held {
    /// What it is served as.
    name: &'static str,
    guest: &'static str,
    /// The beginnings of the ids of its rules: all of its blocks.
    blocks: &'static [&'static str],
    /// What each Init is given.
    properties: &'static [(&'static str, &'static str)],
    /// Whether it is to pass each rule: a skipped rule is no proof.
    coverage: Coverage,
}

#[derive(Clone, Copy, PartialEq)]
enum Coverage {
    /// No rule may be skipped but those for features that no guest here has.
    Whole,
    WhatApplies,
}

const GUESTS: [Held; 8] = [
    Held {
        name: "rust-memory-state",
        guest: "rust-memory-state",
        blocks: &["state/"],
        properties: &[],
        coverage: Coverage::Whole,
    },
    Held {
        name: "rust-minimal-state",
        guest: "rust-minimal-state",
        blocks: &["state/"],
        properties: &[],
        coverage: Coverage::WhatApplies,
    },
    Held {
        name: "rust-memory-broker",
        guest: "rust-memory-broker",
        blocks: &["pubsub/"],
        properties: &[],
        coverage: Coverage::Whole,
    },
    Held {
        name: "rust-interval",
        guest: "rust-interval",
        blocks: &["bindings/input-"],
        properties: &[("schedule", "50ms")],
        coverage: Coverage::Whole,
    },
    Held {
        name: "rust-multi",
        guest: "rust-multi",
        blocks: &["state/", "pubsub/", "bindings/"],
        properties: &[],
        coverage: Coverage::WhatApplies,
    },
    Held {
        name: "rust-file-secrets",
        guest: "rust-file-secrets",
        blocks: &["secretstores/"],
        properties: &[("secretsFile", "/secrets/secrets.json")],
        coverage: Coverage::Whole,
    },
    Held {
        name: "rust-file-secrets-nested",
        guest: "rust-file-secrets",
        blocks: &["secretstores/"],
        properties: &[
            ("secretsFile", "/secrets/secrets.json"),
            ("multiValued", "true"),
        ],
        coverage: Coverage::WhatApplies,
    },
    Held {
        name: "rust-hello",
        guest: "rust-hello",
        blocks: &["hello/"],
        properties: &[],
        coverage: Coverage::Whole,
    },
];

/// What the file of rust-file-secrets holds.
const SECRETS: &str = r#"{
    "password": "correct-horse",
    "ключ": "батарея-скоба",
    "database": {"user": "gardener", "password": "oak-and-pine"},
    "hosts": ["first.example", "second.example"]
}"#;

/// Rules for what no guest of this repository does.
const NOBODYS: [&str; 1] = ["state/query-partition"];

/// How many rules run at once.
const THREADS: usize = 16;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Rules wait more than they work.
    arguments.test_threads.get_or_insert(THREADS);
    let secrets = tempfile::tempdir().unwrap();
    std::fs::write(secrets.path().join("secrets.json"), SECRETS).unwrap();
    let mut setup = Setup::new()
        .arg("--max-instances=1000")
        .arg(format!("--dir={}::/secrets", secrets.path().display()));
    for held in &GUESTS {
        setup = setup.guest(held.name, held.guest);
    }
    let runner = setup.start();
    let mut trials = Vec::new();
    for held in &GUESTS {
        let socket = runner.socket(held.name);
        let applies = |rule: &&Rule| held.blocks.iter().any(|block| rule.id.starts_with(block));
        trials.extend(rules::all().filter(applies).map(|rule| {
            let socket = socket.clone();
            let name = format!("{}/{}", held.name, rule.id);
            Trial::ignorable_test(name, move || verdict(&socket, rule, held))
        }));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.has_failed() {
        eprintln!("the runner's log:\n{}", runner.log());
    }
    conclusion.exit_code()
}

fn verdict(socket: &Path, rule: &'static Rule, held: &Held) -> Result<Completion, Failed> {
    match ask(socket, rule, held) {
        Outcome::Passed => Ok(Completion::Completed),
        Outcome::Skipped(why)
            if held.coverage == Coverage::Whole && !NOBODYS.contains(&rule.id) =>
        {
            Err(format!("skipped, and this guest does everything: {why}").into())
        }
        Outcome::Skipped(why) => Ok(Completion::ignored_with(why)),
        Outcome::Failed(broken) => {
            Err(format!("{} ({})\n{broken}", rule.promise, rule.source).into())
        }
    }
}

fn ask(socket: &Path, rule: &'static Rule, held: &Held) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let subject = Subject::connect(socket).await.unwrap();
        let subject = subject.properties(held.properties.iter().copied());
        rules::check(rule, &subject).await
    })
}
