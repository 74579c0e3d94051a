//! A sidecar beside a server: a real daprd, and how to reach it.

use super::{
    client::http::{Call, Requests},
    server::Server,
};
use anyhow::{Context, bail, ensure};
use http::Method;
use serde_json::json;
use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The name of the resource that applications ask for.
pub const STORE: &str = "store";

/// How long it may take until it serves.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is started where its ports are taken, and what it says then.
const TRIES: usize = 3;
const TAKEN: &str = "address already in use";

/// Where `just daprd` puts it.
pub fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/daprd/daprd")
}

/// A sidecar that serves. Killed when it is dropped.
pub struct Daprd {
    child: Child,
    pub http: u16,
    pub grpc: u16,
    _folder: TempDir,
}

impl Daprd {
    /// Starts one with a resource of the server's component, and returns when it is healthy.
    pub async fn beside(server: &Server) -> anyhow::Result<Self> {
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
        let resources = folder.path().join("resources");
        fs::create_dir(&resources)?;
        fs::write(resources.join("store.yaml"), resource.to_string())?;
        let log = folder.path().join("log");
        let [http, grpc, internal] = free_ports()?;
        let child = Command::new(program())
            .env("DAPR_COMPONENTS_SOCKETS_FOLDER", server.folder())
            .env("DAPR_HOST_IP", "127.0.0.1")
            .args([
                "--app-id=app",
                "--log-level=error",
                "--enable-metrics=false",
            ])
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
        let health = Call {
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

    pub fn id(&self) -> u32 {
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
