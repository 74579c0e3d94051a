//! gRPC straight on HTTP/2: a client that reads and writes what it must and no more, so that the machine is the server's.

use anyhow::{Context, ensure};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use h2::{
    RecvStream, SendStream,
    client::{Builder, ResponseFuture, SendRequest},
};
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, Uri,
    header::{CONTENT_TYPE, TE, USER_AGENT},
};
use plugbox::services::INSTANCE;
use prost::Message;
use std::{future::poll_fn, path::Path};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
};

/// The instance of a component that is measured.
const ID: HeaderValue = HeaderValue::from_static("bench");

/// What a server may send before it is told that there is room: enough that it never waits.
const STREAM_WINDOW: u32 = 2 << 20;
const CONNECTION_WINDOW: u32 = 64 << 20;

/// Before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// A message as it is sent.
pub fn frame(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut frame = BytesMut::with_capacity(PREFIX + length);
    frame.put_u8(0);
    // A length that does not fit would be seen by the server.
    frame.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    message.encode_raw(&mut frame);
    frame.freeze()
}

/// Where a method is.
pub fn path(service: &str, method: &str) -> anyhow::Result<Uri> {
    Ok(format!("http://localhost/{service}/{method}").parse()?)
}

/// A connection, or one of those who share it.
#[derive(Clone)]
pub struct Connection {
    sender: SendRequest<Bytes>,
    headers: HeaderMap,
}

impl Connection {
    /// To a component, as its instance that is measured.
    pub async fn open(socket: &Path) -> anyhow::Result<Self> {
        Self::of(socket, ID).await
    }

    /// To a component, as any instance.
    pub async fn of(socket: &Path, instance: HeaderValue) -> anyhow::Result<Self> {
        let mut connection = Self::over(UnixStream::connect(socket).await?).await?;
        connection.headers.insert(INSTANCE, instance);
        Ok(connection)
    }

    /// To a port of this machine.
    pub async fn to(port: u16) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Self::over(stream).await
    }

    async fn over(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> anyhow::Result<Self> {
        let (sender, connection) = Builder::new()
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .handshake(stream)
            .await?;
        tokio::spawn(connection);
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("application/grpc")),
            (TE, HeaderValue::from_static("trailers")),
            (USER_AGENT, HeaderValue::from_static("plugbox-bench")),
        ];
        Ok(Self {
            sender,
            headers: headers.into_iter().collect(),
        })
    }

    /// Sends a frame, and waits for the one that comes back: its message, which nobody has looked at.
    pub async fn call(&mut self, path: &Uri, frame: Bytes) -> anyhow::Result<Bytes> {
        let (response, mut stream) = self.begin(path).await?;
        stream.send_data(frame, true)?;
        let mut messages = Messages::of(response.await?)?;
        let message = messages.next().await?.context("there is no answer")?;
        ensure!(
            messages.next().await?.is_none(),
            "there is more than one answer"
        );
        Ok(message)
    }

    /// The same with messages.
    pub async fn ask<A: Message + Default>(
        &mut self,
        path: &Uri,
        message: &impl Message,
    ) -> anyhow::Result<A> {
        Ok(A::decode(self.call(path, frame(message)).await?)?)
    }

    /// Opens a stream in both directions with its first message. What comes back begins when the server says so.
    pub async fn open_stream(
        &mut self,
        path: &Uri,
        first: &impl Message,
    ) -> anyhow::Result<(SendStream<Bytes>, ResponseFuture)> {
        let (response, mut stream) = self.begin(path).await?;
        stream.send_data(frame(first), false)?;
        Ok((stream, response))
    }

    async fn begin(&mut self, path: &Uri) -> anyhow::Result<(ResponseFuture, SendStream<Bytes>)> {
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = path.clone();
        *request.headers_mut() = self.headers.clone();
        poll_fn(|context| self.sender.poll_ready(context)).await?;
        Ok(self.sender.send_request(request, false)?)
    }
}

/// What comes back in a call.
pub struct Messages {
    body: RecvStream,
    /// What has come and is not a whole message yet.
    rest: BytesMut,
}

impl Messages {
    pub fn of(response: Response<RecvStream>) -> anyhow::Result<Self> {
        ensure!(
            response.status() == 200,
            "the status is {}",
            response.status()
        );
        if response.headers().contains_key(STATUS) {
            check(response.headers())?;
        }
        Ok(Self {
            body: response.into_body(),
            rest: BytesMut::new(),
        })
    }

    /// The next message; none when the call has ended well.
    pub async fn next(&mut self) -> anyhow::Result<Option<Bytes>> {
        loop {
            if let Some(length) = whole(&self.rest) {
                self.rest.advance(PREFIX);
                return Ok(Some(self.rest.split_to(length).freeze()));
            }
            let Some(data) = self.body.data().await else {
                if let Some(trailers) = self.body.trailers().await? {
                    check(&trailers)?;
                }
                return Ok(None);
            };
            let mut data = data?;
            self.body.flow_control().release_capacity(data.len())?;
            // As a rule it is all of a message, which is not copied then.
            if let Some(length) = whole(&data).filter(|_| self.rest.is_empty()) {
                data.advance(PREFIX);
                let message = data.split_to(length);
                self.rest.extend_from_slice(&data);
                return Ok(Some(message));
            }
            self.rest.extend_from_slice(&data);
        }
    }
}

const STATUS: &str = "grpc-status";

fn check(trailers: &HeaderMap) -> anyhow::Result<()> {
    let status = trailers.get(STATUS).context("there is no gRPC status")?;
    let message = trailers.get("grpc-message");
    ensure!(status == "0", "the gRPC status is {status:?}: {message:?}");
    Ok(())
}

/// How long the first message is of what has come, if all of it has.
fn whole(data: &[u8]) -> Option<usize> {
    let length = data.get(1..PREFIX)?.try_into().ok()?;
    let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
    (data.len() >= PREFIX + length).then_some(length)
}
