//! How long a server takes until it serves.

use super::{Plan, available};
use crate::{
    client::state::counted,
    compare::{self, Figure, Named, Sample},
    report::Report,
    server::{Kind, Server},
};
use std::time::Instant;

const SERVERS: [Kind; 8] = [
    Kind::guest("rust-minimal-state"),
    Kind::guest("rust-memory-state"),
    Kind::guest("c-memory-state"),
    Kind::guest("go-memory-state"),
    Kind::guest("typescript-memory-state"),
    Kind::guest("python-memory-state"),
    Kind::Native,
    Kind::GoSdk,
];

/// The title of what is measured here.
pub const TITLE: &str = "start";

/// A server, and whether its guest comes from the cache.
pub struct Case(pub Kind, pub bool);

impl Named for Case {
    fn name(&self) -> String {
        let Self(kind, cache) = self;
        match (kind, cache) {
            (Kind::Guest(..), true) => format!("{}, from its cache", kind.name()),
            (_, true) => kind.name(),
            (_, false) => format!("{}, compiling", kind.name()),
        }
    }
}

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "From the start of the process to its announced socket, or until one can connect. Medians of {}.",
        counted(plan.starts, "start")
    );
    report.part("Start-up", &about);
    let mut cases = vec![Case(super::STORE, false)];
    for kind in available(&SERVERS, report) {
        // Fills the cache.
        drop(Server::start_once(kind, true)?);
        cases.push(Case(kind, true));
    }
    let sample = async |Case(kind, cache): &Case| {
        let begun = Instant::now();
        let server = Server::start_once(*kind, *cache)?;
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        drop(server);
        Ok(Sample::from([(Figure::Start, took)]))
    };
    let anchor = Kind::Native.name();
    let started = compare::compare(TITLE.to_owned(), &cases, &anchor, plan.starts, sample);
    report.compared(started.await?, &[Figure::Start], &[]);
    Ok(())
}
