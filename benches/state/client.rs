//! The callers: each calls again as soon as it is answered, and all share a few connections, as applications share daprd's.

use super::support::{
    connection::{Connection, origin, request},
    rounds::Seen,
};
use anyhow::{Context, ensure};
use hdrhistogram::Histogram;
use plugbox::proto::dapr::{
    FeaturesRequest, GetRequest, InitRequest, SetRequest, state_store_client::StateStoreClient,
};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Bytes of each value.
pub const VALUE: usize = 100;

/// How many keys there are, all of them set before anything is measured.
const KEYS: usize = 1000;

/// One call of so many is a Set, the others are Gets.
const SET_EVERY: usize = 5;

/// A server that takes longer than this has stopped.
const PATIENCE: Duration = Duration::from_secs(120);

/// How many call at once, over how many connections.
#[derive(Clone, Copy)]
pub struct Load {
    pub callers: usize,
    pub sockets: usize,
}

impl Load {
    pub const fn new(callers: usize, sockets: usize) -> Self {
        Self { callers, sockets }
    }
}

/// Initialises a server's store and sets every key.
pub async fn prepare(socket: &Path) -> anyhow::Result<()> {
    let mut store = Store::connect(socket).await?;
    store.client.init(request(InitRequest::default())).await?;
    store.client.features(request(FeaturesRequest {})).await?;
    for number in 0..KEYS {
        store.set(key(number)).await?;
    }
    Ok(())
}

/// Makes many calls, by as many callers as are ever measured.
pub async fn many(socket: &Path, count: u64) -> anyhow::Result<()> {
    let load = Load::new(64, 1);
    let each = count / load.callers as u64;
    let stores = connect(socket, load.sockets).await?;
    call(&stores, load, move |made, _| made < each).await?;
    Ok(())
}

/// Calls for as long as this lasts: what callers saw, and by how much a gauge of the server grew.
pub async fn measured(
    socket: &Path,
    load: Load,
    lasts: Duration,
    gauge: impl Fn() -> anyhow::Result<Duration>,
) -> anyhow::Result<(Seen, Duration)> {
    let stores = connect(socket, load.sockets).await?;
    let before = gauge()?;
    let end = Instant::now() + lasts;
    let calls = call(&stores, load, move |_, now| now < end).await?;
    Ok((calls, gauge()?.saturating_sub(before)))
}

/// Connections that have been called over once, so that what they need first is not measured.
async fn connect(socket: &Path, count: usize) -> anyhow::Result<Vec<Store>> {
    let mut stores = Vec::new();
    for _ in 0..count {
        let mut store = Store::connect(socket).await?;
        store.get(key(0)).await?;
        stores.push(store);
    }
    Ok(stores)
}

/// Lets every caller call for as long as `more` says, given how many calls it made and what time it is.
async fn call(
    stores: &[Store],
    load: Load,
    more: impl Fn(u64, Instant) -> bool + Copy + Send + 'static,
) -> anyhow::Result<Seen> {
    let latencies = Histogram::new_with_bounds(1, PATIENCE.as_nanos() as u64, 3)?;
    let latencies = Arc::new(Mutex::new(latencies));
    let begun = Instant::now();
    let mut callers = JoinSet::new();
    for (caller, store) in (0..load.callers).zip(stores.iter().cycle()) {
        let mut store = store.clone();
        let latencies = latencies.clone();
        callers.spawn(async move {
            let mut made = 0;
            let mut now = Instant::now();
            let mut turn = caller;
            while more(made, now) {
                store.turn(turn).await?;
                let begun = std::mem::replace(&mut now, Instant::now());
                latencies
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .saturating_record(now.duration_since(begun).as_nanos() as u64);
                made += 1;
                turn += 1;
            }
            anyhow::Ok(())
        });
    }
    let all = async {
        while let Some(caller) = callers.join_next().await {
            caller??;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, all)
        .await
        .context("it does not answer any more")??;
    let elapsed = begun.elapsed();
    let latencies = latencies.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Seen {
        latencies: latencies.clone(),
        elapsed,
    })
}

/// Keys in an order that jumps about: the step has no divisor in common with their number.
fn key(turn: usize) -> String {
    format!("app||key-{:04}", turn * 389 % KEYS)
}

/// A state store's client.
#[derive(Clone)]
struct Store {
    client: StateStoreClient<Connection>,
}

impl Store {
    async fn connect(socket: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(socket).await?;
        Ok(Self {
            client: StateStoreClient::with_origin(connection, origin()),
        })
    }

    async fn turn(&mut self, turn: usize) -> anyhow::Result<()> {
        match turn % SET_EVERY {
            0 => self.set(key(turn)).await,
            _ => self.get(key(turn)).await,
        }
    }

    async fn get(&mut self, key: String) -> anyhow::Result<()> {
        let request = request(GetRequest {
            key,
            ..Default::default()
        });
        let got = self.client.get(request).await?.into_inner();
        ensure!(got.data.len() == VALUE, "a value is not what was set");
        ensure!(got.etag.is_some(), "a value has no etag");
        Ok(())
    }

    async fn set(&mut self, key: String) -> anyhow::Result<()> {
        let request = request(SetRequest {
            key,
            value: vec![b'v'; VALUE],
            ..Default::default()
        });
        self.client.set(request).await?;
        Ok(())
    }
}
