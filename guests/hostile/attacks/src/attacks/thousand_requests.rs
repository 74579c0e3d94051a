//! `get` begins a thousand requests by HTTP to the `host:port` that the key is, and waits for none of their answers.
//! `set` ends by a trap, and so gives all of them back.

use std::mem::forget;

use wasi::http::outgoing_handler;
use wasi::http::types::{Fields, OutgoingRequest, Scheme};

use crate::attack::{Attack, item};
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct ThousandRequests;

impl Attack for ThousandRequests {
    fn get(&mut self, key: &str) -> Result<Option<Item>, StateError> {
        let begin = |_| {
            let request = OutgoingRequest::new(Fields::new());
            request.set_scheme(Some(&Scheme::Http)).ok()?;
            request.set_authority(Some(key)).ok()?;
            request.set_path_with_query(Some("/")).ok()?;
            outgoing_handler::handle(request, None).ok()
        };
        let begun = (0..1000).map_while(begin).map(forget).count();
        Ok(Some(item(begun.to_string())))
    }

    fn set(&mut self, _key: &str) -> Result<(), StateError> {
        std::process::abort()
    }
}
