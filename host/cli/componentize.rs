//! `plugbox componentize`: a guest of what a compiler made.

use super::World;
use crate::author::componentize;
use bytesize::ByteSize;
use std::path::PathBuf;

/// Make a guest, which is a component, of the core module that a compiler made.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -ldflags=-checklinkname=0 -o core.wasm
  plugbox componentize core.wasm -o guest.wasm

Calls of WASI preview 1, which Go and C make, are turned into those of WASI 0.2.")]
pub struct Componentize {
    /// The core module.
    #[arg(value_name = "CORE.wasm")]
    core: PathBuf,

    /// Where the guest is written.
    #[arg(short, long, value_name = "GUEST.wasm")]
    output: PathBuf,

    #[command(flatten)]
    world: World,

    /// Write over a file that is not WebAssembly.
    #[arg(long)]
    force: bool,
}

impl Componentize {
    /// # Errors
    /// When the file cannot become a guest, or the guest cannot be written.
    pub(super) fn execute(self) -> anyhow::Result<String> {
        let size = componentize(&self.core, &self.output, &self.world.into(), self.force)?;
        let size = ByteSize(size as u64);
        Ok(format!("{} ({size})", self.output.display()))
    }
}
