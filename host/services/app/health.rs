//! Whether an application can do its work.

use super::{
    super::methods::{Called, Reply},
    App,
};
use crate::{engine::Interface, proto::runtime::v1::HealthCheckResponse};
use std::{sync::Arc, time::Duration};
use tonic::Status;

/// How long to wait for a guest that is free. daprd waits for 500 ms if it is not told otherwise (`--app-health-probe-timeout`).
const PATIENCE: Duration = Duration::from_millis(200);

impl App {
    /// A guest that does not say how it is is well as long as it lives, and so is one that is too busy to say it: daprd would call an
    /// application that does not answer in time no more, and that does not help one with much to do.
    pub(super) async fn health_check(
        self: Arc<Self>,
        to: Called,
        (): (),
    ) -> Result<Reply<HealthCheckResponse>, Status> {
        match self.component.exports(Interface::AppHealth) {
            true => {
                let checked =
                    self.component
                        .handle_soon(&to, PATIENCE, running!(app_health.call_check));
                checked.await?.unwrap_or(Ok(()))?;
            }
            false => self.component.available(&to)?,
        }
        Ok(HealthCheckResponse {}.into())
    }
}
