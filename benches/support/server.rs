//! A server in a process of its own, and what the system says about it.

use super::native;
use anyhow::{Context, bail};
use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// Which server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// plugbox with this guest.
    Guest(&'static str),
    /// plugbox with a guest, and one beside it that is stopped whenever a call of it takes a second.
    Beside(&'static str, &'static str),
    /// tonic as it is.
    Native,
    /// The native server behind plugbox's own sockets and threads.
    NativePinned,
}

impl Kind {
    pub fn name(self) -> String {
        match self {
            Self::Guest(guest) => format!("plugbox, {guest}"),
            Self::Beside(guest, neighbour) => format!("plugbox, {guest} beside {neighbour}"),
            Self::Native => "native".to_owned(),
            Self::NativePinned => "native, served as plugbox serves".to_owned(),
        }
    }

    fn command(self, folder: &Path, cache: Option<&Path>) -> anyhow::Result<Command> {
        let native = |word| -> anyhow::Result<Command> {
            let mut command = Command::new(env::current_exe()?);
            command.arg(word).arg(socket(folder));
            Ok(command)
        };
        match self {
            Self::Native => native(native::SERVE),
            Self::NativePinned => native(native::SERVE_PINNED),
            Self::Guest(guest) => plugbox(folder, cache, &[("bench", guest)]),
            Self::Beside(guest, neighbour) => {
                let guests = [("bench", guest), (NEIGHBOUR, neighbour)];
                let mut command = plugbox(folder, cache, &guests)?;
                // That guests do as they are told is no news.
                command.arg("--timeout=1s").env("RUST_LOG", "off");
                Ok(command)
            }
        }
    }
}

/// plugbox with guests by their names.
fn plugbox(
    folder: &Path,
    cache: Option<&Path>,
    guests: &[(&str, &str)],
) -> anyhow::Result<Command> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugbox"));
    command
        .args(["run".as_ref(), "--sockets".as_ref(), folder])
        .env("RUST_LOG", "plugbox=warn");
    for (name, guest) in guests {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/guests/{guest}.wasm"));
        if !file.exists() {
            bail!("{} is missing: `just guests` builds it", file.display());
        }
        command.arg(format!("{name}={}", file.display()));
    }
    match cache {
        Some(cache) => command.env("XDG_CACHE_HOME", cache),
        None => command.arg("--no-cache"),
    };
    Ok(command)
}

/// The name of the component beside the one that is measured.
const NEIGHBOUR: &str = "neighbour";

fn socket(folder: &Path) -> PathBuf {
    folder.join("bench.sock")
}

/// A server that serves. Killed when it is dropped.
pub struct Server {
    kind: Kind,
    child: Child,
    folder: TempDir,
    _out: BufReader<ChildStdout>,
}

impl Server {
    /// Starts it, and returns when it has announced its socket. What it compiles is kept in `cache`, if there is one.
    pub fn start(kind: Kind, cache: Option<&Path>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = kind.command(folder.path(), cache)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("{} cannot be started", kind.name()))?;
        let out = child.stdout.take().context("it has no output")?;
        let mut server = Self {
            kind,
            child,
            folder,
            _out: BufReader::new(out),
        };
        if server._out.read_line(&mut String::new())? == 0 {
            let status = server.child.wait()?;
            bail!("{} ended before it served ({status})", kind.name());
        }
        Ok(server)
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn name(&self) -> String {
        self.kind.name()
    }

    pub fn socket(&self) -> PathBuf {
        socket(self.folder.path())
    }

    /// The socket of the component beside it.
    pub fn neighbour(&self) -> PathBuf {
        self.folder.path().join(format!("{NEIGHBOUR}.sock"))
    }

    /// The processor time of its threads. They all stay as long as the server does.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let mut total = 0;
        for file in self.threads("schedstat")? {
            let time = file.split_ascii_whitespace().next();
            total += time.context("schedstat is empty")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(total))
    }

    /// How often its threads have gone to sleep, and so been woken.
    pub fn wakes(&self) -> anyhow::Result<u64> {
        let mut total = 0;
        for file in self.threads("status")? {
            total += field(&file, "voluntary_ctxt_switches:")?;
        }
        Ok(total)
    }

    /// Bytes of memory that are resident.
    pub fn resident(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(self.proc().join("status"))?;
        Ok(field(&status, "VmRSS:")? * 1024)
    }

    /// A file of each thread.
    fn threads(&self, file: &str) -> anyhow::Result<Vec<String>> {
        let mut files = Vec::new();
        for thread in fs::read_dir(self.proc().join("task"))? {
            files.push(fs::read_to_string(thread?.path().join(file))?);
        }
        Ok(files)
    }

    fn proc(&self) -> PathBuf {
        format!("/proc/{}", self.child.id()).into()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number that the system says under a name.
fn field(status: &str, name: &str) -> anyhow::Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_ascii_whitespace().next());
    let number = number.with_context(|| format!("no {name} in status"))?;
    Ok(number.parse()?)
}
