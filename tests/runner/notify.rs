//! What a service manager is told of the runner.

use crate::support::{PATIENCE, Setup, connect, guest};
use rustix::process::Signal;
use std::{io::ErrorKind, os::unix::net::UnixDatagram};
use tempfile::TempDir;

/// A service manager's ear.
struct Manager {
    folder: TempDir,
    socket: UnixDatagram,
}

impl Manager {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { folder, socket }
    }

    /// Has a runner tell it.
    fn of(&self, setup: Setup) -> Setup {
        setup.env("NOTIFY_SOCKET", self.folder.path().join("notify"))
    }

    /// The lines of the next message.
    fn hears(&self) -> Vec<String> {
        let mut message = [0; 4096];
        let length = self.socket.recv(&mut message).unwrap();
        let text = std::str::from_utf8(&message[..length]).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn hears_nothing(&self) {
        self.socket.set_nonblocking(true).unwrap();
        let heard = self.socket.recv(&mut [0; 4096]);
        assert_eq!(heard.unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}

/// A component that a start does not wait for.
fn component(name: &str, guest_name: &str) -> String {
    format!("{name}={}", guest(guest_name).display())
}

#[tokio::test]
async fn the_manager_hears_that_the_runner_is_ready_once_its_sockets_answer() {
    let manager = Manager::new();
    let setup = Setup::new()
        .arg(component("store", "rust-minimal-state"))
        .arg(component("cache", "rust-memory-state"));
    let runner = manager.of(setup).start();
    let heard = manager.hears();
    connect(&runner.folder().join("admin/admin.sock")).await;
    for name in ["store", "cache"] {
        let mut store = runner.store(name, "").await;
        store.init(&[]).await.unwrap();
    }
    let status = format!("STATUS=2 components on {}", runner.folder().display());
    assert_eq!(heard, ["READY=1", &status]);
    manager.hears_nothing();
}

#[test]
fn the_manager_does_not_hear_of_a_runner_that_could_not_start() {
    let manager = Manager::new();
    let setup = Setup::new()
        .arg(component("store", "rust-minimal-state"))
        .arg("cache=/nonexistent.wasm");
    let (code, _, _) = manager.of(setup).fail();
    assert_eq!(code, 1);
    manager.hears_nothing();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_manager_hears_of_a_stop_when_it_begins() {
    let manager = Manager::new();
    let setup = Setup::new()
        .guest("store", "hostile-rude-state")
        .arg("--drain=1h");
    let mut runner = manager.of(setup).start();
    assert_eq!(manager.hears()[0], "READY=1");
    let mut store = runner.ready().await;
    let mut waiting = store.clone();
    let call = tokio::spawn(async move { waiting.get("sleep:600000").await });
    store.until_held().await;
    runner.signal(Signal::TERM);
    assert_eq!(manager.hears()[0], "STOPPING=1");
    // The call is still there: only the second signal ends it.
    assert!(!call.is_finished());
    runner.signal(Signal::TERM);
    let (status, _) = runner.wait();
    assert_eq!(status.code(), Some(128 + Signal::TERM.as_raw()));
}

#[test]
fn a_manager_that_watches_hears_that_the_runner_lives() {
    let manager = Manager::new();
    let setup = Setup::new().guest("store", "rust-minimal-state");
    let _runner = manager.of(setup).env("WATCHDOG_USEC", "20000").start();
    assert_eq!(manager.hears()[0], "READY=1");
    for _ in 0..3 {
        assert_eq!(manager.hears(), ["WATCHDOG=1"]);
    }
}

#[tokio::test]
async fn a_runner_serves_where_its_manager_cannot_be_told() {
    let setup = Setup::new().guest("store", "rust-minimal-state");
    let runner = setup.env("NOTIFY_SOCKET", "/nonexistent").start();
    runner.ready().await;
    runner.logs(&["WARN", "NOTIFY_SOCKET"]);
}
