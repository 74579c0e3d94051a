//! The rules of the smallest guest that is an application: its one method answers what it is sent.

use plugbox::proto::{
    common::v1::{InvokeRequest, InvokeResponse},
    runtime::v1::{
        BindingEventRequest, BindingEventResponse, JobEventRequest, JobEventResponse,
        ListInputBindingsResponse, ListTopicSubscriptionsResponse, TopicEventBulkRequest,
        TopicEventBulkResponse, TopicEventRequest, TopicEventResponse,
        app_callback_server::{AppCallback, AppCallbackServer},
    },
};
use tonic::{Request, Response, Status};

pub fn service() -> AppCallbackServer<impl AppCallback> {
    AppCallbackServer::new(Echo)
}

struct Echo;

#[tonic::async_trait]
impl AppCallback for Echo {
    async fn on_invoke(
        &self,
        request: Request<InvokeRequest>,
    ) -> Result<Response<InvokeResponse>, Status> {
        let InvokeRequest {
            method,
            data,
            content_type,
            ..
        } = request.into_inner();
        match &*method {
            "echo" => Ok(Response::new(InvokeResponse { data, content_type })),
            other => Err(Status::unimplemented(format!(
                "there is no method {other:?}, only echo"
            ))),
        }
    }

    async fn list_topic_subscriptions(
        &self,
        _: Request<()>,
    ) -> Result<Response<ListTopicSubscriptionsResponse>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn list_input_bindings(
        &self,
        _: Request<()>,
    ) -> Result<Response<ListInputBindingsResponse>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn on_topic_event(
        &self,
        _: Request<TopicEventRequest>,
    ) -> Result<Response<TopicEventResponse>, Status> {
        Err(not_wanted())
    }

    async fn on_binding_event(
        &self,
        _: Request<BindingEventRequest>,
    ) -> Result<Response<BindingEventResponse>, Status> {
        Err(not_wanted())
    }

    async fn on_bulk_topic_event(
        &self,
        _: Request<TopicEventBulkRequest>,
    ) -> Result<Response<TopicEventBulkResponse>, Status> {
        Err(not_wanted())
    }

    async fn on_job_event(
        &self,
        _: Request<JobEventRequest>,
    ) -> Result<Response<JobEventResponse>, Status> {
        Err(not_wanted())
    }
}

fn not_wanted() -> Status {
    Status::unimplemented("the application does not ask for it")
}
