//! How costs grow with the number of components, instances, callers and streams. They should not.

use super::{GUEST, Plan, available, many::Many, rounds};
use crate::{
    client::{broker, state::counted},
    compare::{self, Figure, Named, Sample},
    report::Report,
    server::{Kind, Server},
};
use anyhow::Context;
use std::time::Duration;

const STORE: Kind = Kind::Components(GUEST, 1);
const BROKER: Kind = Kind::Components("rust-memory-broker", 1);

/// What is delivered beside subscriptions to which nothing comes.
const DELIVERY: broker::Load = broker::Load::new(8, 1, 64);

/// What there is more and more of.
#[derive(Clone, Copy)]
pub enum Axis {
    Components,
    Instances,
    Callers,
    Subscriptions,
}

pub const AXES: [Axis; 4] = [
    Axis::Components,
    Axis::Instances,
    Axis::Callers,
    Axis::Subscriptions,
];

impl Axis {
    /// How many there are, in turn.
    pub fn counts(self) -> &'static [usize] {
        match self {
            Self::Components => &[1, 10, 100],
            Self::Instances => &[1, 10, 100, 1000],
            Self::Callers => &[1, 8, 64, 256, 1024],
            Self::Subscriptions => &[0, 10, 100, 1000],
        }
    }

    /// What is held against the first of them.
    pub fn costs(self) -> &'static [Figure] {
        use Figure::{After, Cpu, P99, Ready, TonicCpu};
        match self {
            Self::Components | Self::Instances => &[Ready, After, P99, Cpu, TonicCpu],
            Self::Callers | Self::Subscriptions => &[After, P99, Cpu, TonicCpu],
        }
    }

    fn figures(self) -> &'static [Figure] {
        use Figure::{After, Cpu, Initialised, P50, P99, Rate, Ready, Start, TonicCpu};
        match self {
            Self::Components | Self::Instances => &[
                Start,
                Ready,
                Initialised,
                After,
                Rate,
                P50,
                P99,
                Cpu,
                TonicCpu,
            ],
            Self::Callers | Self::Subscriptions => &[After, Rate, P50, P99, Cpu, TonicCpu],
        }
    }

    fn thing(self) -> &'static str {
        match self {
            Self::Components => "component",
            Self::Instances => "instance",
            Self::Callers => "caller",
            Self::Subscriptions => "idle subscription",
        }
    }

    pub fn things(self) -> String {
        format!("{}s", self.thing())
    }

    pub fn title(self) -> String {
        format!("growth with {}", self.things())
    }

    fn server(self) -> Kind {
        match self {
            Self::Subscriptions => BROKER,
            _ => STORE,
        }
    }
}

/// So many of them.
struct Point(Axis, usize);

impl Named for Point {
    fn name(&self) -> String {
        let Self(axis, count) = self;
        counted(*count, axis.thing())
    }
}

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "{} In each of them the server is started anew, from its cache, and after it tonic, which has the other half of the time. Of \
         many components or instances, one caller calls one after the other, each over a connection of its own; many callers call \
         one instance over one connection. Beside idle subscriptions, on their connection, there is {DELIVERY}. Ready is \
         when all are initialised, memory is what is resident at the end, ratios are to the first line.",
        rounds(plan)
    );
    report.part("Growth", &about);
    for axis in AXES {
        if available(&[axis.server()], report).is_empty() {
            continue;
        }
        // Fills the cache.
        drop(Server::start_once(axis.server(), true)?);
        let points: Vec<_> = axis
            .counts()
            .iter()
            .map(|count| Point(axis, *count))
            .collect();
        let anchor = points.first().map(Named::name).unwrap_or_default();
        let sample = async |point: &Point| sample(point, plan).await;
        let compared = compare::compare(axis.title(), &points, &anchor, plan.rounds, sample);
        report.compared(compared.await?, axis.figures(), axis.costs());
    }
    Ok(())
}

/// What is measured with so many, and what CPU tonic takes then.
async fn sample(Point(axis, count): &Point, plan: &Plan) -> anyhow::Result<Sample> {
    let lasts = plan.round / 2;
    let (components, instances, callers) = match axis {
        Axis::Components => (*count, 1, 1),
        Axis::Instances => (1, *count, 1),
        Axis::Callers => (1, 1, *count),
        Axis::Subscriptions => {
            let sample = beside(*count, BROKER, lasts).await?;
            return Ok(with(sample, &beside(*count, Kind::Native, lasts).await?));
        }
    };
    let all = components * instances;
    let many = Many::start(Kind::Components(GUEST, components), instances).await?;
    let sample = many.sample(all, callers, lasts).await?;
    // It knows no instances: these are connections.
    let many = Many::start(Kind::Native, all).await?;
    Ok(with(sample, &many.sample(all, callers, lasts).await?))
}

fn with(mut sample: Sample, tonic: &Sample) -> Sample {
    let cpu = tonic.get(&Figure::Cpu);
    sample.extend(cpu.map(|cpu| (Figure::TonicCpu, *cpu)));
    sample
}

/// Delivers beside so many subscriptions to which nothing comes.
async fn beside(count: usize, kind: Kind, lasts: Duration) -> anyhow::Result<Sample> {
    let server = Server::start_once(kind, true)?;
    broker::prepare(&server).await?;
    let seen = broker::deliver(&server, DELIVERY.beside(count), lasts).await;
    let mut sample = seen.with_context(|| server.name())?;
    // It has not heard yet that they have ended.
    sample.insert(Figure::After, server.resident()?);
    Ok(sample)
}
