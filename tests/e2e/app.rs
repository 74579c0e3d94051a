//! An application: a small HTTP server that remembers what daprd calls it with, and answers as a test wants.

use crate::process::until;
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{
    future,
    sync::{Arc, Mutex},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// The data of messages that only find out whether a subscription is there. No application remembers them.
const PROBE: &str = "are-you-there";

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

    fn is_probe(&self) -> bool {
        let probe = PROBE.as_bytes();
        self.body.windows(probe.len()).any(|part| part == probe)
    }
}

/// What the application makes of a call.
#[derive(Clone, Copy)]
pub enum Reply {
    /// A status and a body.
    With(u16, &'static str),
    /// None, ever.
    Never,
}

pub const OK: Reply = Reply::With(200, "");

/// Of a call, and of how many calls came before it at its path.
type Behaviour = dyn Fn(&Call, usize) -> Reply + Send + Sync;

struct Shared {
    subscriptions: Value,
    behaviour: Box<Behaviour>,
    calls: Mutex<Vec<Call>>,
    probes: Mutex<Vec<String>>,
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
            calls: Mutex::default(),
            probes: Mutex::default(),
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
        self.shared.calls_at(path)
    }

    /// Waits until there were so many of them.
    pub async fn called(&self, path: &str, times: usize) -> Vec<Call> {
        until(&format!("{times} calls of {path}"), async || {
            let calls = self.calls(path);
            (calls.len() >= times).then_some(calls)
        })
        .await
    }

    /// Waits until a subscription is there: what is published before is not for it. `publish` publishes the value that it
    /// gets.
    pub async fn subscribed(&self, path: &str, publish: impl AsyncFn(&Value)) {
        self.shared.probes.lock().unwrap().clear();
        let probe = Value::from(PROBE);
        until(&format!("a subscription for {path}"), async || {
            publish(&probe).await;
            let probes = self.shared.probes.lock().unwrap();
            probes.iter().any(|probed| probed == path).then_some(())
        })
        .await;
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn calls_at(&self, path: &str) -> Vec<Call> {
        let calls = self.calls.lock().unwrap();
        calls
            .iter()
            .filter(|call| call.path == path)
            .cloned()
            .collect()
    }

    async fn reply(&self, request: Request<Incoming>) -> hyper::Result<Response<Full<Bytes>>> {
        let (parts, body) = request.into_parts();
        let call = Call {
            path: parts.uri.path().to_owned(),
            headers: parts.headers,
            body: body.collect().await?.to_bytes(),
        };
        let (status, body) = match (parts.method.as_str(), call.path.as_str()) {
            ("GET", "/dapr/subscribe") => (200, Bytes::from(self.subscriptions.to_string())),
            ("POST", _) => match self.take(call) {
                Reply::With(status, body) => (status, Bytes::from(body)),
                Reply::Never => future::pending().await,
            },
            _ => (404, Bytes::new()),
        };
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status.try_into().unwrap();
        Ok(response)
    }

    fn take(&self, call: Call) -> Reply {
        if call.is_probe() {
            self.probes.lock().unwrap().push(call.path);
            return OK;
        }
        let before = self.calls_at(&call.path).len();
        let reply = (self.behaviour)(&call, before);
        self.calls.lock().unwrap().push(call);
        reply
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let serve = service_fn(|request| shared.reply(request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), serve);
    // It ends as daprd ends it.
    let _ = connection.await;
}
