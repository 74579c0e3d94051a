//! What is asked of a store.

use super::{
    Call, Caller, InTurn, callers,
    connection::{Connection, frame, path},
};
use crate::{client, compare::Sample, server::Server};
use anyhow::ensure;
use http::HeaderValue;
use plugbox::proto::dapr::{
    BulkGetRequest, BulkGetResponse, BulkSetRequest, BulkSetResponse, FeaturesRequest,
    FeaturesResponse, GetRequest, InitRequest, InitResponse, MetadataRequest, SetRequest,
    TransactionalStateOperation, TransactionalStateRequest,
    transactional_state_operation::Request as Operation,
};
use std::{fmt, path::Path, sync::Arc, time::Duration};

pub const STORE: &str = "dapr.proto.components.v1.StateStore";
const TRANSACTIONS: &str = "dapr.proto.components.v1.TransactionalStateStore";

/// How many keys there are with values of one size, all of them set before anything is measured.
const KEYS: usize = 1000;

/// The same of values that are large.
const KEYS_OF_LARGE: usize = 100;
const LARGE: usize = 16 << 10;

/// How many items a bulk call has.
const BULK: usize = 20;

/// How many items a transaction sets.
const TRANSACTION: usize = 3;

/// One call of so many is a Set where they are mixed, the others are Gets.
const SET_EVERY: usize = 5;

/// What is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    Get,
    Set,
    Mixed,
    BulkGet,
    BulkSet,
    Transact,
}

/// What is called, with values of which size, and by how many over how many connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Load {
    pub work: Work,
    /// Bytes of each value.
    pub size: usize,
    pub callers: usize,
    pub connections: usize,
}

impl Load {
    pub const fn new(work: Work, size: usize, callers: usize, connections: usize) -> Self {
        Self {
            work,
            size,
            callers,
            connections,
        }
    }

    /// Four Gets for each Set, over one connection.
    pub const fn mixed(size: usize, callers: usize) -> Self {
        Self::new(Work::Mixed, size, callers, 1)
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let work = self.work;
        let callers = callers_on(self.callers, self.connections);
        let size = match self.size {
            bytes if bytes < 1 << 10 => format!("{bytes} B"),
            bytes => format!("{} KiB", bytes >> 10),
        };
        write!(f, "{work}, {size}, {callers}")
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Get => f.write_str("get"),
            Self::Set => f.write_str("set"),
            Self::Mixed => f.write_str("mixed"),
            Self::BulkGet => write!(f, "bulk get of {BULK}"),
            Self::BulkSet => write!(f, "bulk set of {BULK}"),
            Self::Transact => write!(f, "transaction of {TRANSACTION}"),
        }
    }
}

/// A number of things.
pub fn counted(count: usize, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        _ => format!("{count} {thing}s"),
    }
}

/// So many callers over so many connections.
pub fn callers_on(callers: usize, connections: usize) -> String {
    let callers = counted(callers, "caller");
    let connections = counted(connections, "connection");
    format!("{callers} on {connections}")
}

/// Initialises the instance that is measured, which takes all of these.
pub async fn init(socket: &Path) -> anyhow::Result<()> {
    begin(&mut Connection::open(socket).await?).await
}

/// Initialises an instance of its own, and keeps its connection, as daprd does for each resource.
pub async fn instance(socket: &Path, number: usize) -> anyhow::Result<Connection> {
    let mut connection = Connection::of(socket, HeaderValue::from(number)).await?;
    begin(&mut connection).await?;
    Ok(connection)
}

async fn begin(connection: &mut Connection) -> anyhow::Result<()> {
    let init = InitRequest {
        metadata: Some(MetadataRequest::default()),
    };
    let _: InitResponse = connection.ask(&path(STORE, "Init")?, &init).await?;
    let features = FeaturesRequest {};
    let _: FeaturesResponse = connection.ask(&path(STORE, "Features")?, &features).await?;
    Ok(())
}

/// Sets every key that has values of this size, and sees that they can be read.
pub async fn fill(socket: &Path, size: usize) -> anyhow::Result<()> {
    let mut connection = Connection::open(socket).await?;
    for first in (0..keys(size)).step_by(BULK) {
        let all = first..first + BULK;
        let items = all.clone().map(|number| set(number, size)).collect();
        let request = BulkSetRequest {
            items,
            ..Default::default()
        };
        let _: BulkSetResponse = connection.ask(&path(STORE, "BulkSet")?, &request).await?;
        let items = all.map(|number| get(number, size)).collect();
        let request = BulkGetRequest {
            items,
            ..Default::default()
        };
        let read: BulkGetResponse = connection.ask(&path(STORE, "BulkGet")?, &request).await?;
        ensure!(
            read.items.len() == BULK
                && (read.items.iter()).all(|item| item.data.len() == size && item.etag.is_some()),
            "a value is not what was set"
        );
    }
    Ok(())
}

/// Sets every key that has values of this size, each over the next connection: where one who calls in turn will ask for it.
pub async fn fill_in_turn(connections: &[Connection], size: usize) -> anyhow::Result<()> {
    let calls = calls(Load::new(Work::Set, size, 1, 1))?;
    let count = calls.len();
    let connections = connections.to_vec();
    let mut caller = InTurn { connections, calls };
    for turn in 0..count {
        caller.turn(turn).await?;
    }
    Ok(())
}

/// Puts a load on a server for a while.
pub async fn sample(server: &Server, load: Load, lasts: Duration) -> anyhow::Result<Sample> {
    let mut connections = Vec::new();
    for _ in 0..load.connections {
        connections.push(Connection::open(&server.socket()).await?);
    }
    let callers = callers(&connections, load.callers, &calls(load)?);
    client::measured(callers, lasts, &[server.id()]).await
}

/// What the callers of a load call, each from another place in it.
pub fn calls(load: Load) -> anyhow::Result<Arc<[Call]>> {
    let size = load.size;
    (0..keys(size))
        .map(|turn| {
            let get_item = |number| get(number, size);
            let set_item = |number| set(number, size);
            let numbers = |count: usize| (0..count).map(move |more| jump(turn + more, size));
            let number = jump(turn, size);
            match load.work {
                Work::Mixed if turn % SET_EVERY == 0 => call("Set", &set_item(number), 0),
                Work::Get | Work::Mixed => call("Get", &get_item(number), size),
                Work::Set => call("Set", &set_item(number), 0),
                Work::BulkGet => {
                    let request = BulkGetRequest {
                        items: numbers(BULK).map(get_item).collect(),
                        ..Default::default()
                    };
                    call("BulkGet", &request, BULK * size)
                }
                Work::BulkSet => {
                    let request = BulkSetRequest {
                        items: numbers(BULK).map(set_item).collect(),
                        ..Default::default()
                    };
                    call("BulkSet", &request, 0)
                }
                Work::Transact => {
                    let operations = numbers(TRANSACTION).map(|number| {
                        let request = Some(Operation::Set(set_item(number)));
                        TransactionalStateOperation { request }
                    });
                    let request = TransactionalStateRequest {
                        operations: operations.collect(),
                        ..Default::default()
                    };
                    Ok(Call {
                        path: path(TRANSACTIONS, "Transact")?,
                        frame: frame(&request),
                        least: 0,
                    })
                }
            }
        })
        .collect()
}

fn call(method: &str, message: &impl prost::Message, least: usize) -> anyhow::Result<Call> {
    Ok(Call {
        path: path(STORE, method)?,
        frame: frame(message),
        least,
    })
}

fn keys(size: usize) -> usize {
    match size {
        LARGE.. => KEYS_OF_LARGE,
        _ => KEYS,
    }
}

/// Keys in an order that jumps about: the step has no divisor in common with their number.
fn jump(turn: usize, size: usize) -> usize {
    turn * 389 % keys(size)
}

fn key(number: usize, size: usize) -> String {
    format!("app||{size}-{number:04}")
}

fn get(number: usize, size: usize) -> GetRequest {
    GetRequest {
        key: key(number, size),
        ..Default::default()
    }
}

fn set(number: usize, size: usize) -> SetRequest {
    SetRequest {
        key: key(number, size),
        value: vec![b'v'; size],
        ..Default::default()
    }
}
