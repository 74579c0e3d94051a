//! The protocol's rules, each a test by its name, run against the guests through the real runner: those that are good pass,
//! and those that make a mistake do not.

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
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use plugbox::rules::{self, Outcome, Rule, Source};
use server::Server;
use std::{path::Path, process::ExitCode, sync::Arc};
use support::Setup;

/// Rules for what no guest of this repository does.
const NOBODYS: [&str; 1] = ["state/query-partition"];

/// How many rules run at once.
const THREADS: usize = 16;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Rules wait more than they work.
    arguments.test_threads.get_or_insert(THREADS);
    let secrets = tempfile::tempdir().unwrap();
    std::fs::write(secrets.path().join("secrets.json"), guests::SECRETS).unwrap();
    let server = Server::start();
    let mut setup = Setup::new()
        .arg("--max-instances=1000")
        .arg(format!("--dir={}::/secrets", secrets.path().display()))
        .arg(format!("--allow-outbound={}", server.url()));
    let guests = guests::all(&server);
    for held in &guests {
        setup = setup.guest(held.name, held.guest);
    }
    let runner = setup.start();
    let mut trials = vec![Trial::test(
        "every_rule_that_a_guest_can_break_is_broken_by_a_mistake",
        every_rule_is_broken,
    )];
    for held in guests.into_iter().map(Arc::new) {
        let socket = runner.socket(held.name);
        trials.extend(keeps(&held, &socket));
        trials.extend(breaks(&held, &socket));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.has_failed() {
        eprintln!("the runner's log:\n{}", runner.log());
    }
    conclusion.exit_code()
}

/// A guest as it is keeps the rules of its blocks.
fn keeps(held: &Arc<Held>, socket: &Path) -> impl Iterator<Item = Trial> {
    let (held, socket) = (held.clone(), socket.to_owned());
    let blocks = held.blocks;
    let applies = move |rule: &&Rule| blocks.iter().any(|block| rule.id.starts_with(block));
    rules::all().filter(applies).map(move |rule| {
        let (held, socket) = (held.clone(), socket.clone());
        let name = format!("{}/{}", held.name, rule.id);
        Trial::ignorable_test(name, move || {
            kept(ask(&socket, rule, &held, None), rule, &held)
        })
    })
}

fn kept(outcome: Outcome, rule: &Rule, held: &Held) -> Result<Completion, Failed> {
    match outcome {
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

/// A guest that makes a mistake breaks the rules that are about it.
fn breaks(held: &Arc<Held>, socket: &Path) -> impl Iterator<Item = Trial> {
    let (held, socket) = (held.clone(), socket.to_owned());
    mutants::of(held.name).map(move |(mistake, id)| {
        let (held, socket) = (held.clone(), socket.clone());
        let name = format!("{}/{mistake}/{id}", held.name);
        Trial::test(name, move || {
            let rule = rules::all().find(|rule| rule.id == id);
            let rule = rule.ok_or("there is no such rule")?;
            broken(ask(&socket, rule, &held, Some(mistake)), rule, mistake)
        })
    })
}

/// A rule that nothing breaks would hold of anything.
fn every_rule_is_broken() -> Result<(), Failed> {
    let broken: Vec<&str> = mutants::all().map(|(_, rule)| rule).collect();
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

fn broken(outcome: Outcome, rule: &Rule, mistake: &str) -> Result<(), Failed> {
    match outcome {
        // A guest that does not start breaks any rule and proves nothing.
        Outcome::Failed(broken)
            if broken.request.starts_with("Init") && !mistake.contains("init") =>
        {
            Err(format!("the guest did not start:\n{broken}").into())
        }
        Outcome::Failed(_) => Ok(()),
        Outcome::Passed => Err(format!("the mistake passed: {}", rule.promise).into()),
        Outcome::Skipped(why) => Err(format!("the mistake made the rule be skipped: {why}").into()),
    }
}

fn ask(socket: &Path, rule: &'static Rule, held: &Held, mistake: Option<&'static str>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { rules::check(rule, &held.subject(socket, mistake).await).await })
}
