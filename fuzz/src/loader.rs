//! The loader: a file that says it is a guest.

use super::{Entry, said};
use plugbox::engine::{Cache, Grants, Limits, Loader, Role, Totals};
use std::{fs, time::Duration};

/// What an instance that starts may use: little, for its start is a stranger's too.
fn limits() -> Limits {
    Limits {
        start_timeout: Duration::from_millis(200),
        memory: 64 << 20,
        ..Limits::default()
    }
}

/// Loads a file as `plugbox run` does: a guest, or a word about why it is none.
pub fn entry() -> Entry {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let entered = runtime.enter();
    let loader = Loader::new(&Cache::Off, Totals::default()).unwrap();
    drop(entered);
    Box::new(move |bytes| {
        let file = folder.path().join("guest.wasm");
        fs::write(&file, bytes).unwrap();
        let grants = Grants::default();
        let loaded = loader.load("guest", Role::Component, &file, limits(), grants);
        let loaded = runtime.block_on(loaded);
        if let Err(error) = loaded {
            said::sound(&error.to_string());
        }
    })
}
