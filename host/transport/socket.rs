//! A Unix socket where clients look: bound with care and removed at the end, or passed by whoever bound it.

use super::access::{Access, Entry};
use crate::config::named;
use anyhow::{Context, bail};
use rustix::fs::FileType;
use std::{
    fs, io,
    os::unix::{
        fs::FileTypeExt,
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};
use tokio::net::UnixSocket;

/// The most bytes of a socket's path: 108 with the zero at its end (`man 7 unix`).
const PATH_LIMIT: usize = 107;

/// Connections that may wait to be accepted; the system may allow fewer.
pub(super) const BACKLOG: u32 = 1024;

/// A socket that this process listens on. Its file is removed when it is dropped, if this process made it.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
    _file: Option<Bound>,
}

/// The file of a socket, removed when this is dropped.
#[derive(Debug)]
struct Bound(Entry);

impl Socket {
    /// Binds a path. Its folder is made where there is none. What a process that ended left behind is replaced; a socket that is
    /// served by a process that lives is not. Nobody connects before it has its rights.
    ///
    /// # Errors
    /// When the path is too long, is taken, or cannot be written to; when the rights cannot be given; outside a tokio runtime.
    pub fn bind(path: PathBuf, access: &Access) -> anyhow::Result<Self> {
        let length = path.as_os_str().len();
        if length > PATH_LIMIT {
            bail!(
                "the socket's path {} has {length} bytes, and a Unix socket's path can have {PATH_LIMIT}: use a shorter folder ({}) or name",
                path.display(),
                named::sockets
            );
        }
        access.make_folder(path.parent().unwrap_or(Path::new("")))?;
        make_room(&path)?;
        let bind = || {
            let socket = UnixSocket::new_stream()?;
            socket.bind(&path)?;
            io::Result::Ok(socket)
        };
        let socket =
            bind().with_context(|| format!("cannot bind the socket {}", path.display()))?;
        let file = Bound(Entry::open(&path, FileType::Socket)?);
        access.grant(&file.0)?;
        // Until now whoever tried to connect was refused.
        let listener = socket.listen(BACKLOG)?.into_std()?;
        Ok(Self {
            listener,
            path,
            _file: Some(file),
        })
    }

    /// One that somebody else has bound to this path, with the rights that it is to have, and will remove.
    pub(super) fn passed(listener: UnixListener, path: &Path) -> Self {
        Self {
            listener,
            path: path.to_owned(),
            _file: None,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The listener, once more.
    pub(super) fn listener(&self) -> io::Result<UnixListener> {
        self.listener.try_clone()
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        // It may have been replaced by another process's, which is not ours to remove.
        if self.0.in_place() {
            // Whoever cannot remove it now could not a moment later either; the next start replaces it.
            let _ = fs::remove_file(&self.0.path);
        }
    }
}

/// Removes a socket that no process listens on any more.
fn make_room(path: &Path) -> anyhow::Result<()> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot look at {}", path.display()));
        }
    };
    if !metadata.file_type().is_socket() {
        bail!(
            "{} is in the way: it is no socket. Remove it, or use another name",
            path.display()
        );
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            tracing::info!(socket = %path.display(), "replacing the socket of a process that has ended");
            fs::remove_file(path)
                .with_context(|| format!("cannot remove the stale socket {}", path.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(_) => bail!(
            "{} is served by another process. Stop that one, or use another name or folder ({})",
            path.display(),
            named::sockets
        ),
        Err(error) => Err(error).with_context(|| {
            format!(
                "cannot tell whether {} is served by another process",
                path.display()
            )
        }),
    }
}
