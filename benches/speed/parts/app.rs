//! Applications: what a guest that is one answers, directly and through a real daprd, with instances that are kept and with one for
//! each call.

use super::{Plan, Stand, available, rounds};
use crate::{
    client::{
        Call,
        app::{self, DATA, Load, METHOD},
        connection::frame,
        http,
        state::counted,
    },
    compare::{self, CALLS, Figure, Named, RATIOS, Sample},
    daprd::{self, APIS, Api, Calls, Pair},
    report::Report,
    server::{Instances, Kind, Server},
};
use ::http::Method;
use anyhow::Context;
use plugbox::proto::runtime::v1::InvokeServiceRequest;
use std::sync::Arc;

/// The title of the part.
pub const TITLE: &str = "An app";

const GUEST: &str = "rust-minimal-app";
const KEPT: Kind = Kind::App(GUEST, Instances::Usual);
const FRESH: Kind = Kind::App(GUEST, Instances::OneEach);

const SERVERS: [Kind; 3] = [KEPT, FRESH, Kind::NativeApp];

/// Over one connection, as daprd has one; and over several, as several cores can serve.
const LOADS: [Load; 4] = [
    Load::new(1, 1),
    Load::new(8, 1),
    Load::new(64, 1),
    Load::new(64, 8),
];

const CALLERS: [usize; 3] = [1, 8, 64];

/// So many instances at once take calls that wait.
const MANY: usize = 50;
const CROWD: Kind = Kind::App("hostile-probe-app", Instances::UpTo(MANY));

/// What tells of memory and of what an instance for each call takes.
pub const COSTS: [Figure; 7] = [
    Figure::Idle,
    Figure::After,
    Figure::Private,
    Figure::Further,
    Figure::Cpu,
    Figure::FreshCpu,
    Figure::Fresh,
];

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "{} The method of an app is sent {DATA} bytes, and answers them: in a guest whose instances are kept, in one that has an \
         instance for each call, and in plain Rust behind tonic. All are reached over TCP. Through daprd, each app has one of its \
         own, of which it is called by daprd's API: by HTTP each caller has a connection, by gRPC all share one; CPU is the app's, \
         and daprd's apart.",
        rounds(plan)
    );
    report.part(TITLE, &about);
    let stand = Stand::start(&SERVERS, report)?;
    for load in LOADS {
        let sample = async |server: &_| app::sample(server, load, plan.round).await;
        let compared = stand.compare(load.title(), plan.rounds, sample).await?;
        report.compared(compared, &CALLS, &RATIOS);
    }
    if let [kept, fresh, _] = &*stand.servers {
        let sample = async |load: &Load| beyond(kept, fresh, *load, plan).await;
        let title = "an instance for each call".to_owned();
        let anchor = LOADS.first().map(Named::name).unwrap_or_default();
        let compared = compare::compare(title, &LOADS, &anchor, plan.rounds, sample);
        report.compared(compared.await?, &COSTS, &[]);
    }
    drop(stand);
    footprint(plan, report).await?;
    through_daprd(plan, report).await
}

/// What a call takes in an instance of its own, and in one that is kept, one after the other.
async fn beyond(kept: &Server, fresh: &Server, load: Load, plan: &Plan) -> anyhow::Result<Sample> {
    let cpu = async |server: &Server| {
        let seen = app::sample(server, load, plan.round / 2).await?;
        let cpu = seen.get(&Figure::Cpu).copied();
        cpu.with_context(|| format!("nothing is known of {}", server.name()))
    };
    let (kept, fresh) = (cpu(kept).await?, cpu(fresh).await?);
    Ok(Sample::from([
        (Figure::Cpu, kept),
        (Figure::FreshCpu, fresh),
        (Figure::Fresh, fresh - kept),
    ]))
}

/// What memory apps take, each started anew.
async fn footprint(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let servers = available(&[KEPT, FRESH, CROWD, Kind::NativeApp], report);
    for kind in &servers {
        // Fills the cache.
        drop(Server::start_once(*kind, true)?);
    }
    let sample = async |kind: &Kind| weigh(*kind, plan).await;
    let anchor = Kind::NativeApp.name();
    let title = "resident memory, an app".to_owned();
    let compared = compare::compare(title, &servers, &anchor, plan.rounds, sample);
    report.compared(compared.await?, &COSTS, &[]);
    Ok(())
}

/// With one instance, and when there are as many as the calls of a round need; or as many as there may be.
async fn weigh(kind: Kind, plan: &Plan) -> anyhow::Result<Sample> {
    let server = Server::start_once(kind, true)?;
    let before = server.resident()?;
    let mut sample = Sample::from([(Figure::Idle, before)]);
    if kind == CROWD {
        app::occupy(&server, MANY).await?;
        let more = server.resident()? - before;
        sample.insert(Figure::Further, more / (MANY - 1) as f64);
    } else {
        app::sample(&server, Load::new(64, 8), plan.round).await?;
    }
    sample.insert(Figure::After, server.resident()?);
    sample.insert(Figure::Private, server.private()?);
    Ok(sample)
}

/// Calls by daprd's own API, of the application that is behind it.
async fn through_daprd(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    if let Some(missing) = daprd::missing() {
        report.left_out("an app through daprd", missing);
        return Ok(());
    }
    let mut pairs = Vec::new();
    for kind in available(&SERVERS, report) {
        pairs.push(Pair::start(kind).await?);
    }
    for api in APIS {
        let calls = calls(api)?;
        for callers in CALLERS {
            let title = format!(
                "daprd, {api}: invoke, {DATA} B, {}",
                counted(callers, "caller")
            );
            let sample = async |pair: &Pair| pair.sample(&calls, callers, plan.round).await;
            let anchor = Kind::NativeApp.name();
            let compared = compare::compare(title, &pairs, &anchor, plan.rounds, sample);
            report.compared(compared.await?, &CALLS, &RATIOS);
        }
    }
    Ok(())
}

fn calls(api: Api) -> anyhow::Result<Calls> {
    Ok(match api {
        Api::Http => Calls::Http(Arc::from([http::Call {
            method: Method::POST,
            path: format!("/v1.0/invoke/{}/method/{METHOD}", daprd::APP),
            body: app::data().into(),
            least: DATA,
        }])),
        Api::Grpc => Calls::Grpc(Arc::from([Call {
            path: daprd::method("InvokeService")?,
            frame: frame(&InvokeServiceRequest {
                id: daprd::APP.to_owned(),
                message: Some(app::request(METHOD, app::data())),
            }),
            least: DATA,
        }])),
    })
}
