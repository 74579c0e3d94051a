//! A Unix socket in the folder where clients look: bound with care, removed at the end.

use anyhow::{Context, bail};
use std::{
    fs, io,
    os::unix::{
        fs::{DirBuilderExt, FileTypeExt, MetadataExt},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};

/// The most bytes of a socket's path: 108 with the zero at its end (`man 7 unix`).
const PATH_LIMIT: usize = 107;

/// A socket that this process listens on. Its file is removed when it is dropped.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
    /// Device and inode of the file: it may be replaced by another process's, which is not ours to remove.
    file: (u64, u64),
}

impl Socket {
    /// Binds `<folder>/<name>.sock`. The folder is made, private to the user, where there is none. What a process that ended left
    /// behind is replaced; a socket that is served by a process that lives is not.
    ///
    /// # Errors
    /// When the path is too long, is taken, or cannot be written to.
    pub fn bind(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let path = folder.join(format!("{name}.sock"));
        let length = path.as_os_str().len();
        if length > PATH_LIMIT {
            bail!(
                "the socket's path {} has {length} bytes, and a Unix socket's path can have {PATH_LIMIT}: use a shorter folder (--sockets) or name",
                path.display()
            );
        }
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| {
                format!(
                    "cannot make the folder {} for the sockets (--sockets names another)",
                    folder.display()
                )
            })?;
        make_room(&path)?;
        let listener = UnixListener::bind(&path)
            .with_context(|| format!("cannot bind the socket {}", path.display()))?;
        listener.set_nonblocking(true)?;
        let file = identity(&path)?;
        Ok(Self {
            listener,
            path,
            file,
        })
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

impl Drop for Socket {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|file| file == self.file) {
            // Whoever cannot remove it now could not a moment later either; the next start replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::symlink_metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
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
            "{} is served by another process. Stop that one, or use another name or folder (--sockets)",
            path.display()
        ),
        Err(error) => Err(error).with_context(|| {
            format!(
                "cannot tell whether {} is served by another process",
                path.display()
            )
        }),
    }
}
