//! An answer on its way out: what of it is not sent yet is counted, wherever it waits.

use super::clients::Busy;
use crate::budget::Held;
use bytes::{Buf, Bytes};
use h2::server::SendResponse;
use http::Response;
use http_body::{Body as _, Frame, SizeHint};
use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tonic::{Status, body::Body};

/// The body of an answer.
pub(super) struct Reply {
    body: Body,
    held: Arc<Held>,
    /// A stream: nobody has counted its bytes before.
    streams: bool,
    _busy: Option<Busy>,
}

impl Reply {
    /// An answer whose bytes `held` has; those of a stream come on top of it. `busy` is for one that is at work until it ends.
    pub(super) fn new(body: Body, held: Arc<Held>, streams: bool, busy: Option<Busy>) -> Self {
        Self {
            body,
            held,
            streams,
            _busy: busy,
        }
    }
}

impl http_body::Body for Reply {
    type Data = Weighed;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Weighed>, Status>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| {
            let weighed = frame?.map_data(|bytes| {
                let held = match this.streams {
                    false => this.held.clone(),
                    true => Arc::new(this.held.share().count(bytes.len())),
                };
                Weighed { bytes, _held: held }
            });
            Ok(weighed)
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Sends an answer to its end. What belongs to a stream waits for its client to have room; any other answer is whole already, and
/// HTTP/2 keeps what the client has no room for.
///
/// # Errors
/// When the client has given it up, or its connection has ended.
pub(super) async fn send(
    response: Response<Reply>,
    respond: &mut SendResponse<Weighed>,
) -> Result<(), h2::Error> {
    let (head, mut body) = response.into_parts();
    let ends = body.is_end_stream();
    let mut out = respond.send_response(Response::from_parts(head, ()), ends)?;
    if ends {
        return Ok(());
    }
    loop {
        if body.streams {
            out.reserve_capacity(1);
            while out.capacity() == 0 {
                match poll_fn(|context| out.poll_capacity(context)).await {
                    Some(room) => _ = room?,
                    None => return Ok(()),
                }
            }
        }
        let frame = poll_fn(|context| {
            if let Poll::Ready(frame) = Pin::new(&mut body).poll_frame(context) {
                return Poll::Ready(Ok(frame));
            }
            out.poll_reset(context).map(Err)
        });
        let frame = match frame.await {
            Ok(frame) => frame.transpose(),
            Err(reset) => return reset.map(|_| ()),
        };
        match frame.map(|frame| frame.map(Frame::into_data)) {
            Ok(Some(Ok(data))) => {
                let ends = body.is_end_stream();
                out.send_data(data, ends)?;
                if ends {
                    return Ok(());
                }
            }
            Ok(Some(Err(frame))) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                return out.send_trailers(trailers);
            }
            Ok(None) => {
                let nothing = Weighed::nothing(&body.held);
                return out.send_data(nothing, true);
            }
            // Status is in trailers; this is a body that broke.
            Err(_) => {
                out.send_reset(h2::Reason::INTERNAL_ERROR);
                return Ok(());
            }
        }
    }
}

/// Bytes that are counted until they are written. HTTP/2 keeps them for as long as the client's window has no room.
pub(super) struct Weighed {
    bytes: Bytes,
    _held: Arc<Held>,
}

impl Weighed {
    fn nothing(held: &Arc<Held>) -> Self {
        Self {
            bytes: Bytes::new(),
            _held: held.clone(),
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
