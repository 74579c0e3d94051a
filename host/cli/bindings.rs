//! `plugbox bindings`: the source files between an author's code and the contract.

use super::World;
use crate::author::{Language, bindings};
use clap::ValueEnum;
use std::path::PathBuf;

/// Write a language's bindings to a world, into the folder of a guest's source.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plugbox bindings --lang c --world minimal-state-store generated
  plugbox bindings --lang rust --wit my-world.wit src

In Go begin with `plugbox new`: its library has these bindings, with memory that Go's collector does not trap in.

What a wit-bindgen of before wrote is written anew; files of your own are not touched, and neither is a go.mod.")]
pub struct Bindings {
    /// The language.
    #[arg(long, value_enum)]
    lang: Lang,

    #[command(flatten)]
    world: World,

    /// The folder; it is made if need be.
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Write over files that no tool wrote.
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    Go,
    C,
    Rust,
}

impl Bindings {
    /// # Errors
    /// When there is no such world, or a file cannot be written.
    pub(super) fn execute(self) -> anyhow::Result<String> {
        let language = match self.lang {
            Lang::Go => Language::Go,
            Lang::C => Language::C,
            Lang::Rust => Language::Rust,
        };
        let written = bindings(language, &self.world.into(), &self.folder, self.force)?;
        Ok(super::lines(&written))
    }
}
