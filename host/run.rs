//! The runner's life: load every guest, bind every socket, serve until a signal, drain.

use crate::{
    admin::Admin,
    config::{AdminSocket, Config, named, settings::Served},
    engine::Loader,
    kept::Kept,
    notify,
    runtime::{Aside, Component},
    services::services,
    transport::{Access, Passed, Server, Socket, raise_descriptors},
};
use anyhow::{Context, bail};
use futures_util::future::join_all;
use std::{
    io::{self, Write},
    path::Path,
    process,
    sync::Arc,
    time::Duration,
};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long streams that are cut off have to say so.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// What the socket for operators is called, in the log and where it is passed.
const ADMIN: &str = "admin";

/// Serves what the configuration says, until a signal comes and calls have ended.
///
/// # Errors
/// When a guest cannot be served, a socket cannot be bound, or the machine does not give what that needs.
pub fn run(config: Config) -> anyhow::Result<()> {
    // First of all: before there are other files and threads.
    let passed = Passed::from_environment()?;
    raise_descriptors();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(serve(config, &passed));
    // Whatever still runs was given its time.
    runtime.shutdown_background();
    result
}

async fn serve(config: Config, passed: &Passed) -> anyhow::Result<()> {
    // Before anything that takes long: a signal while guests compile is a signal too.
    let mut signals = Signals::new()?;
    tokio::select! {
        serving = Serving::start(&config, passed) => {
            let serving = serving?;
            announce(&serving.lines);
            notify::ready(&serving.summary(&config.sockets));
            tokio::spawn(notify::alive());
            signals.next().await;
            drain(serving, config.drain, signals).await;
        }
        _ = signals.next() => {}
    }
    Ok(())
}

/// The runner while it serves.
pub(crate) struct Serving {
    server: Server,
    components: Vec<Arc<Component>>,
    /// What is served, a line for each component.
    lines: Vec<String>,
    /// Cancelled, it ends the streams that are still open.
    close: CancellationToken,
    /// Guests need its clock.
    _loader: Arc<Loader>,
    /// And these threads.
    _aside: Aside,
}

impl Serving {
    /// Everything that can fail comes before the first socket: no client ever finds half a runner.
    pub(crate) async fn start(config: &Config, passed: &Passed) -> anyhow::Result<Self> {
        let (count, most) = (config.components.len(), config.totals.components);
        if count > most {
            bail!(
                "{count} components are more than the {most} that may be ({})",
                named::max_components
            );
        }
        let kept = config.state_dir.as_deref().map(Kept::open).transpose()?;
        let loader = Loader::new(&config.cache, config.totals.clone())
            .context("the WebAssembly engine does not start")?;
        let loader = Arc::new(loader);
        let tasks = TaskTracker::new();
        let aside = Aside::start()?;
        let mut components = Vec::new();
        for component in &config.components {
            let (limits, grants) = (component.limits.clone(), component.grants.clone());
            let name = component.name.as_str();
            let template = loader.load(name, &component.guest, limits, grants).await?;
            let (tasks, kept) = (tasks.clone(), kept.clone());
            let component = Component::new(name, template, tasks, aside.handle(), kept);
            components.push(component);
        }
        // A client that finds a socket finds its instances, too.
        join_all(components.iter().map(|component| component.replay())).await;
        let mut sockets = Vec::new();
        for component in &config.components {
            sockets.push(passed.bind(&config.sockets, component.name.as_str(), &config.access)?);
        }
        let admin_socket = match &config.admin {
            Some(admin) => admin_socket(admin, passed)?,
            None => None,
        };
        passed.tell_of_idle();
        let mut admin = Admin::new(loader.clone(), config.drain);
        let close = CancellationToken::new();
        let mut server = Server::start(tasks)?;
        let mut lines = Vec::new();
        for ((component, socket), told) in components.iter().zip(sockets).zip(&config.components) {
            lines.push(announcement(component, &socket, &told.name.in_dapr()));
            let router = services(component, told.message, close.clone());
            admin.add(component.clone(), told.clone(), router.names().collect());
            server.serve(component.name(), socket, router, told.admission)?;
        }
        if let Some(socket) = admin_socket {
            let router = Arc::new(admin).router();
            server.serve(ADMIN, socket, router, Served::default().admission())?;
        }
        Ok(Self {
            server,
            components,
            lines,
            close,
            _loader: loader,
            _aside: aside,
        })
    }

    /// What is served, in a few words for an operator.
    fn summary(&self, folder: &Path) -> String {
        let what = match self.components.len() {
            1 => "1 component".to_owned(),
            count => format!("{count} components"),
        };
        format!("{what} on {}", folder.display())
    }

    /// What is served, in the order of the configuration.
    pub(crate) fn components(&self) -> &[Arc<Component>] {
        &self.components
    }

    /// Calls first and streams after them, so that what a call publishes is delivered and what is delivered can be acknowledged.
    pub(crate) async fn end(&self, limit: Duration) {
        let in_order = async {
            self.server.stop().await;
            for component in &self.components {
                component.finish().await;
            }
            self.server.ended().await;
        };
        if tokio::time::timeout(limit, in_order).await.is_err() {
            tracing::warn!("some calls or streams did not end in time and are cut off");
            self.close.cancel();
            let _ = tokio::time::timeout(LAST_WORDS, self.server.ended()).await;
        }
    }
}

/// The socket for operators, if it is to be had.
fn admin_socket(admin: &AdminSocket, passed: &Passed) -> anyhow::Result<Option<Socket>> {
    let private = Access {
        mode: 0o600,
        group: None,
    };
    match passed.at(admin.path.clone(), ADMIN, &private) {
        Ok(socket) => Ok(Some(socket)),
        Err(error) if admin.optional => {
            tracing::warn!(
                "`plugbox status` and `plugbox swap` cannot reach this runner: {error:#}. Give it a socket of its own ({})",
                named::admin
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// One line for whoever started it: what is served, where, and how a Dapr resource names it.
fn announcement(component: &Arc<Component>, socket: &Socket, dapr_name: &str) -> String {
    let mut what = Vec::new();
    let mut types = Vec::new();
    for block in component.blocks() {
        what.push(block.title());
        // Input and output bindings are one type.
        let named = block
            .dapr_type()
            .map(|ty| format!("type: {ty}.{dapr_name}"));
        types.extend(named.filter(|named| !types.contains(named)));
    }
    let line = format!(
        "{}: {} on {}",
        component.name(),
        what.join(", "),
        socket.path().display()
    );
    match types.as_slice() {
        [] => line,
        types => format!("{line} ({}, version: v1)", types.join(", ")),
    }
}

/// Standard output may be closed: the runner serves all the same.
fn announce(lines: &[String]) {
    let mut out = io::stdout().lock();
    let _ = lines
        .iter()
        .try_for_each(|line| writeln!(out, "{line}"))
        .and_then(|()| out.flush());
}

async fn drain(serving: Serving, limit: Duration, mut signals: Signals) {
    notify::stopping();
    tracing::info!(
        "stopping: calls have {} to end, and messages that are out to be acknowledged; a second signal stops at once",
        humantime::format_duration(limit)
    );
    tokio::select! {
        () = serving.end(limit) => {}
        number = signals.next() => process::exit(128 + number),
    }
}

/// The signals that stop the runner.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The number of the next one.
    async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt().as_raw_value(),
            _ = self.terminate.recv() => SignalKind::terminate().as_raw_value(),
        }
    }
}
