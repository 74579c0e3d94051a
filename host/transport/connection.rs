//! One connection: HTTP/2 on a Unix stream, each request to the services.

use http::{HeaderValue, Request, Response};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::{convert::Infallible, os::unix::net::UnixStream, pin::pin};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, body::Body, service::Routes};
use tower::Service;

/// Calls at once on one connection. A client that wants more waits, as HTTP/2 has it.
const STREAMS: u32 = 1024;

/// Bytes that a client may send before they are read: enough for one large request without a pause at every frame.
const WINDOW: u32 = 1 << 20;

/// What serves the requests of a connection.
#[derive(Clone)]
pub(super) struct Handler {
    routes: Routes,
}

impl Handler {
    pub(super) fn new(routes: Routes) -> Self {
        Self {
            routes: routes.prepare(),
        }
    }

    /// Serves a connection until its client closes it, or until `stop` and its last call.
    pub(super) async fn serve(self, stream: UnixStream, stop: CancellationToken) {
        let stream = match tokio::net::UnixStream::from_std(stream) {
            Ok(stream) => stream,
            Err(error) => return tracing::warn!("a connection is lost: {error}"),
        };
        let service = service_fn(move |request| respond(self.routes.clone(), request));
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
}

async fn respond(
    mut routes: Routes,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let response = routes.call(request).await?;
    Ok(oversized(&response).unwrap_or(response))
}

/// tonic refuses a request over the limit with OUT_OF_RANGE. Other servers say RESOURCE_EXHAUSTED, and the operator
/// needs to know what to turn.
fn oversized(response: &Response<Body>) -> Option<Response<Body>> {
    const OUT_OF_RANGE: HeaderValue = HeaderValue::from_static("11");
    if response.headers().get(Status::GRPC_STATUS) != Some(&OUT_OF_RANGE) {
        return None;
    }
    let status = Status::from_header_map(response.headers())?;
    let sizes = status
        .message()
        .strip_prefix("Error, decoded message length too large: ")?;
    let message = format!("the request is too large: {sizes} (--max-message)");
    Some(Status::new(Code::ResourceExhausted, message).into_http())
}
