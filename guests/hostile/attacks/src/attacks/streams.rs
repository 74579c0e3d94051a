//! `get` takes standard output's stream again and again, and keeps them all.

use std::mem::forget;

use wasi::cli::stdout::get_stdout;

use crate::attack::Attack;
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct ManyStreams;

impl Attack for ManyStreams {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        loop {
            forget(get_stdout());
        }
    }
}
