//! The real runner as a child process, and real gRPC to it.

#![allow(dead_code)] // Each test program uses a part of it.

pub mod app;
pub mod broker;
pub mod dapr;
pub mod latency;
pub mod redis;
mod setup;
mod store;

pub use app::App;
pub use setup::Setup;
pub use store::Store;

use plugbox::proto::dapr::MetadataRequest;
use std::{
    collections::HashMap,
    io::{BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    pin::Pin,
    process::{Child, ChildStdout, ExitStatus},
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

/// The runner while it serves. Killed when it is dropped.
pub struct Runner {
    child: Child,
    out: BufReader<ChildStdout>,
    /// The lines on standard output, one for each component and each application.
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

    /// Where an application is served.
    pub fn address(&self, app: &str) -> SocketAddr {
        let begin = format!("{app}: app (");
        let mut lines = self.announced.iter();
        let line = lines.find(|line| line.starts_with(&begin)).unwrap();
        let (_, place) = line.split_once(") on ").unwrap();
        place.split(' ').next().unwrap().parse().unwrap()
    }

    /// A client of an application.
    pub async fn app(&self, name: &str) -> App {
        App::at(self.address(name)).await
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
