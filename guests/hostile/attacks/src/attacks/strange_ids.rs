//! `pull` answers messages for subscriptions and readers by the thousand that there are not, or that were not asked for, and one
//! without a name for each that was.

use crate::attack::{Attack, bring, deliver};
use crate::bindings::dapr::components::types::Error;
use crate::bindings::exports::dapr::components::input_binding;
use crate::bindings::exports::dapr::components::pub_sub::{
    Delivery, Demand, Pulled, SubscriptionId,
};

pub struct StrangeIds;

/// Ids of this instance's own streams, if any, and those that other instances and blocks are likely to have.
fn strange(asked: &[u64]) -> impl Iterator<Item = u64> {
    (0..1000)
        .chain([u64::MAX, u64::from(u32::MAX), i64::MIN.unsigned_abs()])
        .filter(|id| !asked.contains(id))
}

impl Attack for StrangeIds {
    /// The next one was not asked for.
    fn subscribe(&mut self, _id: SubscriptionId) -> Result<u32, Error> {
        Ok(1)
    }

    fn pull(&mut self, wanted: &[Demand]) -> Pulled {
        let asked: Vec<_> = wanted.iter().map(|demand| demand.id).collect();
        let stray = strange(&asked).map(|id| (id, format!("stray {id}")));
        let nameless = asked.iter().map(|id| (*id, String::new()));
        let message = |(id, message_id)| Delivery {
            id,
            data: format!("for {id}").into_bytes(),
            message_id,
            topic: "orders".to_owned(),
            content_type: None,
            metadata: Vec::new(),
        };
        deliver(stray.chain(nameless).map(message).collect())
    }

    fn pull_events(&mut self, wanted: &[input_binding::Demand]) -> input_binding::Pulled {
        let asked: Vec<_> = wanted.iter().map(|demand| demand.id).collect();
        let stray = strange(&asked).map(|id| (id, format!("stray {id}")));
        let nameless = asked.iter().map(|id| (*id, String::new()));
        let event = |(id, event_id)| input_binding::Event {
            id,
            event_id,
            data: format!("for {id}").into_bytes(),
            content_type: None,
            metadata: Vec::new(),
        };
        bring(stray.chain(nameless).map(event).collect())
    }
}
