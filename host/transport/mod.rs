//! Sockets, ports, connections and threads.
//!
//! One thread accepts; each connection is then served on one of a few single-threaded runtimes, one for each core, where its
//! calls run as they are decoded. daprd has one connection for each component and keeps it, so nothing is gained by more.

mod access;
mod answered;
mod bell;
mod clients;
mod connection;
mod descriptors;
mod entrance;
mod gather;
mod guard;
mod handler;
mod intake;
mod listening;
mod paced;
mod passed;
mod port;
mod reflection;
mod reply;
mod router;
mod socket;
mod stream;
mod unary;
mod worker;

pub use access::Access;
pub use answered::Answered;
pub use clients::Admission;
pub use descriptors::raise_descriptors;
pub use entrance::Entrance;
pub use guard::Guard;
pub use intake::Intake;
pub use listening::Listening;
pub use passed::Passed;
pub use port::Port;
pub use router::{Answer, Router};
pub use socket::Socket;
pub use unary::{Unary, framed};

use clients::{Clients, Place};
use entrance::Listener;
use handler::Handler;
use std::{
    io,
    sync::{Arc, atomic::AtomicUsize},
    thread,
    time::Duration,
};
use stream::Stream;
use tokio_util::task::TaskTracker;
use worker::Worker;

/// After a failed accept, mostly for want of file descriptors: long enough for some to be closed.
const PAUSE: Duration = Duration::from_millis(100);

/// The threads that serve connections.
pub struct Server {
    workers: Arc<[Worker]>,
    /// Connections, and calls that outlive theirs.
    tasks: TaskTracker,
    /// How many connections there may be.
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// A server that listens nowhere yet. `tasks` are those that must end before the process may.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(tasks: TaskTracker) -> io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers = (0..cores).map(|_| Worker::start(tasks.clone()));
        Ok(Self {
            workers: workers.collect::<io::Result<_>>()?,
            tasks,
            connections: Arc::default(),
        })
    }

    /// Serves a component's services on a socket or a port, to as many clients as are admitted, with reflection that lists exactly
    /// them.
    ///
    /// # Errors
    /// When it cannot be listened on.
    pub fn serve(
        &self,
        component: &str,
        entrance: impl Into<Entrance>,
        mut services: Router,
        admission: Admission,
    ) -> anyhow::Result<Listening> {
        let entrance = entrance.into();
        reflection::add(&mut services);
        let listener = entrance.listener()?;
        let clients = Clients::new(component, entrance.title(component), admission);
        let handler = Arc::new(Handler::new(clients, services, entrance.guard()));
        let listening = Listening::new(handler.clone(), self.connections.clone(), admission);
        let workers = self.workers.clone();
        let accepting = listening.accepting();
        tokio::spawn(async move {
            let stop = handler.stop().clone();
            let accept = accept(&entrance, &listener, &workers, handler);
            stop.run_until_cancelled(accept).await;
            // Removed first, so that nobody connects to a socket that is not accepted from. Those who connect to one that was passed
            // wait for the next runner.
            drop(entrance);
            // A port is there until nobody has it.
            drop(listener);
            drop(accepting);
        });
        Ok(listening)
    }

    /// Once nothing is listened on: waits until connections and all else have ended.
    pub async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn accept(
    entrance: &Entrance,
    listener: &Listener,
    workers: &[Worker],
    handler: Arc<Handler>,
) {
    loop {
        match listener.accept().await {
            Ok(stream) => {
                // Those who come meanwhile wait in the entrance's backlog.
                let Some(place) = handler.clients().place().await else {
                    return;
                };
                hand_over(stream, workers, &handler, place);
            }
            Err(error) => {
                tracing::warn!("cannot accept a connection on {entrance}: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// To the worker with the fewest connections.
fn hand_over(stream: Stream, workers: &[Worker], handler: &Arc<Handler>, place: Place) {
    if let Some(worker) = workers.iter().min_by_key(|worker| worker.connections()) {
        let accepted = handler.calls().accepted();
        worker.take(stream, handler.clone(), place, accepted);
    }
}

#[cfg(test)]
mod tests;
