//! `get` makes headers for requests that it never sends, each with a value of 64 KiB, and keeps them.

use std::mem::forget;

use wasi::http::types::Fields;

use crate::attack::Attack;
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct ManyFields;

impl Attack for ManyFields {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        let value = vec![b'x'; 64 << 10];
        loop {
            let fields = Fields::new();
            // Whether it takes the header or not, there is another one.
            let _ = fields.append("name", &value);
            forget(fields);
        }
    }
}
