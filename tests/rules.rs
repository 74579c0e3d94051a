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

/// The guests, and whether they are to pass each rule: a skipped rule is no proof.
const GUESTS: [(&str, Coverage); 2] = [
    ("rust-memory-state", Coverage::Whole),
    ("rust-minimal-state", Coverage::WhatApplies),
];

#[derive(Clone, Copy, PartialEq)]
enum Coverage {
    /// No rule may be skipped but those for features that no guest here has.
    Whole,
    WhatApplies,
}

/// Rules for what no guest of this repository does.
const NOBODYS: [&str; 1] = ["state/query-partition"];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut setup = Setup::new().arg("--max-instances=1000");
    for (guest, _) in GUESTS {
        setup = setup.guest(guest, guest);
    }
    let runner = setup.start();
    let mut trials = Vec::new();
    for (guest, coverage) in GUESTS {
        let socket = runner.socket(guest);
        trials.extend(rules::all().map(|rule| {
            let socket = socket.clone();
            let name = format!("{guest}/{}", rule.id);
            Trial::ignorable_test(name, move || verdict(&socket, rule, coverage))
        }));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.has_failed() {
        eprintln!("the runner's log:\n{}", runner.log());
    }
    conclusion.exit_code()
}

fn verdict(socket: &Path, rule: &'static Rule, coverage: Coverage) -> Result<Completion, Failed> {
    match ask(socket, rule) {
        Outcome::Passed => Ok(Completion::Completed),
        Outcome::Skipped(why) if coverage == Coverage::Whole && !NOBODYS.contains(&rule.id) => {
            Err(format!("skipped, and this guest does everything: {why}").into())
        }
        Outcome::Skipped(why) => Ok(Completion::ignored_with(why)),
        Outcome::Failed(broken) => {
            Err(format!("{} ({})\n{broken}", rule.promise, rule.source).into())
        }
    }
}

fn ask(socket: &Path, rule: &'static Rule) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let subject = Subject::connect(socket).await.unwrap();
        rules::check(rule, &subject).await
    })
}
