//! A server in a process of its own.

use super::{compare::Named, process};
use anyhow::{Context, bail, ensure};
use std::{
    env, fmt,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The flags that make this program the native server, and the native application.
const SERVE: &str = "--serve";
const SERVE_APP: &str = "--serve-app";

/// How the names begin of all servers that are plugbox.
pub const PLUGBOX: &str = "plugbox";

/// The name of the server that is Dapr's own.
pub const GO_SDK: &str = "Dapr's Go SDK";

/// The name of the component that is measured, and so of its socket.
const NAME: &str = "bench";

/// The name of the component beside it.
const NEIGHBOUR: &str = "neighbour";

/// How long a server may take until it serves.
const PATIENCE: Duration = Duration::from_secs(120);

/// Which instances serve an app's calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Instances {
    /// As many as plugbox thinks right.
    Usual,
    /// Up to so many.
    UpTo(usize),
    /// Each call has one of its own.
    OneEach,
}

/// Which server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// plugbox with a guest, and so many instances of it.
    Guest(&'static str, usize),
    /// plugbox with a guest, and one beside it that is stopped whenever a call of it takes a second.
    Beside(&'static str, &'static str),
    /// plugbox with so many components of one guest, and room for many instances, callers and streams of each.
    Components(&'static str, usize),
    /// plugbox with a guest that is an application.
    App(&'static str, Instances),
    /// tonic as it is: what there is without a sandbox.
    Native,
    /// The same as an application.
    NativeApp,
    /// Dapr's own store and broker behind Dapr's own SDK, in Go.
    GoSdk,
}

impl Kind {
    pub const fn guest(name: &'static str) -> Self {
        Self::Guest(name, 1)
    }

    /// What it is made of, and how to make that, if it is not there.
    pub fn missing(self) -> Option<String> {
        let (guests, other) = match self {
            Self::Guest(guest, _) | Self::Components(guest, _) | Self::App(guest, _) => {
                (vec![guest], None)
            }
            Self::Beside(guest, neighbour) => (vec![guest, neighbour], None),
            Self::Native | Self::NativeApp => (vec![], None),
            Self::GoSdk => (vec![], Some(program("component"))),
        };
        let guests = guests.into_iter().map(|one| (guest(one), "just guests"));
        let mut parts = guests.chain(other.map(|file| (file, "scripts/bench-go")));
        let (file, made) = parts.find(|(file, _)| !file.exists())?;
        Some(format!(
            "{} is missing: `{made}` builds it",
            file.file_name().unwrap_or_default().display()
        ))
    }

    fn command(self, folder: &Path, cache: bool) -> anyhow::Result<Command> {
        if let Some(missing) = self.missing() {
            bail!(missing);
        }
        Ok(match self {
            Self::Native => {
                let mut command = Command::new(env::current_exe()?);
                command.arg(SERVE).arg(socket(folder, NAME));
                command
            }
            Self::NativeApp => {
                let mut command = Command::new(env::current_exe()?);
                command.arg(SERVE_APP);
                command
            }
            Self::GoSdk => {
                let mut command = Command::new(program("component"));
                command
                    .args(["-name", NAME])
                    .env("DAPR_COMPONENT_SOCKETS_FOLDER", folder);
                command
            }
            Self::Guest(guest, instances) => {
                let mut command = components(folder, cache, [(NAME, guest)]);
                command.arg(format!("--instances={instances}"));
                command
            }
            Self::Beside(guest, neighbour) => {
                let guests = [(NAME, guest), (NEIGHBOUR, neighbour)];
                let mut command = components(folder, cache, guests);
                // That guests do as they are told is no news.
                command.arg("--timeout=1s").env("RUST_LOG", "off");
                command
            }
            Self::Components(guest, count) => {
                let guests = (0..count).map(|number| (component(number), guest));
                let mut command = components(folder, cache, guests);
                command.args(["--max-instances=1024", "--max-streams=1024", "--queue=1024"]);
                // That not every component could have all connections that it may have is no news.
                command.env("RUST_LOG", "plugbox=error");
                command
            }
            Self::App(guest, instances) => {
                let mut command = plugbox("app", folder, cache, [(NAME, guest)]);
                command.arg("--port=0");
                match instances {
                    Instances::Usual => &mut command,
                    Instances::UpTo(most) => command.arg(format!("--instances={most}")),
                    Instances::OneEach => command.arg("--isolation=call"),
                };
                command
            }
        })
    }

    fn is_plugbox(self) -> bool {
        !matches!(self, Self::Native | Self::NativeApp | Self::GoSdk)
    }

    /// How many components it announces.
    fn components(self) -> usize {
        match self {
            Self::Beside(..) => 2,
            Self::Components(_, count) => count,
            _ => 1,
        }
    }
}

impl Named for Kind {
    fn name(&self) -> String {
        match self {
            Self::Guest(guest, 1) => format!("{PLUGBOX}, {guest}"),
            Self::Guest(guest, instances) => format!("{PLUGBOX}, {guest} × {instances}"),
            Self::Beside(guest, neighbour) => format!("{PLUGBOX}, {guest} beside {neighbour}"),
            Self::Components(guest, count) => format!("{PLUGBOX}, {count} components of {guest}"),
            Self::App(guest, Instances::Usual) => format!("{PLUGBOX}, {guest}"),
            Self::App(guest, Instances::UpTo(most)) => format!("{PLUGBOX}, {guest} × {most}"),
            Self::App(guest, Instances::OneEach) => {
                format!("{PLUGBOX}, {guest}, one for each call")
            }
            Self::Native | Self::NativeApp => "tonic".to_owned(),
            Self::GoSdk => GO_SDK.to_owned(),
        }
    }
}

/// What is built for the benchmarks, and what they write.
pub fn output() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench")
}

/// A program of `benches/go`.
pub fn program(name: &str) -> PathBuf {
    output().join(name)
}

fn guest(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/guests/{name}.wasm"))
}

/// plugbox with components under names.
fn components(
    folder: &Path,
    cache: bool,
    guests: impl IntoIterator<Item = (impl fmt::Display, &'static str)>,
) -> Command {
    let mut command = plugbox("run", folder, cache, guests);
    command.arg("--sockets").arg(folder);
    command
}

/// plugbox with guests under names, for what a verb makes of them.
fn plugbox(
    verb: &str,
    folder: &Path,
    cache: bool,
    guests: impl IntoIterator<Item = (impl fmt::Display, &'static str)>,
) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugbox"));
    command
        .arg(verb)
        // One that runs on this machine already has the usual place.
        .env("PLUGBOX_ADMIN", folder.join("admin/admin.sock"))
        .env("RUST_LOG", "plugbox=warn");
    for (name, file) in guests {
        command.arg(format!("{name}={}", guest(file).display()));
    }
    match cache {
        true => command.env("XDG_CACHE_HOME", output().join("cache")),
        false => command.arg("--no-cache"),
    };
    command
}

/// The name of one of several components. The first is the one that is measured where there are no others.
fn component(number: usize) -> String {
    match number {
        0 => NAME.to_owned(),
        _ => format!("{NAME}-{number}"),
    }
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// The port of the address of this machine that a line names.
fn port(line: &str) -> Option<u16> {
    let mut words = line.split([' ', ',', '\n']);
    let address = words.find_map(|word| word.parse::<SocketAddr>().ok())?;
    (address.ip() == Ipv4Addr::LOCALHOST).then_some(address.port())
}

fn socket(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.sock"))
}

/// A server that serves. Killed when it is dropped.
pub struct Server {
    kind: Kind,
    child: Child,
    folder: TempDir,
    /// Where it serves, if it is an application.
    port: Option<u16>,
    /// Kept, so that what it may still print has somewhere to go.
    _out: Option<ChildStdout>,
}

impl Server {
    /// Starts it, and returns when it serves. Guests come from the cache; the first time, they are compiled for it before.
    pub fn start(kind: Kind) -> anyhow::Result<Self> {
        // A process that has compiled a guest holds more memory.
        if kind.is_plugbox() {
            drop(Self::start_once(kind, true)?);
        }
        Self::start_once(kind, true)
    }

    /// The same, with guests from the cache as it is, or compiled.
    pub fn start_once(kind: Kind, cache: bool) -> anyhow::Result<Self> {
        let started = || {
            let folder = tempfile::tempdir()?;
            let mut command = kind.command(folder.path(), cache)?;
            command.stdin(Stdio::null());
            // What says nothing of its socket there may say so much else that it would fill a pipe.
            let tells = kind != Kind::GoSdk;
            command.stdout(if tells { Stdio::piped() } else { Stdio::null() });
            let mut child = command.spawn()?;
            let out = child.stdout.take();
            let mut server = Self {
                kind,
                child,
                folder,
                port: None,
                _out: None,
            };
            match out {
                Some(out) => server._out = Some(server.announces(out)?),
                None => server.accepts()?,
            }
            anyhow::Ok(server)
        };
        started().with_context(|| format!("{} does not start", kind.name()))
    }

    /// Waits for the lines that say where it serves.
    fn announces(&mut self, out: ChildStdout) -> anyhow::Result<ChildStdout> {
        let mut out = BufReader::new(out);
        for _ in 0..self.kind.components() {
            let mut line = String::new();
            if out.read_line(&mut line)? == 0 {
                bail!("it ended before it served ({})", self.child.wait()?);
            }
            self.port = port(&line);
        }
        Ok(out.into_inner())
    }

    /// Waits until one can connect, of a server that does not tell.
    fn accepts(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while UnixStream::connect(self.socket()).is_err() {
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended before it served ({status})");
            }
            ensure!(begun.elapsed() < PATIENCE, "nobody can connect to it");
            thread::sleep(Duration::from_micros(200));
        }
        Ok(())
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn socket(&self) -> PathBuf {
        socket(self.folder.path(), NAME)
    }

    /// Where it serves, if it is an application.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Where its sockets are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The socket of the component beside it.
    pub fn neighbour(&self) -> PathBuf {
        socket(self.folder.path(), NEIGHBOUR)
    }

    /// The sockets of all its components.
    pub fn sockets(&self) -> Vec<PathBuf> {
        let components = 0..self.kind.components();
        components
            .map(|number| socket(self.folder.path(), &component(number)))
            .collect()
    }

    /// MiB of memory that are resident.
    pub fn resident(&self) -> anyhow::Result<f64> {
        process::resident(self.id()).map(mebibytes)
    }

    /// MiB of that which are of no file.
    pub fn private(&self) -> anyhow::Result<f64> {
        process::private(self.id()).map(mebibytes)
    }
}

impl Named for Server {
    fn name(&self) -> String {
        self.kind.name()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
