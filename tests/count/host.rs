//! The host inside this process, with one service more, through which its own threads are asked to mark where they are.

use super::{callgrind::mark, component::component};
use plugbox::{
    engine::{Cache, Loader, Totals},
    proto::layotto::hello::{HelloResponse, hello_server::SERVICE_NAME},
    runtime::{Aside, Component},
    services::services,
    transport::{Access, Answered, Listening, Server, Socket, framed},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The method that marks.
pub const MARK: &str = "spec.proto.pluggable.v1.hello.Hello/SayHello";

/// The host, as it serves by default.
pub struct Host {
    sockets: TempDir,
    loader: Loader,
    server: Server,
    aside: Aside,
    tasks: TaskTracker,
    listening: Vec<Listening>,
}

impl Host {
    /// What it compiles is kept in `cache`.
    pub fn start(cache: &Path) -> anyhow::Result<Self> {
        let tasks = TaskTracker::new();
        let cache = Cache::At(cache.to_owned());
        Ok(Self {
            sockets: tempfile::tempdir()?,
            loader: Loader::new(&cache, Totals::default())?,
            server: Server::start(tasks.clone())?,
            aside: Aside::start()?,
            tasks,
            listening: Vec::new(),
        })
    }

    /// Serves a guest. Answers its component, and the socket.
    pub async fn serve(&mut self, guest: &str) -> anyhow::Result<(Arc<Component>, PathBuf)> {
        let component = component(&self.loader, &self.aside, &self.tasks, guest);
        let (component, settings) = component.await?;
        let mut router = services(&component, settings.message, CancellationToken::new());
        router.name(SERVICE_NAME);
        router.unary(SERVICE_NAME, "SayHello", settings.message, |_| {
            mark();
            Box::pin(async { framed(&HelloResponse::default(), 0).map(Answered::from) })
        });
        let path = self.sockets.path().join(format!("{guest}.sock"));
        let socket = Socket::bind(path.clone(), &Access::default())?;
        let listening = self
            .server
            .serve(guest, socket, router, settings.admission)?;
        self.listening.push(listening);
        Ok((component, path))
    }
}
