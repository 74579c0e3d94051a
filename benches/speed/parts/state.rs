//! A store in Rust, beside what there would be without plugbox, under every load.

use super::{Plan, STORE, Stand, rounds};
use crate::{
    client::state::{
        self, Load,
        Work::{BulkGet, BulkSet, Get, Mixed, Set, Transact},
    },
    compare::{CALLS, Figure, RATIOS},
    report::Report,
    server::Kind,
};

const SERVERS: [Kind; 3] = [STORE, Kind::Native, Kind::GoSdk];

/// Values of one size stand together: they are set before.
const LOADS: [Load; 35] = [
    Load::mixed(100, 1),
    Load::mixed(100, 8),
    Load::mixed(100, 64),
    Load::mixed(100, 256),
    Load::new(Mixed, 100, 8, 8),
    Load::new(Mixed, 100, 64, 8),
    Load::new(Mixed, 100, 256, 8),
    Load::new(Get, 100, 1, 1),
    Load::new(Get, 100, 8, 1),
    Load::new(Get, 100, 64, 1),
    Load::new(Set, 100, 1, 1),
    Load::new(Set, 100, 8, 1),
    Load::new(Set, 100, 64, 1),
    Load::new(BulkGet, 100, 1, 1),
    Load::new(BulkGet, 100, 8, 1),
    Load::new(BulkGet, 100, 64, 1),
    Load::new(BulkSet, 100, 1, 1),
    Load::new(BulkSet, 100, 8, 1),
    Load::new(BulkSet, 100, 64, 1),
    Load::new(Transact, 100, 1, 1),
    Load::new(Transact, 100, 8, 1),
    Load::new(Transact, 100, 64, 1),
    Load::mixed(1 << 10, 1),
    Load::mixed(1 << 10, 8),
    Load::mixed(1 << 10, 64),
    Load::mixed(1 << 10, 256),
    Load::new(Mixed, 1 << 10, 64, 8),
    Load::new(Mixed, 1 << 10, 256, 8),
    Load::mixed(64 << 10, 1),
    Load::mixed(64 << 10, 8),
    Load::mixed(64 << 10, 64),
    Load::mixed(64 << 10, 256),
    Load::new(Get, 64 << 10, 8, 1),
    Load::new(Set, 64 << 10, 8, 1),
    Load::new(Mixed, 64 << 10, 64, 8),
];

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "{} Mixed calls are four Gets for each Set. Ratios are to tonic in the same round, with a ~ where the rounds disagree by \
         more than a fifth. CPU and switches (how often a thread of the server slept or had to wait) are for each call; client is \
         how much of a core its one thread took, **bold** where it may be what was slow.",
        rounds(plan)
    );
    report.part("A store", &about);
    let mut stand = Stand::start(&SERVERS, report)?;
    for server in &stand.servers {
        state::init(&server.socket()).await?;
    }
    let mut filled = None;
    for load in LOADS {
        if filled.replace(load.size) != Some(load.size) {
            for server in &stand.servers {
                state::fill(&server.socket(), load.size).await?;
            }
            if !stand
                .memory
                .iter()
                .any(|one| one.contains_key(&Figure::Filled))
            {
                stand.weigh(Figure::Filled)?;
            }
        }
        let sample = async |server: &_| state::sample(server, load, plan.round).await;
        let compared = stand.compare(load.to_string(), plan.rounds, sample).await?;
        report.compared(compared, &CALLS, &RATIOS);
    }
    stand.memory("a store", report)
}
