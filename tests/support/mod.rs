//! The real runner as a child process, and real gRPC to it.

#![allow(dead_code)] // Each test program uses a part of it.

pub mod broker;
pub mod dapr;
pub mod latency;
pub mod redis;
mod store;

pub use store::Store;

use plugbox::proto::dapr::MetadataRequest;
use std::{
    collections::HashMap,
    ffi::OsStr,
    io::{BufRead, BufReader, Read},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    pin::Pin,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    task::{Context, Poll},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tonic::{Request, transport::Channel};

/// How long anything that must happen may take on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Where `just guests` puts a guest, like `rust-memory-state`.
pub fn guest_path(name: &str) -> PathBuf {
    repository().join(format!("target/guests/{name}.wasm"))
}

/// A guest that `just guests` has built.
pub fn guest(name: &str) -> PathBuf {
    let path = guest_path(name);
    assert!(
        path.exists(),
        "{} is missing: `just guests` builds it",
        path.display()
    );
    path
}

/// Another build of a guest, less than a million of which are told apart: the same but for a section that says so.
pub fn rebuilt(guest: &Path, number: usize) -> Vec<u8> {
    let mut bytes = std::fs::read(guest).unwrap();
    let says = format!("\x05build{number:06}");
    bytes.push(0);
    bytes.push(u8::try_from(says.len()).unwrap());
    bytes.extend(says.bytes());
    bytes
}

/// Whether a guest is there. What needs another compiler than Rust's is missing, and its tests are skipped, where that compiler is.
/// CI has them all.
pub fn is_built(name: &str) -> bool {
    name.starts_with("rust-") || std::env::var_os("CI").is_some() || guest_path(name).exists()
}

/// A store (`state`) or a broker (`broker`) in memory, in the language that PLUGBOX_TEST_LANGUAGE names: Rust without it.
/// `redis` is no language, but the guest that is both over a Redis server.
pub fn memory(block: &str) -> String {
    match std::env::var("PLUGBOX_TEST_LANGUAGE").as_deref() {
        Ok("redis") => "rust-redis".to_owned(),
        Ok(language) => format!("{language}-memory-{block}"),
        Err(_) => format!("rust-memory-{block}"),
    }
}

/// The folder of test data that is not built: the repository's root.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Has its standard input be the first of the sockets that are passed to a program, and becomes it.
const PASSING: &str = r#"exec 3<&0 </dev/null; export LISTEN_PID="${LISTEN_PID:-$$}"; exec "$@""#;

/// The runner, not started yet.
pub struct Setup {
    command: Command,
    folder: TempDir,
    guests: usize,
}

impl Setup {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugbox"));
        command
            .arg("run")
            .env_remove("RUST_LOG")
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

    /// Starts in a folder with this plugbox.toml, which has so many components.
    pub fn manifest(mut self, text: &str, components: usize) -> Self {
        std::fs::write(self.folder.path().join("plugbox.toml"), text).unwrap();
        self.command.current_dir(self.folder.path());
        self.components(components)
    }

    /// Waits for so many components more, which arguments bring.
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
        let output = self.command.output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }
}

/// The runner while it serves. Killed when it is dropped.
pub struct Runner {
    child: Child,
    out: BufReader<ChildStdout>,
    /// The lines on standard output, one for each component.
    pub announced: Vec<String>,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    folder: TempDir,
}

impl Runner {
    /// One guest under the name `store`.
    pub fn of(guest: &str) -> Self {
        Setup::new().guest("store", guest).start()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn socket(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.sock"))
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits for a line of the log that has all of these words.
    pub fn logs(&self, words: &[&str]) -> String {
        eventually(&format!("a log line with {words:?}"), || {
            let log = self.log();
            let found = log
                .lines()
                .find(|line| words.iter().all(|word| line.contains(word)));
            found.map(str::to_owned)
        })
    }

    pub async fn channel(&self, name: &str) -> Channel {
        connect(&self.socket(name)).await
    }

    /// A client of a component's instance, before Init.
    pub async fn store(&self, name: &str, instance: &str) -> Store {
        Store::new(self.channel(name).await, instance)
    }

    /// A client of the default instance of `store`, after Init.
    pub async fn ready(&self) -> Store {
        let mut store = self.store("store", "").await;
        store.init(&[]).await.unwrap();
        store
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = i32::try_from(self.child.id()).unwrap();
        let id = rustix::process::Pid::from_raw(id).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Waits for its end: how it ended, and what else it wrote to standard output.
    pub fn wait(&mut self) -> (ExitStatus, String) {
        let status = eventually("the runner ends", || self.child.try_wait().unwrap());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        (status, rest)
    }

    /// CPU that it has used, in ticks of the system's clock (a hundredth of a second).
    pub fn cpu_ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // After the name in brackets, user and system time are the 12th and 13th field.
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let fields: Vec<_> = fields.split_whitespace().collect();
        [11, 12]
            .map(|field| fields[field].parse::<u64>().unwrap())
            .iter()
            .sum()
    }

    /// Waits until a second has passed in which it used no CPU.
    pub fn rests(&self) {
        let mut before = self.cpu_ticks();
        eventually("no CPU is used", || {
            thread::sleep(Duration::from_secs(1));
            let now = self.cpu_ticks();
            (std::mem::replace(&mut before, now) == now).then_some(())
        });
    }

    /// Bytes of memory that are resident.
    pub fn resident(&self) -> u64 {
        memory_of(self.id(), "VmRSS:").unwrap()
    }

    /// The most bytes that were resident at once, since it began or since [`Self::forget_peak`].
    pub fn peak(&self) -> u64 {
        memory_of(self.id(), "VmHWM:").unwrap()
    }

    pub fn forget_peak(&self) {
        // 5 stands for this, in proc(5).
        std::fs::write(format!("/proc/{}/clear_refs", self.id()), "5").unwrap();
    }

    /// How many threads it has.
    pub fn threads(&self) -> usize {
        self.entries("task")
    }

    /// How many files and sockets it has open.
    pub fn descriptors(&self) -> usize {
        self.entries("fd")
    }

    fn entries(&self, folder: &str) -> usize {
        let path = format!("/proc/{}/{folder}", self.child.id());
        std::fs::read_dir(path).unwrap().count()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("the runner's log:\n{}", self.log());
        }
    }
}

/// Bytes of memory of a process, by their name in `/proc/<id>/status`; none once it has ended.
pub fn memory_of(id: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// A request for an instance, as daprd marks it.
pub fn addressed<T>(message: T, instance: &str) -> Request<T> {
    let mut request = Request::new(message);
    if !instance.is_empty() {
        let value = instance.parse().unwrap();
        request.metadata_mut().insert("x-component-instance", value);
    }
    request
}

/// What an Init brings.
pub fn properties(properties: &[(&str, &str)]) -> Option<MetadataRequest> {
    Some(MetadataRequest {
        properties: pairs(properties),
    })
}

/// Metadata as messages have it.
fn pairs(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

/// A channel to a Unix socket.
pub async fn connect(socket: &Path) -> Channel {
    tonic::transport::Endpoint::from_shared(format!("unix:{}", socket.display()))
        .unwrap()
        .connect()
        .await
        .unwrap()
}

/// A connection that only sends: tonic's own watches the time limit itself, and would not see the server's answer.
#[derive(Clone)]
pub struct Plain(hyper::client::conn::http2::SendRequest<tonic::body::Body>);

impl Plain {
    pub async fn connect(socket: &Path) -> Self {
        let stream = tokio::net::UnixStream::connect(socket).await.unwrap();
        let executor = hyper_util::rt::TokioExecutor::new();
        let stream = hyper_util::rt::TokioIo::new(stream);
        let (sender, connection) = hyper::client::conn::http2::handshake(executor, stream)
            .await
            .unwrap();
        tokio::spawn(connection);
        Self(sender)
    }
}

impl tower::Service<http::Request<tonic::body::Body>> for Plain {
    type Response = http::Response<hyper::body::Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, hyper::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<tonic::body::Body>) -> Self::Future {
        let target = format!("http://localhost{}", request.uri().path());
        *request.uri_mut() = target.parse().unwrap();
        Box::pin(self.0.send_request(request))
    }
}

/// Asks again and again until there is an answer.
pub fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "never happened: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
