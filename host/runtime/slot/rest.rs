//! A guest between jobs: idle, gone, or waiting for something of its own until it is called away.

use super::Work;
use std::{
    future::{Future, poll_fn},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

/// A guest between jobs.
pub(in crate::runtime) enum Settled<G> {
    /// It is idle.
    Here(G),
    /// There is none.
    Vacant,
    /// It waits for something of its own.
    Resting(Rest<G>),
}

impl<G> Settled<G> {
    pub(in crate::runtime) fn new(guest: Option<G>) -> Self {
        guest.map_or(Self::Vacant, Self::Here)
    }

    /// Whether there is one.
    pub(super) fn is_some(&self) -> bool {
        !matches!(self, Self::Vacant)
    }

    pub(super) fn into_guest(self) -> Option<G> {
        match self {
            Self::Here(guest) => Some(guest),
            Self::Vacant => None,
            Self::Resting(rest) => rest.interrupt(),
        }
    }
}

/// A guest that waits, and can be called away at any moment.
pub(in crate::runtime) struct Rest<G> {
    wait: Work<G>,
    interrupted: Arc<AtomicBool>,
}

impl<G: Send + 'static> Rest<G> {
    /// `wait` gets a future that is ready once the rest is interrupted, and then must give the guest back at once.
    pub(in crate::runtime) fn new<W>(wait: impl FnOnce(Interrupted) -> W) -> Self
    where
        W: Future<Output = Option<G>> + Send + 'static,
    {
        let interrupted = Arc::new(AtomicBool::new(false));
        Self {
            wait: Box::pin(wait(Interrupted(interrupted.clone()))),
            interrupted,
        }
    }
}

impl<G> Rest<G> {
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<G>> {
        self.wait.as_mut().poll(context)
    }

    fn interrupt(mut self) -> Option<G> {
        self.interrupted.store(true, Ordering::Relaxed);
        match self.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(guest) => guest,
            Poll::Pending => None,
        }
    }
}

/// Ready once its rest is interrupted. It wakes nobody: whoever interrupts polls.
pub(in crate::runtime) struct Interrupted(Arc<AtomicBool>);

impl Interrupted {
    /// Waits for something, unless interrupted: whether it came.
    pub(in crate::runtime) async fn or(&self, wait: impl Future<Output = ()>) -> bool {
        let mut wait = std::pin::pin!(wait);
        poll_fn(|context| match self.0.load(Ordering::Relaxed) {
            true => Poll::Ready(false),
            false => wait.as_mut().poll(context).map(|()| true),
        })
        .await
    }
}
