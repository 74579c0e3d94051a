//! The runner before it is started: what it is to serve, and how.

use super::{PATIENCE, Runner, guest, repository};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    os::fd::OwnedFd,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
};
use tempfile::TempDir;

/// Has its standard input be the first of the sockets that are passed to a program, and becomes it.
const PASSING: &str = r#"exec 3<&0 </dev/null; export LISTEN_PID="${LISTEN_PID:-$$}"; exec "$@""#;

/// The runner, not started yet.
pub struct Setup {
    command: Command,
    folder: TempDir,
    guests: usize,
}

impl Setup {
    /// One that serves components, and what a manifest says.
    pub fn new() -> Self {
        Self::verb("run")
    }

    /// One that serves a guest of this repository as the application `app`, on a port that is free.
    pub fn app(guest_name: &str) -> Self {
        Self::verb("app").guest("app", guest_name).arg("--port=0")
    }

    /// One that serves by a verb of the command line.
    pub fn verb(verb: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugbox"));
        command
            .arg(verb)
            .env_remove("RUST_LOG")
            .env_remove("APP_API_TOKEN")
            .env_remove("DAPR_GRPC_ENDPOINT")
            .env_remove("DAPR_GRPC_PORT")
            .env_remove("DAPR_API_TOKEN")
            // One cache for all tests: what they test is not how long a compilation takes.
            .env("XDG_CACHE_HOME", repository().join("target/test-cache"))
            .env("DAPR_COMPONENTS_SOCKETS_FOLDER", folder.path())
            .env("PLUGBOX_ADMIN", folder.path().join("admin/admin.sock"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self {
            command,
            folder,
            guests: 0,
        }
    }

    /// Serves a guest of this repository under a name.
    pub fn guest(self, name: &str, guest_name: &str) -> Self {
        let path = guest(guest_name);
        self.file(name, &path)
    }

    /// Serves a file under the name of the file.
    pub fn unnamed(mut self, path: &Path) -> Self {
        self.command.arg(path);
        self.guests += 1;
        self
    }

    /// Serves a file under a name.
    pub fn file(mut self, name: &str, path: &Path) -> Self {
        self.command.arg(format!("{name}={}", path.display()));
        self.guests += 1;
        self
    }

    /// Starts in a folder with this plugbox.toml, which has so many components and applications.
    pub fn manifest(mut self, text: &str, components: usize) -> Self {
        std::fs::write(self.folder.path().join("plugbox.toml"), text).unwrap();
        self.command.current_dir(self.folder.path());
        self.components(components)
    }

    /// Waits for so many components and applications more, which arguments bring.
    pub fn components(mut self, components: usize) -> Self {
        self.guests += components;
        self
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn env_remove(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Passes a socket to it under a name, as a service manager does.
    pub fn passed(mut self, socket: impl Into<OwnedFd>, name: &str) -> Self {
        let runner = self.command;
        self.command = Command::new("sh");
        self.command
            .args(["-c", PASSING, "sh"])
            .arg(runner.get_program())
            .args(runner.get_args())
            .env("LISTEN_FDS", "1")
            .env("LISTEN_FDNAMES", name)
            .stdin(socket.into())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in runner.get_envs() {
            match value {
                Some(value) => self.command.env(name, value),
                None => self.command.env_remove(name),
            };
        }
        self
    }

    /// The folder of the sockets.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts it, and waits until it serves every guest.
    pub fn start(mut self) -> Runner {
        let mut child = self.command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let logged = log.clone();
        let reader = thread::spawn(move || {
            let mut line = String::new();
            while err.read_line(&mut line).is_ok_and(|read| read > 0) {
                logged.lock().unwrap().push_str(&line);
                line.clear();
            }
        });
        let mut announced = Vec::new();
        while announced.len() < self.guests {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 {
                let status = child.wait().unwrap();
                panic!("the runner ended ({status}): {}", log.lock().unwrap());
            }
            announced.push(line.trim_end().to_owned());
        }
        Runner {
            child,
            out,
            announced,
            log,
            reader: Some(reader),
            folder: self.folder,
        }
    }

    /// Runs it to an end of its own: its exit code, and what it wrote to standard output and standard error.
    pub fn fail(mut self) -> (i32, String, String) {
        // How long it took to compile is another story.
        self.command.env("RUST_LOG", "plugbox=warn");
        let child = self.command.spawn().unwrap();
        let id = Pid::from_child(&child);
        let (done, ended) = mpsc::channel();
        let waiting = thread::spawn(move || {
            let output = child.wait_with_output();
            // Nobody hears of it who waits no longer.
            let _ = done.send(());
            output
        });
        let has_ended = ended.recv_timeout(PATIENCE).is_ok();
        if !has_ended {
            kill_process(id, Signal::KILL).unwrap();
        }
        let output = waiting.join().unwrap().unwrap();
        assert!(has_ended, "it serves: {output:?}");
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }
}
