//! Output bindings and secret stores behind daprd: WIT to protobuf and back. Nothing here may log a secret or put one in an error.

use super::{Call, Sidecar};
use crate::{
    engine::{
        client::{
            Error,
            bindings::{Invocation, Response},
            secrets::Secret,
        },
        types::Metadata,
    },
    proto::runtime::v1::{GetBulkSecretRequest, GetSecretRequest, InvokeBindingRequest},
    services::{map, metadata},
};

impl Sidecar {
    /// Does an operation of a binding.
    ///
    /// # Errors
    /// Daprd's, or why there is no answer. The same holds for all that follow.
    pub async fn invoke_binding(
        &self,
        call: Call,
        binding: String,
        request: Invocation,
    ) -> Result<Response, Error> {
        let message = InvokeBindingRequest {
            name: binding,
            data: request.data,
            metadata: map(request.metadata),
            operation: request.operation,
        };
        let answer = ask!(self, call, invoke_binding, message).await?;
        let answer = answer.into_inner();
        Ok(Response {
            data: answer.data,
            metadata: metadata(answer.metadata),
        })
    }

    /// One secret.
    pub async fn get_secret(
        &self,
        call: Call,
        store: String,
        name: String,
        about: Metadata,
    ) -> Result<Secret, Error> {
        let message = GetSecretRequest {
            store_name: store,
            key: name,
            metadata: map(about),
        };
        let answer = ask!(self, call, get_secret, message).await?;
        Ok(metadata(answer.into_inner().data))
    }

    /// All secrets of a store.
    pub async fn get_bulk_secret(
        &self,
        call: Call,
        store: String,
        about: Metadata,
    ) -> Result<Vec<(String, Secret)>, Error> {
        let message = GetBulkSecretRequest {
            store_name: store,
            metadata: map(about),
        };
        let answer = ask!(self, call, get_bulk_secret, message).await?;
        let secrets = answer.into_inner().data.into_iter();
        let secrets = secrets.map(|(name, values)| (name, metadata(values.secrets)));
        Ok(secrets.collect())
    }
}
