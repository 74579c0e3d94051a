//! The connections of one component: how many there may be, and which one makes room when there are as many.
//!
//! A connection that has nothing at work costs its client nothing to lose: gRPC connects anew with its next call. So those make
//! room for others; one with an open stream never does, because daprd does not open a stream again.

use crate::budget::{Budget, Share};
use crate::config::named;
use arc_swap::ArcSwap;
use bytesize::ByteSize;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// How often it is seen whether a connection has become idle, while one waits for its place.
const LOOK: Duration = Duration::from_millis(100);

/// What the clients of one component may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// Connections at once.
    pub connections: usize,
    /// Bytes of requests and answers that all of them hold, beside a small part that each has of its own.
    pub memory: usize,
    /// How long a client may take to send a request, and to begin to speak HTTP/2.
    pub receive: Duration,
}

/// The connections of one component.
pub(super) struct Clients {
    component: Arc<str>,
    /// What errors call it.
    title: String,
    admission: ArcSwap<Admission>,
    budget: Arc<Budget>,
    places: Arc<Semaphore>,
    here: Mutex<Here>,
    begun: Instant,
}

#[derive(Default)]
struct Here {
    last: u64,
    connections: HashMap<u64, Arc<Standing>>,
    /// How many of their places are not to be taken again: fewer may be here than there were.
    too_many: usize,
    /// That there is no room was said.
    told: bool,
}

impl Here {
    /// Has a connection leave that has nothing at work: first one that never had, then the one that has been idle for longest.
    fn make_room(&self) {
        let idle = self.connections.iter();
        let idle = idle.filter(|(_, standing)| standing.is_idle());
        let first = idle.min_by_key(|(number, standing)| {
            (standing.idle_since.load(Ordering::Relaxed), **number)
        });
        if let Some((_, standing)) = first {
            standing.leave.cancel();
        }
    }
}

/// What is known of one connection.
struct Standing {
    share: Arc<Share>,
    /// Calls at work: none when the client would lose nothing.
    at_work: AtomicUsize,
    /// When a call ended last, in milliseconds since the component was served. 0 is before the first.
    idle_since: AtomicU64,
    leave: CancellationToken,
}

impl Standing {
    fn is_idle(&self) -> bool {
        self.at_work.load(Ordering::Relaxed) == 0 && !self.leave.is_cancelled()
    }
}

/// The place of one connection, free again when it is dropped.
pub(super) struct Place {
    clients: Arc<Clients>,
    number: u64,
    standing: Arc<Standing>,
    permit: Option<OwnedSemaphorePermit>,
}

/// A call at work.
pub(super) struct Busy(Arc<Place>);

impl Clients {
    pub(super) fn new(component: &str, title: String, admission: Admission) -> Arc<Self> {
        Arc::new(Self {
            component: component.into(),
            title,
            admission: ArcSwap::from_pointee(admission),
            budget: Budget::new(admission.memory),
            places: Arc::new(Semaphore::new(admission.connections)),
            here: Mutex::default(),
            begun: Instant::now(),
        })
    }

    pub(super) fn component(&self) -> &str {
        &self.component
    }

    /// What errors call what is served, like `component 'store'`.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    pub(super) fn receive_limit(&self) -> Duration {
        self.admission.load().receive
    }

    /// The most connections.
    pub(super) fn most(&self) -> usize {
        self.admission.load().connections
    }

    /// From now on clients may take this much. Answers what they could take before.
    pub(super) fn admit(&self, admission: Admission) -> Admission {
        let mut here = self.here();
        let before = self.admission.swap(Arc::new(admission));
        self.budget.resize(admission.memory);
        let more = admission.connections.saturating_sub(before.connections);
        let stay = more.min(here.too_many);
        here.too_many -= stay;
        self.places.add_permits(more - stay);
        let less = before.connections.saturating_sub(admission.connections);
        here.too_many += less - self.places.forget_permits(less);
        for _ in 0..here.too_many {
            here.make_room();
        }
        *before
    }

    /// A place for one more connection, as soon as there is one.
    pub(super) async fn place(self: &Arc<Self>) -> Option<Place> {
        let permit = loop {
            if let Ok(permit) = self.places.clone().try_acquire_owned() {
                break permit;
            }
            self.make_room();
            let free = self.places.clone().acquire_owned();
            if let Ok(free) = tokio::time::timeout(LOOK, free).await {
                break free.ok()?;
            }
        };
        let standing = Arc::new(Standing {
            share: self.budget.share(),
            at_work: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
            leave: CancellationToken::new(),
        });
        let mut here = self.here();
        here.last += 1;
        let number = here.last;
        here.connections.insert(number, standing.clone());
        Some(Place {
            clients: self.clone(),
            number,
            standing,
            permit: Some(permit),
        })
    }

    /// Has a connection leave, and says so once.
    fn make_room(&self) {
        let mut here = self.here();
        here.make_room();
        if !std::mem::replace(&mut here.told, true) {
            tracing::warn!(
                component = %self.component,
                connections = self.most(),
                "there are as many connections as there may be ({}); idle ones make room, and others wait",
                named::max_connections
            );
        }
    }

    /// When memory runs out: has the connection leave that holds the most and has nothing at work, like one that does not read
    /// its answers. Answers what to tell the client that wanted more.
    pub(super) fn relieve(&self) -> Status {
        let here = self.here();
        let idle = here.connections.values();
        let largest = idle
            .filter(|standing| standing.is_idle())
            .max_by_key(|standing| standing.share.common());
        if let Some(standing) = largest.filter(|standing| standing.share.common() > 0) {
            standing.leave.cancel();
            tracing::warn!(
                component = %self.component,
                bytes = standing.share.common(),
                "requests and answers hold as much memory as they may ({}); a client that does not read its answers is disconnected",
                named::request_memory
            );
        }
        Status::resource_exhausted(format!(
            "{}: requests and answers hold as much memory as they may, {} ({}): try again later",
            self.title,
            ByteSize(self.admission.load().memory as u64),
            named::request_memory
        ))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis())
            .unwrap_or(u64::MAX)
            .max(1)
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(super) fn share(&self) -> &Arc<Share> {
        &self.standing.share
    }

    /// Whether a call was ever at work.
    pub(super) fn was_used(&self) -> bool {
        self.standing.idle_since.load(Ordering::Relaxed) > 0
    }

    /// Until others need the place.
    pub(super) async fn needed(&self) {
        self.standing.leave.cancelled().await;
    }

    /// One more call at work.
    pub(super) fn work(self: &Arc<Self>) -> Busy {
        self.standing.at_work.fetch_add(1, Ordering::Relaxed);
        Busy(self.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let Place {
            clients, standing, ..
        } = &*self.0;
        // Nobody asks since when, while others are at work.
        if standing.at_work.load(Ordering::Relaxed) <= 1 {
            standing.idle_since.store(clients.now(), Ordering::Relaxed);
        }
        standing.at_work.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut here = self.clients.here();
        here.connections.remove(&self.number);
        if let Some(too_many) = here.too_many.checked_sub(1)
            && let Some(permit) = self.permit.take()
        {
            here.too_many = too_many;
            permit.forget();
        }
        // When there is much room again, the next want of it is news.
        if here.connections.len() < self.clients.most() / 2 {
            here.told = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn admission(connections: usize) -> Admission {
        Admission {
            connections,
            memory: 1,
            receive: Duration::from_secs(1),
        }
    }

    #[tokio::test]
    async fn more_connections_may_be_from_one_moment_to_the_next_and_fewer_as_soon_as_some_end() {
        let clients = Clients::new("store", "component 'store'".to_owned(), admission(1));
        let first = clients.place().await.unwrap();
        assert!(clients.place().now_or_never().is_none());
        clients.admit(admission(3));
        let second = clients.place().await.unwrap();
        let third = clients.place().await.unwrap();
        clients.admit(admission(1));
        for left in [&first, &second] {
            assert!(left.needed().now_or_never().is_some());
        }
        drop(first);
        drop(second);
        assert!(clients.place().now_or_never().is_none());
        clients.admit(admission(2));
        let fourth = clients.place().await.unwrap();
        drop(third);
        drop(fourth);
        assert_eq!(clients.places.available_permits(), 2);
    }
}
