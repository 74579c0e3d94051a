//! Texts of characters that mean something to terminals, to logs and to headers, or nothing to anybody, wherever the contract has a
//! text.
//!
//! `get` answers an item; with the keys `error`, `mismatch` and `app-error` it fails so. So do a publish to `error`, and a secret or a
//! greeting of that name.

use crate::attack::{Attack, bring, deliver, item};
use crate::bindings::dapr::components::state_types::{AppError, Item, StateError};
use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::bulk_publish::{Entry, Failure};
use crate::bindings::exports::dapr::components::input_binding;
use crate::bindings::exports::dapr::components::output_binding::Response;
use crate::bindings::exports::dapr::components::pub_sub::{Delivery, Demand, Pulled};
use crate::bindings::exports::dapr::components::queriable_state_store::{Found, Page};
use crate::bindings::exports::dapr::components::secret_store::Secret;
use crate::error;

pub struct OddText;

/// NUL, line ends, an escape sequence, a mark that turns the direction of text, non-characters, and the last of all characters.
const ODD: &str = "a\0b\r\n\u{1b}[31mc\u{85}\u{2028}\u{202e}d\u{fdd0}\u{fffe}\u{ffff}\u{10ffff}e";

fn odd() -> String {
    ODD.to_owned()
}

fn metadata() -> Metadata {
    vec![(odd(), odd()), (String::new(), odd())]
}

fn refused_for(name: &str) -> Result<(), Error> {
    match name {
        "error" => Err(error(ODD)),
        _ => Ok(()),
    }
}

impl Attack for OddText {
    fn init(&mut self) -> Result<Vec<String>, Error> {
        Ok(vec![odd(), String::new()])
    }

    fn get(&mut self, key: &str) -> Result<Option<Item>, StateError> {
        match key {
            "error" => Err(StateError::Other(error(ODD))),
            "mismatch" => Err(StateError::EtagMismatch(odd())),
            "app-error" => Err(StateError::AppError(AppError {
                code: Code::Aborted,
                http_status: u16::MAX,
                tag: odd(),
                reason: odd(),
                domain: odd(),
                message: odd(),
            })),
            _ => Ok(Some(Item {
                etag: Some(odd()),
                content_type: Some(odd()),
                metadata: metadata(),
                ..item(ODD)
            })),
        }
    }

    fn query(&mut self) -> Page {
        Page {
            items: vec![Found {
                key: odd(),
                value: ODD.into(),
                etag: Some(odd()),
                content_type: Some(odd()),
            }],
            token: Some(odd()),
            metadata: metadata(),
        }
    }

    fn publish(&mut self, topic: String) -> Result<(), Error> {
        refused_for(&topic)
    }

    fn bulk_publish(&mut self, entries: Vec<Entry>) -> Vec<Failure> {
        let reason = |entry: Entry| Failure {
            entry_id: entry.entry_id,
            reason: odd(),
        };
        let nobodys = Failure {
            entry_id: odd(),
            reason: odd(),
        };
        entries.into_iter().map(reason).chain([nobodys]).collect()
    }

    fn pull(&mut self, wanted: &[Demand]) -> Pulled {
        let message = |demand: &Demand| Delivery {
            id: demand.id,
            message_id: odd(),
            topic: odd(),
            data: ODD.into(),
            content_type: Some(odd()),
            metadata: metadata(),
        };
        deliver(wanted.iter().map(message).collect())
    }

    fn pull_events(&mut self, wanted: &[input_binding::Demand]) -> input_binding::Pulled {
        let event = |demand: &input_binding::Demand| input_binding::Event {
            id: demand.id,
            event_id: odd(),
            data: ODD.into(),
            content_type: Some(odd()),
            metadata: metadata(),
        };
        bring(wanted.iter().map(event).collect())
    }

    fn invoke(&mut self) -> Result<Response, Error> {
        Ok(Response {
            data: ODD.into(),
            content_type: Some(odd()),
            metadata: metadata(),
        })
    }

    fn secret(&mut self, name: String) -> Result<Secret, Error> {
        refused_for(&name)?;
        Ok(metadata())
    }

    fn say_hello(&mut self, name: String) -> Result<String, Error> {
        refused_for(&name)?;
        Ok(odd())
    }
}
