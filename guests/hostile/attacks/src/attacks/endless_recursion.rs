//! `get` calls itself until its stack is full: the guest's own with the key `own`, which lies in its memory, the host's with any other.

use std::hint::black_box;

use crate::attack::Attack;
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct EndlessRecursion;

impl Attack for EndlessRecursion {
    fn get(&mut self, key: &str) -> Result<Option<Item>, StateError> {
        let deepest = match key {
            "own" => deeper_with_data(0),
            _ => deeper(0),
        };
        black_box(deepest);
        Ok(None)
    }
}

/// Parameters and results alone are in WebAssembly's locals, which the host's stack holds.
fn deeper(depth: u64) -> u64 {
    let next = black_box(deeper as fn(u64) -> u64);
    next(depth + 1) + 1
}

/// What has an address is on the stack in the guest's memory.
fn deeper_with_data(depth: u64) -> u64 {
    let data = black_box([depth; 512]);
    let next = black_box(deeper_with_data as fn(u64) -> u64);
    next(depth + 1) + black_box(&data).iter().sum::<u64>()
}
