//! `get` opens the file that the key names until it may not, or ten thousand times, keeps it open, and answers how often it is.
//! `set` ends by a trap, and so gives all of them back.

use std::fs::File;
use std::mem::forget;

use crate::attack::{Attack, item};
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct ManyFiles;

impl Attack for ManyFiles {
    fn get(&mut self, key: &str) -> Result<Option<Item>, StateError> {
        let files = (0..10_000).map_while(|_| File::open(key).ok());
        Ok(Some(item(files.map(forget).count().to_string())))
    }

    fn set(&mut self, _key: &str) -> Result<(), StateError> {
        std::process::abort()
    }
}
