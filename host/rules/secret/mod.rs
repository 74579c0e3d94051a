//! The rules of secret stores.

mod get;
mod start;

use super::{Block, Needs, Rule, Source};

/// The rules of secret stores, one list for each part of the protocol.
pub static SECRET_STORES: &[&[Rule]] = &[start::RULES, get::RULES];

const CLIENT: Source = Source::Client("Bindings and secrets");
const CONNECTIONS: Source = Source::Client("Connections and instances");

const SECRET_STORE: &str = "dapr.proto.components.v1.SecretStore";

/// Where a secret can have several values.
const MULTIPLE: &str = "MULTIPLE_KEY_VALUES_PER_SECRET";

/// Any secret store.
const STORE: Needs = Needs {
    block: Block::SecretStore,
    services: &[SECRET_STORE],
    features: &[],
    own_storage: false,
};
