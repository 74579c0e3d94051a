//! What daprd calls on an application, in a few words each.

use prost_types::Any;

use crate::{
    proto::{
        common::v1::{HttpExtension, InvokeRequest, InvokeResponse, http_extension::Verb},
        runtime::v1::{
            BindingEventRequest, BindingEventResponse, HealthCheckResponse, JobEventRequest,
            JobEventResponse, ListInputBindingsResponse, ListTopicSubscriptionsResponse,
            TopicEventBulkRequest, TopicEventBulkResponse, TopicEventRequest, TopicEventResponse,
        },
    },
    rules::{answer::Answer, client::Client},
};

/// The service of an application.
pub const CALLBACK: &str = "dapr.proto.runtime.v1.AppCallback";

/// Whether it is well.
pub const HEALTH_CHECK: &str = "dapr.proto.runtime.v1.AppCallbackHealthCheck";

/// What had another name before.
pub const ALPHA: &str = "dapr.proto.runtime.v1.AppCallbackAlpha";

impl Client {
    /// Calls a method with a body as JSON, as a caller by HTTP does.
    pub async fn post(&self, method: &str, data: &[u8]) -> Answer<InvokeResponse> {
        self.on_invoke(InvokeRequest {
            method: method.to_owned(),
            data: Some(Any {
                type_url: String::new(),
                value: data.to_vec(),
            }),
            content_type: "application/json".to_owned(),
            http_extension: Some(HttpExtension {
                verb: Verb::Post.into(),
                querystring: String::new(),
            }),
        })
        .await
    }

    pub async fn on_invoke(&self, request: InvokeRequest) -> Answer<InvokeResponse> {
        self.call(&format!("{CALLBACK}/OnInvoke"), request).await
    }

    pub async fn subscriptions(&self) -> Answer<ListTopicSubscriptionsResponse> {
        self.call(&format!("{CALLBACK}/ListTopicSubscriptions"), ())
            .await
    }

    pub async fn on_topic_event(&self, event: TopicEventRequest) -> Answer<TopicEventResponse> {
        self.call(&format!("{CALLBACK}/OnTopicEvent"), event).await
    }

    pub async fn on_bulk(&self, events: TopicEventBulkRequest) -> Answer<TopicEventBulkResponse> {
        self.call(&format!("{CALLBACK}/OnBulkTopicEvent"), events)
            .await
    }

    pub async fn on_bulk_alpha(
        &self,
        events: TopicEventBulkRequest,
    ) -> Answer<TopicEventBulkResponse> {
        self.call(&format!("{ALPHA}/OnBulkTopicEventAlpha1"), events)
            .await
    }

    pub async fn input_bindings(&self) -> Answer<ListInputBindingsResponse> {
        self.call(&format!("{CALLBACK}/ListInputBindings"), ())
            .await
    }

    /// An event of a binding.
    pub async fn on_binding(&self, binding: &str, data: &[u8]) -> Answer<BindingEventResponse> {
        let event = BindingEventRequest {
            name: binding.to_owned(),
            data: data.to_vec(),
            metadata: [("rule".to_owned(), self.run().to_owned())].into(),
        };
        self.call(&format!("{CALLBACK}/OnBindingEvent"), event)
            .await
    }

    pub async fn on_job(&self, job: JobEventRequest) -> Answer<JobEventResponse> {
        self.call(&format!("{CALLBACK}/OnJobEvent"), job).await
    }

    pub async fn on_job_alpha(&self, job: JobEventRequest) -> Answer<JobEventResponse> {
        self.call(&format!("{ALPHA}/OnJobEventAlpha1"), job).await
    }

    pub async fn health_check(&self) -> Answer<HealthCheckResponse> {
        self.call(&format!("{HEALTH_CHECK}/HealthCheck"), ()).await
    }
}
