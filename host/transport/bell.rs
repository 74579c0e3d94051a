//! Whether a future was woken since it was last polled. A task that holds several, of which one is nearly always the one that was
//! woken, need not look at the others; and what a future wakes itself for, it can do before its turn ends.

use futures_util::task::AtomicWaker;
use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// Rings when a future is woken, for the task that holds it.
pub(super) struct Bell {
    rung: AtomicBool,
    task: AtomicWaker,
}

impl Bell {
    /// One that has rung, because nothing has been polled yet.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            rung: AtomicBool::new(true),
            task: AtomicWaker::new(),
        })
    }

    /// Whether it has rung since this was last asked.
    pub(super) fn answer(&self) -> bool {
        self.rung.swap(false, Ordering::AcqRel)
    }

    /// From now on it wakes nobody, and only remembers.
    pub(super) fn mute(&self) {
        self.task.take();
    }

    /// From now on it wakes the task; at once, where it has rung before.
    pub(super) fn attend(&self, context: &Context<'_>) {
        self.task.register(context.waker());
        if self.rung.load(Ordering::Acquire) {
            self.task.wake();
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.task.wake();
    }
}

/// A future that is polled only when it was woken, however often its task is.
pub(super) struct Woken<F> {
    future: F,
    bell: Arc<Bell>,
    waker: Waker,
}

impl<F> Woken<F> {
    pub(super) fn new(future: F) -> Self {
        let bell = Bell::new();
        Self {
            future,
            waker: bell.clone().into(),
            bell,
        }
    }
}

impl<F: Future + Unpin> Future for Woken<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        if this.bell.answer() {
            let mut own = Context::from_waker(&this.waker);
            if let ready @ Poll::Ready(_) = Pin::new(&mut this.future).poll(&mut own) {
                return ready;
            }
        }
        this.bell.attend(context);
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, future::poll_fn};
    use std::{cell::Cell, sync::Mutex};
    use tokio::sync::Notify;

    #[tokio::test]
    async fn a_future_is_polled_when_it_is_woken_and_no_other_time() {
        let polls = Cell::new(0);
        let notify = Notify::new();
        let mut notified = Box::pin(notify.notified());
        let mut woken = Woken::new(poll_fn(|context| {
            polls.set(polls.get() + 1);
            notified.as_mut().poll(context)
        }));
        for _ in 0..3 {
            assert!((&mut woken).now_or_never().is_none());
        }
        assert_eq!(polls.get(), 1);
        notify.notify_one();
        assert!((&mut woken).now_or_never().is_some());
        assert_eq!(polls.get(), 2);
    }

    #[test]
    fn no_wake_is_lost_whenever_it_comes() {
        struct Count(Mutex<usize>);
        impl Wake for Count {
            fn wake(self: Arc<Self>) {
                *self.0.lock().unwrap() += 1;
            }
        }
        let count = Arc::new(Count(Mutex::new(0)));
        let waker = Waker::from(count.clone());
        let context = Context::from_waker(&waker);
        let bell = Bell::new();
        assert!(bell.answer());
        bell.attend(&context);
        assert_eq!(*count.0.lock().unwrap(), 0);
        // Before it is attended to, meanwhile, and afterwards.
        bell.mute();
        bell.wake_by_ref();
        assert_eq!(*count.0.lock().unwrap(), 0, "it is mute");
        bell.attend(&context);
        assert_eq!(*count.0.lock().unwrap(), 1);
        assert!(bell.answer());
        bell.attend(&context);
        bell.wake_by_ref();
        assert_eq!(*count.0.lock().unwrap(), 2);
        assert!(bell.answer());
        assert!(!bell.answer());
    }
}
