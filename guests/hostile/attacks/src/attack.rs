//! What an attack can be: any function that the host calls, or several. What it leaves out is done honestly.

use crate::bindings::dapr::components::state_types::{Item, StateError};
use crate::bindings::dapr::components::types::Error;
use crate::bindings::exports::dapr::components::bulk_publish::{Entry, Failure};
use crate::bindings::exports::dapr::components::input_binding;
use crate::bindings::exports::dapr::components::output_binding::Response;
use crate::bindings::exports::dapr::components::pub_sub::{
    Delivery, Demand, Pulled, SubscriptionId,
};
use crate::bindings::exports::dapr::components::queriable_state_store::Page;
use crate::bindings::exports::dapr::components::secret_store::Secret;

/// One way to attack.
pub trait Attack {
    /// Every block's `init`.
    fn init(&mut self) -> Result<Vec<String>, Error> {
        Ok(Vec::new())
    }

    /// What most attacks are.
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        Ok(None)
    }

    /// `delete`, too.
    fn set(&mut self, _key: &str) -> Result<(), StateError> {
        Ok(())
    }

    fn query(&mut self) -> Page {
        Page {
            items: Vec::new(),
            token: None,
            metadata: Vec::new(),
        }
    }

    fn publish(&mut self, _topic: String) -> Result<(), Error> {
        Ok(())
    }

    fn bulk_publish(&mut self, _entries: Vec<Entry>) -> Vec<Failure> {
        Vec::new()
    }

    /// An input binding's `open`, too.
    fn subscribe(&mut self, _id: SubscriptionId) -> Result<u32, Error> {
        Ok(8)
    }

    /// An input binding's `close`, too.
    fn unsubscribe(&mut self, _id: SubscriptionId) -> Result<(), Error> {
        Ok(())
    }

    fn pull(&mut self, _wanted: &[Demand]) -> Pulled {
        deliver(Vec::new())
    }

    fn pull_events(&mut self, _wanted: &[input_binding::Demand]) -> input_binding::Pulled {
        bring(Vec::new())
    }

    /// An input binding's `answer`, too.
    fn ack(&mut self, _id: SubscriptionId, _message_id: &str) -> Result<(), Error> {
        Ok(())
    }

    fn invoke(&mut self) -> Result<Response, Error> {
        Ok(Response {
            data: Vec::new(),
            content_type: None,
            metadata: Vec::new(),
        })
    }

    fn secret(&mut self, name: String) -> Result<Secret, Error> {
        Ok(vec![(name, String::new())])
    }

    fn say_hello(&mut self, name: String) -> Result<String, Error> {
        Ok(name)
    }
}

/// Messages, and nothing to wait for.
pub fn deliver(deliveries: Vec<Delivery>) -> Pulled {
    Pulled {
        deliveries,
        again_in: None,
        waits: Vec::new(),
    }
}

/// Events, and nothing to wait for.
pub fn bring(events: Vec<input_binding::Event>) -> input_binding::Pulled {
    input_binding::Pulled {
        events,
        again_in: None,
        waits: Vec::new(),
    }
}

/// An item with this value and nothing else.
pub fn item(value: impl Into<Vec<u8>>) -> Item {
    Item {
        value: value.into(),
        etag: None,
        content_type: None,
        metadata: Vec::new(),
    }
}
