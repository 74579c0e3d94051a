//! The client's side of a connection: HTTP/2, and the header that names the instance.

use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use plugbox::services::INSTANCE;
use std::{path::Path, pin::Pin, task};
use tokio::net::UnixStream;
use tonic::{Request, body::Body, metadata::MetadataValue};

/// Where requests say that they go.
pub fn origin() -> http::Uri {
    http::Uri::from_static("http://localhost")
}

/// A request that says which instance it means, as daprd does.
pub fn request<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    let id = MetadataValue::from_static("bench");
    request.metadata_mut().insert(INSTANCE, id);
    request
}

/// HTTP/2 and nothing around it: tonic's own channel would cost the client as much again as the call.
#[derive(Clone)]
pub struct Connection(SendRequest<Body>);

impl Connection {
    pub async fn open(socket: &Path) -> anyhow::Result<Self> {
        let stream = TokioIo::new(UnixStream::connect(socket).await?);
        let (sender, connection) = handshake(TokioExecutor::new(), stream).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }
}

impl tower::Service<http::Request<Body>> for Connection {
    type Response = http::Response<hyper::body::Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, hyper::Error>> + Send>>;

    fn poll_ready(
        &mut self,
        context: &mut task::Context<'_>,
    ) -> task::Poll<Result<(), hyper::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(self.0.send_request(request))
    }
}
