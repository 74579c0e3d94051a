//! A real Redis server, with a folder and a port of its own.

use super::eventually;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    io::Write,
    net::TcpListener,
    process::{Child, Command, Stdio},
    thread,
};
use tempfile::TempDir;

/// A server that keeps what it is told when it is killed. Killed when it is dropped.
pub struct RedisServer {
    pub port: u16,
    folder: TempDir,
    child: Option<Child>,
    settings: Vec<String>,
}

impl RedisServer {
    /// None where there is no such program (`scripts/redis` installs it): then the test that asks has nothing to test.
    pub fn start() -> Option<Self> {
        Self::with(&[])
    }

    /// With settings of one's own, like `--requirepass secret`.
    pub fn with(settings: &[&str]) -> Option<Self> {
        let is_there = Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_ok();
        if !is_there {
            let missing = "redis-server is missing: `scripts/redis` installs it";
            // What a person may skip must not go unnoticed there.
            let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
            assert!(!is_ci, "{missing}");
            // Not by a macro: of a test that passes, what those print is not shown.
            let thread = thread::current();
            let test = thread.name().unwrap_or("a test");
            let _ = writeln!(std::io::stderr(), "skipped {test}: {missing}");
            return None;
        }
        let mut server = Self {
            port: 0,
            folder: tempfile::tempdir().unwrap(),
            child: None,
            settings: settings.iter().map(ToString::to_string).collect(),
        };
        // Another program may be given the port meanwhile.
        while server.child.is_none() {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            server.port = listener.local_addr().unwrap().port();
            drop(listener);
            server.child = server.spawn();
        }
        Some(server)
    }

    /// None if it ends, which it does where the port is taken.
    fn spawn(&self) -> Option<Child> {
        let mut child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .arg("--dir")
            .arg(self.folder.path())
            .args([
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
            ])
            .args(&self.settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let serves = eventually("the Redis server serves or ends", || {
            if child.try_wait().unwrap().is_some() {
                return Some(false);
            }
            // Its own answer: on the port there may be another program.
            let told = Command::new("redis-cli")
                .args(["-p", &self.port.to_string(), "info"])
                .stderr(Stdio::null())
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&told.stdout).into_owned();
            let own = format!("process_id:{}\r\n", child.id());
            // And it has read what it had.
            let is_ready = told.contains(&own) && told.contains("\nloading:0\r\n");
            (is_ready || told.contains("NOAUTH")).then_some(true)
        });
        serves.then_some(child)
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The flag that lets guests reach it.
    pub fn grant(&self) -> String {
        format!("--allow-outbound=tcp://{}", self.address())
    }

    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub fn signal(&self, signal: Signal) {
        let id = self.child.as_ref().map(Child::id).unwrap();
        let id = Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
        kill_process(id, signal).unwrap();
    }

    /// Starts it anew with what it had, on the same port.
    pub fn restart(&mut self) {
        self.child = self.spawn();
        assert!(self.child.is_some(), "the port is taken");
    }

    /// What it answers to a command, a line for each part.
    pub fn ask(&self, command: &[&str]) -> Vec<String> {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .args(command)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}
