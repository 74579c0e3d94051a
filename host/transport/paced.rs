//! The side of a connection that is read from, so much at a time.

use super::{connection::TURN, stream::ReadHalf};
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
use tokio::io::{AsyncRead, ReadBuf};

/// Bytes that are read in one turn. A client is told that it may send more when half of its window is read: with this and what the
/// socket holds there is always room left in it. One that has none finds an order of its own for what waits, and what it sends of
/// a call that it began later may come first.
const READ: usize = 128 << 10;

/// A stream of which no more is read in one turn than its pace allows, although more has come, and for no longer than the turn is:
/// some frames take long.
pub(super) struct Paced {
    stream: ReadHalf,
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
    /// A stream in its first turn, and what begins others.
    pub(super) fn new(stream: ReadHalf) -> (Self, Pace) {
        let pace = Pace(Arc::new(AtomicUsize::new(READ)));
        let paced = Self {
            stream,
            pace: pace.clone(),
            begun: Instant::now(),
        };
        (paced, pace)
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
