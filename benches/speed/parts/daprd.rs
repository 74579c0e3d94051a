//! What an application sees through a real daprd, by HTTP and by gRPC.

#[path = "../../../tests/e2e/api.rs"]
#[allow(dead_code)] // The tests use the rest of it.
mod api;

use super::{Plan, STORE, rounds};
use crate::{
    client::{
        self, Call,
        connection::{Connection, frame, path},
        http::{self, Requests},
        state::counted,
    },
    compare::{self, CALLS, Named, RATIOS, Sample},
    daprd::{self, Daprd},
    report::Report,
    server::{Kind, Server},
};
use ::http::{Method, Uri};
use serde_json::json;
use std::{fmt, sync::Arc, time::Duration};

const SERVERS: [Kind; 3] = [STORE, Kind::Native, Kind::GoSdk];

const KEYS: usize = 1000;

/// Bytes of each value; by HTTP, with the quotes of JSON.
const VALUE: usize = 100;

const CALLERS: [usize; 3] = [1, 8, 64];

/// One call of so many is a save where they are mixed.
const SAVE_EVERY: usize = 5;

#[derive(Clone, Copy)]
enum Work {
    Get,
    Save,
    Mixed,
}

impl Work {
    fn saves(self, turn: usize) -> bool {
        match self {
            Self::Get => false,
            Self::Save => true,
            Self::Mixed => turn.is_multiple_of(SAVE_EVERY),
        }
    }
}

#[derive(Clone, Copy)]
enum Api {
    Http,
    Grpc,
}

#[derive(Clone, Copy)]
struct Load {
    api: Api,
    work: Work,
    callers: usize,
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let work = match self.work {
            Work::Get => "get",
            Work::Save => "set",
            Work::Mixed => "mixed",
        };
        let api = match self.api {
            Api::Http => "HTTP",
            Api::Grpc => "gRPC",
        };
        let callers = counted(self.callers, "caller");
        write!(f, "daprd, {api}: {work}, {VALUE} B, {callers}")
    }
}

/// A server, and the daprd of its own.
struct Pair {
    // It goes first, so that it does not complain of a component that has gone.
    daprd: Daprd,
    server: Server,
}

impl Named for Pair {
    fn name(&self) -> String {
        self.server.name()
    }
}

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "{} What an application sees of a state store: by HTTP each caller has a connection, by gRPC all share one. Values have \
         {VALUE} bytes. CPU is the component's for each call, and daprd's apart. Each server has a daprd of its own.",
        rounds(plan)
    );
    report.part("Through daprd", &about);
    if !daprd::program().exists() {
        report.left_out("this part", "daprd is missing: `just daprd` builds it");
        return Ok(());
    }
    let mut pairs = Vec::new();
    for kind in super::available(&SERVERS, report) {
        let server = Server::start(kind)?;
        let daprd = Daprd::beside(&server).await?;
        fill(&daprd).await?;
        pairs.push(Pair { daprd, server });
    }
    for api in [Api::Http, Api::Grpc] {
        for work in [Work::Get, Work::Save, Work::Mixed] {
            for callers in CALLERS {
                let load = Load { api, work, callers };
                let sample = async |pair: &_| sample(pair, load, plan.round).await;
                let title = load.to_string();
                let anchor = Kind::Native.name();
                let compared = compare::compare(title, &pairs, &anchor, plan.rounds, sample);
                report.compared(compared.await?, &CALLS, &RATIOS);
            }
        }
    }
    Ok(())
}

/// Saves every key.
async fn fill(daprd: &Daprd) -> anyhow::Result<()> {
    let mut connection = Connection::to(daprd.grpc).await?;
    let save = method("SaveState")?;
    let states = (0..KEYS).map(item).collect();
    let states = api::States {
        store_name: daprd::STORE.to_owned(),
        states,
    };
    connection.call(&save, frame(&states)).await?;
    Ok(())
}

async fn sample(pair: &Pair, load: Load, lasts: Duration) -> anyhow::Result<Sample> {
    let Pair { daprd, server } = pair;
    let processes = [server.id(), daprd.id()];
    let turns = 0..KEYS;
    match load.api {
        Api::Http => {
            let calls: Arc<[_]> = turns.map(|turn| request(load.work, turn)).collect();
            let mut callers = Vec::new();
            for _ in 0..load.callers {
                callers.push(Requests::to(daprd.http, &calls).await?);
            }
            client::measured(callers, lasts, &processes).await
        }
        Api::Grpc => {
            let calls = turns.map(|turn| call(load.work, turn));
            let calls = calls.collect::<anyhow::Result<Arc<[_]>>>()?;
            let connection = Connection::to(daprd.grpc).await?;
            let callers = client::callers(&[connection], load.callers, &calls);
            client::measured(callers, lasts, &processes).await
        }
    }
}

fn request(work: Work, turn: usize) -> http::Call {
    let states = format!("/v1.0/state/{}", daprd::STORE);
    match work.saves(turn) {
        true => {
            let value = "v".repeat(VALUE - 2);
            let items = json!([{ "key": key(turn), "value": value }]);
            http::Call {
                method: Method::POST,
                path: states,
                body: items.to_string().into(),
                least: 0,
            }
        }
        false => http::Call {
            method: Method::GET,
            path: format!("{states}/{}", key(turn)),
            body: Default::default(),
            least: VALUE,
        },
    }
}

fn call(work: Work, turn: usize) -> anyhow::Result<Call> {
    let store_name = daprd::STORE.to_owned();
    Ok(match work.saves(turn) {
        true => Call {
            path: method("SaveState")?,
            frame: frame(&api::States {
                store_name,
                states: vec![item(turn)],
            }),
            least: 0,
        },
        false => Call {
            path: method("GetState")?,
            frame: frame(&api::GetState {
                store_name,
                key: key(turn),
            }),
            least: VALUE,
        },
    })
}

fn method(name: &str) -> anyhow::Result<Uri> {
    path("dapr.proto.runtime.v1.Dapr", name)
}

fn item(turn: usize) -> api::StateItem {
    api::StateItem {
        key: key(turn),
        value: format!("\"{}\"", "v".repeat(VALUE - 2)).into_bytes(),
        ..Default::default()
    }
}

/// Keys in an order that jumps about: the step has no divisor in common with their number.
fn key(turn: usize) -> String {
    format!("key-{:04}", turn * 389 % KEYS)
}
