//! An answer on its way out: what of it is not sent yet is counted, wherever it waits.

use super::clients::Busy;
use crate::budget::Held;
use bytes::{Buf, Bytes};
use hyper::body::{Frame, SizeHint};
use std::{
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

impl hyper::body::Body for Reply {
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

/// Bytes that are counted until they are written. HTTP/2 keeps them for as long as the client's window has no room.
pub(super) struct Weighed {
    bytes: Bytes,
    _held: Arc<Held>,
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
