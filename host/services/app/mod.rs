//! `AppCallback`, `AppCallbackHealthCheck` and `AppCallbackAlpha`: what daprd calls its application by.

mod bindings;
mod bulk;
mod events;
mod extensions;
mod health;
mod invoke;
mod jobs;
mod json;
mod subscriptions;

use super::{Services, codec::Asked, methods::Called};
use crate::{
    engine::{Interface, types::Metadata},
    proto::{
        common::v1::InvokeRequest,
        runtime::v1::{
            self as proto, app_callback_alpha_server as alpha,
            app_callback_health_check_server as health_check, app_callback_server as callback,
        },
    },
    runtime::Component,
};
use std::{collections::BTreeMap, sync::Arc};
use tonic::Status;

/// The methods that daprd calls without the application's token, by their paths.
/// Source: daprd's health probe, and how it asks for subscriptions and input bindings.
pub const WITHOUT_TOKEN: &[&str] = &[
    "/dapr.proto.runtime.v1.AppCallbackHealthCheck/HealthCheck",
    "/dapr.proto.runtime.v1.AppCallback/ListTopicSubscriptions",
    "/dapr.proto.runtime.v1.AppCallback/ListInputBindings",
];

/// What daprd adds to the metadata of a message, and says beside it, too.
const PUBSUB: &str = "pubsubname";

/// What it does not send of the metadata of a message that comes alone. Source: how it makes headers of metadata.
const UNSENT: [&str; 2] = ["content-length", "content-type"];

/// Adds the services of an app: all, for daprd calls them whatever the guest exports, and asks for no list.
pub(super) fn add(services: &mut Services, component: &Arc<Component>) {
    let app = || App {
        component: component.clone(),
    };
    services
        .add(callback::SERVICE_NAME, component, app())
        .called("OnInvoke", App::on_invoke)
        .called("ListTopicSubscriptions", App::list_topic_subscriptions)
        .called("OnTopicEvent", App::on_topic_event)
        .called("ListInputBindings", App::list_input_bindings)
        .called("OnBindingEvent", App::on_binding_event)
        .called("OnBulkTopicEvent", App::on_bulk_topic_event)
        .called("OnJobEvent", App::on_job_event);
    services
        .add(health_check::SERVICE_NAME, component, app())
        .called("HealthCheck", App::health_check);
    services
        .add(alpha::SERVICE_NAME, component, app())
        .called("OnBulkTopicEventAlpha1", App::on_bulk_topic_event)
        .called("OnJobEventAlpha1", App::on_job_event);
}

struct App {
    component: Arc<Component>,
}

impl App {
    /// # Errors
    /// UNIMPLEMENTED where the guest does not export an interface: that is how daprd is told that it does not want something.
    fn wants(&self, interface: Interface, to: &Called) -> Result<(), Status> {
        match self.component.exports(interface) {
            true => Ok(()),
            false => Err(Status::unimplemented(format!(
                "app '{}' does not serve {}: its guest exports no {}",
                self.component.name(),
                to.method,
                interface.name()
            ))),
        }
    }
}

impl Asked for () {}
impl Asked for InvokeRequest {}
impl Asked for proto::BindingEventRequest {}
impl Asked for proto::JobEventRequest {}

impl Asked for proto::TopicEventRequest {
    /// `extensions`.
    const STRUCTS: &'static [u64] = &[10];
}

impl Asked for proto::TopicEventBulkRequest {
    /// `extensions` in `cloud_event` in `entries`.
    const STRUCTS: &'static [u64] = &[2, 3, 7];
}

/// What a broker says of a message, under names in lower case as daprd sends them with a message that comes alone.
fn of_broker(metadata: impl IntoIterator<Item = (String, String)>) -> Metadata {
    let named = metadata.into_iter();
    let named = named.map(|(name, value)| (name.to_lowercase(), value));
    // Two names may have become one.
    let mut metadata: BTreeMap<_, _> = named.collect();
    metadata.retain(|name, _| name != PUBSUB && !UNSENT.contains(&name.as_str()));
    metadata.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_no_token_is_by_the_names_of_the_services() {
        let expected = [
            (health_check::SERVICE_NAME, "HealthCheck"),
            (callback::SERVICE_NAME, "ListTopicSubscriptions"),
            (callback::SERVICE_NAME, "ListInputBindings"),
        ];
        let expected = expected.map(|(service, method)| format!("/{service}/{method}"));
        assert_eq!(WITHOUT_TOKEN, expected);
    }
}
