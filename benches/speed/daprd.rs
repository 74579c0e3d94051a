//! A sidecar beside a server: a real daprd, and how to reach it.

use super::{
    client::{
        self, Call,
        connection::{self, Connection},
        http::{self, Requests},
    },
    compare::{Named, Sample},
    server::{Kind, Server},
};
use ::http::{Method, Uri};
use anyhow::{Context, bail, ensure};
use serde_json::json;
use std::{
    fmt,
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The id of its application.
pub const APP: &str = "app";

/// The name of the resource that applications ask for.
pub const STORE: &str = "store";

/// How long it may take until it serves.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is started where its ports are taken, and what it says then.
const TRIES: usize = 3;
const TAKEN: &str = "address already in use";

/// Where `just daprd` puts it.
fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/daprd/daprd")
}

/// What to do about it, if it is not there.
pub fn missing() -> Option<&'static str> {
    (!program().exists()).then_some("daprd is missing: `just daprd` builds it")
}

/// Where a method of its gRPC API is.
pub fn method(name: &str) -> anyhow::Result<Uri> {
    connection::path("dapr.proto.runtime.v1.Dapr", name)
}

#[derive(Clone, Copy)]
pub enum Api {
    Http,
    Grpc,
}

pub const APIS: [Api; 2] = [Api::Http, Api::Grpc];

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "HTTP",
            Self::Grpc => "gRPC",
        })
    }
}

/// What is asked of it, by one of its APIs.
pub enum Calls {
    Http(Arc<[http::Call]>),
    Grpc(Arc<[Call]>),
}

/// A server, and the daprd of its own.
pub struct Pair {
    // It goes first, so that it does not complain of a server that has gone.
    pub daprd: Daprd,
    server: Server,
}

impl Named for Pair {
    fn name(&self) -> String {
        self.server.name()
    }
}

impl Pair {
    pub async fn start(kind: Kind) -> anyhow::Result<Self> {
        let server = Server::start(kind)?;
        let daprd = Daprd::beside(&server).await?;
        Ok(Self { daprd, server })
    }

    /// Has so many callers call daprd: by HTTP each over a connection of its own, by gRPC all over one.
    pub async fn sample(
        &self,
        calls: &Calls,
        callers: usize,
        lasts: Duration,
    ) -> anyhow::Result<Sample> {
        let Self { daprd, server } = self;
        let processes = [server.id(), daprd.id()];
        match calls {
            Calls::Http(calls) => {
                let mut all = Vec::new();
                for _ in 0..callers {
                    all.push(Requests::to(daprd.http, calls).await?);
                }
                client::measured(all, lasts, &processes).await
            }
            Calls::Grpc(calls) => {
                let connection = Connection::to(daprd.grpc).await?;
                let all = client::callers(&[connection], callers, calls);
                client::measured(all, lasts, &processes).await
            }
        }
    }
}

/// A sidecar that serves. Killed when it is dropped.
pub struct Daprd {
    child: Child,
    http: u16,
    pub grpc: u16,
    _folder: TempDir,
}

impl Daprd {
    /// Starts one that calls the server as its application, or has a resource of its component, and returns when it is healthy.
    async fn beside(server: &Server) -> anyhow::Result<Self> {
        let mut tries = 0..TRIES;
        loop {
            tries.next();
            match Self::start(server).await {
                // A port was free when it was chosen, and no longer when daprd came to it.
                Err(error) if !tries.is_empty() && format!("{error:#}").contains(TAKEN) => {}
                started => return started,
            }
        }
    }

    async fn start(server: &Server) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let resources = folder.path().join("resources");
        fs::create_dir(&resources)?;
        let log = folder.path().join("log");
        let [http, grpc, internal] = free_ports()?;
        let mut command = Command::new(program());
        match server.port() {
            Some(port) => {
                command
                    .arg("--app-protocol=grpc")
                    .arg(format!("--app-port={port}"));
            }
            None => write_resource(server, &resources)?,
        }
        let child = command
            .env("DAPR_COMPONENTS_SOCKETS_FOLDER", server.folder())
            .env("DAPR_HOST_IP", "127.0.0.1")
            // Where this daprd, which knows no other, finds an application: its own.
            .env("PLUGBOX_TEST_APPS", format!("{APP}=127.0.0.1:{internal}"))
            .arg(format!("--app-id={APP}"))
            .args(["--log-level=error", "--enable-metrics=false"])
            .arg("--resources-path")
            .arg(resources)
            .arg("--dapr-listen-addresses=127.0.0.1")
            .arg("--dapr-internal-grpc-listen-address=127.0.0.1")
            .arg(format!("--dapr-http-port={http}"))
            .arg(format!("--dapr-grpc-port={grpc}"))
            .arg(format!("--dapr-internal-grpc-port={internal}"))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::create(folder.path().join("errors"))?)
            .spawn()?;
        let mut daprd = Self {
            child,
            http,
            grpc,
            _folder: folder,
        };
        let healthy = daprd.healthy().await;
        healthy.with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        Ok(daprd)
    }

    async fn healthy(&mut self) -> anyhow::Result<()> {
        let health = http::Call {
            method: Method::GET,
            path: "/v1.0/healthz".to_owned(),
            body: Default::default(),
            least: 0,
        };
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                bail!("daprd has ended ({status})");
            }
            let asked = async {
                let mut requests = Requests::to(self.http, &Arc::from([])).await?;
                requests.send(&health).await
            };
            if asked.await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("daprd is not healthy")
    }

    fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Daprd {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says that there is a store, which the server is.
fn write_resource(server: &Server, folder: &Path) -> anyhow::Result<()> {
    let component = server.socket();
    let component = component.file_stem().context("a socket has a name")?;
    let resource = json!({
        "apiVersion": "dapr.io/v1alpha1",
        "kind": "Component",
        "metadata": { "name": STORE },
        "spec": {
            "type": format!("state.{}", component.display()),
            "version": "v1",
        },
    });
    // All JSON is YAML.
    fs::write(folder.join("store.yaml"), resource.to_string())?;
    Ok(())
}

/// Ports of 127.0.0.1 at which nobody listened a moment ago.
fn free_ports<const N: usize>() -> anyhow::Result<[u16; N]> {
    let mut ports = [0; N];
    // All at once, so that they differ.
    let mut listeners = Vec::new();
    for port in &mut ports {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        *port = listener.local_addr()?.port();
        listeners.push(listener);
    }
    ensure!(!ports.contains(&0), "there is no port");
    Ok(ports)
}
