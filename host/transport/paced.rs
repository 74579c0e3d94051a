//! A Unix stream that is read so much of at a time.

use super::{connection::TURN, gather::Gather};
use std::{
    future::Future,
    io,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Instant,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{UnixStream, unix::OwnedReadHalf},
};

/// Bytes that are read in one turn. A client is told that it may send more when half of its window is read: with this and what the
/// socket holds there is always room left in it. One that has none finds an order of its own for what waits, and what it sends of
/// a call that it began later may come first.
const READ: usize = 128 << 10;

/// A stream of which no more is read in one turn than its pace allows, although more has come, and for no longer than the turn is:
/// some frames take long.
pub(super) struct Paced {
    stream: OwnedReadHalf,
    out: Gather,
    pace: Pace,
    begun: Instant,
}

/// Bytes that may still be read in this turn.
#[derive(Clone)]
pub(super) struct Pace(Arc<AtomicUsize>);

impl Pace {
    /// A turn begins.
    pub(super) fn renew(&self) {
        self.0.store(READ, Ordering::Relaxed);
    }
}

/// Has a task run again after its thread has looked at its sockets. Whoever only wakes itself may run many times before that.
pub(super) fn yield_turn(context: &mut Context<'_>) {
    let _ = pin!(tokio::task::yield_now()).poll(context);
}

impl Paced {
    /// A stream in its first turn, what begins others, and what is written to it.
    pub(super) fn new(stream: UnixStream) -> (Self, Pace, Gather) {
        let pace = Pace(Arc::new(AtomicUsize::new(READ)));
        let (stream, out) = stream.into_split();
        let out = Gather::new(out);
        let paced = Self {
            stream,
            out: out.clone(),
            pace: pace.clone(),
            begun: Instant::now(),
        };
        (paced, pace, out)
    }
}

impl AsyncRead for Paced {
    /// Where the pace allows no more, whoever reads has another turn.
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = self.pace.0.load(Ordering::Relaxed);
        if left == READ {
            self.begun = Instant::now();
        } else if left == 0 || self.begun.elapsed() >= TURN {
            yield_turn(context);
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        self.pace
            .0
            .store(left.saturating_sub(read), Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.out).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.out).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.out.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.out).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.out).poll_shutdown(context)
    }
}
