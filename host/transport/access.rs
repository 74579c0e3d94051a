//! Who may connect: the rights of a socket's file, and of the folders that the runner makes for it.

use crate::config::named;
use anyhow::{Context, bail};
use rustix::{
    fd::{AsFd, AsRawFd, OwnedFd},
    fs::{AtFlags, FileType, Gid, Mode, OFlags, Stat},
};
use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

/// The rights of a socket. Whoever may write to it may connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The mode of its file.
    pub mode: u32,
    /// The group of its file; without one it is the runner's.
    pub group: Option<u32>,
}

impl Access {
    /// Makes a folder, and what is missing above it, for those who may connect: for the runner's user, for the group where one is
    /// named, for everybody where the socket is. A folder that is there is left alone.
    ///
    /// # Errors
    /// When it cannot be made, or not for this group.
    pub(super) fn make_folder(&self, folder: &Path) -> anyhow::Result<()> {
        let missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let missing: Vec<_> = folder.ancestors().take_while(missing).collect();
        for folder in missing.into_iter().rev() {
            self.make(folder).with_context(|| {
                format!(
                    "cannot make the folder {} for the sockets (another is named by {})",
                    folder.display(),
                    named::sockets
                )
            })?;
        }
        Ok(())
    }

    fn make(&self, folder: &Path) -> anyhow::Result<()> {
        match fs::DirBuilder::new().mode(0o700).create(folder) {
            // Another runner was quicker.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
            made => made?,
        }
        let entry = Entry::open(folder, FileType::Directory)?;
        self.give_to_group(&entry)?;
        Ok(entry.allow(self.of_folder())?)
    }

    fn of_folder(&self) -> u32 {
        let everybody = self.mode & 0o006 != 0;
        match (everybody, self.group) {
            (true, _) => 0o755,
            (false, Some(_)) => 0o750,
            (false, None) => 0o700,
        }
    }

    /// Gives the rights to a socket that is bound, and that nobody can connect to yet.
    ///
    /// # Errors
    /// When the group cannot be given, or the file is a socket no more.
    pub(super) fn grant(&self, socket: &Entry) -> anyhow::Result<()> {
        self.give_to_group(socket)?;
        socket.allow(self.mode).with_context(|| {
            format!(
                "cannot set the mode of {} ({})",
                socket.path.display(),
                named::socket_mode
            )
        })
    }

    fn give_to_group(&self, entry: &Entry) -> anyhow::Result<()> {
        let Some(group) = self.group else {
            return Ok(());
        };
        entry.give_to(group).with_context(|| {
            format!(
                "cannot give {} to the group {group} ({}): that is for root, and for members of the group",
                entry.path.display(),
                named::socket_group
            )
        })
    }
}

/// A file by its descriptor: whatever takes its place at its path, it stays the one that was opened.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) path: PathBuf,
    file: OwnedFd,
    stat: Stat,
}

impl Entry {
    /// # Errors
    /// When there is no file of this kind at the path; symbolic links are not followed.
    pub(super) fn open(path: &Path, kind: FileType) -> anyhow::Result<Self> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::open(path, flags, Mode::empty())?;
        let stat = rustix::fs::fstat(&file)?;
        if FileType::from_raw_mode(stat.st_mode) != kind {
            bail!("somebody has put another file at {}", path.display());
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            stat,
        })
    }

    /// Whether it is what its path leads to.
    pub(super) fn in_place(&self) -> bool {
        rustix::fs::lstat(&self.path)
            .is_ok_and(|now| (now.st_dev, now.st_ino) == (self.stat.st_dev, self.stat.st_ino))
    }

    fn give_to(&self, group: u32) -> io::Result<()> {
        let group = Some(Gid::from_raw(group));
        rustix::fs::chownat(self.file.as_fd(), "", None, group, AtFlags::EMPTY_PATH)?;
        Ok(())
    }

    fn allow(&self, mode: u32) -> io::Result<()> {
        // A descriptor that only names a file has no fchmod.
        let file = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        rustix::fs::chmod(file, Mode::from_raw_mode(mode))?;
        Ok(())
    }
}
