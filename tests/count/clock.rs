//! Time for a program that valgrind makes slow: `clock.c`, to be loaded before the C library.

use anyhow::{Context, ensure};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Builds it in a folder, with the compiler that Rust links with.
pub fn build(folder: &Path) -> anyhow::Result<PathBuf> {
    let library = folder.join("clock.so");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o"])
        .arg(&library)
        .arg(super::root().join("tests/count/clock.c"))
        .arg("-ldl")
        .status()
        .context("there is no C compiler `cc`")?;
    ensure!(built.success(), "clock.c cannot be compiled: {built}");
    Ok(library)
}
