//! A stream in both directions, as its client sees it.

use std::{fmt::Display, time::Duration};

use futures_util::stream;
use prost::Message;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::Instant,
};
use tonic::{Request, Status, transport::Channel};
use tonic_prost::ProstCodec;

use super::{
    Broken,
    answer::Answer,
    client::{ANSWER_LIMIT, Client, ready},
    show::{self, Show},
};

/// How long a message that must come may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a rule watches that nothing comes.
pub const WHILE: Duration = Duration::from_millis(500);

/// How long the first frame may take to leave. A client that cannot connect says so by its call.
const LEAVE: Duration = Duration::from_secs(5);

/// An open stream. Dropping it is the client's cancel.
pub struct Stream<Q, A> {
    c: Client,
    name: &'static str,
    request: String,
    frames: mpsc::UnboundedSender<Q>,
    messages: mpsc::UnboundedReceiver<Result<A, Status>>,
    task: JoinHandle<()>,
}

impl<Q, A> Stream<Q, A>
where
    Q: Message + Show + 'static,
    A: Message + Default + Show + 'static,
{
    /// Opens a stream with a first frame, and returns when that is on its way: a server can have its first word so late that
    /// daprd does not wait for it either.
    pub async fn open(c: &Client, method: &'static str, first: Option<Q>) -> Self {
        let name = method.split('/').next_back().unwrap_or(method);
        let request = match &first {
            Some(first) => c.describe(method, first),
            None => c.describe(method, &()),
        };
        c.note(&request);
        let (frames, outgoing) = mpsc::unbounded_channel();
        let (incoming, messages) = mpsc::unbounded_channel();
        let (left, leaving) = oneshot::channel();
        let body = c.request(body(first, outgoing, left));
        let task = tokio::spawn(run(c.subject().channel(), method, body, incoming));
        // Where it does not leave, the messages will not come either, and the stream knows why.
        let _ = tokio::time::timeout(LEAVE, leaving).await;
        tokio::task::yield_now().await;
        Self {
            c: c.clone(),
            name,
            request,
            frames,
            messages,
            task,
        }
    }

    /// Sends a frame. To a stream that has ended it says nothing: what should come next will be missed.
    pub fn send(&self, frame: Q) {
        self.c
            .note(&format!("a frame of {}: {}", self.name, show::text(&frame)));
        let _ = self.frames.send(frame);
    }

    /// The next message, which must come.
    pub async fn next(&mut self, expected: impl Display) -> Result<A, Broken> {
        match self.within(PATIENCE).await? {
            Some(message) => Ok(message),
            None => {
                let nothing = format!("nothing within {} s", PATIENCE.as_secs());
                Err(self.broken(nothing, expected))
            }
        }
    }

    /// The next message, which must come and be so.
    pub async fn next_if(
        &mut self,
        expected: impl Display,
        holds: impl FnOnce(&A) -> bool,
    ) -> Result<A, Broken> {
        let message = self.next(&expected).await?;
        if holds(&message) {
            return Ok(message);
        }
        Err(self.broken(show::text(&message), expected))
    }

    /// The next message, if one comes in time. The stream must not end.
    pub async fn within(&mut self, limit: Duration) -> Result<Option<A>, Broken> {
        let expected = "a stream that stays open";
        match tokio::time::timeout(limit, self.messages.recv()).await {
            Err(_) => Ok(None),
            Ok(Some(Ok(message))) => Ok(Some(message)),
            Ok(Some(Err(status))) => Err(self.broken(ended(&status), expected)),
            Ok(None) => Err(self.broken("the end of the stream", expected)),
        }
    }

    /// Nothing may come for a while, and the stream must not end.
    pub async fn nothing(&mut self, expected: impl Display) -> Result<(), Broken> {
        match self.within(WHILE).await? {
            None => Ok(()),
            Some(message) => Err(self.broken(show::text(&message), expected)),
        }
    }

    /// The stream must not end for a while, whatever comes.
    pub async fn stays_open(&mut self) -> Result<(), Broken> {
        let until = Instant::now() + WHILE;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            if self.within(left).await?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// The first thing that comes, as the answer to a call.
    pub async fn answer(mut self) -> Answer<A> {
        let first = tokio::time::timeout(PATIENCE, self.messages.recv()).await;
        let result = match first {
            Ok(Some(result)) => result,
            Ok(None) => Err(Status::cancelled("the stream ended without a word")),
            Err(_) => Err(Status::deadline_exceeded("nothing came")),
        };
        let request = self.request.clone();
        Answer { request, result }
    }

    /// Cancels the stream, and returns when the connection knows.
    pub async fn cancel(mut self) {
        self.c.note(&format!("cancel of {}", self.request));
        self.task.abort();
        let _ = (&mut self.task).await;
        tokio::task::yield_now().await;
    }

    /// The rule is broken: something else was expected of this stream.
    pub fn broken(&self, answer: impl Into<String>, expected: impl Display) -> Broken {
        Broken {
            request: format!("(waiting for a message of) {}", self.request),
            answer: answer.into(),
            expected: expected.to_string(),
            before: Vec::new(),
        }
    }
}

impl<Q, A> Drop for Stream<Q, A> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn ended(status: &Status) -> String {
    format!("the end of the stream: {}", show::text(status))
}

/// The frames as they are sent. Whoever takes them asks for the second when the first is with the connection.
fn body<Q>(
    first: Option<Q>,
    frames: mpsc::UnboundedReceiver<Q>,
    left: oneshot::Sender<()>,
) -> impl futures_util::Stream<Item = Q> {
    stream::unfold(
        (first, frames, Some(left)),
        |(first, mut frames, mut left)| async move {
            if first.is_some() {
                return first.map(|frame| (frame, (None, frames, left)));
            }
            if let Some(left) = left.take() {
                let _ = left.send(());
            }
            let frame = frames.recv().await?;
            Some((frame, (None, frames, left)))
        },
    )
}

/// Passes on what comes, until the stream ends or nobody listens.
async fn run<Q, A>(
    channel: Channel,
    method: &'static str,
    request: Request<impl futures_util::Stream<Item = Q> + Send + 'static>,
    incoming: mpsc::UnboundedSender<Result<A, Status>>,
) where
    Q: Message + 'static,
    A: Message + Default + 'static,
{
    let opened = async {
        let (mut grpc, path) = ready(channel, ANSWER_LIMIT, method).await?;
        let codec = ProstCodec::<Q, A>::default();
        Ok(grpc.streaming(request, path, codec).await?.into_inner())
    };
    let mut messages = match opened.await {
        Ok(messages) => messages,
        Err(status) => {
            let _ = incoming.send(Err(status));
            return;
        }
    };
    while let Some(message) = messages.message().await.transpose() {
        let last = message.is_err();
        if incoming.send(message).is_err() || last {
            return;
        }
    }
}
