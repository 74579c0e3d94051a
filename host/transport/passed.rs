//! Sockets that a service manager has bound, and passed to this process when it started it. Whoever connects while no runner lives
//! waits in them for the next one.

use super::{Access, Socket};
use anyhow::{Context, ensure};
use listenfd::ListenFd;
use rustix::net::sockopt;
use std::{
    env, fs, io,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixListener},
    },
    path::{self, Path, PathBuf},
    sync::OnceLock,
};

/// The variable that has the sockets' names, with colons between them.
const NAMES: &str = "LISTEN_FDNAMES";

/// The sockets that were passed. They stay open, so that what is served on one can leave it and come back.
#[derive(Debug, Default)]
pub struct Passed {
    listeners: Vec<Listener>,
}

#[derive(Debug)]
struct Listener {
    listener: UnixListener,
    /// Where it is bound.
    path: PathBuf,
    /// What its unit calls it (`FileDescriptorName=`).
    name: String,
    /// The path of what took it.
    taken: OnceLock<PathBuf>,
}

impl Passed {
    /// Those that the environment tells of (`LISTEN_PID`, `LISTEN_FDS`, `LISTEN_FDNAMES`); none when it means another process.
    /// Nothing that this process starts has them too. To be called once, before anything opens files or starts threads: they are
    /// known by their numbers alone.
    ///
    /// # Errors
    /// When one is no Unix socket that listens.
    pub fn from_environment() -> anyhow::Result<Self> {
        let names = env::var(NAMES).unwrap_or_default();
        let mut names = names.split(':');
        let mut passed = ListenFd::from_env();
        let mut listeners = Vec::with_capacity(passed.len());
        for index in 0..passed.len() {
            let name = names.next().unwrap_or_default();
            let listener = take(&mut passed, index).with_context(|| {
                format!(
                    "the socket '{name}', number {} of those that were passed (LISTEN_FDS), cannot be served. plugbox takes Unix sockets that listen: in the socket's unit, ListenStream= has a path, and Accept= is not set",
                    index + 1
                )
            })?;
            listeners.extend(listener.map(|it| Listener::new(it, name)).transpose()?);
        }
        Ok(Self { listeners })
    }

    /// The socket of a component, `<folder>/<name>.sock`: one that was passed for it, or one that is bound now.
    ///
    /// # Errors
    /// As [`Socket::bind`] has them.
    pub fn bind(&self, folder: &Path, name: &str, access: &Access) -> anyhow::Result<Socket> {
        self.at(folder.join(format!("{name}.sock")), name, access)
    }

    /// The same, with a path of its own.
    ///
    /// # Errors
    /// Likewise.
    pub fn at(&self, path: PathBuf, name: &str, access: &Access) -> anyhow::Result<Socket> {
        match self.find(&path, name) {
            Some(found) => {
                tracing::debug!(socket = %found.path.display(), "'{name}' listens on a socket that was passed");
                Ok(Socket::passed(found.listener.try_clone()?, &found.path))
            }
            None => Socket::bind(path, access),
        }
    }

    /// The socket at this path. Where none is, one of this name that is elsewhere: all sockets of a unit have its name, so beside
    /// this path it belongs to whatever its own path says.
    fn find(&self, path: &Path, name: &str) -> Option<&Listener> {
        let path = resolved(path);
        let free = |it: &&Listener| it.taken.get().is_none_or(|other| *other == path);
        let elsewhere = |it: &&Listener| it.path.parent() != path.parent();
        let mut listeners = self.listeners.iter().filter(free);
        let mut of_name = self.listeners.iter().filter(free).filter(elsewhere);
        let found = listeners
            .find(|it| it.path == path)
            .or_else(|| of_name.find(|it| it.name == name))?;
        found.taken.get_or_init(|| path);
        Some(found)
    }

    /// Warns of those that nothing has taken: their clients wait, and nobody answers.
    pub fn tell_of_idle(&self) {
        for Listener { path, name, .. } in self.idle() {
            tracing::warn!(
                "the socket {} ('{name}') was passed, and belongs to no component: whoever connects to it is not answered. Name a component like the socket's file, in the folder of the sockets; or name the socket like a component (FileDescriptorName= in its unit); or take it out of its unit",
                path.display()
            );
        }
    }

    fn idle(&self) -> impl Iterator<Item = &Listener> {
        let listeners = self.listeners.iter();
        listeners.filter(|it| it.taken.get().is_none())
    }
}

impl Listener {
    fn new(listener: UnixListener, name: &str) -> io::Result<Self> {
        Ok(Self {
            path: bound_to(&listener.local_addr()?),
            listener,
            name: name.to_owned(),
            taken: OnceLock::new(),
        })
    }
}

/// The socket of an index, as tokio takes it.
fn take(passed: &mut ListenFd, index: usize) -> anyhow::Result<Option<UnixListener>> {
    let listener = passed.take_unix_listener(index)?;
    if let Some(listener) = &listener {
        ensure!(sockopt::socket_acceptconn(listener)?, "it does not listen");
        listener.set_nonblocking(true)?;
    }
    Ok(listener)
}

/// The path of a socket; one that is no file is written with an `@`, as elsewhere.
fn bound_to(address: &SocketAddr) -> PathBuf {
    let of_file = address.as_pathname().map(resolved);
    of_file.unwrap_or_else(|| {
        let name = address.as_abstract_name().unwrap_or_default();
        PathBuf::from(format!("@{}", String::from_utf8_lossy(name)))
    })
}

/// One spelling of each path. What is not to be seen from here, as in a container, stays as it is written.
fn resolved(path: &Path) -> PathBuf {
    let whole = fs::canonicalize(path).or_else(|_| path::absolute(path));
    whole.unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    /// Sockets at paths below a folder, with their names.
    fn passed(folder: &TempDir, sockets: &[(&str, &str)]) -> Passed {
        let listener = |(path, name): &(&str, &str)| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            Listener::new(UnixListener::bind(path).unwrap(), name).unwrap()
        };
        Passed {
            listeners: sockets.iter().map(listener).collect(),
        }
    }

    #[test]
    fn a_socket_is_its_paths_and_elsewhere_its_names() {
        // What is passed, who asks, and what each gets: none binds its own.
        type Row<'a> = (
            &'a [(&'a str, &'a str)],
            &'a [&'a str],
            &'a [Option<&'a str>],
        );
        let table: &[Row] = &[
            (&[("s/a.sock", "x.socket")], &["a"], &[Some("s/a.sock")]),
            (&[("s/a.sock", "x.socket")], &["b"], &[None]),
            (&[("t/x.sock", "a")], &["b", "a"], &[None, Some("t/x.sock")]),
            (
                &[("s/b.sock", "a"), ("s/a.sock", "a")],
                &["a", "b"],
                &[Some("s/a.sock"), Some("s/b.sock")],
            ),
            // The name of another component's socket is its unit's.
            (&[("s/b.sock", "a")], &["a", "b"], &[None, Some("s/b.sock")]),
            (
                &[("t/a.sock", "a"), ("s/a.sock", "a")],
                &["a"],
                &[Some("s/a.sock")],
            ),
            // Again, as after a reload.
            (
                &[("t/x.sock", "a"), ("t/y.sock", "a")],
                &["a", "a"],
                &[Some("t/x.sock"), Some("t/x.sock")],
            ),
        ];
        for (sockets, names, expected) in table {
            let folder = tempfile::tempdir().unwrap();
            let passed = passed(&folder, sockets);
            let found: Vec<_> = names
                .iter()
                .map(|name| {
                    let path = folder.path().join(format!("s/{name}.sock"));
                    passed.find(&path, name).map(|it| it.path.clone())
                })
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|path| path.map(|path| folder.path().join(path)))
                .collect();
            assert_eq!(found, expected, "{sockets:?}");
        }
    }

    #[test]
    fn a_folder_has_many_paths() {
        let folder = tempfile::tempdir().unwrap();
        let passed = passed(&folder, &[("s/a.sock", "")]);
        let link = folder.path().join("link");
        symlink(folder.path().join("s"), &link).unwrap();
        assert!(passed.find(&link.join("a.sock"), "a").is_some());
        // Also where the file itself is not to be seen.
        let path = folder.path().join("s/a.sock");
        fs::remove_file(&path).unwrap();
        assert!(passed.find(&path, "a").is_some());
    }

    #[test]
    fn what_nothing_took_is_idle() {
        let folder = tempfile::tempdir().unwrap();
        let passed = passed(&folder, &[("s/a.sock", ""), ("s/b.sock", "")]);
        passed.find(&folder.path().join("s/a.sock"), "a");
        let idle: Vec<_> = passed.idle().map(|it| &it.path).collect();
        assert_eq!(idle, [&folder.path().join("s/b.sock")]);
    }
}
