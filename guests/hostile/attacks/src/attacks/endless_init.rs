//! `init` never returns.

use crate::attack::Attack;
use crate::bindings::dapr::components::types::Error;

pub struct EndlessInit;

impl Attack for EndlessInit {
    fn init(&mut self) -> Result<Vec<String>, Error> {
        loop {
            std::hint::spin_loop();
        }
    }
}
