//! The protocol's rules by `plugbox check`: the guests that are good keep them, and those that make a mistake do not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

mod guests;
mod mutants;
mod server;
#[path = "../support/mod.rs"]
mod support;

use guests::{Coverage, Held};
use libtest_mimic::{Arguments, Failed, Trial};
use plugbox::rules::{self, Source};
use serde_json::Value;
use server::Server;
use std::{
    process::{Command, ExitCode},
    sync::Arc,
};

/// Rules for what no guest of this repository does.
const NOBODYS: [&str; 1] = ["state/query-partition"];

/// How many checks run at once: they wait more than they work.
const THREADS: usize = 6;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    let secrets = tempfile::tempdir().unwrap();
    std::fs::write(secrets.path().join("secrets.json"), guests::SECRETS).unwrap();
    let server = Server::start();
    let grants: Arc<[String]> = [
        format!("--dir={}::/secrets", secrets.path().display()),
        format!("--allow-outbound={}", server.url()),
    ]
    .into();
    let mut trials = vec![Trial::test(
        "every_rule_that_a_guest_can_break_is_broken_by_a_mistake",
        every_rule_is_broken,
    )];
    for held in guests::all(&server).into_iter().map(Arc::new) {
        trials.extend(mistakes(&held, &grants));
        trials.push(keeps(held, grants.clone()));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A guest as it is keeps the rules of its blocks.
fn keeps(held: Arc<Held>, grants: Arc<[String]>) -> Trial {
    Trial::test(held.name, move || {
        let verdicts = check(&held, &grants, &[])?;
        let wrong = verdicts.iter().filter(|verdict| {
            let rule = verdict["rule"].as_str().unwrap_or_default();
            match verdict["outcome"].as_str() {
                Some("passed") => false,
                Some("skipped") => held.coverage == Coverage::Whole && !NOBODYS.contains(&rule),
                _ => true,
            }
        });
        match wrong.map(|it| format!("{it:#}")).collect::<Vec<_>>() {
            wrong if wrong.is_empty() => Ok(()),
            wrong => Err(wrong.join("\n").into()),
        }
    })
}

/// A guest that makes a mistake breaks the rules that are about it.
fn mistakes(held: &Arc<Held>, grants: &Arc<[String]>) -> impl Iterator<Item = Trial> {
    mutants::of(held.name).map(|(mistake, broken)| {
        let (held, grants) = (held.clone(), grants.clone());
        let name = format!("{}/{mistake}", held.name);
        Trial::test(name, move || {
            let rules = broken.iter().map(|rule| format!("--rule={rule}"));
            let mut words = vec![held.mistaken(mistake)];
            words.extend(rules);
            let verdicts = check(&held, &grants, &words)?;
            broken.iter().try_for_each(|rule| {
                let verdict = verdicts.iter().find(|it| it["rule"] == *rule);
                is_broken(mistake, verdict.ok_or("there is no such rule")?)
            })
        })
    })
}

fn is_broken(mistake: &str, verdict: &Value) -> Result<(), Failed> {
    let failed = verdict["outcome"] == "failed";
    let request = verdict["request"].as_str().unwrap_or_default();
    // A guest that does not start breaks any rule and proves nothing.
    let started = mistake.contains("init") || !request.starts_with("Init");
    match failed && started {
        true => Ok(()),
        false => Err(format!("the mistake is not caught: {verdict:#}").into()),
    }
}

/// A rule that nothing breaks would hold of anything.
fn every_rule_is_broken() -> Result<(), Failed> {
    let broken: Vec<&str> = mutants::all().flat_map(|(_, rules)| rules).collect();
    let beyond: Vec<&str> = mutants::OUT_OF_REACH.split_whitespace().collect();
    let guests = rules::all().filter(|rule| !matches!(rule.source, Source::Host(_)));
    let wrong = guests.filter(|rule| broken.contains(&rule.id) == beyond.contains(&rule.id));
    let wrong: Vec<&str> = wrong.map(|rule| rule.id).collect();
    match wrong.as_slice() {
        [] => Ok(()),
        wrong => {
            Err(format!("broken by no mistake, or both broken and out of reach: {wrong:?}").into())
        }
    }
}

/// The verdicts of `plugbox check`, whose exit code agrees with them.
fn check(held: &Held, grants: &[String], words: &[String]) -> Result<Vec<Value>, Failed> {
    let output = Command::new(env!("CARGO_BIN_EXE_plugbox"))
        .args(["check", "--json"])
        .args(held.words())
        .args(grants)
        .args(words)
        .arg(support::guest(held.guest))
        .env(
            "XDG_CACHE_HOME",
            support::repository().join("target/test-cache"),
        )
        .output()?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let verdicts = report["rules"].as_array().ok_or("a report has rules")?;
    let failed = verdicts.iter().any(|it| it["outcome"] == "failed");
    if output.status.code() != Some(i32::from(failed)) {
        return Err(format!("{}, for {report:#}", output.status).into());
    }
    Ok(verdicts.clone())
}
