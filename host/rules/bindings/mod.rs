//! The rules of bindings: operations that go out, events that come in.

mod input;
mod operations;
mod output;

use super::{Block, Needs, Part, Rule, Source};

/// The rules of bindings: what goes out, what its usual operations do, and what comes in.
pub static BINDINGS: &[&[Rule]] = &[output::RULES, operations::RULES, input::RULES];

const CLIENT: Source = Source::Client("Bindings and secrets");
const CONFORMANCE: Source =
    Source::Client("Bindings and secrets, as Dapr's conformance tests have it");
const CONNECTIONS: Source = Source::Client("Connections and instances");

const INPUT_BINDING: &str = "dapr.proto.components.v1.InputBinding";
const OUTPUT_BINDING: &str = "dapr.proto.components.v1.OutputBinding";

/// A block, and the services that rules need.
const fn needs(block: Block, services: &'static [&'static str]) -> Needs {
    Needs {
        part: Part::Block(block),
        exports: &[],
        services,
        features: &[],
        own_storage: false,
    }
}

/// Any input binding.
const INPUT: Needs = needs(Block::InputBinding, &[INPUT_BINDING]);
/// Any output binding.
const OUTPUT: Needs = needs(Block::OutputBinding, &[OUTPUT_BINDING]);
/// A binding in both directions.
const BOTH: Needs = needs(Block::OutputBinding, &[OUTPUT_BINDING, INPUT_BINDING]);
