//! Whether an application can do its work.

use super::{
    super::methods::{Called, Reply},
    App,
};
use crate::{engine::Interface, proto::runtime::v1::HealthCheckResponse};
use std::sync::Arc;
use tonic::Status;

impl App {
    /// A guest that does not say how it is is well as long as it lives.
    pub(super) async fn health_check(
        self: Arc<Self>,
        to: Called,
        (): (),
    ) -> Result<Reply<HealthCheckResponse>, Status> {
        match self.component.exports(Interface::AppHealth) {
            true => {
                let call = self.component.handle(&to, running!(app_health.call_check));
                call.await??;
            }
            false => self.component.available(&to)?,
        }
        Ok(HealthCheckResponse {}.into())
    }
}
