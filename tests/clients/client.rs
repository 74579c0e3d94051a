//! A client of gRPC without gRPC's library: its messages are what a test says.

use crate::support::PATIENCE;
use bytes::Bytes;
use h2::{
    SendStream,
    client::{ResponseFuture, SendRequest},
};
use http::{Method, Request, StatusCode};
use std::path::Path;
use tokio::{net::UnixStream, time::timeout};
use tonic::Code;

/// A connection.
#[derive(Clone)]
pub struct Client(SendRequest<Bytes>);

/// A call that has begun.
pub struct Call {
    pub body: SendStream<Bytes>,
    response: ResponseFuture,
}

impl Client {
    pub async fn connect(socket: &Path) -> Self {
        Self::with_window(socket, 65_535).await
    }

    /// One that takes so many bytes of each answer, and no more until it has read them.
    pub async fn with_window(socket: &Path, window: u32) -> Self {
        let stream = UnixStream::connect(socket).await.unwrap();
        let (send, connection) = h2::client::Builder::new()
            .initial_window_size(window)
            .initial_max_send_streams(1024)
            .handshake(stream)
            .await
            .unwrap();
        // It ends when the runner, or this client, closes it.
        tokio::spawn(async move { _ = connection.await });
        Self(send)
    }

    pub async fn open(&mut self, path: &str) -> Result<Call, h2::Error> {
        self.request(Method::POST, path, "application/grpc").await
    }

    pub async fn request(
        &mut self,
        method: Method,
        path: &str,
        content: &str,
    ) -> Result<Call, h2::Error> {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://localhost{path}"))
            .header("content-type", content)
            .header("te", "trailers")
            .header("x-component-instance", "attacker")
            .body(())
            .unwrap();
        self.0.clone().ready().await?;
        let (response, body) = self.0.send_request(request, false)?;
        Ok(Call { body, response })
    }

    /// The status of a call with these bytes as its body.
    pub async fn status(&mut self, path: &str, body: impl Into<Bytes>) -> Code {
        let mut call = self.open(path).await.unwrap();
        // Who is refused by the headers alone may have its answer before this.
        let _ = call.body.send_data(body.into(), true);
        call.status().await
    }
}

impl Call {
    /// What it ends with.
    pub async fn status(self) -> Code {
        timeout(PATIENCE, self.end()).await.expect("no answer")
    }

    /// What HTTP has of its answer: the status, and the whole body.
    pub async fn answer(self) -> (StatusCode, Vec<u8>) {
        let answer = async {
            let response = self.response.await.unwrap();
            let status = response.status();
            let (mut body, mut whole) = (response.into_body(), Vec::new());
            while let Some(data) = body.data().await {
                whole.extend(data.unwrap());
            }
            (status, whole)
        };
        timeout(PATIENCE, answer).await.expect("no answer")
    }

    async fn end(self) -> Code {
        let Ok(response) = self.response.await else {
            return Code::Unavailable;
        };
        if let Some(status) = response.headers().get("grpc-status") {
            return Code::from_bytes(status.as_bytes());
        }
        let mut body = response.into_body();
        while let Some(Ok(data)) = body.data().await {
            body.flow_control().release_capacity(data.len()).unwrap();
        }
        match body.trailers().await {
            Ok(Some(trailers)) => Code::from_bytes(trailers["grpc-status"].as_bytes()),
            _ => Code::Unavailable,
        }
    }
}

/// A message as gRPC frames it: with this flag, and this length whatever it has.
pub fn framed(flag: u8, length: u32, message: &[u8]) -> Vec<u8> {
    let mut bytes = vec![flag];
    bytes.extend(length.to_be_bytes());
    bytes.extend(message);
    bytes
}

/// One that does not lie.
pub fn honest(message: &impl prost::Message) -> Vec<u8> {
    let message = message.encode_to_vec();
    framed(0, message.len() as u32, &message)
}
