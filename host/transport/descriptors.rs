//! File descriptors: enough for the connections that may be, and for the guests' files and sockets beside them.

use crate::config::named;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The connections for which there were too few when that was said last. It is said again for twice as many.
static TOLD: AtomicUsize = AtomicUsize::new(0);

/// For everything but connections.
const OTHERS: u64 = 512;

/// Has this process have as many as the system lets it: many systems begin with far fewer, for the sake of old programs.
pub fn raise_descriptors() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, most)
    {
        tracing::debug!("the limit of open files stays {current:?}: {error}");
    }
}

/// Has the system allow descriptors for so many connections, as far as it may be asked to.
pub(super) fn have(connections: usize) {
    let wanted = OTHERS.saturating_add(connections as u64);
    let missing = || {
        let current = getrlimit(Resource::Nofile).current;
        current.filter(|current| *current < wanted)
    };
    if missing().is_some() {
        raise_descriptors();
    }
    // Each component asks for a few more than the one before.
    if let Some(most) = missing()
        && connections / 2 >= TOLD.load(Ordering::Relaxed)
    {
        TOLD.store(connections, Ordering::Relaxed);
        tracing::warn!(
            "the system allows this process {most} files, fewer than {connections} connections may need ({}): raise the limit (ulimit -n)",
            named::max_connections
        );
    }
}
