//! A folder in which what Init brought outlives the runner, for clients that send it once.
//!
//! It can hold secrets: the folder and its files are for the runner's user alone, and no message has what is in them. A file is
//! written beside its place and moved there once it is on disk, so that it is there as a whole or not at all; what was changed
//! since, or is none of ours, is set aside and not trusted.

mod record;

use crate::{
    config::named,
    engine::{Block, Init},
    private::private_folder,
    text::hex,
};
use anyhow::{Context, bail};
use record::Record;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{runtime::Handle, sync::Mutex};

/// What the name of a file ends with, and that of one that is being written.
const KEPT: &str = ".init";
const NEW: &str = ".init.new";
/// What is added to the name of one that cannot be trusted.
const ASIDE: &str = ".aside";

/// The file whose lock tells that the folder is taken.
const LOCK: &str = "lock";

/// Bytes of a file that are read: more than the properties of one Init may have, however they are written.
const LARGEST: u64 = 32 << 20;

/// Letters of a component's name, and of an instance id, that the name of a file shows.
const SHOWN: usize = 48;

/// The folder, for as long as the runner has it.
#[derive(Debug)]
pub struct Kept {
    folder: PathBuf,
    /// Nobody else has the folder while this is open.
    _lock: File,
    /// One file is written at a time.
    turn: Mutex<()>,
}

/// What the Init of an instance brought before the runner was started.
pub struct Restored {
    /// The instance id.
    pub instance: String,
    /// What Init brought.
    pub init: Init,
}

/// Why a file is of no use.
enum Unread {
    Unreadable(io::Error),
    Untrusted(&'static str),
}

impl Kept {
    /// Takes the folder, and makes it where there is none.
    ///
    /// # Errors
    /// When another runner has it, when it is open to others, or cannot be written to.
    pub fn open(folder: &Path) -> anyhow::Result<Arc<Self>> {
        let taken = Self::take(folder).with_context(|| {
            format!(
                "cannot keep what Init brings in {} ({})",
                folder.display(),
                named::state_dir
            )
        })?;
        Ok(Arc::new(taken))
    }

    fn take(folder: &Path) -> anyhow::Result<Self> {
        // What a link leads to must be private, and not the link.
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        private_folder(&folder)?;
        let lock = File::options()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!("another runner has this folder. Stop that one, or name another folder")
            }
            Err(TryLockError::Error(error)) => return Err(error).context("it cannot be locked"),
        }
        let kept = Self {
            folder,
            _lock: lock,
            turn: Mutex::default(),
        };
        for name in kept.names()? {
            if name.ends_with(NEW) {
                // Its Init was not answered. If it stays, it takes up room and no more.
                let _ = fs::remove_file(kept.folder.join(&name));
            }
        }
        // That it can be written to is known before anything relies on it.
        kept.begin()?;
        Ok(kept)
    }

    /// What was kept for a component, one after the other. What cannot be trusted is set aside, with a line in the log.
    pub fn of(&self, component: &str) -> impl Iterator<Item = Restored> {
        let names = self.names().unwrap_or_else(|error| {
            let folder = self.folder.display();
            tracing::error!(
                component,
                "cannot read {folder}, so no Init is replayed: {error}"
            );
            Vec::new()
        });
        let begin = format!("{}.", shown(component));
        let names = names
            .into_iter()
            .filter(move |name| name.starts_with(&begin) && name.ends_with(KEPT));
        names.filter_map(move |name| self.restored(component, &name))
    }

    fn restored(&self, component: &str, name: &str) -> Option<Restored> {
        match self.read(name) {
            // Names that differ can look alike.
            Ok((record, _)) if record.component != component => None,
            Ok((record, init)) => Some(Restored {
                instance: record.instance,
                init,
            }),
            Err(why) => {
                self.refuse(component, name, &why);
                None
            }
        }
    }

    fn read(&self, name: &str) -> Result<(Record, Init), Unread> {
        let file = File::open(self.folder.join(name)).map_err(Unread::Unreadable)?;
        let mut bytes = Vec::new();
        let read = file.take(LARGEST).read_to_end(&mut bytes);
        read.map_err(Unread::Unreadable)?;
        let record = Record::read(&bytes).map_err(Unread::Untrusted)?;
        let unknown =
            Unread::Untrusted("it is of a building block that this plugbox does not know");
        let (record, init) = record.init().ok_or(unknown)?;
        if file_name(&record.component, &record.instance, init.block()) != name {
            return Err(Unread::Untrusted("it was written under another name"));
        }
        Ok((record, init))
    }

    fn refuse(&self, component: &str, name: &str, why: &Unread) {
        // Nothing in the file can be relied on, not even whose it is.
        let mut parts = name.split('.').skip(1);
        let mut part = || parts.next().unwrap_or_default();
        let (instance, block) = (part(), part());
        let path = self.folder.join(name);
        let aside = self.folder.join(format!("{name}{ASIDE}"));
        let (why, left) = match why {
            Unread::Unreadable(error) => (error.to_string(), "It is left where it is".to_owned()),
            Unread::Untrusted(why) => match fs::rename(&path, &aside) {
                Ok(()) => (why.to_string(), "It is set aside".to_owned()),
                Err(error) => (why.to_string(), format!("It cannot be set aside: {error}")),
            },
        };
        tracing::error!(
            component,
            instance,
            block,
            file = %path.display(),
            "what Init brought was kept and cannot be used: {why}. {left}. Calls get FAILED_PRECONDITION until the client sends Init again"
        );
    }

    /// Keeps what the Init of a block brought, or forgets it where none holds any more. Returns when that is on disk, or the log
    /// says why it is not. `latest` is asked when it is this one's turn.
    pub async fn keep(
        self: &Arc<Self>,
        aside: &Handle,
        component: &str,
        instance: &str,
        block: Block,
        latest: impl FnOnce() -> Option<Arc<Init>>,
    ) {
        let _turn = self.turn.lock().await;
        let init = latest();
        let kept = self.clone();
        let (of, id) = (component.to_owned(), instance.to_owned());
        let write = move || {
            let name = file_name(&of, &id, block);
            match init {
                Some(init) => kept.write(&name, &Record::new(&of, &id, &init).write()?),
                None => kept.forget(&name),
            }
        };
        // A disk can be slow, and the threads that serve are not to wait for it.
        if let Ok(Err(error)) = aside.spawn_blocking(write).await {
            tracing::error!(
                component,
                instance,
                block = block.title(),
                "what Init brought is not kept: {error}. It holds until plugbox is started again, and then the client must send it again"
            );
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.folder.join(name);
        // A client that was started again brings what it brought before.
        if fs::read(&path).is_ok_and(|before| before == bytes) {
            return self.sync();
        }
        self.replace(&path, bytes).map_err(|error| {
            // Better none than one that does not hold any more: it could lead to another's data.
            match self.forget(name) {
                Ok(()) => error,
                Err(other) => io::Error::other(format!(
                    "{error}, and what was kept before cannot be removed: {other}"
                )),
            }
        })
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut new = self.begin()?;
        new.write_all(bytes)?;
        new.as_file().sync_all()?;
        new.persist(path).map_err(|error| error.error)?;
        self.sync()
    }

    fn forget(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.sync(),
        }
    }

    /// A new file, for this user alone, that is removed unless it is moved to its place.
    fn begin(&self) -> io::Result<tempfile::NamedTempFile> {
        tempfile::Builder::new()
            .suffix(NEW)
            .tempfile_in(&self.folder)
    }

    /// Has the names of files be on disk, too.
    fn sync(&self) -> io::Result<()> {
        match File::open(&self.folder)?.sync_all() {
            // Some file systems know no such thing.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            synced => synced,
        }
    }

    /// Of all files, in the order of the alphabet.
    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            // Ours are all of them text.
            names.extend(entry?.file_name().into_string());
        }
        names.sort();
        Ok(names)
    }
}

/// `<component>.<instance>.<block>.<hash>.init`, where the hash alone tells one from another, and the rest is for people: a client may
/// name its instance anything.
fn file_name(component: &str, instance: &str, block: Block) -> String {
    let mut hash = Sha256::new();
    for part in [component, instance, block.name()] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let hash = hex(&hash.finalize());
    // Half of it tells more files apart than there are.
    let hash = hash.get(..32).unwrap_or(&hash);
    let (component, instance) = (shown(component), shown(instance));
    format!("{component}.{instance}.{}.{hash}{KEPT}", block.name())
}

/// What the name of a file shows of another name.
fn shown(name: &str) -> String {
    let letters = name.chars().take(SHOWN);
    let plain = |letter: char| match letter {
        letter if letter.is_ascii_alphanumeric() || letter == '-' => letter,
        _ => '_',
    };
    letters.map(plain).collect()
}

#[cfg(test)]
mod tests;
