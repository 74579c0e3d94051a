//! `plugbox new`: the beginning of a guest.

use super::block::BlockName;
use crate::{
    author::{Kit, new},
    engine::Block,
};
use clap::ValueEnum;
use std::{fs, path::PathBuf};

/// Make a folder with a new guest, which builds and passes `plugbox check` as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plugbox new my-store --lang go
  plugbox new my-broker --lang python --block pub-sub,input-binding")]
pub struct New {
    /// The folder, which is not there yet. The guest is named as it is.
    #[arg(value_name = "NAME")]
    folder: PathBuf,

    /// The language.
    #[arg(long, value_enum)]
    lang: Lang,

    /// What the guest serves.
    #[arg(
        long,
        value_enum,
        value_name = "BLOCK",
        value_delimiter = ',',
        default_value = "state-store"
    )]
    block: Vec<BlockName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    Rust,
    Go,
    Python,
    Ts,
    C,
}

impl New {
    /// # Errors
    /// When there is something in the folder, or it cannot be written.
    pub(super) fn execute(self) -> anyhow::Result<String> {
        let kit = match self.lang {
            Lang::Rust => Kit::Rust,
            Lang::Go => Kit::Go,
            Lang::Python => Kit::Python,
            Lang::Ts => Kit::TypeScript,
            Lang::C => Kit::C,
        };
        let mut blocks: Vec<_> = self.block.into_iter().map(Block::from).collect();
        blocks.sort();
        blocks.dedup();
        new(&self.folder, kit, &blocks)?;
        let readme = self.folder.join("README.md");
        // What to do now is what the guest's own README says, from its first command on.
        let text = fs::read_to_string(&readme).unwrap_or_default();
        Ok(format!(
            "{folder} is there. Next:\n\n  cd {folder}{}",
            commands(&text),
            folder = self.folder.display(),
        ))
    }
}

/// What stands between fences in a text in Markdown.
fn commands(text: &str) -> String {
    let fenced = text.split("```").skip(1).step_by(2);
    let lines = fenced.flat_map(|block| block.lines().skip(1));
    lines.map(|line| format!("\n  {line}")).collect()
}
