//! A neighbour that is kept busy, by callers on a thread of their own.

use crate::{
    client::{
        connection::{Connection, frame, path},
        state,
    },
    server::Server,
};
use anyhow::Context;
use http::HeaderValue;
use plugbox::proto::dapr::{GetRequest, InitRequest, InitResponse};
use std::{
    path::Path,
    sync::mpsc,
    thread::{self, JoinHandle},
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What the neighbour is asked for, without end, by so many callers, each of an instance of its own.
pub struct Attack {
    pub title: &'static str,
    pub key: &'static str,
    pub callers: usize,
}

/// An attack that goes on.
pub struct UnderWay {
    end: CancellationToken,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Attack {
    pub const fn new(title: &'static str, key: &'static str, callers: usize) -> Self {
        Self {
            title,
            key,
            callers,
        }
    }

    /// Begins it, and returns when every caller is about to call.
    pub fn begin(&self, server: &Server) -> anyhow::Result<UnderWay> {
        let end = CancellationToken::new();
        let (ready, begun) = mpsc::channel();
        let (key, callers, ended) = (self.key, self.callers, end.clone());
        let socket = server.neighbour();
        let thread = thread::spawn(move || attack(&socket, key, callers, &ready, ended));
        for _ in 0..self.callers {
            if begun.recv().is_err() {
                break;
            }
        }
        Ok(UnderWay { end, thread })
    }
}

impl UnderWay {
    pub fn end(self) -> anyhow::Result<()> {
        self.end.cancel();
        let ended = self.thread.join();
        ended.ok().context("the attack has panicked")?
    }
}

fn attack(
    socket: &Path,
    key: &'static str,
    callers: usize,
    ready: &mpsc::Sender<()>,
    end: CancellationToken,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut connections = Vec::new();
        for caller in 0..callers {
            let instance = HeaderValue::from(caller);
            connections.push(Connection::of(socket, instance).await?);
        }
        // A server gives a new connection to the thread that has the fewest. With as many on each, the next one goes to the
        // first thread, as the first of these did: what is measured is not spared.
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut idle = Vec::new();
        while !(callers + idle.len()).is_multiple_of(threads) {
            idle.push(Connection::open(socket).await?);
        }
        let mut all = JoinSet::new();
        for connection in connections {
            let call = call(connection, key, ready.clone());
            let until = end.clone();
            all.spawn(async move { until.run_until_cancelled(call).await.unwrap_or(Ok(())) });
        }
        while let Some(ended) = all.join_next().await {
            ended??;
        }
        drop(idle);
        Ok(())
    })
}

async fn call(
    mut connection: Connection,
    key: &str,
    ready: mpsc::Sender<()>,
) -> anyhow::Result<()> {
    let init = path(state::STORE, "Init")?;
    let _: InitResponse = connection.ask(&init, &InitRequest::default()).await?;
    // Nobody may listen any more.
    let _ = ready.send(());
    let get = path(state::STORE, "Get")?;
    let wanted = frame(&GetRequest {
        key: key.to_owned(),
        ..Default::default()
    });
    loop {
        // That it fails is what it is for. Of a connection that has gone, it fails at once.
        let _ = connection.call(&get, wanted.clone()).await;
        tokio::task::yield_now().await;
    }
}
