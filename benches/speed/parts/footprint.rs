//! What memory a server takes, with one instance and for each further one, and a runner with a thousand of them.

use super::{
    GUEST, Plan, STORE, available,
    many::{Many, VALUE},
    rounds,
};
use crate::{
    client::state::{self, Load},
    compare::{self, Figure, Named, Sample},
    report::Report,
    server::{Kind, Server},
};

const SERVERS: [Kind; 3] = [STORE, Kind::Native, Kind::GoSdk];

/// The title of what servers take with one instance.
pub const TITLE: &str = "footprint";

const LOAD: Load = Load::mixed(VALUE, 8);

/// Fewer than a component may have as a rule. The keys are shared out evenly among them.
const FURTHER: usize = 50;

/// One instance, and a thousand.
const ALONE: Crowd = Crowd(1, 1);
pub const THOUSAND: Crowd = Crowd(100, 10);

/// So many components, and so many instances of each. One of them is called.
pub struct Crowd(usize, usize);

impl Crowd {
    pub fn title() -> String {
        format!("one of many: {LOAD}")
    }
}

impl Named for Crowd {
    fn name(&self) -> String {
        match self {
            Self(1, 1) => "1 instance".to_owned(),
            Self(components, each) => format!("{components} components × {each} instances"),
        }
    }
}

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "{} In each of them every server is started anew, from its cache. Memory is what is resident: before Init, after it, and \
         after the calls of a round ({LOAD}); private is what is not of the program's file. Each further instance has its Init, a \
         connection, and some values.",
        rounds(plan)
    );
    report.part("Footprint", &about);
    let servers = available(&SERVERS, report);
    for kind in &servers {
        // Fills the cache.
        drop(Server::start_once(*kind, true)?);
    }
    let anchor = Kind::Native.name();
    let sample = async |kind: &Kind| weigh(*kind, plan).await;
    let title = TITLE.to_owned();
    let compared = compare::compare(title, &servers, &anchor, plan.rounds, sample);
    let figures = [
        Figure::Idle,
        Figure::Initialised,
        Figure::After,
        Figure::Private,
        Figure::Further,
    ];
    report.compared(compared.await?, &figures, &[]);
    if !servers.contains(&STORE) {
        return Ok(());
    }
    let crowds = [THOUSAND, ALONE];
    let sample = async |Crowd(components, each): &Crowd| {
        let kind = Kind::Components(GUEST, *components);
        let many = Many::start(kind, *each).await?;
        many.sample(1, LOAD.callers, plan.round).await
    };
    let anchor = ALONE.name();
    let compared = compare::compare(Crowd::title(), &crowds, &anchor, plan.rounds, sample);
    let figures = [
        Figure::Start,
        Figure::Ready,
        Figure::Idle,
        Figure::Initialised,
        Figure::After,
        Figure::Rate,
        Figure::P50,
        Figure::P99,
        Figure::Cpu,
    ];
    report.compared(compared.await?, &figures, &compare::RATIOS);
    Ok(())
}

/// What memory a server takes with one instance; then another server, for each further one.
async fn weigh(kind: Kind, plan: &Plan) -> anyhow::Result<Sample> {
    let server = Server::start_once(kind, true)?;
    let mut sample = Sample::from([(Figure::Idle, server.resident()?)]);
    state::init(&server.socket()).await?;
    sample.insert(Figure::Initialised, server.resident()?);
    state::fill(&server.socket(), LOAD.size).await?;
    state::sample(&server, LOAD, plan.round).await?;
    sample.insert(Figure::After, server.resident()?);
    sample.insert(Figure::Private, server.private()?);
    // tonic's store knows no instances.
    if kind != Kind::Native {
        let server = Server::start_once(kind, true)?;
        state::init(&server.socket()).await?;
        let before = server.resident()?;
        let mut further = Vec::new();
        for number in 0..FURTHER {
            further.push(state::instance(&server.socket(), number).await?);
        }
        state::fill_in_turn(&further, LOAD.size).await?;
        let more = server.resident()? - before;
        sample.insert(Figure::Further, more / FURTHER as f64);
    }
    Ok(sample)
}
