//! One component or app as it is served: where clients reach it, and with what is set for it, which may change.

use super::LAST_WORDS;
use crate::{
    config::{At, Component as Settings, Setting, named},
    engine::{File, LoadError, Loader, Template},
    runtime::{Component, Refused, Swapped, Terms},
    services::services,
    transport::Listening,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// A component or an app, where clients reach it, and what is set for it.
pub(crate) struct Served {
    component: Arc<Component>,
    listening: Listening,
    /// Cancelled, it ends the streams that are still open.
    close: CancellationToken,
    /// Whoever changes the component has this for so long: one change comes after the other.
    told: tokio::sync::Mutex<Told>,
    last_refusal: Mutex<String>,
    place: Place,
}

/// Where something is served, as it was when that began.
pub(super) struct Place {
    /// The socket's path, or the address with the port.
    pub(super) address: String,
    /// What is served there, for whoever started it.
    pub(super) line: String,
}

/// What is set for a component.
struct Told {
    settings: Settings,
    /// What was in the guest's file when it was last taken from there. An operator may have swapped in another since.
    file: File,
}

/// A guest that is to take the place of the one that serves.
#[derive(Debug)]
pub(crate) enum Next {
    /// The one in this file.
    Guest(PathBuf),
    /// The one before.
    Before,
}

/// Why a component stays as it is.
#[derive(Debug)]
pub(super) struct Stays {
    pub(super) why: String,
    /// It may be that a file is not written to its end yet.
    pub(super) unfinished: bool,
}

impl From<LoadError> for Stays {
    fn from(error: LoadError) -> Self {
        Self {
            why: error.to_string(),
            unfinished: true,
        }
    }
}

impl From<Refused> for Stays {
    fn from(refused: Refused) -> Self {
        Self {
            why: refused.to_string(),
            unfinished: false,
        }
    }
}

impl Served {
    pub(super) fn new(
        component: Arc<Component>,
        listening: Listening,
        close: CancellationToken,
        settings: Settings,
        file: File,
        place: Place,
    ) -> Self {
        Self {
            component,
            listening,
            close,
            told: tokio::sync::Mutex::new(Told { settings, file }),
            last_refusal: Mutex::default(),
            place,
        }
    }

    pub(crate) fn component(&self) -> &Arc<Component> {
        &self.component
    }

    pub(super) fn listening(&self) -> &Listening {
        &self.listening
    }

    pub(super) fn line(&self) -> &str {
        &self.place.line
    }

    /// The socket's path, or the address with the port.
    pub(crate) fn address(&self) -> &str {
        &self.place.address
    }

    /// The full names of its gRPC services.
    pub(crate) fn services(&self) -> Vec<&'static str> {
        self.listening.services()
    }

    /// Why it stayed as it was when it last did; empty when it never did.
    pub(crate) fn last_refusal(&self) -> String {
        self.refusal().clone()
    }

    fn refusal(&self) -> MutexGuard<'_, String> {
        self.last_refusal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// That it stays as it is, for the operator.
    pub(super) fn stays(&self, why: &str) {
        tracing::warn!(
            component = self.component.name(),
            "the guest stays as it is: {why}"
        );
        why.clone_into(&mut self.refusal());
    }

    /// Has another guest serve it.
    pub(super) async fn swap(
        &self,
        loader: &Loader,
        next: Next,
        contract_change: bool,
        drain: Duration,
    ) -> Result<Swapped, String> {
        let told = self.told.lock().await;
        let settings = &told.settings;
        let terms = terms(settings, contract_change, drain);
        let swapped = match next {
            Next::Before => self.component.roll_back(&terms).await.map_err(Stays::from),
            Next::Guest(guest) => self.take(loader, &guest, settings, &terms).await,
        };
        match swapped {
            Ok(swapped) => {
                self.serves_another(&swapped);
                self.offer(settings.message, false);
                Ok(swapped)
            }
            Err(Stays { why, .. }) => {
                self.stays(&why);
                Err(why)
            }
        }
    }

    /// Has it be as it is set now. `file` is what is in the guest's file. Answers what of that needs a restart, if anything does.
    ///
    /// # Errors
    /// When it stays as it is.
    pub(super) async fn change(
        &self,
        loader: &Loader,
        mut wanted: Settings,
        file: File,
        drain: Duration,
    ) -> Result<Vec<String>, Stays> {
        let mut told = self.told.lock().await;
        let before = told.settings.clone();
        let (role, other) = (before.at.role(), wanted.at.role());
        if role != other {
            return Ok(vec![format!(
                "it is to be {}, and stays {} until plugbox is started again",
                other.one(),
                role.one()
            )]);
        }
        let left = keep(&before, &mut wanted);
        let terms = terms(&wanted, false, drain);
        let current = self.component.generation();
        let is_new = file != told.file && file.digest != current.template.file().digest;
        let set_otherwise = wanted.limits != before.limits || wanted.grants != before.grants;
        if is_new {
            let swapped = self.take(loader, &wanted.guest, &wanted, &terms).await?;
            self.serves_another(&swapped);
        } else if set_otherwise {
            let (limits, grants) = (wanted.limits.clone(), wanted.grants.clone());
            let template = if current.template.suits(&limits) {
                let template = current.template.with(limits, grants).await;
                template.map_err(|why| LoadError {
                    path: current.template.file().path.clone(),
                    why,
                })?
            } else {
                self.load(loader, &wanted.guest, &wanted).await?
            };
            let swapped = self.component.swap(template, &terms).await?;
            tracing::info!(
                component = self.component.name(),
                generation = swapped.generation,
                "what is set for it has changed, and holds; calls waited {} at the most",
                humantime::format_duration(swapped.paused)
            );
        }
        self.offer(wanted.message, wanted.message != before.message);
        if wanted.admission != before.admission {
            self.listening.admit(wanted.admission);
        }
        *told = Told {
            settings: wanted,
            file,
        };
        Ok(left)
    }

    /// Loads a guest's file and has it serve.
    async fn take(
        &self,
        loader: &Loader,
        guest: &Path,
        settings: &Settings,
        terms: &Terms,
    ) -> Result<Swapped, Stays> {
        let template = self.load(loader, guest, settings).await?;
        Ok(self.component.swap(template, terms).await?)
    }

    async fn load(
        &self,
        loader: &Loader,
        guest: &Path,
        settings: &Settings,
    ) -> Result<Template, LoadError> {
        let (limits, grants) = (settings.limits.clone(), settings.grants.clone());
        let role = self.component.generation().template.role();
        let loading = loader.load(self.component.name(), role, guest, limits, grants);
        loading.await
    }

    fn serves_another(&self, swapped: &Swapped) {
        let generation = self.component.generation();
        tracing::info!(
            component = self.component.name(),
            guest = %generation.template.file().path.display(),
            generation = swapped.generation,
            guests = swapped.guests,
            handed_over = swapped.handed_over,
            "another guest serves; calls waited {} at the most",
            humantime::format_duration(swapped.paused)
        );
    }

    /// Has clients find the services that the guest has now.
    fn offer(&self, message_limit: usize, in_any_case: bool) {
        let router = services(&self.component, message_limit, self.close.clone());
        let names: Vec<_> = router.names().collect();
        let others = names != self.services();
        if !others && !in_any_case {
            return;
        }
        let component = self.component.name();
        self.listening.replace(router);
        if others {
            tracing::info!(component, services = ?names, "it has other services");
        }
    }

    /// Removes its socket, and has clients begin no more calls.
    pub(super) async fn close(&self) {
        self.listening.close().await;
    }

    /// Ends it alone, while others are served.
    pub(super) async fn end(&self, limit: Duration) {
        let component = self.component.name();
        let in_order = async {
            self.listening.stop().await;
            self.component.finish().await;
            self.listening.ended().await;
        };
        if tokio::time::timeout(limit, in_order).await.is_err() {
            tracing::warn!(
                component,
                "some calls or streams did not end in time and are cut off"
            );
            self.close.cancel();
            let _ = tokio::time::timeout(LAST_WORDS, self.listening.ended()).await;
            self.listening.cut();
        }
        tracing::info!(component, "it has ended");
    }
}

fn terms(settings: &Settings, contract_change: bool, drain: Duration) -> Terms {
    Terms {
        contract_change,
        pause: settings.limits.swap_pause,
        drain,
    }
}

/// Has what holds for as long as it is served be as it was. Answers what that is.
fn keep(before: &Settings, wanted: &mut Settings) -> Vec<String> {
    let fixed = wanted.at.needs_restart(&before.at);
    wanted.at = before.at.clone();
    let mut left: Vec<_> = fixed.iter().map(unchanged).collect();
    let (instances, serving) = (wanted.limits.instances, before.limits.instances);
    // Each instance keeps the guests that it has, with their streams. An app has none.
    if before.at == At::Socket && instances != serving {
        wanted.limits.instances = serving;
        left.push(format!(
            "{instances} guests are to serve each instance ({}), and {serving} do until plugbox is started again",
            named::instances
        ));
    }
    left
}

/// That a setting is another, and waits.
pub(super) fn unchanged(setting: &Setting) -> String {
    let key = setting.key;
    format!("{key} is another ({setting}), and stays what it was until plugbox is started again")
}
