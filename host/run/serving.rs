//! The set of components that is served: what starts it, adds to it, takes away from it and ends it.

use super::{LAST_WORDS, Next, Served};
use crate::{
    admin::Admin,
    config::{self, AdminSocket, Component as Settings, Config, named},
    engine::{Loader, Role},
    kept::Kept,
    runtime::{Aside, Component, Swapped},
    services::services,
    transport::{Access, Listening, Passed, Server, Socket},
};
use anyhow::Context;
use futures_util::future::join_all;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard},
    time::{Duration, SystemTime},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What the socket for operators is called, in the log and where it is passed.
const ADMIN: &str = "admin";

/// The runner while it serves.
pub(crate) struct Serving {
    server: Server,
    components: RwLock<Vec<Arc<Served>>>,
    /// The socket for operators.
    admin: Mutex<Option<Listening>>,
    /// Those of its sockets that somebody else has bound.
    passed: Passed,
    sockets: PathBuf,
    access: Access,
    since: SystemTime,
    drain: RwLock<Duration>,
    reloaded: RwLock<Option<Reloaded>>,
    /// Cancelled, it ends the streams that are still open.
    close: CancellationToken,
    /// Calls that outlive their client's wait, and connections.
    tasks: TaskTracker,
    /// Where what Init brings outlives the runner.
    kept: Option<Arc<Kept>>,
    /// Guests need its clock.
    loader: Loader,
    /// And these threads.
    aside: Aside,
}

/// What came of it when the manifest was read again.
#[derive(Debug, Clone)]
pub(crate) struct Reloaded {
    /// When that was.
    pub(crate) at: SystemTime,
    /// What is wrong with the manifest: then nothing of it holds.
    pub(crate) wrong: Vec<String>,
    /// What of it does not hold, and why.
    pub(crate) left: Vec<String>,
}

impl Serving {
    /// Everything that can fail comes before the first socket: no client ever finds half a runner.
    pub(crate) async fn start(config: &Config, passed: Passed) -> anyhow::Result<Arc<Self>> {
        room(config).map_err(anyhow::Error::msg)?;
        let kept = config.state_dir.as_deref().map(Kept::open).transpose()?;
        let loader = Loader::new(&config.cache, config.totals.clone())
            .context("the WebAssembly engine does not start")?;
        let tasks = TaskTracker::new();
        let serving = Arc::new(Self {
            server: Server::start(tasks.clone())?,
            components: RwLock::default(),
            admin: Mutex::default(),
            passed,
            sockets: config.sockets.clone(),
            access: config.access,
            since: SystemTime::now(),
            drain: RwLock::new(config.drain),
            reloaded: RwLock::default(),
            close: CancellationToken::new(),
            tasks,
            kept,
            loader,
            aside: Aside::start()?,
        });
        let mut components = Vec::new();
        for settings in &config.components {
            components.push(serving.load(settings).await?);
        }
        // A client that finds a socket finds its instances, too.
        join_all(components.iter().map(|component| component.replay())).await;
        let sockets = config.components.iter().map(|it| serving.bind(it));
        let sockets = sockets.collect::<anyhow::Result<Vec<_>>>()?;
        let admin_socket = match &config.admin {
            Some(admin) => admin_socket(admin, &serving.passed)?,
            None => None,
        };
        serving.passed.tell_of_idle();
        serving.loader.give_way();
        let components = config.components.iter().zip(components);
        for ((settings, component), socket) in components.zip(sockets) {
            serving.serve(settings, component, socket)?;
        }
        if let Some(socket) = admin_socket {
            let router = Admin::new(serving.clone()).router();
            let admission = config::settings::Served::default().admission();
            let listening = serving.server.serve(ADMIN, socket, router, admission)?;
            *serving.admin() = Some(listening);
        }
        Ok(serving)
    }

    /// One more component. Answers what is served where, for whoever started the runner.
    ///
    /// # Errors
    /// When its guest cannot be served, or its socket cannot be bound.
    pub(super) async fn add(&self, settings: &Settings) -> anyhow::Result<String> {
        let component = self.load(settings).await?;
        component.replay().await;
        let socket = self.bind(settings)?;
        Ok(self.serve(settings, component, socket)?.line().to_owned())
    }

    async fn load(&self, settings: &Settings) -> anyhow::Result<Arc<Component>> {
        let (name, guest) = (settings.name.as_str(), &settings.guest);
        let (limits, grants) = (settings.limits.clone(), settings.grants.clone());
        let loaded = self
            .loader
            .load(name, Role::Component, guest, limits, grants);
        let (template, tasks) = (loaded.await?, self.tasks.clone());
        let (aside, kept) = (self.aside.handle(), self.kept.clone());
        Ok(Component::new(name, template, tasks, aside, kept))
    }

    fn bind(&self, settings: &Settings) -> anyhow::Result<Socket> {
        let name = settings.name.as_str();
        self.passed.bind(&self.sockets, name, &self.access)
    }

    fn serve(
        &self,
        settings: &Settings,
        component: Arc<Component>,
        socket: Socket,
    ) -> anyhow::Result<Arc<Served>> {
        let name = settings.name.as_str();
        let file = component.generation().template.file().clone();
        let line = announcement(&component, &socket, &settings.name.in_dapr());
        let close = self.close.child_token();
        let router = services(&component, settings.message, close.clone());
        let listening = self
            .server
            .serve(name, socket, router, settings.admission)?;
        let served = Served::new(component, listening, close, settings.clone(), file, line);
        let served = Arc::new(served);
        self.set().push(served.clone());
        Ok(served)
    }

    /// Takes a component away: its socket is gone when this returns, and its calls and streams have their time to end.
    pub(super) async fn remove(&self, served: Arc<Served>) {
        self.set().retain(|other| !Arc::ptr_eq(other, &served));
        let limit = self.drain();
        served.close().await;
        tokio::spawn(async move { served.end(limit).await });
    }

    /// Has another guest serve a component.
    ///
    /// # Errors
    /// When it stays as it is, and why.
    pub(crate) async fn swap(
        &self,
        served: &Served,
        next: Next,
        contract_change: bool,
    ) -> Result<Swapped, String> {
        served
            .swap(&self.loader, next, contract_change, self.drain())
            .await
    }

    /// Where guests come from.
    pub(super) fn loader(&self) -> &Loader {
        &self.loader
    }

    /// What is served, in the order of the configuration.
    pub(crate) fn served(&self) -> Vec<Arc<Served>> {
        let components = self.components.read();
        components.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has them stand in the order of a configuration.
    pub(super) fn arrange(&self, settings: &[Settings]) {
        let place = |served: &Arc<Served>| {
            let name = served.component().name();
            settings.iter().position(|it| it.name.as_str() == name)
        };
        self.set().sort_by_key(place);
    }

    /// What is served, a line for each component.
    pub(super) fn lines(&self) -> Vec<String> {
        let served = self.served();
        served.iter().map(|it| it.line().to_owned()).collect()
    }

    /// What is served, in a few words for an operator.
    pub(super) fn summary(&self) -> String {
        let what = match self.served().len() {
            1 => "1 component".to_owned(),
            count => format!("{count} components"),
        };
        format!("{what} on {}", self.sockets.display())
    }

    /// Since when.
    pub(crate) fn since(&self) -> SystemTime {
        self.since
    }

    /// How long calls may go on after their component is to end, and what a guest has delivered may be acknowledged to it.
    pub(crate) fn drain(&self) -> Duration {
        *self.drain.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_drain(&self, drain: Duration) {
        *self.drain.write().unwrap_or_else(PoisonError::into_inner) = drain;
    }

    /// What came of it when the manifest was read again last; none when it never was.
    pub(crate) fn reloaded(&self) -> Option<Reloaded> {
        let reloaded = self.reloaded.read();
        reloaded.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_reloaded(&self, reloaded: Reloaded) {
        let mut last = self
            .reloaded
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Some(reloaded);
    }

    fn set(&self) -> RwLockWriteGuard<'_, Vec<Arc<Served>>> {
        self.components
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn admin(&self) -> MutexGuard<'_, Option<Listening>> {
        self.admin.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls first and streams after them, so that what a call publishes is delivered and what is delivered can be acknowledged.
    pub(crate) async fn end(&self, limit: Duration) {
        let all = self.served();
        // It knows this runner, which would never be dropped while it has it.
        let admin = self.admin().take();
        let in_order = async {
            let sockets = all.iter().map(|served| served.listening()).chain(&admin);
            join_all(sockets.map(Listening::stop)).await;
            for served in &all {
                served.component().finish().await;
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

/// Whether there may be so many components.
///
/// # Errors
/// When there are too many.
pub(super) fn room(config: &Config) -> Result<(), String> {
    let (count, most) = (config.components.len(), config.totals.components);
    match count > most {
        true => Err(format!(
            "{count} components are more than the {most} that may be ({})",
            named::max_components
        )),
        false => Ok(()),
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
