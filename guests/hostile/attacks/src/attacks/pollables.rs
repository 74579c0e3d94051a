//! `get` makes pollables without end, and keeps them.

use std::mem::forget;

use wasi::clocks::monotonic_clock;

use crate::attack::Attack;
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct ManyPollables;

impl Attack for ManyPollables {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        loop {
            forget(monotonic_clock::subscribe_duration(u64::MAX));
        }
    }
}
