//! An answer on its way out: what of it is not sent yet is counted, wherever it waits.

use super::{answered::Answered, clients::Busy};
use crate::budget::Held;
use bytes::{Buf, Bytes};
use h2::{SendStream, server::SendResponse};
use http::{HeaderMap, HeaderValue, Response, header::CONTENT_TYPE};
use http_body::{Body as _, Frame};
use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tonic::{Status, body::Body, metadata::GRPC_CONTENT_TYPE};

/// An answer.
pub(super) struct Reply {
    what: What,
    held: Arc<Held>,
}

enum What {
    /// One message, or why there is none.
    Whole(Result<Answered, Status>),
    /// Messages as they come.
    Stream(Box<(Response<Body>, Option<Busy>)>),
}

impl Reply {
    /// One message. `held` has counted it.
    pub(super) fn message(answered: Answered, held: Arc<Held>) -> Self {
        let what = What::Whole(Ok(answered));
        Self { what, held }
    }

    /// A status, and no message.
    pub(super) fn refusal(why: Status, held: Arc<Held>) -> Self {
        let what = What::Whole(Err(why));
        Self { what, held }
    }

    /// Messages that nobody has counted before. `busy` is for those that are at work until they end.
    pub(super) fn stream(response: Response<Body>, held: Arc<Held>, busy: Option<Busy>) -> Self {
        let what = What::Stream(Box::new((response, busy)));
        Self { what, held }
    }
}

/// Sends an answer to its end. What belongs to a stream waits for its client to have room; any other answer is whole already, and
/// HTTP/2 keeps what the client has no room for.
///
/// # Errors
/// When the client has given it up, or its connection has ended.
pub(super) async fn send(
    reply: Reply,
    respond: &mut SendResponse<Weighed>,
) -> Result<(), h2::Error> {
    let Reply { what, held } = reply;
    match what {
        What::Whole(Ok(Answered { message, headers })) => {
            let mut head = Response::new(());
            if let Some(headers) = headers {
                *head.headers_mut() = *headers;
            }
            head.headers_mut().insert(CONTENT_TYPE, GRPC_CONTENT_TYPE);
            let mut out = respond.send_response(head, false)?;
            let message = Weighed {
                bytes: message,
                _held: held,
            };
            out.send_data(message, false)?;
            out.send_trailers(well())
        }
        What::Whole(Err(why)) => respond.send_response(why.into_http(), true).map(drop),
        What::Stream(whole) => {
            let (response, _busy) = *whole;
            let (head, body) = response.into_parts();
            let ends = body.is_end_stream();
            let out = respond.send_response(Response::from_parts(head, ()), ends)?;
            match ends {
                true => Ok(()),
                false => Box::pin(stream(body, &held, out)).await,
            }
        }
    }
}

/// The trailers of a call that went well.
fn well() -> HeaderMap {
    let mut trailers = HeaderMap::with_capacity(1);
    trailers.insert(Status::GRPC_STATUS, HeaderValue::from_static("0"));
    trailers
}

async fn stream(
    mut body: Body,
    held: &Held,
    mut out: SendStream<Weighed>,
) -> Result<(), h2::Error> {
    loop {
        out.reserve_capacity(1);
        while out.capacity() == 0 {
            match poll_fn(|context| out.poll_capacity(context)).await {
                Some(room) => _ = room?,
                None => return Ok(()),
            }
        }
        let frame = poll_fn(|context| next(&mut body, &mut out, context));
        let frame = match frame.await {
            Ok(frame) => frame,
            Err(reset) => return reset.map(|_| ()),
        };
        match frame.map(|frame| frame.map(Frame::into_data)) {
            Some(Ok(Ok(data))) => {
                let ends = body.is_end_stream();
                out.send_data(Weighed::new(data, held), ends)?;
                if ends {
                    return Ok(());
                }
            }
            Some(Ok(Err(frame))) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                return out.send_trailers(trailers);
            }
            None => return out.send_data(Weighed::new(Bytes::new(), held), true),
            // Status is in trailers; this is a body that broke.
            Some(Err(_)) => {
                out.send_reset(h2::Reason::INTERNAL_ERROR);
                return Ok(());
            }
        }
    }
}

type Next = Result<Option<Result<Frame<Bytes>, Status>>, Result<h2::Reason, h2::Error>>;

/// The next part of a body, or how the client ended it.
fn next(body: &mut Body, out: &mut SendStream<Weighed>, context: &mut Context<'_>) -> Poll<Next> {
    match Pin::new(body).poll_frame(context) {
        Poll::Ready(frame) => Poll::Ready(Ok(frame)),
        Poll::Pending => out.poll_reset(context).map(Err),
    }
}

/// Bytes that are counted until they are written. HTTP/2 keeps them for as long as the client's window has no room.
pub(super) struct Weighed {
    bytes: Bytes,
    _held: Arc<Held>,
}

impl Weighed {
    /// Counts bytes that are there already.
    fn new(bytes: Bytes, held: &Held) -> Self {
        Self {
            _held: Arc::new(held.share().count(bytes.len())),
            bytes,
        }
    }
}

impl Buf for Weighed {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
    }
}
