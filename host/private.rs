//! Folders for the runner's user alone: what lies there is run as it is, or is secret.

use anyhow::ensure;
use std::{
    fs,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::Path,
};

/// Makes a folder, and what is missing above it, or checks that nobody else can write to it or read from it.
///
/// # Errors
/// When it cannot be made, is another's, or is open to others: its rights are not mended, for what others have seen or left there
/// is not undone by that.
pub fn private_folder(folder: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let metadata = fs::symlink_metadata(folder)?;
    ensure!(metadata.is_dir(), "it is not a folder");
    let own = rustix::process::geteuid().as_raw();
    ensure!(metadata.uid() == own, "it belongs to another user");
    ensure!(
        metadata.mode() & 0o077 == 0,
        "others can enter it (chmod 700 makes it private)"
    );
    Ok(())
}
