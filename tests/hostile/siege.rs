//! A runner with a guest that attacks and a neighbour that must not notice, and what both cost.

use crate::support::{
    App, PATIENCE, Runner, Setup, Store, addressed,
    app::{port, section},
    broker::Broker,
    eventually, guest,
    latency::Latency,
    properties, repository,
};
use plugbox::proto::dapr::{
    InputBindingInitRequest, ReadRequest, ReadResponse, input_binding_client::InputBindingClient,
};
use std::{
    path::PathBuf,
    process::Command,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Streaming, transport::Channel};

pub const MIB: u64 = 1 << 20;

/// How long a call may take in a siege: attacks that never end take so long.
const TIMEOUTS: [&str; 2] = ["--timeout=2s", "--start-timeout=2s"];
/// The neighbour's connections: as many as the runner can have threads, so that one surely shares the attacker's.
const CONNECTIONS: usize = 8;
/// The neighbour's calls before the attack, and again after it.
const CALLS: u64 = 400;
/// What the runner may keep of attacks that are over: pages that its allocator holds on to, for each thread that met one.
const KEPT: u64 = 208 * MIB;
/// What the log may grow by in one attack, in bytes. 500 lines at once and 100 a second are let through, 4 KiB each.
const LOGGED: usize = 8 << 20;

/// A runner under attack.
pub struct Siege {
    pub runner: Runner,
    attacker: Channel,
    neighbours: Vec<Store>,
    /// Bytes that were resident before the first attack.
    begin: u64,
    _guest: Option<Module>,
}

impl Siege {
    pub async fn start() -> Self {
        Self::with(|setup| setup).await
    }

    /// With grants or limits of its own.
    pub async fn with(more: impl FnOnce(Setup) -> Setup) -> Self {
        // To compile a guest takes memory that would hide what grows: the next start finds it compiled.
        static COMPILED: OnceLock<()> = OnceLock::new();
        let setup = || Setup::new().guest("attacker", "hostile-attacks");
        COMPILED.get_or_init(|| drop(with_neighbour(setup()).start()));
        Self::of(more(setup()), None).await
    }

    /// With a guest of another file.
    pub async fn with_module(name: &str) -> Self {
        let module = Module::new(name);
        let setup = || Setup::new().file("attacker", &module.path);
        drop(with_neighbour(setup()).start());
        Self::of(setup(), Some(module)).await
    }

    /// With an application that does what it is told, on a port.
    pub async fn of_app(settings: &str) -> Self {
        let section = section("attacker", "hostile-probe-app", port(), settings);
        // Components that words name would be served instead of what a manifest has.
        let neighbour = guest("rust-memory-state");
        let neighbour = format!("[component.neighbour]\nguest = '{}'\n", neighbour.display());
        let manifest = section + &neighbour;
        let start = || Setup::new().manifest(&manifest, 2).args(TIMEOUTS).start();
        drop(start());
        let runner = start();
        let attacker = runner.app("attacker").await.channel;
        Self::on(runner, attacker, None).await
    }

    async fn of(setup: Setup, guest: Option<Module>) -> Self {
        let runner = with_neighbour(setup).start();
        let attacker = runner.channel("attacker").await;
        Self::on(runner, attacker, guest).await
    }

    async fn on(runner: Runner, attacker: Channel, guest: Option<Module>) -> Self {
        let mut neighbours = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut neighbour = runner.store("neighbour", "").await;
            neighbour.init(&[]).await.unwrap();
            neighbours.push(neighbour);
        }
        Self {
            attacker,
            begin: runner.resident(),
            runner,
            neighbours,
            _guest: guest,
        }
    }

    /// What the attacker's clients speak through. One connection, so that open files are the guest's.
    pub fn channel(&self) -> Channel {
        self.attacker.clone()
    }

    /// The attacker as an application.
    pub async fn app(&self) -> App {
        self.runner.app("attacker").await
    }

    /// The attacker as a state store, before Init.
    pub fn idle(&self, instance: &str) -> Store {
        Store::new(self.channel(), instance)
    }

    /// The attacker as a state store.
    pub async fn store(&self, attack: &str) -> Store {
        let mut store = self.idle("");
        store.init(&[("attack", attack)]).await.unwrap();
        store
    }

    /// The attacker as a broker.
    pub async fn broker(&self, attack: &str) -> Broker {
        self.brokers(attack, "").await
    }

    /// One instance of the attacker as a broker.
    pub async fn brokers(&self, attack: &str, instance: &str) -> Broker {
        let mut broker = Broker::new(self.channel(), instance);
        broker.init(&[("attack", attack)]).await.unwrap();
        broker
    }

    /// The attacker as an input binding, with an open stream.
    pub async fn events(&self, attack: &str) -> Events {
        self.instances_events(attack, "").await
    }

    /// One instance of the attacker as an input binding, with an open stream.
    pub async fn instances_events(&self, attack: &str, instance: &str) -> Events {
        let mut client = InputBindingClient::new(self.channel());
        let metadata = properties(&[("attack", attack)]);
        let init = addressed(InputBindingInitRequest { metadata }, instance);
        client.init(init).await.unwrap();
        let (frames, sent) = mpsc::unbounded_channel();
        frames.send(ReadRequest::default()).unwrap();
        let read = addressed(UnboundedReceiverStream::new(sent), instance);
        let events = client.read(read).await.unwrap().into_inner();
        Events { frames, events }
    }

    /// Waits for the end of an attack, which always comes. Meanwhile, and before and after, the neighbour is served; the runner's
    /// memory is never more than so many bytes above that of its beginning, and goes back; and it has as many open files afterwards
    /// as before.
    pub async fn withstands<T>(&self, growth: u64, attack: impl Future<Output = T>) -> T {
        let mut neighbours = self.neighbours.clone();
        let calm = calls(&mut neighbours).await;
        let logged = self.runner.log().len();
        let before = (self.runner.resident(), self.runner.descriptors());
        self.runner.forget_peak();
        let busy = Meanwhile::begin(self.neighbours.clone());
        let outcome = tokio::time::timeout(PATIENCE * 2, attack).await;
        let outcome = outcome.expect("the attack never ends");
        let busy = busy.end().await;
        let peak = self.runner.peak();
        let after = calls(&mut neighbours).await;
        println!(
            "memory {} -> {} -> {} MiB; neighbour {calm}, {busy}, {after}",
            before.0 / MIB,
            peak / MIB,
            self.runner.resident() / MIB,
        );
        let grown = peak.saturating_sub(self.begin);
        assert!(grown <= growth, "it grew by {} MiB", grown / MIB);
        eventually("the memory goes back", || {
            (self.runner.resident() <= self.begin + KEPT).then_some(())
        });
        self.closes(before.1);
        let log = &self.runner.log()[logged..];
        assert!(log.len() < LOGGED, "it logged {} bytes", log.len());
        is_sound(log);
        outcome
    }

    /// Waits until no more files and sockets are open than this.
    pub fn closes(&self, descriptors: usize) {
        eventually("what was opened is closed", || {
            (self.runner.descriptors() <= descriptors).then_some(())
        });
    }
}

/// The neighbour, and limits that end an attack soon.
fn with_neighbour(setup: Setup) -> Setup {
    setup.guest("neighbour", "rust-memory-state").args(TIMEOUTS)
}

/// That a log is lines of text, none of them a panic of the host's own.
pub fn is_sound(log: &str) {
    for line in log.lines() {
        let odd = |letter: &char| letter.is_control() && *letter != '\t';
        assert_eq!(line.chars().find(odd), None, "{line:?}");
        let is_guests = line.contains("stderr: ");
        assert!(is_guests || !line.contains("panicked"), "{line}");
    }
}

/// An open stream of an input binding's events.
pub struct Events {
    frames: mpsc::UnboundedSender<ReadRequest>,
    events: Streaming<ReadResponse>,
}

impl Events {
    /// The next event, which must come.
    pub async fn next(&mut self) -> ReadResponse {
        let next = tokio::time::timeout(PATIENCE, self.events.message());
        next.await.expect("no event came").unwrap().unwrap()
    }

    /// That nothing comes, as far as a moment can tell: the test that relies on it fails only if something does.
    pub async fn nothing(&mut self) {
        let next = tokio::time::timeout(Duration::from_millis(300), self.events.message());
        if let Ok(event) = next.await {
            panic!("{event:?}");
        }
    }

    pub fn answer(&self, id: &str) {
        let message_id = id.to_owned();
        let frame = ReadRequest {
            message_id,
            ..Default::default()
        };
        self.frames.send(frame).unwrap();
    }
}

/// A guest that is made of a core module's text, from `guests/hostile/modules`.
pub struct Module {
    pub path: PathBuf,
    _folder: TempDir,
}

impl Module {
    pub fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = repository().join(format!("guests/hostile/modules/{name}.wat"));
        let core = folder.path().join("core.wasm");
        std::fs::write(&core, wat::parse_file(text).unwrap()).unwrap();
        let path = folder.path().join(format!("{name}.wasm"));
        let made = Command::new(env!("CARGO_BIN_EXE_plugbox"))
            .arg("componentize")
            .arg(&core)
            .args(["--world=hello-guest", "-o"])
            .arg(&path)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        Self {
            path,
            _folder: folder,
        }
    }
}

/// The neighbour's calls, in turn on each connection. All of them must succeed.
async fn calls(neighbours: &mut [Store]) -> Latency {
    let mut latency = Latency::new();
    while latency.count() < CALLS {
        for neighbour in &mut *neighbours {
            latency.call(neighbour).await;
        }
    }
    latency
}

/// The neighbour's calls while something else goes on.
struct Meanwhile {
    over: Arc<AtomicBool>,
    calls: JoinHandle<Latency>,
}

impl Meanwhile {
    fn begin(mut neighbours: Vec<Store>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let is_over = over.clone();
        let calls = tokio::spawn(async move {
            let mut latency = Latency::new();
            loop {
                for neighbour in &mut neighbours {
                    latency.call(neighbour).await;
                }
                if is_over.load(Ordering::Relaxed) {
                    return latency;
                }
            }
        });
        Self { over, calls }
    }

    async fn end(self) -> Latency {
        self.over.store(true, Ordering::Relaxed);
        self.calls.await.unwrap()
    }
}
