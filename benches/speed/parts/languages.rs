//! The same store in every language.

use super::{Plan, STORE, Stand, rounds};
use crate::{
    client::state::{self, Load},
    compare::{CALLS, Figure, RATIOS},
    report::Report,
    server::Kind,
};

const SERVERS: [Kind; 6] = [
    STORE,
    Kind::guest("c-memory-state"),
    Kind::guest("go-memory-state"),
    Kind::guest("typescript-memory-state"),
    Kind::guest("python-memory-state"),
    Kind::Native,
];

const LOADS: [Load; 3] = [
    Load::mixed(100, 1),
    Load::mixed(100, 8),
    Load::mixed(100, 64),
];

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!("{} As above, and in a run of its own.", rounds(plan));
    report.part("The same store in every language", &about);
    let mut stand = Stand::start(&SERVERS, report)?;
    for server in &stand.servers {
        state::init(&server.socket()).await?;
        state::fill(&server.socket(), 100).await?;
    }
    stand.weigh(Figure::Filled)?;
    for load in LOADS {
        let sample = async |server: &_| state::sample(server, load, plan.round).await;
        let title = format!("every language: {load}");
        let compared = stand.compare(title, plan.rounds, sample).await?;
        report.compared(compared, &CALLS, &RATIOS);
    }
    stand.memory("a store in every language", report)
}
