//! `get` and `publish` fail with a message of 32 MiB.

use crate::attack::Attack;
use crate::bindings::dapr::components::state_types::{Item, StateError};
use crate::bindings::dapr::components::types::Error;
use crate::error;

pub struct EndlessWords;

fn words() -> Error {
    error("word ".repeat((32 << 20) / 5))
}

impl Attack for EndlessWords {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        Err(StateError::Other(words()))
    }

    fn publish(&mut self, _topic: String) -> Result<(), Error> {
        Err(words())
    }
}
