//! What an operator does while the runner serves, and what callers do meanwhile.

use crate::support::{Runner, Store, guest, rebuilt};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Another build of a guest.
pub fn build(folder: &Path, name: &str, number: usize) -> PathBuf {
    let path = folder.join(format!("{name}-{number}.wasm"));
    fs::write(&path, rebuilt(&guest(name), number)).unwrap();
    path
}

/// What a verb for operators ends with: its exit code, standard output and standard error.
pub fn operate(runner: &Runner, words: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_plugbox"))
        .args(words)
        .env("PLUGBOX_ADMIN", runner.folder().join("admin/admin.sock"))
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

pub fn swap(runner: &Runner, name: &str, path: &Path) -> (i32, String, String) {
    operate(runner, &["swap", name, path.to_str().unwrap()])
}

pub fn swapped(runner: &Runner, name: &str, path: &Path) -> String {
    let (code, out, err) = swap(runner, name, path);
    assert_eq!(code, 0, "{err}\n{}", runner.log());
    out
}

pub fn status(runner: &Runner) -> Value {
    let (code, out, err) = operate(runner, &["status", "--json"]);
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).unwrap()
}

/// How the one instance of the one component is.
pub fn usage(runner: &Runner) -> Value {
    let status = status(runner);
    let [usage] = &status["components"][0]["instances"].as_array().unwrap()[..] else {
        panic!("there is another number of them than one: {status}");
    };
    usage.clone()
}

/// Writes a counter under a key of its own and reads it back, until it is told to stop: it never goes back. Says how far it came.
pub async fn count(mut store: Store, key: String, stop: Arc<AtomicBool>) -> u64 {
    let mut written = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        written += 1;
        store.set(&key, written.to_string()).await.unwrap();
        let read: u64 = store.text(&key).await.parse().unwrap();
        assert_eq!(read, written, "{key}");
    }
    written
}
