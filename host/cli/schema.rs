//! `plugbox schema`: the manifest for editors.

use crate::config;

/// Write the JSON Schema of plugbox.toml to standard output: for editors, which then complete and check it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plugbox schema > plugbox.schema.json

A manifest that begins with the line `#:schema ./plugbox.schema.json` is completed and checked by editors that know taplo.")]
pub struct Schema {}

impl Schema {
    pub(super) fn execute(self) -> String {
        format!("{:#}", config::schema().to_value())
    }
}
