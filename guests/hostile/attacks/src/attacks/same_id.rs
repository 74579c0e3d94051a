//! `pull` answers as many messages or events as were asked for and one more, all under one id.

use crate::attack::{Attack, bring, deliver};
use crate::bindings::exports::dapr::components::input_binding;
use crate::bindings::exports::dapr::components::pub_sub::{Delivery, Demand, Pulled};

pub struct SameId;

impl Attack for SameId {
    fn pull(&mut self, wanted: &[Demand]) -> Pulled {
        let deliveries = wanted.iter().flat_map(|demand| {
            (0..=demand.messages).map(|number| Delivery {
                id: demand.id,
                message_id: "the same".to_owned(),
                topic: "orders".to_owned(),
                data: number.to_string().into_bytes(),
                content_type: None,
                metadata: Vec::new(),
            })
        });
        deliver(deliveries.collect())
    }

    fn pull_events(&mut self, wanted: &[input_binding::Demand]) -> input_binding::Pulled {
        let events = wanted.iter().flat_map(|demand| {
            (0..=demand.events).map(|number| input_binding::Event {
                id: demand.id,
                event_id: "the same".to_owned(),
                data: number.to_string().into_bytes(),
                content_type: None,
                metadata: Vec::new(),
            })
        });
        bring(events.collect())
    }
}
