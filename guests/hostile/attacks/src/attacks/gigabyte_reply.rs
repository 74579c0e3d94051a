//! `get` answers a gigabyte, of memory that it does not have: a thousand texts, all of which are the same megabyte.

use std::mem::ManuallyDrop;

use crate::attack::{Attack, item};
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct GigabyteReply;

impl Attack for GigabyteReply {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        let text = ManuallyDrop::new("x".repeat(1 << 20));
        let metadata = (0..1024).map(|number| (number.to_string(), again(&text)));
        Ok(Some(Item {
            metadata: metadata.collect(),
            ..item("")
        }))
    }
}

/// The same text once more.
#[allow(unsafe_code)] // The host reads all of them before the guest frees the first, and what comes then is the guest's own harm.
fn again(text: &ManuallyDrop<String>) -> String {
    unsafe { String::from_raw_parts(text.as_ptr().cast_mut(), text.len(), text.capacity()) }
}
