//! Several instances of a guest, which serve on several cores.

use super::{Plan, available, rounds};
use crate::{
    client::state::{self, Load, Work},
    compare::{self, Figure, Named},
    report::Report,
    server::{Kind, Server},
};

/// One whose calls take some work, and one whose calls take next to none.
pub const GUESTS: [&str; 2] = ["typescript-memory-state", "rust-memory-state"];

/// Each instance has memory of its own, so nothing is read.
const LOAD: Load = Load::new(Work::Set, 100, 64, 8);

pub fn title(guest: &str) -> String {
    format!("{LOAD}, {guest}")
}

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "{} Ratios are to one instance. The client is on one of the cores, and takes as much of it as it needs.",
        rounds(plan)
    );
    report.part("Instances", &about);
    for guest in GUESTS {
        let one = Kind::guest(guest);
        if available(&[one], report).is_empty() {
            continue;
        }
        let servers = [Server::start(Kind::Guest(guest, 2))?, Server::start(one)?];
        for server in &servers {
            state::init(&server.socket()).await?;
        }
        let sample = async |server: &_| state::sample(server, LOAD, plan.round).await;
        let compared =
            compare::compare(title(guest), &servers, &one.name(), plan.rounds, sample).await?;
        let figures = [
            Figure::Rate,
            Figure::P50,
            Figure::P99,
            Figure::Cpu,
            Figure::Cores,
            Figure::Client,
        ];
        report.compared(compared, &figures, &compare::RATIOS);
    }
    Ok(())
}
