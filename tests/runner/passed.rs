//! Sockets that are passed to the runner, as systemd does: served as they are, and left to whoever made them.

use crate::support::{PATIENCE, Setup, Store, connect, eventually};
use rustix::{fs::OFlags, process::Signal};
use std::{
    fs,
    net::TcpListener,
    os::{
        fd::OwnedFd,
        unix::{
            fs::{MetadataExt, PermissionsExt},
            net::{UnixDatagram, UnixListener, UnixStream},
        },
    },
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tonic::transport::Endpoint;

/// A folder with a socket that outlives every runner.
struct Unit {
    folder: TempDir,
    listener: UnixListener,
}

impl Unit {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("store.sock")).unwrap();
        Self { folder, listener }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("store.sock")
    }

    /// A runner that the socket is passed to, with a store of its name.
    fn setup(&self) -> Setup {
        let listener = self.listener.try_clone().unwrap();
        let setup = Setup::new().passed(listener, "plugbox.socket");
        let setup = setup.arg("--sockets").arg(self.folder.path());
        setup.guest("store", "rust-minimal-state")
    }
}

/// A store's client on a socket, after Init.
async fn ready(socket: &Path) -> Store {
    let mut store = Store::new(connect(socket).await, "");
    store.init(&[]).await.unwrap();
    store
}

fn identity(path: &Path) -> (u64, u32, u32) {
    let file = fs::symlink_metadata(path).unwrap();
    (file.ino(), file.mode(), file.gid())
}

#[tokio::test]
async fn a_socket_that_was_passed_serves_the_component_of_its_path_and_stays_as_it_is() {
    let unit = Unit::new();
    let rights = fs::Permissions::from_mode(0o604);
    fs::set_permissions(unit.socket(), rights).unwrap();
    let before = identity(&unit.socket());
    let mut runner = unit.setup().start();
    let place = format!("on {} ", unit.socket().display());
    assert!(
        runner.announced[0].contains(&place),
        "{:?}",
        runner.announced
    );
    ready(&unit.socket()).await;
    assert_eq!(identity(&unit.socket()), before);
    runner.signal(Signal::TERM);
    let (status, _) = runner.wait();
    assert_eq!(status.code(), Some(0));
    assert_eq!(identity(&unit.socket()), before);
    assert!(!runner.log().contains("was passed"), "{}", runner.log());
}

#[tokio::test]
async fn a_socket_elsewhere_serves_the_component_that_its_unit_names() {
    let unit = Unit::new();
    let setup = Setup::new().passed(unit.listener.try_clone().unwrap(), "cache");
    let runner = setup
        .guest("store", "rust-minimal-state")
        .guest("cache", "rust-minimal-state")
        .start();
    ready(&unit.socket()).await;
    ready(&runner.socket("store")).await;
    assert!(!runner.socket("cache").exists());
    let place = format!("on {} ", unit.socket().display());
    assert!(
        runner.announced[1].contains(&place),
        "{:?}",
        runner.announced
    );
}

#[tokio::test]
async fn the_socket_for_operators_can_be_passed_too() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("operators.sock");
    for (name, flag) in [("admin", false), ("plugbox.socket", true)] {
        let listener = UnixListener::bind(&socket).unwrap();
        let mut setup = Setup::new()
            .passed(listener, name)
            .guest("store", "rust-minimal-state");
        if flag {
            setup = setup.arg("--admin").arg(&socket);
        }
        let _runner = setup.start();
        let status = Command::new(env!("CARGO_BIN_EXE_plugbox"))
            .args(["status", "--admin"])
            .arg(&socket)
            .output()
            .unwrap();
        let told = String::from_utf8(status.stdout).unwrap();
        assert!(status.status.success() && told.contains("store"), "{told}");
        fs::remove_file(&socket).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_connects_while_no_runner_lives_is_answered_by_the_next() {
    let unit = Unit::new();
    let mut runner = unit.setup().start();
    ready(&unit.socket()).await;
    for signal in [Signal::KILL, Signal::TERM] {
        runner.signal(signal);
        runner.wait();
        // Connected, and the request is on its way.
        let mut store = Store::new(connect(&unit.socket()).await, "");
        let call = tokio::spawn(async move {
            store.init(&[]).await?;
            store.set("key", "value").await?;
            store.get("key").await
        });
        runner = unit.setup().start();
        assert_eq!(call.await.unwrap().unwrap().data, b"value");
    }
}

/// Connects anew for each call, for ever, and counts what is answered and what is not. To connect never fails.
async fn come(socket: PathBuf, answered: Arc<AtomicUsize>, refused: Arc<AtomicUsize>) {
    let instance = format!("of-{}", tokio::task::id());
    let endpoint = Endpoint::from_shared(format!("unix:{}", socket.display())).unwrap();
    loop {
        let channel = endpoint.connect().await.unwrap();
        let init = Store::new(channel, &instance).init(&[]).await;
        let count = if init.is_ok() { &answered } else { &refused };
        count.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_connects_while_one_runner_stops_and_the_next_starts_is_not_refused() {
    let unit = Unit::new();
    let mut runner = unit.setup().start();
    let (answered, refused) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
    let mut clients = JoinSet::new();
    for _ in 0..8 {
        clients.spawn(come(unit.socket(), answered.clone(), refused.clone()));
    }
    let are_answered = || {
        let far = answered.load(Ordering::SeqCst) + 50;
        eventually("clients are answered", || {
            (answered.load(Ordering::SeqCst) >= far).then_some(())
        });
    };
    // On a busy machine, what is on its way to a runner that stops can come too late. It does not always.
    let begun = Instant::now();
    let mut smooth = 0;
    while smooth < 3 {
        assert!(begun.elapsed() < PATIENCE, "{smooth} refused nobody");
        let before = refused.load(Ordering::SeqCst);
        are_answered();
        runner.signal(Signal::TERM);
        runner.wait();
        runner = unit.setup().start();
        are_answered();
        smooth += usize::from(refused.load(Ordering::SeqCst) == before);
    }
    assert!(clients.try_join_next().is_none(), "a client has ended");
}

#[tokio::test]
async fn a_socket_that_no_component_has_is_told_of_with_what_to_do() {
    let unit = Unit::new();
    let setup = Setup::new().passed(unit.listener.try_clone().unwrap(), "other");
    let runner = setup.guest("store", "rust-minimal-state").start();
    runner.ready().await;
    let path = unit.socket();
    runner.logs(&[
        "WARN",
        path.to_str().unwrap(),
        "('other')",
        "FileDescriptorName=",
    ]);
}

#[tokio::test]
async fn sockets_that_are_meant_for_another_process_are_ignored() {
    let setup = Setup::new();
    let listener = UnixListener::bind(setup.folder().join("other.sock")).unwrap();
    let runner = setup
        .passed(listener, "store")
        .env("LISTEN_PID", "1")
        .guest("store", "rust-minimal-state")
        .start();
    runner.ready().await;
    assert!(!runner.log().contains("passed"), "{}", runner.log());
}

#[test]
fn what_is_no_unix_socket_that_listens_is_refused_with_what_the_unit_is_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("datagrams.sock");
    let refused: [OwnedFd; 4] = [
        TcpListener::bind("127.0.0.1:0").unwrap().into(),
        UnixDatagram::bind(&file).unwrap().into(),
        // As with Accept=yes.
        UnixStream::pair().unwrap().0.into(),
        fs::File::open("/dev/null").unwrap().into(),
    ];
    for socket in refused {
        let setup = Setup::new()
            .passed(socket, "odd.socket")
            .guest("store", "rust-minimal-state");
        let (code, out, err) = setup.fail();
        assert_eq!((code, out.as_str()), (1, ""));
        for words in ["'odd.socket'", "ListenStream=", "Accept="] {
            assert!(err.contains(words), "{words}: {err}");
        }
    }
}

#[test]
fn nothing_that_the_runner_starts_has_the_sockets() {
    let unit = Unit::new();
    let runner = unit.setup().start();
    let passed = fs::read_to_string(format!("/proc/{}/fdinfo/3", runner.id())).unwrap();
    let flags = passed.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = u32::from_str_radix(flags.unwrap().trim(), 8).unwrap();
    assert_ne!(flags & OFlags::CLOEXEC.bits(), 0, "{passed}");
}
