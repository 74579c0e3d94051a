//! An HTTP client: one connection for each request.

use crate::support::PATIENCE;
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Request,
    body::Bytes,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, HeaderName},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::error::Error;
use tokio::net::TcpStream;

/// What came back, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    /// Says that all is well and nothing more.
    #[track_caller]
    pub fn is_empty(&self) {
        assert_eq!((self.status, self.text()), (204, ""));
    }

    /// Fails with this status, and for a person with these words.
    #[track_caller]
    pub fn is_error(&self, status: u16, words: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        let json = self.json();
        let message = json["message"].as_str().unwrap();
        for word in words {
            assert!(message.contains(word), "{word} in {message}");
        }
    }
}

pub fn request(
    method: &str,
    path: &str,
    headers: &[(HeaderName, &str)],
    body: Vec<u8>,
) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    if headers.iter().all(|(name, _)| name != CONTENT_TYPE) {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    request
        .header(HOST, "localhost")
        .body(Full::from(body))
        .unwrap()
}

/// Fails where nobody listens, or nobody answers in time.
pub async fn send(port: u16, request: Request<Full<Bytes>>) -> Result<Answer, Box<dyn Error>> {
    tokio::time::timeout(PATIENCE, async {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let (parts, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        drop(sender);
        connection.await??;
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    })
    .await?
}
