//! `SecretStore`. Nothing here may log a value or put one in a status.

use super::{Services, addressed, map, metadata, ping, reply, serve};
use crate::{
    engine::{Block, DaprBlock, Init, Interface},
    proto::dapr::{self as proto, secret_store_server as service},
    runtime::Component,
};
use std::sync::Arc;
use tonic::{Request, Response, Status};

const BLOCK: Block = Block::SecretStore;

/// Adds the service that a guest with `secret-store` stands for.
pub(super) fn add(services: &mut Services, component: &Arc<Component>) {
    let secrets = Secrets {
        component: component.clone(),
    };
    serve!(services, service::SecretStoreServer<_>, secrets);
}

struct Secrets {
    component: Arc<Component>,
}

#[tonic::async_trait]
impl service::SecretStore for Secrets {
    async fn init(
        &self,
        request: Request<proto::SecretStoreInitRequest>,
    ) -> Result<Response<proto::SecretStoreInitResponse>, Status> {
        let (to, request) = addressed(request, "Init")?;
        let properties = metadata(request.metadata.unwrap_or_default().properties);
        let init = Init::Dapr(DaprBlock::SecretStore, properties);
        self.component.init(&to, init).await??;
        reply(&self.component, proto::SecretStoreInitResponse {})
    }

    async fn features(
        &self,
        request: Request<proto::FeaturesRequest>,
    ) -> Result<Response<proto::FeaturesResponse>, Status> {
        let (to, _) = addressed(request, "Features")?;
        let features = self.component.named(&to, BLOCK).await?;
        reply(&self.component, proto::FeaturesResponse { features })
    }

    async fn get(
        &self,
        request: Request<proto::GetSecretRequest>,
    ) -> Result<Response<proto::GetSecretResponse>, Status> {
        let (to, request) = addressed(request, "Get")?;
        let (name, metadata) = (request.key, metadata(request.metadata));
        let secret = guest!(self, BLOCK, &to, secret.call_get, &name, &metadata).await??;
        reply(
            &self.component,
            proto::GetSecretResponse { data: map(secret) },
        )
    }

    /// Only a guest knows all its secrets, and whether it may show them.
    async fn bulk_get(
        &self,
        request: Request<proto::BulkGetSecretRequest>,
    ) -> Result<Response<proto::BulkGetSecretResponse>, Status> {
        let (to, request) = addressed(request, "BulkGet")?;
        if !self.component.exports(Interface::BulkSecretStore) {
            return Err(Status::unimplemented(format!(
                "component '{}' does not show all its secrets at once: its guest exports no bulk-secret-store",
                self.component.name()
            )));
        }
        let metadata = metadata(request.metadata);
        let secrets = guest!(self, BLOCK, &to, bulk_secret.call_bulk_get, &metadata).await??;
        let secret = |(name, values)| {
            (
                name,
                proto::SecretResponse {
                    secrets: map(values),
                },
            )
        };
        reply(
            &self.component,
            proto::BulkGetSecretResponse {
                data: secrets.into_iter().map(secret).collect(),
            },
        )
    }

    async fn ping(
        &self,
        request: Request<proto::PingRequest>,
    ) -> Result<Response<proto::PingResponse>, Status> {
        ping(request)
    }
}
