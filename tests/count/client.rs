//! A client that always sends the same bytes in the same pieces, so that the host always does the same.

use anyhow::{Context, ensure};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use h2::{
    RecvStream, SendStream,
    client::{ResponseFuture, SendRequest},
};
use http::Request;
use plugbox::services;
use prost::Message;
use std::path::Path;
use tokio::net::UnixStream;

/// So large that the client never makes room for more: when it does is a matter of time.
const WINDOW: u32 = (1 << 31) - 1;

/// The bytes of a message's prefix: a flag and a length.
const PREFIX: usize = 5;

/// The instance that is called.
pub const INSTANCE: &str = "count";

/// One connection.
pub struct Client(SendRequest<Bytes>);

impl Client {
    pub async fn connect(socket: &Path) -> anyhow::Result<Self> {
        let stream = UnixStream::connect(socket).await?;
        let mut builder = h2::client::Builder::new();
        builder
            .initial_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .max_frame_size(1 << 20);
        let (client, connection) = builder.handshake(stream).await?;
        tokio::spawn(connection);
        Ok(Self(client))
    }

    /// One call.
    pub async fn call<T: Message + Default>(
        &mut self,
        method: &str,
        message: &impl Message,
    ) -> anyhow::Result<T> {
        let answers = self.together(method, std::slice::from_ref(message)).await?;
        answers.into_iter().next().context("no answer")
    }

    /// Calls that are sent in one piece.
    pub async fn together<T: Message + Default>(
        &mut self,
        method: &str,
        messages: &[impl Message],
    ) -> anyhow::Result<Vec<T>> {
        // Nothing is written before this waits.
        let sent = messages.iter().map(|message| self.send(method, message));
        let sent = sent.collect::<anyhow::Result<Vec<_>>>()?;
        let mut answers = Vec::new();
        for answer in sent {
            answers.push(answer.message().await?);
        }
        Ok(answers)
    }

    /// Begins a call, which is sent when the caller waits for something.
    pub fn send(&mut self, method: &str, message: &impl Message) -> anyhow::Result<Answer> {
        let (answer, mut out) = self.0.send_request(request(method)?, false)?;
        out.send_data(framed(message), true)?;
        Ok(Answer(answer))
    }

    /// Opens a stream in both directions with its first message.
    pub async fn open(&mut self, method: &str, first: &impl Message) -> anyhow::Result<Stream> {
        let (answer, mut out) = self.0.send_request(request(method)?, false)?;
        out.send_data(framed(first), false)?;
        Ok(Stream {
            out,
            answers: Body::of(answer).await?,
        })
    }
}

/// A call that was sent.
pub struct Answer(ResponseFuture);

impl Answer {
    /// What it is answered.
    pub async fn message<T: Message + Default>(self) -> anyhow::Result<T> {
        let mut body = Body::of(self.0).await?;
        let message = body.message().await?;
        let trailers = body.body.trailers().await?.context("no status")?;
        let status = trailers.get("grpc-status").context("no status")?;
        ensure!(status == "0", "a call failed: {trailers:?}");
        Ok(message)
    }
}

/// A stream in both directions.
pub struct Stream {
    out: SendStream<Bytes>,
    answers: Body,
}

impl Stream {
    /// Sends a message when the caller waits for something.
    pub fn send(&mut self, message: &impl Message) -> anyhow::Result<()> {
        Ok(self.out.send_data(framed(message), false)?)
    }

    /// The next message.
    pub async fn message<T: Message + Default>(&mut self) -> anyhow::Result<T> {
        self.answers.message().await
    }
}

/// The body of an answer.
struct Body {
    body: RecvStream,
    came: BytesMut,
}

impl Body {
    async fn of(answer: ResponseFuture) -> anyhow::Result<Self> {
        let (head, body) = answer.await?.into_parts();
        let refused = head.headers.get("grpc-status");
        ensure!(refused.is_none(), "a call was refused: {:?}", head.headers);
        Ok(Self {
            body,
            came: BytesMut::new(),
        })
    }

    async fn message<T: Message + Default>(&mut self) -> anyhow::Result<T> {
        loop {
            if let Some(prefix) = self.came.first_chunk::<PREFIX>() {
                let length = prefix.as_slice().get(1..).unwrap_or_default().get_u32() as usize;
                if self.came.len() >= PREFIX + length {
                    self.came.advance(PREFIX);
                    return Ok(T::decode(self.came.split_to(length))?);
                }
            }
            let piece = self.body.data().await.context("an answer is cut off")??;
            self.came.extend_from_slice(&piece);
        }
    }
}

fn request(method: &str) -> anyhow::Result<Request<()>> {
    let request = Request::post(format!("http://localhost/{method}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header(services::INSTANCE, INSTANCE);
    Ok(request.body(())?)
}

fn framed(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut bytes = BytesMut::with_capacity(PREFIX + length);
    bytes.put_u8(0);
    bytes.put_u32(length as u32);
    bytes.put(message.encode_to_vec().as_slice());
    bytes.freeze()
}
