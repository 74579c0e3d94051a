//! `init` answers ten million features without a name.

use crate::attack::Attack;
use crate::bindings::dapr::components::types::Error;

pub struct TinyFeatures;

impl Attack for TinyFeatures {
    fn init(&mut self) -> Result<Vec<String>, Error> {
        Ok(vec![String::new(); 10_000_000])
    }
}
