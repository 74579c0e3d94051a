//! An application: a small HTTP server that remembers what daprd calls it with, and answers as a test wants.

use crate::calls::Calls;
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::{future, sync::Arc};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// A call that the application has got.
#[derive(Clone, Debug)]
pub struct Call {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Call {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The data of a CloudEvent.
    pub fn data(&self) -> Value {
        self.json()["data"].clone()
    }

    /// The messages of a bulk.
    pub fn entries(&self) -> Vec<Value> {
        let json = self.json();
        json["entries"].as_array().cloned().unwrap_or_default()
    }
}

/// What the application makes of a call.
#[derive(Clone)]
pub enum Reply {
    /// A status and a body.
    With(u16, &'static str),
    /// To a bulk: for each of its messages a status.
    Each(&'static str),
    /// That all is well, once this is true.
    Once(watch::Receiver<bool>),
    /// None, ever.
    Never,
}

pub const OK: Reply = Reply::With(200, "");

impl Reply {
    async fn to(self, call: &Call) -> (u16, Bytes) {
        match self {
            Self::With(status, body) => (status, Bytes::from(body)),
            Self::Each(status) => {
                let entries = call.entries().into_iter();
                let statuses: Value = entries
                    .map(|entry| json!({ "entryId": entry["entryId"], "status": status }))
                    .collect();
                let body = json!({ "statuses": statuses });
                (200, Bytes::from(body.to_string()))
            }
            Self::Once(mut time) => {
                // A test that is over waits for no answer.
                let _ = time.wait_for(|has_come| *has_come).await;
                (200, Bytes::new())
            }
            Self::Never => future::pending().await,
        }
    }
}

/// Of a call, and of how many calls came before it at its path.
type Behaviour = dyn Fn(&Call, usize) -> Reply + Send + Sync;

struct Shared {
    subscriptions: Value,
    behaviour: Box<Behaviour>,
    calls: Calls<Call>,
}

pub struct App {
    pub port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl App {
    /// One that is content with everything and subscribes to nothing.
    pub async fn start() -> Self {
        Self::of(Value::Array(Vec::new()), |_, _| OK).await
    }

    /// One that answers `subscriptions` when daprd asks what it subscribes to.
    pub async fn of(
        subscriptions: Value,
        behaviour: impl Fn(&Call, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            subscriptions,
            behaviour: Box::new(behaviour),
            calls: Calls::default(),
        });
        let serving = shared.clone();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(connection(stream, serving.clone()));
            }
        });
        Self { port, shared, task }
    }

    /// The POSTs at a path, in their order.
    pub fn calls(&self, path: &str) -> Vec<Call> {
        self.shared.calls.at(path)
    }

    /// Waits until there were so many of them.
    pub async fn called(&self, path: &str, times: usize) -> Vec<Call> {
        self.shared.calls.reach(path, times).await
    }

    /// Waits until a subscription is there: what is published before is not for it. `publish` publishes the value that it
    /// gets.
    pub async fn subscribed(&self, path: &str, publish: impl AsyncFn(&Value)) {
        self.shared.calls.probed(path, publish).await;
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn reply(&self, request: Request<Incoming>) -> hyper::Result<Response<Full<Bytes>>> {
        let (parts, body) = request.into_parts();
        let call = Call {
            path: parts.uri.path().to_owned(),
            headers: parts.headers,
            body: body.collect().await?.to_bytes(),
        };
        let (status, body) = match (parts.method.as_str(), call.path.as_str()) {
            ("GET", "/dapr/subscribe") => (200, Bytes::from(self.subscriptions.to_string())),
            ("POST", _) => self.take(&call).to(&call).await,
            _ => (404, Bytes::new()),
        };
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status.try_into().unwrap();
        Ok(response)
    }

    fn take(&self, call: &Call) -> Reply {
        match self.calls.take(&call.path, &call.body, call.clone()) {
            Some(before) => (self.behaviour)(call, before),
            // For a single message it says as much as nothing.
            None => Reply::Each("SUCCESS"),
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let serve = service_fn(|request| shared.reply(request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), serve);
    // It ends as daprd ends it.
    let _ = connection.await;
}
