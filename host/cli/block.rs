//! Building blocks as they are named on the command line: like the interfaces that a guest exports for them.

use crate::engine::Block;
use clap::ValueEnum;

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
