//! A request on its way in: what has come of it is counted, and it must come within a time.

use super::{clients::Clients, unary::PREFIX};
use crate::budget::Held;
use crate::config::named;
use bytes::Bytes;
use h2::RecvStream;
use http_body::{Body, Frame, SizeHint};
use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::time::Sleep;
use tonic::Status;

/// The body of a request.
pub struct Intake {
    body: RecvStream,
    clients: Arc<Clients>,
    held: Arc<Held>,
    /// What of the body is counted: as much as its largest message has brought so far.
    counted: usize,
    framing: Framing,
    streams: bool,
    /// The end of the time for what is awaited. Most requests come at once and need none.
    overdue: Option<Pin<Box<Sleep>>>,
}

impl Intake {
    /// `streams` says whether the client may take its time between messages.
    pub(super) fn new(
        body: RecvStream,
        clients: Arc<Clients>,
        held: Arc<Held>,
        streams: bool,
    ) -> Self {
        Self {
            body,
            clients,
            held,
            counted: 0,
            framing: Framing::default(),
            streams,
            overdue: None,
        }
    }

    /// Whether nothing says that more must come.
    fn may_rest(&self) -> bool {
        self.streams && self.framing.whole()
    }

    /// The next piece, which makes room for one more of its size; no trailers, for clients send none that mean anything.
    fn receive(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, h2::Error>>> {
        let piece = ready!(self.body.poll_data(context));
        if let Some(Ok(bytes)) = &piece {
            // It fails where the stream is no more.
            let _ = self.body.flow_control().release_capacity(bytes.len());
        }
        Poll::Ready(piece)
    }

    fn count(&mut self, data: &[u8]) -> Result<(), Status> {
        self.framing.follow(data);
        let more = self.framing.came.saturating_sub(self.counted);
        self.counted += more;
        if more == 0 || self.held.grow(more) {
            return Ok(());
        }
        Err(self.clients.relieve())
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// When clients hold too much memory, the rest does not come in time, or the client breaks off.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, Status>> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// Whether all has come and was taken.
    pub(super) fn is_at_end(&self) -> bool {
        self.body.is_end_stream()
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Status>>> {
        let Poll::Ready(piece) = self.receive(context) else {
            if self.may_rest() {
                return Poll::Pending;
            }
            let limit = self.clients.receive_limit();
            let overdue = self
                .overdue
                .get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
            ready!(overdue.as_mut().poll(context));
            return Poll::Ready(Some(Err(Status::deadline_exceeded(format!(
                "the request did not come to its end within {} ({})",
                humantime::format_duration(limit),
                named::receive_timeout
            )))));
        };
        let counted = match &piece {
            Some(Ok(data)) => self.count(data),
            _ => Ok(()),
        };
        if self.may_rest() {
            self.overdue = None;
        }
        Poll::Ready(piece.map(|piece| {
            counted?;
            piece.map_err(|error| Status::from_error(error.into()))
        }))
    }
}

impl Body for Intake {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let next = self.get_mut().poll_next(context);
        next.map(|next| next.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::new()
    }
}

/// Where a body is, by gRPC's framing: each message has a flag and four bytes of length before it.
#[derive(Default)]
struct Framing {
    /// Bytes of the next prefix that have come.
    known: usize,
    length: u32,
    /// Bytes that the message still lacks.
    left: usize,
    /// What has come of the last message, its prefix included.
    came: usize,
}

impl Framing {
    fn follow(&mut self, mut data: &[u8]) {
        loop {
            let (body, rest) = data.split_at(self.left.min(data.len()));
            self.left -= body.len();
            self.came += body.len();
            let Some((byte, rest)) = rest.split_first() else {
                return;
            };
            if self.known == 0 {
                self.came = 0;
            }
            // The four that follow shift the flag out.
            self.length = self.length << 8 | u32::from(*byte);
            self.known += 1;
            self.came += 1;
            if self.known == PREFIX {
                self.known = 0;
                self.left = self.length as usize;
            }
            data = rest;
        }
    }

    /// Whether the last message is whole, and none has begun after it.
    fn whole(&self) -> bool {
        self.came > 0 && self.known == 0 && self.left == 0
    }
}

#[cfg(test)]
mod tests {
    use super::Framing;

    #[test]
    fn a_message_is_followed_however_it_is_cut() {
        let mut body = vec![1, 0, 0, 1, 2];
        body.extend([7; 258]);
        body.extend([0; 5]);
        body.extend([0, 0, 0, 0, 1, 9]);
        let ends = [263, 268, 274];
        for cut in 1..body.len() {
            let mut framing = Framing::default();
            let mut come = 0;
            for part in body.chunks(cut) {
                framing.follow(part);
                come += part.len();
                assert_eq!(framing.whole(), ends.contains(&come), "{come} by {cut}");
            }
            assert_eq!(framing.came, 6, "the last message's");
        }
    }

    #[test]
    fn a_length_that_lies_counts_what_came() {
        let mut framing = Framing::default();
        assert!(!framing.whole());
        framing.follow(&[0, 255, 255, 255, 255, 1, 2, 3]);
        assert_eq!((framing.came, framing.whole()), (8, false));
    }
}
