//! Compiled code on disk: wasmtime's own cache, with a seal for each entry.
//!
//! What lies in the cache is run as it is, and wasmtime does not look whether a disk has changed it since: one wrong bit is a
//! crash. So the folder belongs to the user alone, and each entry has a seal beside it, its checksum. Before the cache is used,
//! entries with a wrong seal, or with none because a process ended too early, are removed, and then compiled anew.

use crate::private::private_folder;
use anyhow::Context;
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    process,
};

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
}

impl Sealed {
    /// Makes the folder, or checks that it is private, and removes what cannot be trusted in it.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        private_folder(folder)?;
        let sealed = Self {
            folder: folder.to_owned(),
        };
        let mut kept = HashSet::new();
        for entry in sealed.entries() {
            if sealed.holds(&entry) {
                kept.insert(sealed.seal_of(&entry));
            } else {
                tracing::debug!(entry = %entry.display(), "compiled code that cannot be trusted is removed");
                remove(&entry)?;
            }
        }
        // What a seal was for may be gone, by this or by wasmtime's own tidying.
        for seal in files(&sealed.seals()) {
            if !kept.contains(&seal) {
                remove(&seal)?;
            }
        }
        Ok(sealed)
    }

    /// wasmtime's cache in this folder.
    ///
    /// # Errors
    /// When wasmtime does not take the folder.
    pub(super) fn cache(&self) -> wasmtime::Result<wasmtime::Cache> {
        let mut config = wasmtime::CacheConfig::new();
        config
            .with_directory(self.code())
            // A better compression later would be an entry that its seal does not fit.
            .with_optimized_compression_usage_counter_threshold(u64::MAX);
        wasmtime::Cache::new(config)
    }

    /// Seals the entries that have come since. An entry that cannot be sealed is compiled anew at the next start.
    pub(super) fn seal(&self) {
        for entry in self.entries() {
            let seal = self.seal_of(&entry);
            if seal.exists() {
                continue;
            }
            if let Err(error) = write_seal(&entry, &seal) {
                tracing::warn!("cannot seal compiled code, so the next start compiles: {error}");
            }
        }
    }

    /// Entries have no extension; wasmtime's statistics and what it is writing have one.
    fn entries(&self) -> Vec<PathBuf> {
        let versions = files(&self.code().join("modules"));
        versions
            .iter()
            .flat_map(|version| files(version))
            .filter(|path| path.extension().is_none() && path.is_file())
            .collect()
    }

    /// wasmtime's own folder: it tidies away what it does not know there.
    fn code(&self) -> PathBuf {
        self.folder.join("code")
    }

    /// `code/modules/<version>/<name>` is sealed by `seals/<version>-<name>`.
    fn seal_of(&self, entry: &Path) -> PathBuf {
        let name = |path: Option<&Path>| {
            let name = path.and_then(Path::file_name).unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let name = format!("{}-{}", name(entry.parent()), name(Some(entry)));
        self.seals().join(name)
    }

    fn seals(&self) -> PathBuf {
        self.folder.join("seals")
    }

    fn holds(&self, entry: &Path) -> bool {
        match (fs::read_to_string(self.seal_of(entry)), fs::read(entry)) {
            (Ok(seal), Ok(code)) => seal == checksum(&code),
            _ => false,
        }
    }
}

/// Another runner may have been faster.
fn remove(file: &Path) -> anyhow::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}

/// Against disks and cut-off writes. Against people there is the folder's mode.
fn checksum(bytes: &[u8]) -> String {
    format!("{:08x} {}", crc32fast::hash(bytes), bytes.len())
}

/// Whole or not at all, as another process may read it now.
fn write_seal(entry: &Path, seal: &Path) -> io::Result<()> {
    if let Some(folder) = seal.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = seal.with_extension(format!("new-{}", process::id()));
    fs::write(&new, checksum(&fs::read(entry)?))?;
    fs::rename(&new, seal)
}

/// What a folder holds; nothing where there is none.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}
