//! What a store's callers see while the guest beside it, in the same runner, does its worst: loops, allocates, traps and is started
//! again, answers as much as it may.
//!
//! The store is asked by one caller, on the thread that a caller of its neighbour has too.

use super::{Plan, attack::Attack, available};
use crate::{
    client::state::{self, Load},
    compare::{self, Figure, Named},
    report::Report,
    server::{Kind, Server},
};

const SERVED: Kind = Kind::Beside("rust-memory-state", "hostile-rude-state");

const LOAD: Load = Load::mixed(100, 1);

const ALONE: Attack = Attack::new("alone", "key", 0);

/// A guest that loops is stopped after a second, and another loops.
const ATTACKS: [Attack; 7] = [
    ALONE,
    Attack::new("a guest that loops", "loop", 1),
    Attack::new("eight that loop", "loop", 8),
    Attack::new("a guest that allocates", "allocate", 1),
    Attack::new("eight that allocate", "allocate", 8),
    Attack::new("eight that trap and start", "trap", 8),
    Attack::new("eight that answer 4 MB", "reply:4000000", 8),
];

impl Named for Attack {
    fn name(&self) -> String {
        self.title.to_owned()
    }
}

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "One caller of a store ({LOAD}) while another guest in the same runner does its worst. {} Cores are those that the whole \
         runner used; memory is what it held at the end of a round.",
        super::rounds(plan)
    );
    report.part("Beside a bad neighbour", &about);
    if available(&[SERVED], report).is_empty() {
        return Ok(());
    }
    let server = Server::start(SERVED)?;
    state::init(&server.socket()).await?;
    state::fill(&server.socket(), LOAD.size).await?;
    let sample = async |attack: &Attack| {
        let under_way = attack.begin(&server)?;
        let mut sample = state::sample(&server, LOAD, plan.round).await?;
        sample.insert(Figure::After, server.resident()?);
        // The attack's own callers are no strangers.
        sample.remove(&Figure::Others);
        under_way.end()?;
        Ok(sample)
    };
    let title = "beside".to_owned();
    let compared = compare::compare(title, &ATTACKS, ALONE.title, plan.rounds, sample);
    let figures = [
        Figure::Rate,
        Figure::P50,
        Figure::P99,
        Figure::P999,
        Figure::Cores,
        Figure::After,
    ];
    report.compared(compared.await?, &figures, &[Figure::Rate, Figure::P99]);
    Ok(())
}
