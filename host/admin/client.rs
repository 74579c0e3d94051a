//! The operator's side: reaches a runner on its socket.

use crate::proto::admin::{
    StatusRequest, StatusResponse, SwapRequest, SwapResponse, admin_client::AdminClient,
};
use anyhow::{Context, anyhow};
use std::path::{Path, PathBuf};
use tonic::{
    Status,
    transport::{Channel, Endpoint},
};

/// A runner, as an operator has it.
pub struct Client {
    socket: PathBuf,
    admin: AdminClient<Channel>,
}

impl Client {
    /// # Errors
    /// When no runner answers on the socket.
    pub async fn connect(socket: &Path) -> anyhow::Result<Self> {
        let path = socket.to_str().context("the socket's path is not UTF-8")?;
        let channel = Endpoint::from_shared(format!("unix:{path}"))?;
        let channel = channel.connect().await.map_err(|_| {
            anyhow!(
                "no runner answers on {}. Is `plugbox run` running, as this user? --admin names another socket",
                socket.display()
            )
        })?;
        Ok(Self {
            socket: socket.to_owned(),
            admin: AdminClient::new(channel),
        })
    }

    /// # Errors
    /// When the runner does not answer.
    pub async fn status(&mut self) -> anyhow::Result<StatusResponse> {
        let answer = self.admin.status(StatusRequest {}).await;
        Ok(answer.map_err(|status| self.failed(&status))?.into_inner())
    }

    /// # Errors
    /// When the runner refuses, with its reason, or does not answer.
    pub async fn swap(&mut self, request: SwapRequest) -> anyhow::Result<SwapResponse> {
        let answer = self.admin.swap(request).await;
        Ok(answer.map_err(|status| self.failed(&status))?.into_inner())
    }

    /// What the runner says is for the operator as it is.
    fn failed(&self, status: &Status) -> anyhow::Error {
        match status.message() {
            "" => anyhow!("the runner on {} does not answer", self.socket.display()),
            message => anyhow!("{message}"),
        }
    }
}
