//! The rules of HTTP/2 (RFC 9113) and of its header compression (RFC 7541), as h2spec's cases have them, each against the runner.
//!
//! `scripts/h2spec` builds what tries them. Without it the test says so and passes; in CI it fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

mod support;

use serde_json::Value;
use std::{io::Write, process::Command};
use support::{Runner, repository};

/// How many cases there are, so that none is lost unnoticed.
const CASES: usize = 146;

/// Cases that are known not to pass, each by its name, like `http2/6.9.1/2`, with what comes of it and why that is right.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

#[test]
fn every_case_of_h2spec_passes_but_for_known_ones() {
    let program = repository().join("target/h2spec/h2spec");
    if !program.exists() {
        let missing = "h2spec is missing: `scripts/h2spec` builds it";
        // What a person may skip must not go unnoticed there.
        let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
        assert!(!is_ci, "{missing}");
        // Not by a macro: of a test that passes, what those print is not shown.
        let _ = writeln!(std::io::stderr(), "skipped: {missing}");
        return;
    }
    let runner = Runner::of("rust-memory-state");
    let tried = Command::new(program)
        .arg(runner.socket("store"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&tried.stderr);
    assert!(tried.status.success(), "{errors}");
    let verdicts: Vec<Value> = tried
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(verdicts.len(), CASES);
    let surprises: Vec<_> = verdicts
        .iter()
        .filter(|verdict| verdict["outcome"] != expected(&verdict["case"]))
        .map(|verdict| {
            let [case, does, outcome, why] =
                ["case", "does", "outcome", "why"].map(|key| verdict[key].as_str().unwrap());
            format!("{case} ({does}) {outcome}: {why}")
        })
        .collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// What must come of a case.
fn expected(case: &Value) -> &'static str {
    let exceptions = EXCEPTIONS.iter();
    let mut known = exceptions.filter(|(name, _, _)| case == name);
    known.next().map_or("passed", |(_, outcome, _)| outcome)
}
