//! The set of components that is served: what starts it, adds to it, takes away from it and ends it.

use super::{
    LAST_WORDS, Next, Served,
    announcement::announcement,
    entrances::{ADMIN, Entrances},
    served::Place,
};
use crate::{
    admin::Admin,
    config::{self, Component as Settings, Config, named},
    engine::{Loader, Role},
    kept::Kept,
    runtime::{Aside, Component, Swapped},
    services::services,
    transport::{Entrance, Listening, Passed, Server},
};
use anyhow::Context;
use futures_util::future::join_all;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard},
    time::{Duration, SystemTime},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The runner while it serves.
pub(crate) struct Serving {
    server: Server,
    components: RwLock<Vec<Arc<Served>>>,
    /// The socket for operators.
    admin: Mutex<Option<Listening>>,
    entrances: Entrances,
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
            entrances: Entrances::new(config, passed),
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
        let bound = config.components.iter();
        let bound = bound.map(|settings| serving.entrances.bind(settings));
        let bound = bound.collect::<anyhow::Result<Vec<_>>>()?;
        let admin_socket = match &config.admin {
            Some(admin) => serving.entrances.admin(admin)?,
            None => None,
        };
        serving.entrances.tell_of_idle();
        serving.loader.give_way();
        let components = config.components.iter().zip(components);
        for ((settings, component), entrance) in components.zip(bound) {
            serving.serve(settings, component, entrance)?;
        }
        if let Some(socket) = admin_socket {
            let router = Admin::new(serving.clone()).router();
            let admission = config::settings::Served::default().admission();
            let listening = serving.server.serve(ADMIN, socket, router, admission)?;
            *serving.admin() = Some(listening);
        }
        Ok(serving)
    }

    /// One more component or app. Answers what is served where, for whoever started the runner.
    ///
    /// # Errors
    /// When its guest cannot be served, or its socket or its port cannot be bound.
    pub(super) async fn add(&self, settings: &Settings) -> anyhow::Result<String> {
        let component = self.load(settings).await?;
        component.replay().await;
        let entrance = self.entrances.bind(settings)?;
        let served = self.serve(settings, component, entrance)?;
        Ok(served.line().to_owned())
    }

    async fn load(&self, settings: &Settings) -> anyhow::Result<Arc<Component>> {
        let (name, guest) = (settings.name.as_str(), &settings.guest);
        let (limits, grants) = (settings.limits.clone(), settings.grants.clone());
        let role = settings.at.role();
        let loaded = self.loader.load(name, role, guest, limits, grants);
        let (template, tasks, aside) = (loaded.await?, self.tasks.clone(), self.aside.handle());
        match role {
            Role::Component => {
                let kept = self.kept.clone();
                Ok(Component::new(name, template, tasks, aside, kept))
            }
            Role::App => {
                let app = Component::app(name, template, tasks, aside).await;
                app.with_context(|| format!("cannot serve {}", guest.display()))
            }
        }
    }

    fn serve(
        &self,
        settings: &Settings,
        component: Arc<Component>,
        entrance: Entrance,
    ) -> anyhow::Result<Arc<Served>> {
        let name = settings.name.as_str();
        let file = component.generation().template.file().clone();
        let place = Place {
            address: entrance.to_string(),
            line: announcement(&component, &entrance, settings),
        };
        let close = self.close.child_token();
        let router = services(&component, settings.message, close.clone());
        let listening = self
            .server
            .serve(name, entrance, router, settings.admission)?;
        let served = Served::new(component, listening, close, settings.clone(), file, place);
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
        let served = self.served();
        let count = |role: Role| {
            let roles = served.iter().map(|it| it.component().role());
            roles.filter(|it| *it == role).count()
        };
        let (components, apps) = (count(Role::Component), count(Role::App));
        let mut what = Vec::new();
        if components > 0 || apps == 0 {
            let sockets = self.entrances.sockets().display();
            let components = counted(components, Role::Component);
            what.push(format!("{components} on {sockets}"));
        }
        if apps > 0 {
            what.push(counted(apps, Role::App));
        }
        what.join(", ")
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

/// Whether there may be so many components and apps.
///
/// # Errors
/// When there are too many.
pub(super) fn room(config: &Config) -> Result<(), String> {
    let (count, most) = (config.components.len(), config.totals.components);
    let mut roles = config.components.iter().map(|it| it.at.role());
    let what = match roles.any(|role| role == Role::App) {
        true => "components and apps",
        false => "components",
    };
    match count > most {
        true => Err(format!(
            "{count} {what} are more than the {most} that may be ({})",
            named::max_components
        )),
        false => Ok(()),
    }
}

fn counted(count: usize, role: Role) -> String {
    match (count, role.name()) {
        (1, name) => format!("1 {name}"),
        (count, name) => format!("{count} {name}s"),
    }
}
