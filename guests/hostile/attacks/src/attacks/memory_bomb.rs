//! `get` takes memory until it is refused, writes to each page of it, and ends by a trap then.

use std::hint::black_box;

use crate::attack::Attack;
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct MemoryBomb;

impl Attack for MemoryBomb {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        const STEP: usize = 1 << 20;
        let mut held = Vec::new();
        loop {
            let mut more: Vec<u8> = Vec::new();
            if more.try_reserve_exact(STEP).is_err() {
                std::process::abort();
            }
            more.resize(STEP, 1);
            held.push(black_box(more));
        }
    }
}
