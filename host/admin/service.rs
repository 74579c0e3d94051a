//! The runner's side.

use crate::{
    config::Component as Settings,
    engine::Loader,
    proto::admin::{self as proto, admin_server as service, swap_request::To},
    runtime::{Component, Refused, Swapped, Terms, Usage},
    transport::Router,
};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use tonic::{Request, Response, Status};

/// The components of a runner, for its operator.
pub struct Admin {
    loader: Arc<Loader>,
    components: Vec<Served>,
    since: SystemTime,
    /// How long what a guest has delivered before it is replaced can be acknowledged to it.
    drain: Duration,
}

/// A component, and what was set for it.
struct Served {
    component: Arc<Component>,
    settings: Settings,
    services: Vec<&'static str>,
    last_refusal: Mutex<String>,
}

impl Admin {
    pub(crate) fn new(loader: Arc<Loader>, drain: Duration) -> Self {
        Self {
            loader,
            components: Vec::new(),
            since: SystemTime::now(),
            drain,
        }
    }

    /// One more component, with its services.
    pub(crate) fn add(
        &mut self,
        component: Arc<Component>,
        settings: Settings,
        services: Vec<&'static str>,
    ) {
        self.components.push(Served {
            component,
            settings,
            services,
            last_refusal: Mutex::default(),
        });
    }

    /// The service, to be served on a socket of its own.
    pub(crate) fn router(self: Arc<Self>) -> Router {
        let mut router = Router::default();
        router.add(service::AdminServer::from_arc(self));
        router
    }

    fn find(&self, name: &str) -> Result<&Served, Status> {
        let mut components = self.components.iter();
        let found = components.find(|served| served.component.name() == name);
        found.ok_or_else(|| {
            let names = self.components.iter().map(|served| served.component.name());
            let names = names.collect::<Vec<_>>().join(", ");
            Status::not_found(format!(
                "there is no component '{name}'; served are {names}"
            ))
        })
    }

    async fn swap_to(
        &self,
        served: &Served,
        to: To,
        contract_change: bool,
    ) -> Result<Swapped, String> {
        let terms = Terms {
            contract_change,
            pause: served.settings.limits.swap_pause,
            drain: self.drain,
        };
        let (component, settings) = (&served.component, &served.settings);
        let refused = |refused: Refused| refused.to_string();
        match to {
            To::Rollback(_) => component.roll_back(&terms).await.map_err(refused),
            To::Guest(guest) => {
                let (limits, grants) = (settings.limits.clone(), settings.grants.clone());
                let loaded = self
                    .loader
                    .load(component.name(), Path::new(&guest), limits, grants);
                let template = loaded.await.map_err(|error| error.to_string())?;
                component.swap(template, &terms).await.map_err(refused)
            }
        }
    }
}

#[tonic::async_trait]
impl service::Admin for Admin {
    async fn status(
        &self,
        _: Request<proto::StatusRequest>,
    ) -> Result<Response<proto::StatusResponse>, Status> {
        Ok(Response::new(proto::StatusResponse {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            since: Some(self.since.into()),
            components: self.components.iter().map(Served::status).collect(),
        }))
    }

    async fn swap(
        &self,
        request: Request<proto::SwapRequest>,
    ) -> Result<Response<proto::SwapResponse>, Status> {
        let request = request.into_inner();
        let served = self.find(&request.component)?;
        let to = request.to.ok_or_else(|| {
            Status::invalid_argument("name the guest to swap in, or ask for the one before")
        })?;
        let name = served.component.name();
        let swapped = self.swap_to(served, to, request.allow_contract_change);
        let swapped = match swapped.await {
            Ok(swapped) => swapped,
            Err(why) => {
                tracing::warn!(component = name, "the guest stays as it is: {why}");
                let told = format!("component '{name}' stays as it is: {why}");
                *served.refusal() = why;
                return Err(Status::failed_precondition(told));
            }
        };
        let generation = served.component.generation();
        let file = generation.template.file();
        tracing::info!(
            component = name,
            guest = %file.path.display(),
            generation = swapped.generation,
            guests = swapped.guests,
            handed_over = swapped.handed_over,
            "another guest serves; calls waited {} at the most",
            humantime::format_duration(swapped.paused)
        );
        let paused = prost_types::Duration::try_from(swapped.paused);
        Ok(Response::new(proto::SwapResponse {
            generation: swapped.generation,
            sha256: hex(&file.digest),
            guests: swapped.guests as u64,
            handed_over: swapped.handed_over,
            paused: paused.ok(),
        }))
    }
}

impl Served {
    fn refusal(&self) -> std::sync::MutexGuard<'_, String> {
        self.last_refusal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn status(&self) -> proto::Component {
        let generation = self.component.generation();
        let file = generation.template.file();
        let instances = self.component.usage().into_iter().map(instance);
        proto::Component {
            name: self.component.name().to_owned(),
            guest: file.path.display().to_string(),
            sha256: hex(&file.digest),
            generation: generation.number,
            since: Some(generation.since.into()),
            services: self.services.iter().map(|it| (*it).to_owned()).collect(),
            instances: instances.collect(),
            last_refusal: self.refusal().clone(),
        }
    }
}

fn instance(usage: Usage) -> proto::Instance {
    proto::Instance {
        id: usage.id,
        calls: usage.calls,
        errors: usage.errors,
        restarts: usage.restarts,
        open_streams: usage.streams as u64,
        queue: usage.queue as u64,
        memory: usage.memory as u64,
        recycled: usage.recycled,
        unavailable_until: usage
            .unavailable
            .map(|pause| (SystemTime::now() + pause).into()),
        last_failure: usage.last_failure,
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
