//! `get` never returns.

use crate::attack::Attack;
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct EndlessCall;

impl Attack for EndlessCall {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        loop {
            std::hint::spin_loop();
        }
    }
}
