//! Compiled code on disk: wasmtime's own cache, with a seal for each entry.
//!
//! What lies in the cache is run as it is, and wasmtime does not look whether a disk has changed it since: one wrong bit is a
//! crash. So the folder belongs to the user alone, and each entry has a seal beside it: its checksum, and which guest it was made
//! of. Entries without one, because a process ended too early, are removed when the cache is opened. Those of a guest are held
//! against their seals before it is compiled; one that is wrong is removed, and then compiled anew. What other guests have there is
//! not read.

use crate::private::private_folder;
use anyhow::Context;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use sha2::{Digest, Sha256};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fs::{self, File},
    hash::{Hash, Hasher},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tempfile::NamedTempFile;
use wasmtime::{CacheConfig, Engine};

/// zstd's level for code: two and a half times the size of what wasmtime packs, and unpacked in a third of the time, which is much of a
/// start. wasmtime's own setting knows no such levels.
const LOOSE: i32 = -100;

/// How much of a file is read at once.
const CHUNK: usize = 64 << 10;

/// Where compiled code is kept from one start to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cache {
    /// Nowhere: each start compiles.
    Off,
    /// In this folder, which belongs to the user alone.
    At(PathBuf),
}

/// The cache's folder, once it is known to be good.
#[derive(Debug)]
pub(super) struct Sealed {
    folder: PathBuf,
    cache: wasmtime::Cache,
    unchecked: Mutex<Unchecked>,
}

/// What was there at the start and is not held against its seal yet: entries and their seals, by the checksum of their guest. Guests
/// that have the same are checked together, so a weak one does.
type Unchecked = HashMap<String, Vec<(PathBuf, PathBuf)>>;

/// Compiled code that must not be run, and cannot be removed.
#[derive(Debug, thiserror::Error)]
#[error(
    "what was compiled of it before is damaged, and cannot be removed: {}: {why}. Remove that, or do without a cache ({})",
    .entry.display(),
    crate::config::named::cache
)]
pub struct Damaged {
    /// The code.
    pub entry: PathBuf,
    /// Why it cannot be removed.
    pub why: io::Error,
}

impl Sealed {
    /// Makes the folder, or checks that it is private, and removes what has no seal in it.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        private_folder(folder)?;
        let folder = folder.to_owned();
        let mut config = CacheConfig::new();
        config
            .with_directory(folder.join("code"))
            // A better compression later would be an entry that its seal does not fit.
            .with_optimized_compression_usage_counter_threshold(u64::MAX);
        let sealed = Self {
            folder,
            cache: wasmtime::Cache::new(config)?,
            unchecked: Mutex::default(),
        };
        sealed.tidy()?;
        Ok(sealed)
    }

    /// Removes entries without a seal and seals without an entry, and notes the others.
    fn tidy(&self) -> anyhow::Result<()> {
        let mut unchecked = self.unchecked();
        // In this order, another runner that seals an entry now keeps it.
        let mut unsealed: HashSet<_> = self.entries().collect();
        for seal in files(&self.seals()) {
            match self.sealed_by(&seal) {
                Some((entry, guest)) if entry.is_file() => {
                    unsealed.remove(&entry);
                    unchecked.entry(guest).or_default().push((entry, seal));
                }
                // What it was for may be gone, by this or by wasmtime's own tidying.
                _ => remove(&seal).with_context(|| format!("cannot remove {}", seal.display()))?,
            }
        }
        for entry in unsealed {
            tracing::debug!(entry = %entry.display(), "compiled code without a seal is removed");
            remove(&entry).with_context(|| format!("cannot remove {}", entry.display()))?;
        }
        Ok(())
    }

    pub(super) fn cache(&self) -> &wasmtime::Cache {
        &self.cache
    }

    fn unchecked(&self) -> MutexGuard<'_, Unchecked> {
        self.unchecked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes what was compiled of a guest and cannot be trusted. To be called before wasmtime is given the guest.
    ///
    /// # Errors
    /// When there is such code and it cannot be removed.
    pub(super) fn check(&self, guest: &[u8]) -> Result<(), Damaged> {
        let guest = checksum(guest);
        // Whoever loads the same guest meanwhile waits for the answer.
        let mut unchecked = self.unchecked();
        for (entry, seal) in unchecked.get(&guest).into_iter().flatten() {
            if !holds(entry, seal) {
                tracing::debug!(entry = %entry.display(), "compiled code that its seal does not fit is removed");
                let removed = remove(entry).and_then(|()| remove(seal));
                removed.map_err(|why| Damaged {
                    entry: entry.clone(),
                    why,
                })?;
            }
        }
        unchecked.remove(&guest);
        Ok(())
    }

    /// Seals what wasmtime has just compiled of a guest. What cannot be sealed is compiled anew at the next start.
    pub(super) fn seal(&self, guest: &[u8], engine: &Engine) {
        let name = name(guest, engine);
        let entries = self.versions().map(|version| version.join(&name));
        let sealed = entries
            .filter(|entry| entry.is_file())
            .map(|entry| self.seal_entry(&entry, guest))
            .reduce(io::Result::and)
            .unwrap_or_else(|| Err(io::ErrorKind::NotFound.into()));
        match sealed {
            Ok(()) => {}
            // Another runner that starts now takes it for what a process left that ended too early.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                tracing::debug!(
                    "compiled code is gone before it was sealed, so the next start compiles"
                );
            }
            Err(error) => {
                tracing::warn!("cannot seal compiled code, so the next start compiles: {error}");
            }
        }
    }

    fn seal_entry(&self, entry: &Path, guest: &[u8]) -> io::Result<()> {
        let seal = self.seal_of(entry, guest);
        if seal.exists() {
            return Ok(());
        }
        fs::create_dir_all(self.seals())?;
        let code = zstd::decode_all(BufReader::with_capacity(CHUNK, File::open(entry)?))?;
        let loose = zstd::encode_all(code.as_slice(), LOOSE)?;
        self.write(entry, &loose)?;
        self.write(&seal, checksum(&loose).as_bytes())
    }

    /// Whole or not at all, as another process may read it now.
    fn write(&self, file: &Path, content: &[u8]) -> io::Result<()> {
        let mut new = NamedTempFile::new_in(self.seals())?;
        new.write_all(content)?;
        new.persist(file)?;
        Ok(())
    }

    /// Entries have no extension; wasmtime's statistics and what it is writing have one.
    fn entries(&self) -> impl Iterator<Item = PathBuf> {
        let entries = self.versions().flat_map(|version| files(&version));
        entries.filter(|path| path.extension().is_none() && path.is_file())
    }

    /// A folder for each version of wasmtime.
    fn versions(&self) -> impl Iterator<Item = PathBuf> {
        files(&self.modules()).into_iter()
    }

    /// `code/modules/<version>/<name>` is sealed by `seals/<version>.<name>.<checksum of the guest>`.
    fn seal_of(&self, entry: &Path, guest: &[u8]) -> PathBuf {
        let version = entry.parent().map(last).unwrap_or_default();
        let (name, guest) = (last(entry), checksum(guest));
        self.seals().join(format!("{version}.{name}.{guest}"))
    }

    /// The entry that a seal is for, and the checksum of its guest; none when this is no seal.
    fn sealed_by(&self, seal: &Path) -> Option<(PathBuf, String)> {
        let seal = last(seal);
        let (entry, guest) = seal.rsplit_once('.')?;
        let (version, name) = entry.rsplit_once('.')?;
        Some((self.modules().join(version).join(name), guest.to_owned()))
    }

    /// wasmtime's own folder, which tidies away what it does not know there.
    fn modules(&self) -> PathBuf {
        self.cache.directory().join("modules")
    }

    fn seals(&self) -> PathBuf {
        self.folder.join("seals")
    }
}

/// The name that wasmtime gives to what it compiles: a hash of all that decides what comes of it. It tells nobody, so this follows
/// what it does. Should it do otherwise, nothing is found under this name and nothing is sealed.
fn name(bytes: &[u8], engine: &Engine) -> String {
    /// It hashes with all bits of SHA-256.
    struct Hashed(Sha256);

    impl Hasher for Hashed {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }

        fn finish(&self) -> u64 {
            0
        }
    }

    let mut hashed = Hashed(Sha256::new());
    let (debug_info, intrinsics) = (None::<Cow<'_, [u8]>>, None::<&str>);
    let all = (
        engine.precompile_compatibility_hash(),
        bytes,
        debug_info,
        intrinsics,
    );
    all.hash(&mut hashed);
    BASE64_URL_SAFE_NO_PAD.encode(hashed.0.finalize())
}

fn holds(entry: &Path, seal: &Path) -> bool {
    match (fs::read_to_string(seal), checksum_of(entry)) {
        (Ok(seal), Ok(checksum)) => seal == checksum,
        _ => false,
    }
}

/// Against disks and cut-off writes. Against people there is the folder's mode.
fn checksum(bytes: &[u8]) -> String {
    checksum_text(crc32fast::hash(bytes), bytes.len())
}

/// The checksum of what is in a file, which is not held in memory for it.
fn checksum_of(file: &Path) -> io::Result<String> {
    let mut file = BufReader::with_capacity(CHUNK, File::open(file)?);
    let (mut crc, mut length) = (crc32fast::Hasher::new(), 0);
    loop {
        let read = match file.fill_buf()? {
            [] => return Ok(checksum_text(crc.finalize(), length)),
            chunk => {
                crc.update(chunk);
                chunk.len()
            }
        };
        file.consume(read);
        length += read;
    }
}

fn checksum_text(crc: u32, length: usize) -> String {
    format!("{crc:08x}-{length}")
}

/// Another runner may have been faster.
fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// What a folder holds; nothing where there is none.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// The last part of a path.
fn last(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
