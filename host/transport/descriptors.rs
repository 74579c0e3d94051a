//! File descriptors: enough for the connections that may be, and for the guests' files and sockets beside them.

use crate::config::named;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For everything but connections.
const OTHERS: u64 = 512;

/// Has the system allow descriptors for so many connections, as far as it may be asked to.
pub(super) fn have(connections: usize) {
    let wanted = OTHERS.saturating_add(connections as u64);
    let allowed = getrlimit(Resource::Nofile);
    if allowed.current.is_none_or(|current| current >= wanted) {
        return;
    }
    let most = allowed.maximum.map_or(wanted, |most| most.min(wanted));
    let raised = Rlimit {
        current: Some(most),
        maximum: allowed.maximum,
    };
    if setrlimit(Resource::Nofile, raised).is_err() || most < wanted {
        tracing::warn!(
            "the system allows this process {most} files, fewer than {connections} connections may need ({}): raise the limit (ulimit -n)",
            named::max_connections
        );
    }
}
