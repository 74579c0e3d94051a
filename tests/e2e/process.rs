//! Programs of Dapr's as child processes.

use crate::{
    http,
    support::{PATIENCE, repository},
};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// What one of these programs logs when another program has been given its port meanwhile.
const TAKEN: &str = "address already in use";

/// A program that `just daprd` builds. None where it was not built: then the test that asks has nothing to test.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = repository().join("target/daprd").join(name);
    if path.exists() {
        return Some(path);
    }
    let missing = format!("{} is missing: `just daprd` builds it", path.display());
    // What a person may skip must not go unnoticed there.
    let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(!is_ci, "{missing}");
    // Not by a macro: of a test that passes, what those print is not shown.
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test");
    let _ = writeln!(std::io::stderr(), "skipped {test}: {missing}");
    None
}

/// Asks again and again until there is an answer, and lets other tasks run meanwhile.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Ports of 127.0.0.1 that nobody listened at a moment ago, none of them twice in this program.
pub fn free_ports<const N: usize>() -> [u16; N] {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    std::array::from_fn(|_| {
        loop {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            if GIVEN.lock().unwrap().insert(port) {
                return port;
            }
        }
    })
}

/// A child process with its log in a file. Killed when it is dropped.
pub struct Process {
    name: &'static str,
    child: Child,
    folder: TempDir,
}

impl Process {
    /// Starts a program that listens on some ports, and waits until it is healthy. `prepare` makes the command for these
    /// ports, `health` is the place among them of the one that answers, and where.
    pub async fn start<const N: usize>(
        name: &'static str,
        prepare: impl Fn([u16; N]) -> Command,
        health: (usize, &str),
    ) -> (Self, [u16; N]) {
        let begun = Instant::now();
        loop {
            let ports = free_ports();
            let mut process = Self::spawn(name, prepare(ports));
            let answer = until("a sign of life", async || {
                let request = http::request("GET", health.1, &[], Vec::new());
                match http::send(ports[health.0], request).await {
                    Ok(answer) if answer.status < 300 => Some(Ok(())),
                    _ => process.child.try_wait().unwrap().map(Err),
                }
            });
            match answer.await {
                Ok(()) => return (process, ports),
                // A port was free when it was chosen, and no longer when the program came to it.
                Err(_) if process.log().contains(TAKEN) && begun.elapsed() < PATIENCE => {}
                Err(status) => panic!("{name} has ended: {status}"),
            }
        }
    }

    fn spawn(name: &'static str, mut command: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let child = command
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Self {
            name,
            child,
            folder,
        }
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).unwrap();
        let id = Pid::from_raw(id).unwrap();
        kill_process(id, signal).unwrap();
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        until(&format!("{} ends", self.name), async || {
            self.child.try_wait().unwrap()
        })
        .await
    }

    /// Kills it, if it has not ended.
    pub fn end(&mut self) -> Option<ExitStatus> {
        let _ = self.child.kill();
        self.child.wait().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
        if thread::panicking() {
            eprintln!("the log of {}:\n{}", self.name, self.log());
        }
    }
}
