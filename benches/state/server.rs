//! A server in a process of its own, and what the system says about it.

use super::native;
use anyhow::{Context, bail};
use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::OnceLock,
    time::Duration,
};
use tempfile::TempDir;

/// Which server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// plugbox with this guest.
    Guest(&'static str),
    /// tonic as it is.
    Native,
    /// The native store behind plugbox's own sockets and threads.
    NativePinned,
}

impl Kind {
    pub fn name(self) -> String {
        match self {
            Self::Guest(guest) => format!("plugbox, {guest}"),
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
            Self::Guest(guest) => {
                let file = Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join(format!("target/guests/{guest}.wasm"));
                if !file.exists() {
                    bail!("{} is missing: `just guests` builds it", file.display());
                }
                let mut command = Command::new(env!("CARGO_BIN_EXE_plugbox"));
                command
                    .args(["run", "--name=store", "--sockets"])
                    .args([folder, &file])
                    .env("RUST_LOG", "plugbox=warn");
                match cache {
                    Some(cache) => command.env("XDG_CACHE_HOME", cache),
                    None => command.arg("--no-cache"),
                };
                Ok(command)
            }
        }
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("store.sock")
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

    /// The processor time that it has had, as the system counts it: in hundredths of a second on most.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let stat = self.proc("stat")?;
        // The second field is the program's name, in parentheses, and can be anything; the fields 14 and 15 are what counts.
        let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
        let mut fields = fields.split_ascii_whitespace().skip(11);
        let mut ticks =
            || -> anyhow::Result<f64> { Ok(fields.next().context("stat is too short")?.parse()?) };
        let ticks = ticks()? + ticks()?;
        Ok(Duration::from_secs_f64(ticks / ticks_per_second()?))
    }

    /// Bytes of memory that are resident.
    pub fn resident(&self) -> anyhow::Result<u64> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_ascii_whitespace().next());
        Ok(kib.context("no VmRSS in status")?.parse::<u64>()? * 1024)
    }

    fn proc(&self, file: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        fs::read_to_string(&path).with_context(|| path)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ticks_per_second() -> anyhow::Result<f64> {
    static TICKS: OnceLock<f64> = OnceLock::new();
    if let Some(ticks) = TICKS.get() {
        return Ok(*ticks);
    }
    let output = Command::new("getconf")
        .arg("CLK_TCK")
        .output()
        .context("getconf does not run")?;
    let ticks = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(*TICKS.get_or_init(|| ticks))
}
