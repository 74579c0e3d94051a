//! Every gRPC entry: any messages, framed in any way, with any headers, one after the other and at once.

use super::{
    Entry,
    input::Input,
    message::{self, Message},
    served::{Answer, Client, INSTANCES, Method, PATIENCE, Served, Target, framed, runtime},
};
use bytes::Bytes;
use futures_util::future::join_all;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use plugbox::services::INSTANCE;
use prost_reflect::DynamicMessage;
use std::{convert::Infallible, time::Duration};
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

/// The most calls of one input.
const CALLS: usize = 8;

/// The most messages that are sent on one stream.
const MESSAGES: u8 = 6;

/// How long a stream is looked at for something to come: what comes later is of another input.
const GLANCE: Duration = Duration::from_millis(3);

/// How long a client waits that goes away.
const MOMENT: Duration = Duration::from_micros(300);

/// Headers that mean something.
const HEADERS: [&str; 8] = [
    INSTANCE,
    "grpc-timeout",
    "grpc-encoding",
    "grpc-accept-encoding",
    "grpc-message-type",
    "content-encoding",
    "user-agent",
    "x-anything-bin",
];

/// The first byte is the component, and calls follow. All that are waited for end with a status; the neighbours are served after.
pub fn entry() -> Entry {
    let served = Served::start();
    Box::new(move |bytes| {
        let mut input = Input::new(bytes);
        let components = served.components();
        let target = &components[usize::from(input.byte()) % components.len()];
        runtime().block_on(async {
            let client = target.connect().await;
            calls(&mut input, target, &client).await;
            let ended = timeout(PATIENCE, target.serves(&client)).await;
            assert!(ended.is_ok(), "a neighbour is not served");
        });
    })
}

async fn calls(input: &mut Input<'_>, target: &Target, client: &Client) {
    let mut open = Vec::new();
    for _ in 0..CALLS {
        if input.is_empty() {
            break;
        }
        let call = Call::read(input, target);
        match input.below(4) {
            // With those that come after it, or before the next that is waited for.
            2 => open.push(call.make(client)),
            // Its client goes away.
            3 => drop(timeout(MOMENT, call.make(client)).await),
            _ => {
                open.push(call.make(client));
                join_all(open.drain(..)).await;
            }
        }
    }
    join_all(open).await;
}

struct Call<'a> {
    method: &'a Method,
    headers: HeaderMap,
    messages: Vec<(Message, u8)>,
}

impl<'a> Call<'a> {
    fn read(input: &mut Input<'_>, target: &'a Target) -> Self {
        let method = target.method(u16::from_le_bytes(input.array()));
        let ty = method.descriptor.input();
        let how = input.byte();
        let mut headers = HeaderMap::new();
        match how & 3 {
            0 => {}
            1 => drop(headers.insert(INSTANCE, HeaderValue::from_static(INSTANCES[1]))),
            2 => drop(headers.insert(INSTANCE, HeaderValue::from_static(INSTANCES[0]))),
            _ => header(input, &mut headers),
        }
        if how & 4 != 0 {
            for _ in 0..input.below(4) {
                header(input, &mut headers);
            }
        }
        let odd = how & 8 != 0;
        let count = match how & 16 != 0 || method.descriptor.is_client_streaming() {
            true => input.below(MESSAGES),
            false => 1,
        };
        let mut message = |_| {
            let framing = if odd { input.byte() } else { 0 };
            (Message::read(input, &ty), framing)
        };
        Self {
            method,
            headers,
            messages: (0..count).map(&mut message).collect(),
        }
    }

    async fn make(self, client: &Client) {
        let said = format!("{} with {:?}", self.method.path, self.headers);
        let ended = timeout(PATIENCE, self.end(client)).await;
        assert!(ended.is_ok(), "a call does not end: {said}");
    }

    async fn end(self, client: &Client) {
        let (sender, receiver) = mpsc::channel(1);
        let body = StreamBody::new(ReceiverStream::new(receiver)).boxed_unsync();
        let mut messages = self.messages.into_iter();
        let send = client.send(&self.method.path, self.headers, body);
        if let Some((first, framing)) = messages.next() {
            push(&sender, frame(&first.encode(None), framing)).await;
        }
        if !self.method.descriptor.is_server_streaming() {
            let rest = async {
                for (message, framing) in messages {
                    push(&sender, frame(&message.encode(None), framing)).await;
                }
                drop(sender);
            };
            let ((), response) = tokio::join!(rest, send);
            return check(self.method, &Answer::read(response).await);
        }
        let mut sender = Some(sender);
        let mut send = std::pin::pin!(send);
        // A stream may need more than one frame before it opens, where they are cut.
        let response = loop {
            if let Ok(response) = timeout(GLANCE, send.as_mut()).await {
                break response;
            }
            match (messages.next(), &sender) {
                (Some((message, framing)), Some(sender)) => {
                    push(sender, frame(&message.encode(None), framing)).await;
                }
                _ => drop(sender.take()),
            }
        };
        let mut stream = Open {
            method: self.method,
            response: response.into_body(),
            came: Vec::new(),
            last: None,
        };
        for (message, framing) in messages {
            if stream.glance().await.is_err() {
                return;
            }
            if let Some(sender) = &sender {
                let bytes = message.encode(stream.last.as_deref());
                push(sender, frame(&bytes, framing)).await;
            }
        }
        drop(sender);
        let _ = stream.glance().await;
    }
}

type Frames = mpsc::Sender<Result<Frame<Bytes>, Infallible>>;

async fn push(sender: &Frames, frame: Vec<u8>) {
    // The server may have answered already, and want no more.
    let _ = timeout(GLANCE, sender.send(Ok(Frame::data(frame.into())))).await;
}

fn header(input: &mut Input<'_>, headers: &mut HeaderMap) {
    let name = usize::from(input.below(16));
    let name = match HEADERS.get(name) {
        Some(name) => Ok(HeaderName::from_static(name)),
        None => HeaderName::from_bytes(input.bytes()),
    };
    // What is no header cannot be sent.
    if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(input.bytes())) {
        headers.append(name, value);
    }
}

/// A message on the wire, and some ways to get that wrong.
fn frame(message: &[u8], framing: u8) -> Vec<u8> {
    let mut frame = framed(message);
    match framing {
        1 => frame[0] = 1,
        2 => frame[0] = 0xff,
        3 => frame[1..5].fill(0xff),
        // Within the limit, and not there.
        4 => frame[2] = frame[2].saturating_add(0x0f),
        5 => frame[4] = frame[4].wrapping_sub(1),
        6 => frame.extend([0, 0]),
        7 => frame.truncate(3),
        _ => {}
    }
    frame
}

/// What an answer without fault holds is what its type says.
fn check(method: &Method, answer: &Answer) {
    if answer.status.code() == Code::Ok {
        let message = answer
            .messages
            .get(5..)
            .expect("an answer that is well holds a message");
        DynamicMessage::decode(method.descriptor.output(), message)
            .expect("an answer is what its type says");
    } else {
        assert!(
            !answer.status.message().is_empty(),
            "{}: {:?}",
            method.path,
            answer.status
        );
    }
}

/// A stream of messages, as far as it has come.
struct Open<'a> {
    method: &'a Method,
    response: Incoming,
    came: Vec<u8>,
    /// The id of the last message.
    last: Option<String>,
}

impl Open<'_> {
    /// Takes what comes within a moment.
    ///
    /// # Errors
    /// When the stream has ended.
    async fn glance(&mut self) -> Result<(), ()> {
        let Ok(frame) = timeout(GLANCE, self.response.frame()).await else {
            return Ok(());
        };
        let frame = frame.ok_or(())?.expect("a stream ends with a status");
        if let Some(trailers) = frame.trailers_ref() {
            assert!(Status::from_header_map(trailers).is_some(), "{trailers:?}");
            return Err(());
        }
        self.came.extend(frame.into_data().unwrap_or_default());
        while let Some((head, rest)) = self.came.split_at_checked(5) {
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            let Some(message) = rest.get(..length) else {
                break;
            };
            let message = DynamicMessage::decode(self.method.descriptor.output(), message)
                .expect("a message is what its type says");
            self.last = message::id(&message).or(self.last.take());
            self.came.drain(..5 + length);
        }
        Ok(())
    }
}
