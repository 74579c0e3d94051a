//! The runner's side.

use crate::{
    engine::{Isolation, Role},
    proto::admin::{self as proto, admin_server as service, swap_request::To},
    run::{Next, Reloaded, Served, Serving},
    runtime::Usage,
    text::hex,
    transport::Router,
};
use std::{sync::Arc, time::SystemTime};
use tonic::{Request, Response, Status};

/// A runner, for its operator.
pub struct Admin {
    serving: Arc<Serving>,
}

impl Admin {
    pub(crate) fn new(serving: Arc<Serving>) -> Self {
        Self { serving }
    }

    /// The service, to be served on a socket of its own.
    pub(crate) fn router(self) -> Router {
        let mut router = Router::default();
        router.add(service::AdminServer::new(self));
        router
    }

    fn find(&self, name: &str) -> Result<Arc<Served>, Status> {
        let all = self.serving.served();
        let found = all.iter().find(|served| served.component().name() == name);
        found.cloned().ok_or_else(|| {
            let names = all.iter().map(|served| served.component().name());
            let names = names.collect::<Vec<_>>().join(", ");
            Status::not_found(format!(
                "there is no component or app '{name}'; served are {names}"
            ))
        })
    }
}

#[tonic::async_trait]
impl service::Admin for Admin {
    async fn status(
        &self,
        _: Request<proto::StatusRequest>,
    ) -> Result<Response<proto::StatusResponse>, Status> {
        let served = self.serving.served();
        Ok(Response::new(proto::StatusResponse {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            since: Some(self.serving.since().into()),
            components: served.iter().map(|served| component(served)).collect(),
            last_reload: self.serving.reloaded().map(reload),
        }))
    }

    async fn swap(
        &self,
        request: Request<proto::SwapRequest>,
    ) -> Result<Response<proto::SwapResponse>, Status> {
        let request = request.into_inner();
        let served = self.find(&request.component)?;
        let next = match request.to {
            Some(To::Guest(guest)) => Next::Guest(guest.into()),
            Some(To::Rollback(_)) => Next::Before,
            None => {
                return Err(Status::invalid_argument(
                    "name the guest to swap in, or ask for the one before",
                ));
            }
        };
        let contract_change = request.allow_contract_change;
        let swapped = self.serving.swap(&served, next, contract_change).await;
        let swapped = swapped.map_err(|why| {
            let (name, role) = (served.component().name(), served.component().role().name());
            Status::failed_precondition(format!("{role} '{name}' stays as it is: {why}"))
        })?;
        let generation = served.component().generation();
        let paused = prost_types::Duration::try_from(swapped.paused);
        Ok(Response::new(proto::SwapResponse {
            generation: swapped.generation,
            sha256: hex(&generation.template.file().digest),
            guests: swapped.guests as u64,
            handed_over: swapped.handed_over,
            paused: paused.ok(),
        }))
    }
}

fn reload(reloaded: Reloaded) -> proto::Reload {
    let Reloaded { at, wrong, left } = reloaded;
    proto::Reload {
        at: Some(at.into()),
        wrong,
        left,
    }
}

fn component(served: &Served) -> proto::Component {
    let component = served.component();
    let generation = component.generation();
    let file = generation.template.file();
    let services = served.services().into_iter();
    let instances = component.usage().into_iter().map(instance);
    proto::Component {
        name: component.name().to_owned(),
        guest: file.path.display().to_string(),
        sha256: hex(&file.digest),
        generation: generation.number,
        since: Some(generation.since.into()),
        services: services.map(str::to_owned).collect(),
        instances: instances.collect(),
        last_refusal: served.last_refusal(),
        role: match component.role() {
            Role::Component => proto::Role::Component,
            Role::App => proto::Role::App,
        }
        .into(),
        address: served.address().to_owned(),
        isolation: match generation.template.limits().isolation {
            Isolation::Instance => proto::Isolation::Instance,
            Isolation::Call => proto::Isolation::Call,
        }
        .into(),
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
        guests: usage.guests as u64,
        memory: usage.memory as u64,
        recycled: usage.recycled,
        unavailable_until: usage
            .unavailable
            .map(|pause| (SystemTime::now() + pause).into()),
        last_failure: usage.last_failure,
    }
}
