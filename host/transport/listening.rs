//! A socket or a port while it is served: other services or more clients from one moment to the next, and its end.

use super::{Admission, Router, descriptors, handler::Handler, reflection};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// A socket or a port that is served, until [`Self::stop`].
pub struct Listening {
    handler: Arc<Handler>,
    /// Nothing is accepted any more, and the socket or the port is gone.
    closed: CancellationToken,
    /// Of all sockets and ports together, how many connections there may be.
    connections: Arc<AtomicUsize>,
}

impl Listening {
    pub(super) fn new(
        handler: Arc<Handler>,
        connections: Arc<AtomicUsize>,
        admission: Admission,
    ) -> Self {
        let more = admission.connections;
        let before = connections.fetch_add(more, Ordering::Relaxed);
        descriptors::have(before.saturating_add(more));
        Self {
            handler,
            closed: CancellationToken::new(),
            connections,
        }
    }

    /// To be dropped after the socket, or the port.
    pub(super) fn accepting(&self) -> DropGuard {
        self.closed.clone().drop_guard()
    }

    /// The full names of the services, without reflection.
    pub fn services(&self) -> Vec<&'static str> {
        let services = self.handler.services();
        let names = services.names();
        names.filter(|name| !reflection::is(name)).collect()
    }

    /// Has calls find these services from now on, and reflection list them. Calls that have begun go on.
    pub fn replace(&self, mut services: Router) {
        reflection::add(&mut services);
        self.handler.replace(services);
    }

    /// Lets more clients in, or fewer. Connections that are too many then leave as soon as they have nothing at work.
    pub fn admit(&self, admission: Admission) {
        let before = self.handler.clients().admit(admission).connections;
        let now = admission.connections;
        self.connections.fetch_sub(before, Ordering::Relaxed);
        let others = self.connections.fetch_add(now, Ordering::Relaxed);
        descriptors::have(others.saturating_add(now));
    }

    /// Removes the socket or leaves the port, takes no more calls, and waits until those that were taken are answered. Streams go on.
    pub async fn stop(&self) {
        self.close().await;
        self.handler.calls().end().await;
    }

    /// Removes the socket or leaves the port, and has clients that are connected begin no more calls.
    pub async fn close(&self) {
        self.handler.stop().cancel();
        self.closed.cancelled().await;
    }

    /// After [`Self::stop`]: waits until all connections have ended, and with them their streams.
    pub async fn ended(&self) {
        let connections = self.handler.connections();
        connections.close();
        connections.wait().await;
    }

    /// Ends the connections that there still are.
    pub fn cut(&self) {
        self.handler.cut().cancel();
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let connections = self.handler.clients().most();
        self.connections.fetch_sub(connections, Ordering::Relaxed);
    }
}
