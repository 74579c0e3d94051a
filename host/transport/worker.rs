//! A thread with a runtime of its own, which serves the connections that it is given.

use super::{clients::Place, connection, handler::Handler, stream::Stream};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc,
};
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

/// Tasks that run before the thread looks at its sockets again: a connection with much to do is one of them each time.
const LOOK: u32 = 8;

type Connection = (Stream, Arc<Handler>, Place, TaskTrackerToken, Count);

/// One thread that serves connections.
pub(super) struct Worker {
    streams: mpsc::UnboundedSender<Connection>,
    count: Arc<AtomicUsize>,
}

/// Counts a connection while it lives.
struct Count(Arc<AtomicUsize>);

impl Drop for Count {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Worker {
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(tasks: TaskTracker) -> io::Result<Self> {
        let runtime = runtime()?;
        let (streams, given) = mpsc::unbounded_channel();
        thread::Builder::new()
            .name("worker".into())
            .spawn(move || runtime.block_on(serve(given, tasks)))?;
        Ok(Self {
            streams,
            count: Arc::default(),
        })
    }

    /// How many connections it has.
    pub(super) fn connections(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Gives it one more.
    pub(super) fn take(
        &self,
        stream: Stream,
        handler: Arc<Handler>,
        place: Place,
        accepted: TaskTrackerToken,
    ) {
        self.count.fetch_add(1, Ordering::Relaxed);
        let count = Count(self.count.clone());
        if self
            .streams
            .send((stream, handler, place, accepted, count))
            .is_err()
        {
            tracing::error!("a worker has ended: the connection is closed");
        }
    }
}

/// What runs the tasks of such a thread.
pub(super) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread()
        .event_interval(LOOK)
        .enable_all()
        .build()
}

async fn serve(mut given: mpsc::UnboundedReceiver<Connection>, tasks: TaskTracker) {
    while let Some((stream, handler, place, accepted, count)) = given.recv().await {
        tasks.spawn(async move {
            connection::serve(handler, stream, place, accepted).await;
            drop(count);
        });
    }
    // The last tasks of this thread need its runtime to their end.
    tasks.wait().await;
}
