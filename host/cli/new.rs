//! `plugbox new`: the beginning of a guest.

use super::block::Choice;
use crate::author::{Kit, Serves, new};
use anyhow::ensure;
use clap::ValueEnum;
use std::{fs, path::PathBuf};

/// Make a folder with a new guest, which builds and passes `plugbox check` as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plugbox new my-store --lang go
  plugbox new my-broker --lang python --block pub-sub,input-binding
  plugbox new my-app --lang rust --block app")]
pub struct New {
    /// The folder, which is not there yet. The guest is named as it is.
    #[arg(value_name = "NAME")]
    folder: PathBuf,

    /// The language.
    #[arg(long, value_enum)]
    lang: Lang,

    /// What the guest serves: building blocks, or `app`, which is an application and stands alone.
    #[arg(
        long,
        value_enum,
        value_name = "BLOCK",
        value_delimiter = ',',
        default_value = "state-store"
    )]
    block: Vec<Choice>,
}

/// # Errors
/// When an application is to serve building blocks too.
fn serves(choices: &[Choice]) -> anyhow::Result<Serves> {
    let blocks = choices.iter().filter_map(|choice| match choice {
        Choice::Block(block) => Some((*block).into()),
        Choice::App => None,
    });
    let mut blocks: Vec<_> = blocks.collect();
    if !choices.contains(&Choice::App) {
        blocks.sort();
        blocks.dedup();
        return Ok(Serves::Blocks(blocks));
    }
    ensure!(
        blocks.is_empty(),
        "an app is a guest of its own: daprd calls it on a port, and components on sockets. Make one guest with --block app, and \
         another with the other blocks; one plugbox can serve both"
    );
    Ok(Serves::App)
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
        new(&self.folder, kit, &serves(&self.block)?)?;
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

/// What stands between fences in a text in Markdown, with a blank line between two of them.
fn commands(text: &str) -> String {
    let fenced = text.split("```").skip(1).step_by(2);
    let blocks = fenced.map(|block| {
        let lines = block.lines().skip(1);
        lines.map(|line| format!("\n  {line}")).collect::<String>()
    });
    blocks.collect::<Vec<_>>().join("\n")
}
