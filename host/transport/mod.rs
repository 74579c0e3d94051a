//! Sockets, connections and threads.
//!
//! One thread accepts; each connection is then served on one of a few single-threaded runtimes, one for each core, where its
//! calls run as they are decoded. daprd has one connection for each component and keeps it, so nothing is gained by more.

mod access;
mod clients;
mod connection;
mod descriptors;
mod intake;
mod passed;
mod reflection;
mod reply;
mod router;
mod socket;
mod worker;

pub use access::Access;
pub use clients::Admission;
pub use descriptors::raise_descriptors;
pub use intake::Intake;
pub use passed::Passed;
pub use router::Router;
pub use socket::Socket;

use clients::{Clients, Place};
use connection::{Calls, Handler};
use std::{io, os::unix::net::UnixStream, sync::Arc, thread, time::Duration};
use tokio::net::UnixListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use worker::Worker;

/// After a failed accept, mostly for want of file descriptors: long enough for some to be closed.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves sockets until it is drained.
pub struct Server {
    workers: Arc<[Worker]>,
    stop: CancellationToken,
    calls: Calls,
    /// Connections, and calls that outlive theirs.
    tasks: TaskTracker,
    /// How many connections there may be.
    connections: usize,
}

impl Server {
    /// A server without sockets. `tasks` are those that must end before the process may.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(tasks: TaskTracker) -> io::Result<Self> {
        let stop = CancellationToken::new();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers = (0..cores).map(|_| Worker::start(stop.clone(), tasks.clone()));
        Ok(Self {
            workers: workers.collect::<io::Result<_>>()?,
            stop,
            calls: Calls::default(),
            tasks,
            connections: 0,
        })
    }

    /// Serves a component's services on a socket, to as many clients as are admitted, with reflection that lists exactly them.
    ///
    /// # Errors
    /// When the socket cannot be listened on.
    pub fn serve(
        &mut self,
        component: &str,
        socket: Socket,
        mut services: Router,
        admission: Admission,
    ) -> anyhow::Result<()> {
        reflection::add(&mut services)?;
        self.connections = self.connections.saturating_add(admission.connections);
        descriptors::have(self.connections);
        let clients = Clients::new(component, admission);
        let handler = Handler::new(clients, services, self.calls.clone());
        let listener = UnixListener::from_std(socket.listener()?)?;
        let workers = self.workers.clone();
        let stop = self.stop.clone();
        tokio::spawn(async move {
            let accepting = accept(&listener, &workers, handler);
            stop.run_until_cancelled(accepting).await;
            // Removed first, so that nobody connects to a socket that is not accepted from. Those who connect to one that was passed
            // wait for the next runner.
            drop(socket);
        });
        Ok(())
    }

    /// Takes no more calls, and waits until those that were taken are answered. Streams go on.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.calls.end().await;
    }

    /// After [`Self::stop`]: waits until streams and all else have ended too.
    pub async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn accept(listener: &UnixListener, workers: &[Worker], handler: Handler) {
    loop {
        match listener
            .accept()
            .await
            .and_then(|(stream, _)| stream.into_std())
        {
            Ok(stream) => {
                // Those who come meanwhile wait in the socket's backlog.
                let Some(place) = handler.clients().place().await else {
                    return;
                };
                hand_over(stream, workers, &handler, place);
            }
            Err(error) => {
                tracing::warn!("cannot accept a connection: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// To the worker with the fewest connections.
fn hand_over(stream: UnixStream, workers: &[Worker], handler: &Handler, place: Place) {
    if let Some(worker) = workers.iter().min_by_key(|worker| worker.connections()) {
        let accepted = handler.calls().accepted();
        worker.take(stream, handler.clone(), place, accepted);
    }
}
