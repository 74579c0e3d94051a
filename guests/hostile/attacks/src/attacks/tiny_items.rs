//! Lists of millions of items of nothing: `get` answers four million as metadata, `pull` two million messages for
//! nobody. They cost the guest a few bytes each, and the host many more.

use crate::attack::{Attack, deliver, item};
use crate::bindings::dapr::components::state_types::{Item, StateError};
use crate::bindings::exports::dapr::components::pub_sub::{Delivery, Demand, Pulled};

pub struct TinyItems;

impl Attack for TinyItems {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        Ok(Some(Item {
            metadata: vec![Default::default(); 4_000_000],
            ..item("")
        }))
    }

    fn pull(&mut self, _wanted: &[Demand]) -> Pulled {
        let nothing = Delivery {
            id: u64::MAX,
            message_id: String::new(),
            topic: String::new(),
            data: Vec::new(),
            content_type: None,
            metadata: Vec::new(),
        };
        deliver(vec![nothing; 2_000_000])
    }
}
