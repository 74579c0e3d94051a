//! Four building blocks in one guest: a state store, a message broker, an input and an output binding over one memory.
//!
//! Each block has its own `init`, and Dapr calls it for each block's own Component resource. What they share is the instance
//! that they live in: resources of one name have one, and its memory with it.
//!
//! - **State**: values with etags.
//! - **Messages**: each subscription gets each message of its topic that is published while it is open; one that fails comes
//!   again at once, three times in all.
//! - **Input binding**: each reader gets an event for each write to the state while it is open: the value, nothing for a
//!   deletion, and the metadata `key` and `operation`, which is `set` or `delete`. What fails does not come again.
//! - **Output binding**: `create` writes the data as a value where the metadata name a `key`, and publishes them where they
//!   name a `topic`; `get` and `delete` need a `key`; `list` answers all keys as a JSON array.
//!
//! This file is the border: each function that the host calls is a line or two here.

mod inbox;
mod invoke;
mod memory;

use std::cell::RefCell;

use bindings::dapr::components::state_types::{
    DeleteRequest, GetRequest, Item, SetRequest, StateError,
};
use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::input_binding::{self, Event};
use bindings::exports::dapr::components::output_binding::{self, Invocation, Response};
use bindings::exports::dapr::components::pub_sub::{self, Delivery, Outcome, Outgoing};
use bindings::exports::dapr::components::state_store;
use inbox::Letter;
use memory::Memory;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Multi;
    wit_bindgen::generate!({ path: "../../../wit", world: "everything", generate_all });
    export!(Multi);
}

struct Multi;

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::new(Memory::new());
}

impl state_store::Guest for Multi {
    fn init(_properties: Metadata) -> Result<Vec<String>, Error> {
        Ok(vec!["ETAG".to_owned()])
    }

    fn get(request: GetRequest) -> Result<Option<Item>, StateError> {
        Ok(MEMORY.with_borrow(|memory| memory.get(&request.key)))
    }

    fn set(request: SetRequest) -> Result<(), StateError> {
        MEMORY.with_borrow_mut(|memory| memory.set(request))
    }

    fn delete(request: DeleteRequest) -> Result<(), StateError> {
        MEMORY.with_borrow_mut(|memory| memory.delete(request))
    }
}

impl pub_sub::Guest for Multi {
    fn init(_properties: Metadata) -> Result<Vec<String>, Error> {
        Ok(Vec::new())
    }

    fn publish(message: Outgoing) -> Result<(), Error> {
        MEMORY.with_borrow_mut(|memory| memory.publish(message));
        Ok(())
    }

    fn subscribe(id: u64, topic: String, _metadata: Metadata) -> Result<u32, Error> {
        MEMORY.with_borrow_mut(|memory| memory.subscriptions.open(id, Some(topic)));
        Ok(1)
    }

    fn unsubscribe(id: u64) {
        MEMORY.with_borrow_mut(|memory| memory.subscriptions.close(id));
    }

    /// Only calls bring messages, so there is nothing to wait for.
    fn pull(wanted: Vec<pub_sub::Demand>) -> Result<pub_sub::Pulled, Error> {
        let wanted = wanted.iter().map(|demand| (demand.id, demand.messages));
        let letters = MEMORY.with_borrow_mut(|memory| memory.subscriptions.pull(wanted));
        let delivery = |(id, letter): (u64, Letter)| Delivery {
            id,
            message_id: letter.number.to_string(),
            topic: letter.topic.unwrap_or_default(),
            data: letter.data,
            content_type: letter.content_type,
            metadata: letter.metadata,
        };
        Ok(pub_sub::Pulled {
            deliveries: letters.into_iter().map(delivery).collect(),
            again_in: None,
            waits: Vec::new(),
        })
    }

    fn ack(id: u64, message_id: String, outcome: Outcome) {
        let failed = matches!(outcome, Outcome::Failed(_));
        let attempts = if failed { 3 } else { 0 };
        MEMORY.with_borrow_mut(|memory| memory.subscriptions.done(id, &message_id, attempts));
    }
}

impl input_binding::Guest for Multi {
    fn init(_properties: Metadata) -> Result<(), Error> {
        Ok(())
    }

    fn open(id: u64) -> Result<u32, Error> {
        MEMORY.with_borrow_mut(|memory| memory.readers.open(id, None));
        Ok(1)
    }

    fn close(id: u64) {
        MEMORY.with_borrow_mut(|memory| memory.readers.close(id));
    }

    /// Only calls bring events, so there is nothing to wait for.
    fn pull(wanted: Vec<input_binding::Demand>) -> Result<input_binding::Pulled, Error> {
        let wanted = wanted.iter().map(|demand| (demand.id, demand.events));
        let letters = MEMORY.with_borrow_mut(|memory| memory.readers.pull(wanted));
        let event = |(id, letter): (u64, Letter)| Event {
            id,
            event_id: letter.number.to_string(),
            data: letter.data,
            content_type: letter.content_type,
            metadata: letter.metadata,
        };
        Ok(input_binding::Pulled {
            events: letters.into_iter().map(event).collect(),
            again_in: None,
            waits: Vec::new(),
        })
    }

    fn answer(id: u64, event_id: String, _outcome: Result<Vec<u8>, String>) {
        MEMORY.with_borrow_mut(|memory| memory.readers.done(id, &event_id, 0));
    }
}

impl output_binding::Guest for Multi {
    fn init(_properties: Metadata) -> Result<Vec<String>, Error> {
        Ok(invoke::OPERATIONS.map(str::to_owned).to_vec())
    }

    fn invoke(request: Invocation) -> Result<Response, Error> {
        MEMORY.with_borrow_mut(|memory| invoke::invoke(memory, request))
    }
}

fn error(code: Code, message: String) -> Error {
    Error { code, message }
}

#[cfg(test)]
mod tests;
