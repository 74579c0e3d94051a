//! One connection: HTTP/2 on a Unix stream, each request to the services.

use super::Router;
use crate::services::Consumers;
use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::{
    convert::Infallible,
    os::unix::net::UnixStream,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};
use tonic::{Code, Status, body::Body};

/// Calls at once on one connection. A client that wants more waits, as HTTP/2 has it.
const STREAMS: u32 = 1024;

/// Bytes that a client may send before they are read: enough for one large request without a pause at every frame.
const WINDOW: u32 = 1 << 20;

/// The calls that are not answered yet.
#[derive(Clone, Default)]
pub(super) struct Calls {
    begun: TaskTracker,
    refused: Arc<AtomicBool>,
}

impl Calls {
    /// None when no call may begin any more.
    fn begin(&self) -> Option<TaskTrackerToken> {
        // Counted before it looks, so that whoever refuses from now on sees it.
        let begun = self.begun.token();
        (!self.refused.load(Ordering::SeqCst)).then_some(begun)
    }

    /// Waits until none is left, and lets none begin after that. Clients that were told to go away may still have sent some.
    pub(super) async fn end(&self) {
        self.begun.close();
        self.begun.wait().await;
        self.refused.store(true, Ordering::SeqCst);
        self.begun.wait().await;
    }
}

/// What serves the requests of a connection.
#[derive(Clone)]
pub(super) struct Handler {
    component: Arc<str>,
    services: Arc<Router>,
    calls: Calls,
}

impl Handler {
    pub(super) fn new(component: &str, services: Router, calls: Calls) -> Self {
        Self {
            component: component.into(),
            services: Arc::new(services),
            calls,
        }
    }

    /// Serves a connection until its client closes it, or until `stop` and its last call.
    pub(super) async fn serve(self, stream: UnixStream, stop: CancellationToken) {
        let stream = match tokio::net::UnixStream::from_std(stream) {
            Ok(stream) => stream,
            Err(error) => return tracing::warn!("a connection is lost: {error}"),
        };
        let consumers = Consumers::default();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(consumers.clone());
            self.clone().respond(request)
        });
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            // Clients come and go as they like, and some break off: that is worth no more than this.
            tracing::debug!("a connection ended: {error}");
        }
    }

    async fn respond(self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let method = request.uri().clone();
        let Some(serve) = self.services.find(method.path()) else {
            return Ok(self.unserved(method.path()).into_http());
        };
        let Some(_call) = self.calls.begin() else {
            return Ok(Status::unavailable("plugbox is stopping").into_http());
        };
        let response = serve(request).await;
        let refused = match response.headers().get(Status::GRPC_STATUS) {
            None => None,
            Some(code) if code == OUT_OF_RANGE => oversized(&response),
            // Generated servers say nothing more of a method that they do not know.
            Some(code) if code == UNIMPLEMENTED => Status::from_header_map(response.headers())
                .filter(|status| status.message().is_empty())
                .map(|_| self.unserved(method.path())),
            Some(_) => None,
        };
        Ok(refused.map_or(response, Status::into_http))
    }

    fn unserved(&self, method: &str) -> Status {
        Status::unimplemented(format!(
            "component '{}' does not serve {method}: its guest exports no interface for it",
            self.component
        ))
    }
}

const OUT_OF_RANGE: &str = "11";
const UNIMPLEMENTED: &str = "12";

/// tonic refuses a request over the limit with OUT_OF_RANGE. Other servers say RESOURCE_EXHAUSTED, and the operator
/// needs to know what to turn.
fn oversized(response: &Response<Body>) -> Option<Status> {
    let status = Status::from_header_map(response.headers())?;
    let sizes = status
        .message()
        .strip_prefix("Error, decoded message length too large: ")?;
    Some(Status::new(
        Code::ResourceExhausted,
        format!("the request is too large: {sizes} (--max-message)"),
    ))
}
