//! The rules of secret stores.

mod get;
mod known;
mod start;

use super::{Block, Needs, Part, Rule, Source};

/// The rules of secret stores, one list for each part of the protocol.
pub static SECRET_STORES: &[&[Rule]] = &[start::RULES, get::RULES, known::RULES];

const CLIENT: Source = Source::Client("Bindings and secrets");
const CONFORMANCE: Source =
    Source::Client("Bindings and secrets, as Dapr's conformance tests have it");
const CONNECTIONS: Source = Source::Client("Connections and instances");

const SECRET_STORE: &str = "dapr.proto.components.v1.SecretStore";

/// Where a secret can have several values.
const MULTIPLE: &str = "MULTIPLE_KEY_VALUES_PER_SECRET";

/// Why a rule about all secrets says nothing of a store that keeps them to itself.
const NOT_SHOWN: &str = "the component does not show all its secrets at once";

/// Any secret store.
const STORE: Needs = Needs {
    part: Part::Block(Block::SecretStore),
    exports: &[],
    services: &[SECRET_STORE],
    features: &[],
    own_storage: false,
};
