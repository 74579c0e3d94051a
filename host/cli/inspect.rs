//! `plugbox inspect`: what a file is to plugbox.

use super::cache::cache;
use crate::author::inspect;
use std::path::PathBuf;

/// Tell what a guest serves, what it may need, and who made it; or why a file is no guest.
///
/// The file is loaded as `plugbox run` would load it, with nothing granted, and is not called.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 for a guest, 1 for what is none.")]
pub struct Inspect {
    /// The file.
    #[arg(value_name = "GUEST.wasm")]
    guest: PathBuf,

    /// Answer for programs, in JSON.
    #[arg(long)]
    json: bool,
}

impl Inspect {
    /// The answer, and why it is no guest.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn execute(self) -> anyhow::Result<(String, Option<String>)> {
        let report = inspect(&self.guest, &cache())?;
        let text = match self.json {
            true => format!("{:#}", report.json()),
            false => report.to_string(),
        };
        Ok((text, report.refusal()))
    }
}
