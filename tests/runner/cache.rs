//! Compiled code that is kept from one start to the next.

use crate::support::{Runner, Setup};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::SystemTime,
};
use tempfile::TempDir;

const STORE: &str = "rust-minimal-state";
const OTHER: &str = "rust-hello";

/// Serves a guest, with a cache of the test's own.
fn start(cache: &TempDir, guest: &str) -> Runner {
    Setup::new()
        .guest("store", guest)
        .env("XDG_CACHE_HOME", cache.path())
        .start()
}

/// The compiled code in a cache: names and times of writing (statistics beside it come and go).
fn entries(cache: &TempDir) -> BTreeMap<PathBuf, SystemTime> {
    entries_in(&cache.path().join("plugbox/code"))
}

fn entries_in(folder: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(entries_in(&entry.path()));
        } else if entry.path().extension().is_none() {
            found.insert(entry.path(), entry.metadata().unwrap().modified().unwrap());
        }
    }
    found
}

fn spoil(file: &Path, spoil: impl Fn(&mut Vec<u8>)) {
    let mut bytes = fs::read(file).unwrap();
    spoil(&mut bytes);
    fs::write(file, bytes).unwrap();
}

async fn serves(runner: Runner) {
    let mut store = runner.ready().await;
    store.set("key", "value").await.unwrap();
    assert_eq!(store.text("key").await, "value");
}

#[test]
fn a_guest_is_compiled_once_and_its_cache_is_private() {
    let cache = tempfile::tempdir().unwrap();
    drop(start(&cache, STORE));
    let folder = fs::metadata(cache.path().join("plugbox")).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    let first = entries(&cache);
    assert!(!first.is_empty());
    drop(start(&cache, STORE));
    assert_eq!(
        entries(&cache),
        first,
        "the second start takes what the first left"
    );
}

#[tokio::test]
async fn a_cache_that_is_cut_off_or_scribbled_over_is_compiled_anew() {
    let cache = tempfile::tempdir().unwrap();
    drop(start(&cache, STORE));
    let ways: [fn(&mut Vec<u8>); 5] = [
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.clear(),
        // A single wrong bit would be run.
        |bytes| bytes[12302] ^= 1,
        |bytes| bytes[1612] ^= 1,
        |bytes| bytes.reverse(),
    ];
    for way in ways {
        let found = entries(&cache);
        assert!(!found.is_empty());
        for file in found.keys() {
            spoil(file, way);
        }
        serves(start(&cache, STORE)).await;
    }
}

#[tokio::test]
async fn a_wrong_bit_is_found_by_the_guest_that_would_run_it_and_is_nothing_to_others() {
    let cache = tempfile::tempdir().unwrap();
    drop(start(&cache, STORE));
    let stores = entries(&cache);
    drop(start(&cache, OTHER));
    for file in stores.keys() {
        spoil(file, |bytes| bytes[1612] ^= 1);
    }
    let spoilt = entries(&cache);
    drop(start(&cache, OTHER));
    assert_eq!(entries(&cache), spoilt, "nothing is compiled for the other");
    serves(start(&cache, STORE)).await;
    let mended = entries(&cache);
    for (file, written) in spoilt {
        let is_mended = mended[&file] != written;
        assert_eq!(is_mended, stores.contains_key(&file));
    }
}

#[test]
fn code_that_was_not_sealed_before_its_runner_ended_is_compiled_anew() {
    let cache = tempfile::tempdir().unwrap();
    drop(start(&cache, STORE));
    let first = entries(&cache);
    fs::remove_dir_all(cache.path().join("plugbox/seals")).unwrap();
    drop(start(&cache, STORE));
    let second = entries(&cache);
    for (file, written) in first {
        assert_ne!(second[&file], written);
    }
}

#[test]
fn no_cache_writes_none() {
    let cache = tempfile::tempdir().unwrap();
    let _runner = Setup::new()
        .guest("store", STORE)
        .env("XDG_CACHE_HOME", cache.path())
        .arg("--no-cache")
        .start();
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
}

#[test]
fn a_cache_that_others_can_enter_is_left_aside_with_a_warning() {
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().join("plugbox");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    let runner = start(&cache, STORE);
    runner.logs(&["every start compiles", "chmod 700"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}
