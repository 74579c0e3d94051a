//! What an application sees through a real daprd, by HTTP and by gRPC.

#[path = "../../../tests/e2e/api.rs"]
#[allow(dead_code)] // The tests use the rest of it.
mod api;

use super::{Plan, STORE, rounds};
use crate::{
    client::{
        Call,
        connection::{Connection, frame},
        http,
        state::counted,
    },
    compare::{self, CALLS, Named, RATIOS},
    daprd::{self, APIS, Api, Calls, Daprd, Pair, method},
    report::Report,
    server::Kind,
};
use ::http::Method;
use serde_json::json;
use std::fmt;

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
        let api = self.api;
        let callers = counted(self.callers, "caller");
        write!(f, "daprd, {api}: {work}, {VALUE} B, {callers}")
    }
}

impl Load {
    fn calls(self) -> anyhow::Result<Calls> {
        let turns = 0..KEYS;
        Ok(match self.api {
            Api::Http => Calls::Http(turns.map(|turn| request(self.work, turn)).collect()),
            Api::Grpc => {
                let calls = turns.map(|turn| call(self.work, turn));
                Calls::Grpc(calls.collect::<anyhow::Result<_>>()?)
            }
        })
    }
}

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "{} What an application sees of a state store: by HTTP each caller has a connection, by gRPC all share one. Values have \
         {VALUE} bytes. CPU is the component's for each call, and daprd's apart. Each server has a daprd of its own.",
        rounds(plan)
    );
    report.part("Through daprd", &about);
    if let Some(missing) = daprd::missing() {
        report.left_out("this part", missing);
        return Ok(());
    }
    let mut pairs = Vec::new();
    for kind in super::available(&SERVERS, report) {
        let pair = Pair::start(kind).await?;
        fill(&pair.daprd).await?;
        pairs.push(pair);
    }
    for api in APIS {
        for work in [Work::Get, Work::Save, Work::Mixed] {
            for callers in CALLERS {
                let load = Load { api, work, callers };
                let calls = load.calls()?;
                let sample = async |pair: &Pair| pair.sample(&calls, callers, plan.round).await;
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
