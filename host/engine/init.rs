//! What an `init` is called with: kept, to be called again on a new instance.

use super::{
    Block, Guest, Running,
    contract::{hello::greeter, types},
};

/// What a client's Init brought for one building block. It can hold secrets, and so has no way to be shown.
pub enum Init {
    /// The metadata of a Component resource of Dapr.
    Dapr(DaprBlock, types::Metadata),
    /// Layotto's configuration of a hello component.
    Hello(greeter::Config),
}

/// A building block of Dapr's, which is initialised with metadata.
#[derive(Debug, Clone, Copy)]
pub enum DaprBlock {
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
}

impl Init {
    /// What brings these properties to a block of Dapr's; none for a block that is Layotto's.
    pub fn dapr(block: Block, properties: types::Metadata) -> Option<Self> {
        let block = match block {
            Block::State => DaprBlock::State,
            Block::PubSub => DaprBlock::PubSub,
            Block::InputBinding => DaprBlock::InputBinding,
            Block::OutputBinding => DaprBlock::OutputBinding,
            Block::SecretStore => DaprBlock::SecretStore,
            Block::Hello => return None,
        };
        Some(Self::Dapr(block, properties))
    }

    /// Which block it is for.
    pub fn block(&self) -> Block {
        match self {
            Self::Dapr(DaprBlock::State, _) => Block::State,
            Self::Dapr(DaprBlock::PubSub, _) => Block::PubSub,
            Self::Dapr(DaprBlock::InputBinding, _) => Block::InputBinding,
            Self::Dapr(DaprBlock::OutputBinding, _) => Block::OutputBinding,
            Self::Dapr(DaprBlock::SecretStore, _) => Block::SecretStore,
            Self::Hello(_) => Block::Hello,
        }
    }

    /// The bytes that it takes to keep the properties, and what else there is.
    pub fn size(&self) -> usize {
        let entry = size_of::<(String, String)>();
        let properties = self.properties().iter();
        let properties: usize = properties
            .map(|(name, value)| entry + name.len() + value.len())
            .sum();
        match self {
            Self::Dapr(..) => properties,
            Self::Hello(config) => properties + size_beside(config),
        }
    }

    /// By their names, each with its value.
    pub fn properties(&self) -> &types::Metadata {
        match self {
            Self::Dapr(_, properties) | Self::Hello(greeter::Config { properties, .. }) => {
                properties
            }
        }
    }

    /// A guest's refusal without the values that it was given, which can be secrets.
    /// Values of a few characters stay: to hide each `1` or `true` would only hide the message.
    pub fn redacted(&self, error: types::Error) -> types::Error {
        const SHORT: usize = 6;
        let secret = self
            .properties()
            .iter()
            .filter(|(_, value)| value.len() >= SHORT);
        let message = secret.fold(error.message, |message, (_, value)| {
            message.replace(value.as_str(), "***")
        });
        types::Error {
            code: error.code,
            message,
        }
    }
}

/// The bytes of a configuration of Layotto's that are no properties.
fn size_beside(config: &greeter::Config) -> usize {
    let greeter::Config {
        kind,
        hello,
        properties: _,
        secrets,
        secret_store,
        config_store,
    } = config;
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let secrets = secrets.iter().map(|secret| {
        let names = secret.store_name.len() + secret.key.len();
        let more = length(&secret.sub_key) + length(&secret.inject_as);
        size_of::<greeter::SecretReference>() + names + more
    });
    let stores = length(secret_store) + length(config_store);
    kind.len() + hello.len() + stores + secrets.sum::<usize>()
}

impl Guest {
    /// Calls the `init` of a block. Answers the features or operations that the guest names, or why it refuses.
    pub fn init<'a>(
        &'a mut self,
        init: &'a Init,
    ) -> Running<'a, Result<Vec<String>, types::Error>> {
        Box::pin(async move {
            let named_nothing = |()| Vec::new();
            match init {
                Init::Dapr(DaprBlock::State, properties) => {
                    let (state, store) = self.state()?;
                    state.call_init(store, properties).await
                }
                Init::Dapr(DaprBlock::PubSub, properties) => {
                    let (pub_sub, store) = self.pub_sub()?;
                    pub_sub.call_init(store, properties).await
                }
                Init::Dapr(DaprBlock::InputBinding, properties) => {
                    let (input, store) = self.input_binding()?;
                    let answer = input.call_init(store, properties).await?;
                    Ok(answer.map(named_nothing))
                }
                Init::Dapr(DaprBlock::OutputBinding, properties) => {
                    let (output, store) = self.output_binding()?;
                    output.call_init(store, properties).await
                }
                Init::Dapr(DaprBlock::SecretStore, properties) => {
                    let (secret, store) = self.secret()?;
                    secret.call_init(store, properties).await
                }
                Init::Hello(config) => {
                    let (hello, store) = self.hello()?;
                    let answer = hello.call_init(store, config).await?;
                    Ok(answer.map(named_nothing))
                }
            }
        })
    }
}
