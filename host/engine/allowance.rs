//! How many things of the host's one instance may have: files, sockets, requests.
//!
//! What a guest has is what its table of handles holds, so nothing has to be told when it lets go of something.

use super::{Limits, Origin};
use crate::config::{Setting, named};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime::component::{Linker, Resource, ResourceTable};
use wasmtime_wasi::{
    filesystem::{Descriptor, WasiFilesystemView},
    p2::{
        DynInputStream, DynOutputStream, TcpSocket, UdpSocket,
        bindings::filesystem::types::{
            DescriptorFlags, ErrorCode, Host, HostDescriptor, OpenFlags, PathFlags,
        },
    },
};

/// The interface that opens files, as wasmtime-wasi names it.
const FILES: &str = "wasi:filesystem/types@0.2.12";

/// What one instance may have of the host's.
#[derive(Debug, Clone)]
pub(super) struct Allowance {
    origin: Origin,
    files: usize,
    sockets: usize,
    requests: usize,
    free_requests: Arc<Semaphore>,
    /// The limits that the operator was told of: each once.
    told: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Allowance {
    pub(super) fn new(limits: &Limits, origin: Origin) -> Self {
        let requests = limits.requests.min(Semaphore::MAX_PERMITS);
        Self {
            origin,
            files: limits.files,
            sockets: limits.sockets,
            requests,
            free_requests: Arc::new(Semaphore::new(requests)),
            told: Arc::default(),
        }
    }

    /// Whether one more file may be opened. A stream keeps its file open when the guest has closed that, so that streams count
    /// where there are more of them.
    pub(super) fn file(&self, table: &mut ResourceTable) -> bool {
        let (mut files, mut inputs, mut outputs) = (0, 0, 0);
        for entry in table.iter_mut() {
            if entry.is::<Descriptor>() {
                files += 1;
            } else if entry.is::<DynInputStream>() {
                inputs += 1;
            } else if entry.is::<DynOutputStream>() {
                outputs += 1;
            }
        }
        let open = files.max(inputs).max(outputs);
        self.more(open, self.files, named::max_files, "files open")
    }

    /// Whether there may be one more socket or lookup of a name, beside so many lookups.
    pub(super) fn socket(&self, table: &mut ResourceTable, lookups: usize) -> bool {
        let sockets = table
            .iter_mut()
            .filter(|entry| entry.is::<TcpSocket>() || entry.is::<UdpSocket>());
        let open = sockets.count() + lookups;
        self.more(
            open,
            self.sockets,
            named::max_sockets,
            "sockets and lookups",
        )
    }

    /// The place of one more request; none when there is none. It is free again when this is dropped.
    pub(super) fn request(&self) -> Option<OwnedSemaphorePermit> {
        let place = self.free_requests.clone().try_acquire_owned().ok();
        if place.is_none() {
            let what = "requests over HTTP under way";
            self.more(self.requests, self.requests, named::max_requests, what);
        }
        place
    }

    /// Whether there may be one more; where not, the operator is told once.
    fn more(&self, have: usize, limit: usize, setting: Setting, what: &str) -> bool {
        let more = have < limit;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !more && told.insert(setting.key) {
            tracing::warn!(
                component = %self.origin.component,
                instance = %self.origin.instance,
                "the guest has {limit} {what}, as many as it may ({setting}): more are refused"
            );
        }
        more
    }
}

/// Has files opened within the allowance, in place of the function of WASI that is linked already.
pub(super) fn add_open_to_linker<T: WasiFilesystemView + 'static>(
    linker: &mut Linker<T>,
    allowance: fn(&T) -> &Allowance,
) -> wasmtime::Result<()> {
    type Open = (
        Resource<Descriptor>,
        PathFlags,
        String,
        OpenFlags,
        DescriptorFlags,
    );
    linker.allow_shadowing(true);
    linker.instance(FILES)?.func_wrap_async(
        "[method]descriptor.open-at",
        move |mut store, (folder, follow, path, how, flags): Open| {
            Box::new(async move {
                let state = store.data_mut();
                let allowance = allowance(state).clone();
                let mut files = state.filesystem();
                let opened = match allowance.file(files.table) {
                    true => files.open_at(folder, follow, path, how, flags).await,
                    // WASI has no word that is nearer.
                    false => Err(ErrorCode::Quota.into()),
                };
                Ok((match opened {
                    Ok(file) => Ok(file),
                    Err(error) => Err(files.convert_error_code(error)?),
                },))
            })
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowance() -> Allowance {
        let limits = Limits {
            files: 2,
            sockets: 2,
            requests: 2,
            ..Limits::default()
        };
        let origin = Origin {
            component: "store".into(),
            instance: "".into(),
        };
        Allowance::new(&limits, origin)
    }

    #[test]
    fn a_request_has_its_place_until_it_has_ended() {
        let allowance = allowance();
        let first = allowance.request().unwrap();
        let _second = allowance.request().unwrap();
        assert!(allowance.request().is_none());
        drop(first);
        assert!(allowance.request().is_some());
    }

    #[test]
    fn a_stream_whose_file_was_closed_is_a_file_still() {
        let allowance = allowance();
        let mut table = ResourceTable::new();
        for _ in 0..2 {
            assert!(allowance.file(&mut table));
            let stream: DynInputStream = Box::new(wasmtime_wasi::p2::pipe::ClosedInputStream);
            table.push(stream).unwrap();
        }
        assert!(!allowance.file(&mut table));
    }

    #[test]
    fn lookups_are_sockets_too() {
        let allowance = allowance();
        let mut table = ResourceTable::new();
        assert!(allowance.socket(&mut table, 1));
        assert!(!allowance.socket(&mut table, 2));
    }

    #[test]
    fn each_limit_is_told_of_once() {
        let allowance = allowance();
        let told = || allowance.told.lock().unwrap().len();
        for _ in 0..3 {
            assert!(!allowance.more(2, 2, named::max_files, "files open"));
            assert_eq!(told(), 1);
        }
        assert!(!allowance.more(2, 2, named::max_sockets, "sockets"));
        assert_eq!(told(), 2);
    }
}
