//! `SecretStore`. Nothing here may log a value or put one in a status.

use super::{Services, To, map, metadata, ping};
use crate::{
    engine::{Block, DaprBlock, Init, Interface},
    proto::dapr::{self as proto, secret_store_server as service},
    runtime::Component,
};
use std::sync::Arc;
use tonic::Status;

const BLOCK: Block = Block::SecretStore;

/// Adds the service that a guest with `secret-store` stands for.
pub(super) fn add(services: &mut Services, component: &Arc<Component>) {
    let secrets = Secrets {
        component: component.clone(),
    };
    services
        .add(service::SERVICE_NAME, component, secrets)
        .unary("Init", Secrets::init)
        .unary("Features", Secrets::features)
        .unary("Get", Secrets::get)
        .unary("BulkGet", Secrets::bulk_get)
        .unary("Ping", ping);
}

struct Secrets {
    component: Arc<Component>,
}

impl Secrets {
    async fn init(
        self: Arc<Self>,
        to: To,
        request: proto::SecretStoreInitRequest,
    ) -> Result<proto::SecretStoreInitResponse, Status> {
        let properties = metadata(request.metadata.unwrap_or_default().properties);
        let init = Init::Dapr(DaprBlock::SecretStore, properties);
        self.component.init(&to, init).await??;
        Ok(proto::SecretStoreInitResponse {})
    }

    async fn features(
        self: Arc<Self>,
        to: To,
        _: proto::FeaturesRequest,
    ) -> Result<proto::FeaturesResponse, Status> {
        let features = self.component.named(&to, BLOCK).await?;
        Ok(proto::FeaturesResponse { features })
    }

    async fn get(
        self: Arc<Self>,
        to: To,
        request: proto::GetSecretRequest,
    ) -> Result<proto::GetSecretResponse, Status> {
        let (name, metadata) = (request.key, metadata(request.metadata));
        let secret = guest!(self, BLOCK, &to, secret.call_get, &name, &metadata).await??;
        Ok(proto::GetSecretResponse { data: map(secret) })
    }

    /// Only a guest knows all its secrets, and whether it may show them.
    async fn bulk_get(
        self: Arc<Self>,
        to: To,
        request: proto::BulkGetSecretRequest,
    ) -> Result<proto::BulkGetSecretResponse, Status> {
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
        Ok(proto::BulkGetSecretResponse {
            data: secrets.into_iter().map(secret).collect(),
        })
    }
}
