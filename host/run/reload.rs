//! What is served follows what the manifest says: on SIGHUP, and with `--watch` as soon as a file changes.
//!
//! A manifest that is wrong changes nothing. Of one that is right each component is a matter of its own: one that cannot be served,
//! or changed, leaves the others alone.

use super::{
    Reloaded, Served, Serving, announce,
    served::{Stays, unchanged},
    serving::room,
    watch::{PATIENCE, Watch},
};
use crate::{
    config::{Component as Settings, Config, Wrong},
    engine::File,
    notify,
    text::shown,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};
use tokio::signal::unix::Signal;

/// Why the manifest is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occasion {
    /// An operator wants it: whatever failed before is tried again, and told.
    Asked,
    /// A file has changed, and may change more: what cannot be loaded is left for the next look, and not told.
    Changed,
    /// Nothing has changed for a while. What failed already, and is as it was, is not told again.
    Quiet,
}

/// What was tried: the settings, and what was in the guest's file, if it could be read.
#[derive(PartialEq, Eq)]
struct Tried {
    settings: Settings,
    file: Option<File>,
}

/// Has the runner follow the manifest.
pub(super) struct Reload<A> {
    serving: Arc<Serving>,
    /// What it began with: some of it holds for as long as it runs.
    began: Config,
    /// Reads the manifest.
    again: A,
    /// The files that decide what is served.
    files: Vec<PathBuf>,
    /// By the components' names, what failed last, and why.
    failed: BTreeMap<String, (Tried, String)>,
    /// What was last said to be wrong.
    wrong: Vec<String>,
    /// What was last said not to hold.
    left: Vec<String>,
}

/// A component is left as it is.
enum Left {
    /// For the next look.
    Unfinished,
    /// It is told why.
    Told(String),
}

impl<A: Fn() -> Result<Config, Wrong>> Reload<A> {
    pub(super) fn new(serving: Arc<Serving>, began: Config, again: A) -> Self {
        Self {
            serving,
            files: files(&began, began.manifest.as_deref()),
            began,
            again,
            failed: BTreeMap::new(),
            wrong: Vec::new(),
            left: Vec::new(),
        }
    }

    /// Follows what changes, for ever.
    pub(super) async fn keep_up(mut self, mut hangup: Signal) {
        let mut watch = self.began.watch.then(Watch::start);
        loop {
            if let Some(watch) = &mut watch {
                watch.set(&self.files);
            }
            let changed = async {
                match &mut watch {
                    Some(watch) => watch.changed().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = hangup.recv() => {
                    tracing::info!("SIGHUP: the configuration is read again");
                    notify::reloading();
                    self.look(Occasion::Asked).await;
                    continue;
                }
                () = changed => {}
            }
            if self.look(Occasion::Changed).await {
                continue;
            }
            if let Some(watch) = &mut watch {
                watch.set(&self.files);
                watch.quiet(PATIENCE).await;
            }
            self.look(Occasion::Quiet).await;
        }
    }

    /// Has what the manifest says be served. Whether all of it is, or it was told why not.
    async fn look(&mut self, occasion: Occasion) -> bool {
        let read = (self.again)().and_then(|config| match room(&config) {
            Ok(()) => Ok(config),
            Err(what) => {
                let file = config.manifest.as_deref();
                Err(Wrong::altogether(file.unwrap_or(Path::new("")), what))
            }
        });
        match read {
            Ok(config) => self.follow(config, occasion).await,
            Err(wrong) => self.is_wrong(&wrong, occasion),
        }
    }

    fn is_wrong(&mut self, wrong: &Wrong, occasion: Occasion) -> bool {
        for file in wrong.missing() {
            if !self.files.contains(file) {
                self.files.push(file.clone());
            }
        }
        if occasion == Occasion::Changed {
            return false;
        }
        let lines: Vec<_> = wrong.lines().map(|line| shown(&line)).collect();
        if occasion == Occasion::Asked || lines != self.wrong {
            for line in &lines {
                tracing::error!("{line}");
            }
            tracing::error!("the manifest is wrong, so nothing of it is taken over");
        }
        self.wrong = lines;
        self.tell();
        true
    }

    async fn follow(&mut self, config: Config, occasion: Occasion) -> bool {
        self.files = files(&config, self.began.manifest.as_deref());
        self.wrong.clear();
        self.serving.set_drain(config.drain);
        let is_wanted = |name: &str| config.components.iter().any(|it| it.name.as_str() == name);
        self.failed.retain(|name, _| is_wanted(name));
        for served in self.serving.served() {
            let name = served.component().name();
            if !is_wanted(name) {
                tracing::info!(component = name, "it is served no more");
                self.serving.remove(served).await;
            }
        }
        let needs_restart = self.began.needs_restart(&config);
        let mut left: Vec<_> = needs_restart.iter().map(unchanged).collect();
        let mut failed = Vec::new();
        let mut is_settled = true;
        for wanted in &config.components {
            let name = wanted.name.as_str();
            let role = wanted.at.role().name();
            let of = |why| format!("{role} '{name}': {why}");
            match self.component(wanted, occasion).await {
                Ok(needs_restart) => left.extend(needs_restart.into_iter().map(of)),
                Err(Left::Told(why)) => failed.push(of(why)),
                Err(Left::Unfinished) => is_settled = false,
            }
        }
        self.serving.arrange(&config.components);
        if !is_settled {
            return false;
        }
        for what in &left {
            if occasion == Occasion::Asked || !self.left.contains(what) {
                tracing::warn!("{what}");
            }
        }
        left.extend(failed);
        self.left = left;
        self.tell();
        true
    }

    /// Has one component or app be as it is wanted. Answers what of that needs a restart.
    async fn component(
        &mut self,
        wanted: &Settings,
        occasion: Occasion,
    ) -> Result<Vec<String>, Left> {
        let name = wanted.name.as_str();
        let path = wanted.guest.clone();
        // Other components are served meanwhile.
        let read = tokio::task::spawn_blocking(move || File::read(&path)).await;
        let file = read.unwrap_or_else(|panic| Err(std::io::Error::other(panic)));
        let tried = Tried {
            settings: wanted.clone(),
            file: file.as_ref().ok().cloned(),
        };
        if occasion != Occasion::Asked
            && let Some((before, why)) = self.failed.get(name)
            && *before == tried
        {
            return Err(Left::Told(why.clone()));
        }
        let served = self.served(name);
        let done = match (&served, file) {
            (_, Err(error)) => Err(Stays {
                why: format!("cannot read {}: {error}", wanted.guest.display()),
                unfinished: true,
            }),
            (None, Ok(_)) => self.add(wanted).await,
            (Some(served), Ok(file)) => {
                let (loader, drain) = (self.serving.loader(), self.serving.drain());
                served.change(loader, wanted.clone(), file, drain).await
            }
        };
        match done {
            Ok(needs_restart) => {
                self.failed.remove(name);
                Ok(needs_restart)
            }
            Err(stays) if stays.unfinished && occasion == Occasion::Changed => {
                Err(Left::Unfinished)
            }
            Err(Stays { why, .. }) => {
                let why = shown(&why);
                match served {
                    Some(served) => served.stays(&why),
                    None => tracing::error!(component = name, "it cannot be served: {why}"),
                }
                let name = name.to_owned();
                self.failed.insert(name, (tried, why.clone()));
                Err(Left::Told(why))
            }
        }
    }

    fn served(&self, name: &str) -> Option<Arc<Served>> {
        let mut served = self.serving.served().into_iter();
        served.find(|served| served.component().name() == name)
    }

    async fn add(&self, wanted: &Settings) -> Result<Vec<String>, Stays> {
        let added = self.serving.add(wanted).await;
        let line = added.map_err(|error| Stays {
            why: format!("{error:#}"),
            unfinished: true,
        })?;
        tracing::info!("{line}");
        announce(&[line]);
        Ok(Vec::new())
    }

    /// For whoever asks how the runner is, and for the service manager.
    fn tell(&self) {
        notify::ready(&self.serving.summary());
        self.serving.set_reloaded(Reloaded {
            at: SystemTime::now(),
            wrong: self.wrong.clone(),
            left: self.left.clone(),
        });
    }
}

/// The manifest and the guests.
fn files(config: &Config, manifest: Option<&Path>) -> Vec<PathBuf> {
    let manifest = manifest.map(Path::to_owned).into_iter();
    let guests = config.components.iter().map(|it| it.guest.clone());
    manifest.chain(guests).collect()
}
