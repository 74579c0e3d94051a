//! A caller that speaks HTTP/1.1, with a connection of its own, as HTTP clients keep them.

use super::Caller;
use anyhow::{Context, ensure};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use tokio::net::TcpStream;

/// A request that can be made again and again.
pub struct Call {
    pub method: http::Method,
    pub path: String,
    pub body: Bytes,
    /// How long the answer is at least.
    pub least: usize,
}

pub struct Requests {
    sender: SendRequest<Full<Bytes>>,
    calls: Arc<[Call]>,
}

impl Requests {
    pub async fn to(port: u16, calls: &Arc<[Call]>) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            calls: calls.clone(),
        })
    }

    pub async fn send(&mut self, call: &Call) -> anyhow::Result<()> {
        let request = Request::builder()
            .method(&call.method)
            .uri(&call.path)
            .header(HOST, "localhost")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(call.body.clone()))?;
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        ensure!(status.is_success(), "the status is {status}: {body:?}");
        ensure!(body.len() >= call.least, "an answer is not what was saved");
        Ok(())
    }
}

impl Caller for Requests {
    async fn turn(&mut self, turn: usize) -> anyhow::Result<()> {
        let calls = self.calls.clone();
        let call = calls.get(turn % calls.len());
        self.send(call.context("there is nothing to call")?).await
    }
}
