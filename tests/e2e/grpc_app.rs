//! An application that speaks gRPC: a small server that remembers what daprd calls it with, and answers as a test wants.

use crate::calls::Calls;
use plugbox::proto::{
    common::v1::{InvokeRequest, InvokeResponse},
    runtime::v1::{
        BindingEventRequest, BindingEventResponse, HealthCheckResponse, JobEventRequest,
        JobEventResponse, ListInputBindingsResponse, ListTopicSubscriptionsResponse,
        TopicEventBulkRequest, TopicEventBulkResponse, TopicEventBulkResponseEntry,
        TopicEventRequest, TopicEventResponse, TopicSubscription,
        app_callback_alpha_server::{AppCallbackAlpha, AppCallbackAlphaServer},
        app_callback_health_check_server::{AppCallbackHealthCheck, AppCallbackHealthCheckServer},
        app_callback_server::{AppCallback, AppCallbackServer},
        topic_event_bulk_request_entry::Event,
        topic_event_response::TopicEventResponseStatus,
    },
};
use serde_json::Value;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, transport::Server};

pub use TopicEventResponseStatus::{Drop as DROP, Retry as RETRY, Success as SUCCESS};

/// What the application makes of a message.
pub type Verdict = Result<TopicEventResponseStatus, Status>;

/// A message that the application has got.
#[derive(Clone, Debug)]
pub struct Message {
    /// The method that brought it.
    pub method: &'static str,
    pub event: TopicEventRequest,
}

impl Message {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.event.data).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Of a message, and of how many came before it of its topic.
type OnTopic = dyn Fn(&Message, usize) -> Verdict + Send + Sync;

/// Of an event, and of how many came before it of its binding.
type OnBinding =
    dyn Fn(&BindingEventRequest, usize) -> Result<BindingEventResponse, Status> + Send + Sync;

/// An application, not started yet: content with everything, and it asks for nothing.
pub struct Setup {
    subscriptions: Vec<TopicSubscription>,
    bindings: Vec<String>,
    on_topic: Box<OnTopic>,
    on_binding: Box<OnBinding>,
    is_old: bool,
}

impl Setup {
    pub fn new() -> Self {
        Self {
            subscriptions: Vec::new(),
            bindings: Vec::new(),
            on_topic: Box::new(|_, _| Ok(SUCCESS)),
            on_binding: Box::new(|_, _| Ok(BindingEventResponse::default())),
            is_old: false,
        }
    }

    pub fn subscription(mut self, subscription: TopicSubscription) -> Self {
        self.subscriptions.push(subscription);
        self
    }

    pub fn binding(mut self, name: &str) -> Self {
        self.bindings.push(name.to_owned());
        self
    }

    pub fn on_topic(
        mut self,
        behaviour: impl Fn(&Message, usize) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        self.on_topic = Box::new(behaviour);
        self
    }

    pub fn on_binding(
        mut self,
        behaviour: impl Fn(&BindingEventRequest, usize) -> Result<BindingEventResponse, Status>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.on_binding = Box::new(behaviour);
        self
    }

    /// One that knows bulks by their earlier name only.
    pub fn old(mut self) -> Self {
        self.is_old = true;
        self
    }

    pub async fn start(self) -> GrpcApp {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            setup: self,
            is_ill: AtomicBool::new(false),
            messages: Calls::default(),
            events: Calls::default(),
        });
        let served = Server::builder()
            .add_service(AppCallbackServer::from_arc(shared.clone()))
            .add_service(AppCallbackAlphaServer::from_arc(shared.clone()))
            .add_service(AppCallbackHealthCheckServer::from_arc(shared.clone()))
            .serve_with_incoming(TcpListenerStream::new(listener));
        let task = tokio::spawn(async move { served.await.unwrap() });
        GrpcApp { port, shared, task }
    }
}

struct Shared {
    setup: Setup,
    is_ill: AtomicBool,
    messages: Calls<Message>,
    events: Calls<BindingEventRequest>,
}

pub struct GrpcApp {
    pub port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl GrpcApp {
    /// Messages by their topic.
    pub fn messages(&self) -> &Calls<Message> {
        &self.shared.messages
    }

    /// Events by their binding.
    pub fn events(&self) -> &Calls<BindingEventRequest> {
        &self.shared.events
    }

    /// Says so when its health is asked after.
    pub fn be_ill(&self, is_ill: bool) {
        self.shared.is_ill.store(is_ill, Ordering::Relaxed);
    }
}

impl Drop for GrpcApp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn take(&self, method: &'static str, event: TopicEventRequest) -> Verdict {
        let message = Message { method, event };
        let (topic, data) = (&message.event.topic, &message.event.data);
        match self.messages.take(topic, data, message.clone()) {
            Some(before) => (self.setup.on_topic)(&message, before),
            None => Ok(SUCCESS),
        }
    }

    /// Each message of a bulk on its own: one that fails as a whole is left without a status.
    fn take_all(
        &self,
        method: &'static str,
        bulk: TopicEventBulkRequest,
    ) -> Response<TopicEventBulkResponse> {
        let TopicEventBulkRequest {
            topic,
            pubsub_name,
            path,
            entries,
            ..
        } = bulk;
        let mut statuses = Vec::new();
        for entry in entries {
            let Some(Event::CloudEvent(event)) = entry.event else {
                panic!("no CloudEvent: {entry:?}");
            };
            let event = TopicEventRequest {
                id: event.id,
                source: event.source,
                r#type: event.r#type,
                spec_version: event.spec_version,
                data_content_type: event.data_content_type,
                data: event.data,
                topic: topic.clone(),
                pubsub_name: pubsub_name.clone(),
                path: path.clone(),
                extensions: event.extensions,
            };
            if let Ok(status) = self.take(method, event) {
                statuses.push(TopicEventBulkResponseEntry {
                    entry_id: entry.entry_id,
                    status: status.into(),
                });
            }
        }
        Response::new(TopicEventBulkResponse { statuses })
    }
}

#[tonic::async_trait]
impl AppCallback for Shared {
    async fn on_invoke(
        &self,
        _: Request<InvokeRequest>,
    ) -> Result<Response<InvokeResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn list_topic_subscriptions(
        &self,
        _: Request<()>,
    ) -> Result<Response<ListTopicSubscriptionsResponse>, Status> {
        Ok(Response::new(ListTopicSubscriptionsResponse {
            subscriptions: self.setup.subscriptions.clone(),
        }))
    }

    async fn on_topic_event(
        &self,
        request: Request<TopicEventRequest>,
    ) -> Result<Response<TopicEventResponse>, Status> {
        let status = self.take("OnTopicEvent", request.into_inner())?;
        Ok(Response::new(TopicEventResponse {
            status: status.into(),
        }))
    }

    async fn list_input_bindings(
        &self,
        _: Request<()>,
    ) -> Result<Response<ListInputBindingsResponse>, Status> {
        Ok(Response::new(ListInputBindingsResponse {
            bindings: self.setup.bindings.clone(),
        }))
    }

    async fn on_binding_event(
        &self,
        request: Request<BindingEventRequest>,
    ) -> Result<Response<BindingEventResponse>, Status> {
        let event = request.into_inner();
        let answer = match self.events.take(&event.name, &event.data, event.clone()) {
            Some(before) => (self.setup.on_binding)(&event, before)?,
            None => BindingEventResponse::default(),
        };
        Ok(Response::new(answer))
    }

    async fn on_bulk_topic_event(
        &self,
        request: Request<TopicEventBulkRequest>,
    ) -> Result<Response<TopicEventBulkResponse>, Status> {
        if self.setup.is_old {
            return Err(Status::unimplemented(""));
        }
        Ok(self.take_all("OnBulkTopicEvent", request.into_inner()))
    }

    async fn on_job_event(
        &self,
        _: Request<JobEventRequest>,
    ) -> Result<Response<JobEventResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}

#[tonic::async_trait]
impl AppCallbackAlpha for Shared {
    async fn on_bulk_topic_event_alpha1(
        &self,
        request: Request<TopicEventBulkRequest>,
    ) -> Result<Response<TopicEventBulkResponse>, Status> {
        Ok(self.take_all("OnBulkTopicEventAlpha1", request.into_inner()))
    }

    async fn on_job_event_alpha1(
        &self,
        _: Request<JobEventRequest>,
    ) -> Result<Response<JobEventResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}

#[tonic::async_trait]
impl AppCallbackHealthCheck for Shared {
    async fn health_check(&self, _: Request<()>) -> Result<Response<HealthCheckResponse>, Status> {
        match self.is_ill.load(Ordering::Relaxed) {
            true => Err(Status::unavailable("ill")),
            false => Ok(Response::new(HealthCheckResponse {})),
        }
    }
}
