//! The building blocks that a guest can be.

use super::Interface;

/// A building block: what has an `init` of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// A state store.
    State,
    /// A message broker.
    PubSub,
    /// An input binding.
    InputBinding,
    /// An output binding.
    OutputBinding,
    /// A secret store.
    SecretStore,
    /// Layotto's greeting.
    Hello,
}

impl Block {
    pub(super) const ALL: [Self; 6] = [
        Self::State,
        Self::PubSub,
        Self::InputBinding,
        Self::OutputBinding,
        Self::SecretStore,
        Self::Hello,
    ];

    /// The interface that makes a guest this block.
    pub fn interface(self) -> Interface {
        match self {
            Self::State => Interface::StateStore,
            Self::PubSub => Interface::PubSub,
            Self::InputBinding => Interface::InputBinding,
            Self::OutputBinding => Interface::OutputBinding,
            Self::SecretStore => Interface::SecretStore,
            Self::Hello => Interface::Hello,
        }
    }

    /// The name of the interface that makes a guest this block.
    pub fn name(self) -> &'static str {
        self.interface().name()
    }

    /// The one whose interface has this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|block| block.name() == name)
    }

    /// The prefix of a Dapr component's type, like `state` in `state.redis`; none for what only Layotto has.
    pub fn dapr_type(self) -> Option<&'static str> {
        match self {
            Self::State => Some("state"),
            Self::PubSub => Some("pubsub"),
            Self::InputBinding | Self::OutputBinding => Some("bindings"),
            Self::SecretStore => Some("secretstores"),
            Self::Hello => None,
        }
    }

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::State => "state store",
            Self::PubSub => "pub/sub",
            Self::InputBinding => "input binding",
            Self::OutputBinding => "output binding",
            Self::SecretStore => "secret store",
            Self::Hello => "Layotto hello",
        }
    }
}
