//! daprd beside the runner, and what applications ask of it.

use crate::{
    http::{self, Answer},
    process::{Process, program, until},
    support::{Runner, Setup as RunnerSetup, Store, connect, redis::RedisServer},
};
use hyper::header::{HeaderName, IF_MATCH};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};
use tempfile::TempDir;

/// Daprd's Component resource in most of these tests, of the component that the runner names `memory`.
pub const STORE: &str = "store";
pub const TYPE: &str = "state.memory";

/// The runner with the example store, and daprd with a resource of it.
pub struct Stand {
    // In this order they go: daprd first, so that it does not complain of a component that has gone.
    pub daprd: Daprd,
    pub runner: Runner,
    guests: Guests,
    sockets: TempDir,
    _redis: Option<RedisServer>,
}

/// What a runner serves, and how.
type Guests = Box<dyn Fn(RunnerSetup) -> RunnerSetup + Send + Sync>;

impl Stand {
    /// None where there is no daprd.
    pub async fn new() -> Option<Self> {
        Self::of(|daprd| daprd.resource(STORE, TYPE, &[])).await
    }

    /// With a daprd of one's own.
    pub async fn of(prepare: impl FnOnce(Setup) -> Setup) -> Option<Self> {
        Self::serving(
            |runner| runner.guest("memory", &crate::support::memory("state")),
            prepare,
        )
        .await
    }

    /// With guests and a daprd of one's own.
    pub async fn serving(
        guests: impl Fn(RunnerSetup) -> RunnerSetup + Send + Sync + 'static,
        prepare: impl FnOnce(Setup) -> Setup,
    ) -> Option<Self> {
        let program = program("daprd")?;
        let sockets = tempfile::tempdir().unwrap();
        let mut properties = Vec::new();
        let mut redis = None;
        let mut guests: Guests = Box::new(guests);
        if crate::support::memory("state") == "rust-redis" {
            let server = RedisServer::start()?;
            properties = vec![
                ("redisHost".to_owned(), server.address()),
                ("redeliverInterval".to_owned(), "100ms".to_owned()),
            ];
            let grant = server.grant();
            guests = Box::new(move |runner| guests(runner).arg(&grant));
            redis = Some(server);
        }
        let runner = runner(&guests, sockets.path());
        let setup = prepare(Setup::new(program, sockets.path(), properties));
        Some(Self {
            daprd: setup.start().await,
            runner,
            guests,
            sockets,
            _redis: redis,
        })
    }

    /// Another sidecar beside the same runner.
    pub async fn another(&self, prepare: impl FnOnce(Setup) -> Setup) -> Daprd {
        let Setup {
            program,
            properties,
            ..
        } = &self.daprd.setup;
        let setup = Setup::new(program.clone(), self.sockets.path(), properties.clone());
        let setup = prepare(setup);
        setup.start().await
    }

    /// Kills the runner and starts it again in the same place.
    pub fn restart_runner(&mut self) {
        self.runner.signal(Signal::KILL);
        self.runner.wait();
        self.runner = runner(&self.guests, self.sockets.path());
    }

    /// Where the runner's sockets are.
    pub fn sockets(&self) -> &Path {
        self.sockets.path()
    }

    /// What daprd speaks to, past daprd.
    pub async fn store(&self) -> Store {
        let channel = connect(&self.sockets().join("memory.sock")).await;
        Store::new(channel, STORE)
    }

    /// How often the runner has served Init for a resource, since it was started.
    pub fn inits(&self, resource: &str) -> usize {
        let instance = format!("instance=\"{resource}\"");
        let log = self.runner.log();
        log.lines()
            .filter(|line| line.contains("initialised") && line.contains(&instance))
            .count()
    }
}

fn runner(guests: &Guests, sockets: &Path) -> Runner {
    guests(RunnerSetup::new())
        .arg("--sockets")
        .arg(sockets)
        .start()
}

/// A sidecar, not started yet.
pub struct Setup {
    program: PathBuf,
    sockets: PathBuf,
    flags: Vec<String>,
    env: Vec<(String, String)>,
    /// The application's id.
    id: String,
    /// Other applications, as the tests' daprd finds them: an id, and the port for other sidecars.
    known: Vec<(String, u16)>,
    /// Where it is asked by gRPC, if somebody has to know that before it begins.
    grpc: Option<u16>,
    /// What each resource says that does not say otherwise.
    properties: Vec<(String, String)>,
    folder: TempDir,
}

impl Setup {
    fn new(program: PathBuf, sockets: &Path, properties: Vec<(String, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("resources")).unwrap();
        Self {
            program,
            sockets: sockets.to_owned(),
            flags: Vec::new(),
            env: Vec::new(),
            id: "app".to_owned(),
            known: Vec::new(),
            grpc: None,
            properties,
            folder,
        }
    }

    pub fn flag(mut self, flag: impl Into<String>) -> Self {
        self.flags.push(flag.into());
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn id(mut self, id: &str) -> Self {
        self.id = id.to_owned();
        self
    }

    /// Finds the application of another sidecar.
    pub fn knowing(mut self, other: &Daprd) -> Self {
        let other = (other.setup.id.clone(), other.internal);
        self.known.push(other);
        self
    }

    /// Is asked by gRPC on this port.
    pub fn at(mut self, port: u16) -> Self {
        self.grpc = Some(port);
        self
    }

    /// A preview feature of Dapr's, switched on.
    pub fn feature(self, name: &str) -> Self {
        let path = self.folder.path().join("config.json");
        let configuration = json!({
            "apiVersion": "dapr.io/v1alpha1",
            "kind": "Configuration",
            "metadata": { "name": "features" },
            "spec": { "features": [{ "name": name, "enabled": true }] },
        });
        fs::write(&path, configuration.to_string()).unwrap();
        self.flag(format!("--config={}", path.display()))
    }

    /// A Component resource.
    pub fn resource(self, name: &str, kind: &str, metadata: &[(&str, &str)]) -> Self {
        self.save(name, kind, metadata);
        self
    }

    /// Any resource.
    pub fn document(self, name: &str, resource: &Value) -> Self {
        self.save_document(name, resource);
        self
    }

    /// The port of an application, which daprd calls.
    pub fn app(self, port: u16) -> Self {
        self.flag(format!("--app-port={port}"))
    }

    /// The same, of an application that speaks gRPC.
    pub fn grpc_app(self, port: u16) -> Self {
        self.app(port).flag("--app-protocol=grpc")
    }

    fn save(&self, name: &str, kind: &str, metadata: &[(&str, &str)]) {
        let named = |name: &str| metadata.iter().any(|(known, _)| *known == name);
        let usual = self.properties.iter().filter(|(name, _)| !named(name));
        let usual = usual.map(|(name, value)| (&**name, &**value));
        let metadata = metadata.iter().copied().chain(usual);
        let resource = json!({
            "apiVersion": "dapr.io/v1alpha1",
            "kind": "Component",
            "metadata": { "name": name },
            "spec": {
                "type": kind,
                "version": "v1",
                "metadata": metadata
                    .map(|(name, value)| json!({ "name": name, "value": value }))
                    .collect::<Value>(),
            },
        });
        self.save_document(name, &resource);
    }

    fn save_document(&self, name: &str, resource: &Value) {
        // Moved to its place, so that daprd never reads half of it. All JSON is YAML.
        let file = format!("{name}.yaml");
        let fresh = self.folder.path().join(&file);
        fs::write(&fresh, resource.to_string()).unwrap();
        fs::rename(fresh, self.resources().join(file)).unwrap();
    }

    fn resources(&self) -> PathBuf {
        self.folder.path().join("resources")
    }

    fn command(&self, [http, grpc, internal, metrics]: [u16; 4]) -> Command {
        let grpc = self.grpc.unwrap_or(grpc);
        let env = self.env.iter().map(|(name, value)| (name, value));
        let known = self.known.iter().map(|(id, port)| (id, *port));
        // Its own, too: what calls an application by its id is not to know whose sidecar it asks.
        let known: Vec<_> = known
            .chain([(&self.id, internal)])
            .map(|(id, port)| format!("{id}=127.0.0.1:{port}"))
            .collect();
        let mut command = Command::new(&self.program);
        command
            .envs(env)
            .env("PLUGBOX_TEST_APPS", known.join(","))
            .env("DAPR_COMPONENTS_SOCKETS_FOLDER", &self.sockets)
            .env("DAPR_HOST_IP", "127.0.0.1")
            .arg(format!("--app-id={}", self.id))
            .arg("--resources-path")
            .arg(self.resources())
            .arg("--dapr-listen-addresses=127.0.0.1")
            .arg(format!("--dapr-http-port={http}"))
            .arg(format!("--dapr-grpc-port={grpc}"))
            .arg("--dapr-internal-grpc-listen-address=127.0.0.1")
            .arg(format!("--dapr-internal-grpc-port={internal}"))
            .arg("--enable-metrics=false")
            .arg(format!("--metrics-port={metrics}"))
            .args(&self.flags);
        command
    }

    async fn start(self) -> Daprd {
        let health = (0, "/v1.0/healthz");
        let prepare = |ports| self.command(ports);
        let (process, [http, grpc, internal, _]) = Process::start("daprd", prepare, health).await;
        Daprd {
            process,
            http,
            grpc: self.grpc.unwrap_or(grpc),
            internal,
            setup: self,
        }
    }
}

/// A sidecar that serves.
pub struct Daprd {
    process: Process,
    pub http: u16,
    pub grpc: u16,
    /// Where other sidecars ask it.
    internal: u16,
    setup: Setup,
}

impl Daprd {
    /// Kills it and starts another with the same resources, on other ports.
    pub async fn restart(self) -> Self {
        drop(self.process);
        self.setup.start().await
    }

    /// Kills it, until it is started again.
    pub fn end(&mut self) {
        self.process.end();
    }

    /// Waits until it has logged some words so many times.
    pub async fn logs(&self, words: &str, times: usize) {
        until(words, async || {
            let logged = self.process.log().matches(words).count();
            (logged >= times).then_some(())
        })
        .await;
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        self.process.signal(Signal::TERM);
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        self.process.ended().await
    }

    /// Saves a Component resource, new or changed. Daprd comes to see that by itself.
    pub fn save_resource(&self, name: &str, kind: &str, metadata: &[(&str, &str)]) {
        self.setup.save(name, kind, metadata);
    }

    pub fn remove_resource(&self, name: &str) {
        fs::remove_file(self.setup.resources().join(format!("{name}.yaml"))).unwrap();
    }

    pub async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(HeaderName, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let request = http::request(method, path, headers, body);
        http::send(self.http, request).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], Vec::new()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let body = body.to_string().into_bytes();
        self.call("POST", path, &[], body).await
    }

    /// What is stored under a key of a resource.
    pub async fn read_of(&self, resource: &str, key: &str) -> Answer {
        self.get(&format!("/v1.0/state/{resource}/{key}")).await
    }

    pub async fn read(&self, key: &str) -> Answer {
        self.read_of(STORE, key).await
    }

    /// Saves a list of items.
    pub async fn save_to(&self, resource: &str, items: Value) -> Answer {
        self.post(&format!("/v1.0/state/{resource}"), &items).await
    }

    pub async fn save(&self, items: Value) -> Answer {
        self.save_to(STORE, items).await
    }

    pub async fn bulk_read(&self, keys: &[&str]) -> Answer {
        let path = format!("/v1.0/state/{STORE}/bulk");
        self.post(&path, &json!({ "keys": keys })).await
    }

    pub async fn delete(&self, key: &str, etag: Option<&str>) -> Answer {
        let headers: Vec<_> = etag.into_iter().map(|etag| (IF_MATCH, etag)).collect();
        let path = format!("/v1.0/state/{STORE}/{key}");
        self.call("DELETE", &path, &headers, Vec::new()).await
    }

    pub async fn transact(&self, operations: Value) -> Answer {
        let path = format!("/v1.0/state/{STORE}/transaction");
        self.post(&path, &json!({ "operations": operations })).await
    }

    pub async fn query(&self, query: Value) -> Answer {
        let path = format!("/v1.0-alpha1/state/{STORE}/query");
        self.post(&path, &query).await
    }

    /// The etag of what is stored under a key.
    pub async fn etag(&self, key: &str) -> String {
        let answer = self.read(key).await;
        answer.header("etag").unwrap().to_owned()
    }

    /// The value that is stored under a key; none if it is missing.
    pub async fn value(&self, key: &str) -> Option<Value> {
        let answer = self.read(key).await;
        match answer.status {
            204 => None,
            200 => Some(answer.json()),
            _ => panic!("{answer:?}"),
        }
    }
}
