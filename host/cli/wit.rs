//! `plugbox wit`: the contract as WIT.

use crate::author::write_wit;
use std::path::PathBuf;

/// Write the contract's WIT, with WASI's beside it, into a folder that any language's tools take as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plugbox wit wit
  componentize-py -d wit -w minimal-state-store componentize app -o guest.wasm")]
pub struct Wit {
    /// The folder; it is made if need be.
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Write over files that plugbox did not write.
    #[arg(long)]
    force: bool,
}

impl Wit {
    /// # Errors
    /// When a file cannot be written, or stands in the way.
    pub(super) fn execute(self) -> anyhow::Result<String> {
        let written = write_wit(&self.folder, self.force)?;
        Ok(super::lines(&written))
    }
}
