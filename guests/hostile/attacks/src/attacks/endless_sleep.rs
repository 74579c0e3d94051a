//! `get` sleeps for ever, in the host, and holds its call meanwhile.

use wasi::clocks::monotonic_clock;

use crate::attack::Attack;
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct EndlessSleep;

impl Attack for EndlessSleep {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        loop {
            monotonic_clock::subscribe_duration(u64::MAX).block();
        }
    }
}
