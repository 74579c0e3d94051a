//! A client of applications, which calls as daprd does.

use super::{dapr::Daprd, setup::Setup};
use plugbox::proto::{
    common::v1::{InvokeRequest, InvokeResponse},
    runtime::v1::{
        BindingEventRequest, JobEventRequest, TopicEventRequest,
        app_callback_alpha_client::AppCallbackAlphaClient, app_callback_client::AppCallbackClient,
        app_callback_health_check_client::AppCallbackHealthCheckClient,
        topic_event_response::TopicEventResponseStatus,
    },
};
use prost_types::Any;
use serde_json::Value;
use std::{
    fs,
    net::{SocketAddr, TcpListener},
    sync::atomic::{AtomicU16, Ordering},
};
use tokio::task::JoinHandle;
use tonic::{
    Request, Response, Status,
    metadata::AsciiMetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

/// Adds the token, where there is one.
#[derive(Clone)]
pub struct Token(Option<AsciiMetadataValue>);

impl Interceptor for Token {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            let token = token.clone();
            request.metadata_mut().insert("dapr-api-token", token);
        }
        Ok(request)
    }
}

/// A connection that brings the token with each call.
pub type Bearer = InterceptedService<Channel, Token>;

/// The services of an application, over one connection.
#[derive(Clone)]
pub struct App {
    pub channel: Channel,
    pub callback: AppCallbackClient<Bearer>,
    pub alpha: AppCallbackAlphaClient<Bearer>,
    pub health: AppCallbackHealthCheckClient<Bearer>,
}

impl App {
    /// Of an application on a port.
    pub async fn at(address: SocketAddr) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        Self::over(endpoint.connect().await.unwrap(), Token(None))
    }

    /// The same, with a token in each call.
    pub fn bringing(&self, token: &str) -> Self {
        Self::over(self.channel.clone(), Token(Some(token.parse().unwrap())))
    }

    fn over(channel: Channel, token: Token) -> Self {
        let bearer = InterceptedService::new(channel.clone(), token);
        Self {
            channel,
            callback: AppCallbackClient::new(bearer.clone())
                .max_decoding_message_size(64 << 20)
                .max_encoding_message_size(64 << 20),
            alpha: AppCallbackAlphaClient::new(bearer.clone()),
            health: AppCallbackHealthCheckClient::new(bearer),
        }
    }

    /// Calls a method, and gets all of its answer.
    pub async fn call(
        &mut self,
        method: &str,
        data: impl AsRef<[u8]>,
    ) -> Result<Response<InvokeResponse>, Status> {
        self.callback.on_invoke(request(method, data)).await
    }

    /// Calls a method, and gets the data of its answer.
    pub async fn invoke(
        &mut self,
        method: &str,
        data: impl AsRef<[u8]>,
    ) -> Result<Vec<u8>, Status> {
        let response = self.call(method, data).await?.into_inner();
        Ok(response.data.unwrap_or_default().value)
    }

    /// The answer as text.
    pub async fn text(&mut self, method: &str, data: impl AsRef<[u8]>) -> String {
        String::from_utf8(self.invoke(method, data).await.unwrap()).unwrap()
    }

    /// The answer as JSON.
    pub async fn json(&mut self, method: &str, data: impl AsRef<[u8]>) -> Value {
        serde_json::from_str(&self.text(method, data).await).unwrap()
    }

    /// What came to the one guest of the application by its other interfaces, one after the other.
    pub async fn heard(&mut self) -> Vec<Value> {
        match self.json("heard", "").await {
            Value::Array(heard) => heard,
            other => panic!("{other}"),
        }
    }

    /// What becomes of a message of the topic `orders`.
    pub async fn deliver(
        &mut self,
        data: impl AsRef<[u8]>,
    ) -> Result<TopicEventResponseStatus, Status> {
        let answer = self.callback.on_topic_event(event(data)).await?;
        Ok(answer.into_inner().status())
    }

    pub async fn healthy(&mut self) -> Result<(), Status> {
        self.health.health_check(()).await.map(drop)
    }
}

/// A call as another application makes it by gRPC.
pub fn request(method: &str, data: impl AsRef<[u8]>) -> InvokeRequest {
    InvokeRequest {
        method: method.to_owned(),
        data: Some(any("", data)),
        content_type: String::new(),
        http_extension: None,
    }
}

/// A message of the topic `orders`.
pub fn event(data: impl AsRef<[u8]>) -> TopicEventRequest {
    TopicEventRequest {
        id: "seven".to_owned(),
        source: "shop".to_owned(),
        r#type: "com.dapr.event.sent".to_owned(),
        spec_version: "1.0".to_owned(),
        data: data.as_ref().to_vec(),
        topic: "orders".to_owned(),
        pubsub_name: "pubsub".to_owned(),
        ..Default::default()
    }
}

/// An event of the binding `inbox`.
pub fn binding_event(data: impl AsRef<[u8]>) -> BindingEventRequest {
    BindingEventRequest {
        name: "inbox".to_owned(),
        data: data.as_ref().to_vec(),
        ..Default::default()
    }
}

/// The job `sweep`.
pub fn job(data: impl AsRef<[u8]>) -> JobEventRequest {
    JobEventRequest {
        name: "sweep".to_owned(),
        data: Some(any("", data)),
        method: "job/sweep".to_owned(),
        ..Default::default()
    }
}

pub fn any(type_url: &str, value: impl AsRef<[u8]>) -> Any {
    Any {
        type_url: type_url.to_owned(),
        value: value.as_ref().to_vec(),
    }
}

/// `hostile-probe-app`, which may ask this daprd: a call waits there until a test releases it.
pub fn probe(daprd: &Daprd) -> Setup {
    Setup::app("hostile-probe-app")
        .arg(format!("--dapr-endpoint={}", daprd.endpoint))
        .arg("--allow-dapr=state:orders")
}

/// A call of `hostile-probe-app` that waits until the fake daprd releases it.
pub fn hold(app: &App) -> JoinHandle<Result<Vec<u8>, Status>> {
    let mut app = app.clone();
    let request = serde_json::json!({ "key": "hold", "consistency": "Strong", "metadata": [] });
    let asks = serde_json::json!({ "get": { "store": "orders", "request": request } });
    tokio::spawn(async move { app.invoke("call", asks.to_string()).await })
}

/// A port of 127.0.0.1 for what has to know its port before it begins: one that nobody listens at, that was not answered before, and that
/// the system gives to nobody who wants any.
pub fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap();
    let given: u16 = range.split_whitespace().next().unwrap().parse().unwrap();
    let first = 10_000;
    let count = given - first;
    // Other programs of tests begin elsewhere.
    let own = u16::try_from(std::process::id() % 500).unwrap() * 40;
    loop {
        let next = own.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = first + next % count;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A section of the manifest that serves a guest of this repository as an application.
pub fn section(name: &str, guest_name: &str, port: u16, settings: &str) -> String {
    let guest = super::guest(guest_name);
    format!(
        "[app.{name}]\nguest = '{}'\nport = {port}\n{settings}\n",
        guest.display()
    )
}
