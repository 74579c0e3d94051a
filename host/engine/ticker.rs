//! The clock that interrupts guests: a thread that advances the engine's epoch.
//!
//! At each tick a guest that is running gives way to the other tasks of its thread, and is ended when its time is over.

use std::{
    io,
    sync::mpsc::{self, RecvTimeoutError, SyncSender},
    thread::{self, JoinHandle},
    time::Duration,
};

/// The longest that a guest runs before other tasks of its thread get their turn.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// Ticks while it lives; its thread is joined when it is dropped.
#[derive(Debug)]
pub(super) struct Ticker {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(engine: wasmtime::Engine) -> io::Result<Self> {
        let (stop, stopped) = mpsc::sync_channel(0);
        let thread = thread::Builder::new().name("epoch".into()).spawn(move || {
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the ticker has been printed; there is nothing left to do about it.
            drop(thread.join());
        }
    }
}
