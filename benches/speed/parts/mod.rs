//! What is measured, a part after the other.

pub mod app;
mod attack;
mod broker;
mod daprd;
pub mod footprint;
pub mod growth;
pub mod grpc_go;
pub mod instances;
mod languages;
mod many;
mod neighbours;
pub mod start;
mod state;

use super::{
    Plan,
    client::state::counted,
    compare::{self, Comparison, Figure, Named, Sample},
    report::Report,
    server::{Kind, Server},
};
use clap::ValueEnum;

/// The guest that is compared throughout.
const GUEST: &str = "rust-memory-state";
pub const STORE: Kind = Kind::guest(GUEST);

/// In the order in which they are measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Only as much as shows that it works, of the parts that are named or of all
    Quick,
    /// Start-up
    Start,
    /// Resident memory, of one instance and of a thousand
    Footprint,
    /// A store in Rust, under every load
    State,
    /// The same store in every language
    Languages,
    /// Several instances of a guest, on several cores
    Instances,
    /// Publishers, and delivery to subscriptions
    Broker,
    /// With grpc-go as the client
    GrpcGo,
    /// What an application sees through daprd
    Daprd,
    /// An application, directly and through daprd
    App,
    /// A store beside a guest that does its worst
    Neighbours,
    /// Cost by the number of components, instances, callers and streams
    Growth,
}

impl Part {
    pub async fn measure(self, plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
        match self {
            Self::Quick => Ok(()),
            Self::Start => start::measure(plan, report).await,
            Self::Footprint => footprint::measure(plan, report).await,
            Self::State => state::measure(plan, report).await,
            Self::Languages => languages::measure(plan, report).await,
            Self::Instances => instances::measure(plan, report).await,
            Self::Broker => broker::measure(plan, report).await,
            Self::GrpcGo => grpc_go::measure(plan, report).await,
            Self::Daprd => daprd::measure(plan, report).await,
            Self::App => app::measure(plan, report).await,
            Self::Neighbours => neighbours::measure(plan, report).await,
            Self::Growth => growth::measure(plan, report).await,
        }
    }
}

/// Those that can be started here. What cannot be is told.
fn available(kinds: &[Kind], report: &mut Report) -> Vec<Kind> {
    let mut there = Vec::new();
    for kind in kinds {
        match kind.missing() {
            Some(missing) => report.left_out(&kind.name(), &missing),
            None => there.push(*kind),
        }
    }
    there
}

/// Servers that serve side by side, with the memory that each had before its first call.
struct Stand {
    servers: Vec<Server>,
    memory: Vec<Sample>,
}

impl Stand {
    fn start(kinds: &[Kind], report: &mut Report) -> anyhow::Result<Self> {
        let kinds = available(kinds, report).into_iter();
        let mut stand = Self {
            servers: kinds.map(Server::start).collect::<anyhow::Result<_>>()?,
            memory: Vec::new(),
        };
        stand.memory = vec![Sample::new(); stand.servers.len()];
        stand.weigh(Figure::Idle)?;
        Ok(stand)
    }

    /// Looks at what memory they have.
    fn weigh(&mut self, figure: Figure) -> anyhow::Result<()> {
        for (server, memory) in self.servers.iter().zip(&mut self.memory) {
            memory.insert(figure, server.resident()?);
        }
        Ok(())
    }

    /// Compares them to tonic under a load.
    async fn compare(
        &self,
        title: String,
        rounds: usize,
        sample: impl AsyncFn(&Server) -> anyhow::Result<Sample>,
    ) -> anyhow::Result<Comparison> {
        let anchor = Kind::Native.name();
        compare::compare(title, &self.servers, &anchor, rounds, sample).await
    }

    /// What memory they had, and have at the end.
    fn memory(mut self, of: &str, report: &mut Report) -> anyhow::Result<()> {
        self.weigh(Figure::After)?;
        let title = format!("resident memory, {of}");
        let rows = self.servers.iter().zip(&self.memory);
        let rows = rows.map(|(server, memory)| (server.name(), vec![memory.clone()]));
        let comparison = Comparison::of(title, &Kind::Native.name(), rows.collect());
        report.compared(
            comparison,
            &[Figure::Idle, Figure::Filled, Figure::After],
            &[],
        );
        Ok(())
    }
}

/// How rounds are told of.
fn rounds(plan: &Plan) -> String {
    let rounds = counted(plan.rounds, "round");
    format!("Medians of {rounds} of {:?}.", plan.round)
}
