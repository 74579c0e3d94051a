//! Building blocks as they are named on the command line, like the interfaces that a guest exports for them, and `app`.

use crate::{engine::Block, rules::Part};
use clap::{ValueEnum, builder::PossibleValue};
use std::sync::LazyLock;

/// A building block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum BlockName {
    StateStore,
    PubSub,
    InputBinding,
    OutputBinding,
    SecretStore,
    Hello,
}

impl From<BlockName> for Block {
    fn from(name: BlockName) -> Self {
        match name {
            BlockName::StateStore => Self::State,
            BlockName::PubSub => Self::PubSub,
            BlockName::InputBinding => Self::InputBinding,
            BlockName::OutputBinding => Self::OutputBinding,
            BlockName::SecretStore => Self::SecretStore,
            BlockName::Hello => Self::Hello,
        }
    }
}

/// What a guest can be: a building block, or an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Block(BlockName),
    App,
}

impl ValueEnum for Choice {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Choice>> = LazyLock::new(|| {
            let blocks = BlockName::value_variants().iter().copied();
            blocks.map(Choice::Block).chain([Choice::App]).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Block(block) => block.to_possible_value(),
            Self::App => Some(PossibleValue::new("app")),
        }
    }
}

impl From<Choice> for Part {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Block(block) => Self::Block(block.into()),
            Choice::App => Self::App,
        }
    }
}
