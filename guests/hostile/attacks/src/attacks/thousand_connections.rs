//! `get` opens a thousand connections to the address that the key is, keeps them, and answers how many it has.
//! `set` ends by a trap, and so gives all of them back.

use std::mem::forget;
use std::net::TcpStream;

use crate::attack::{Attack, item};
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct ThousandConnections;

impl Attack for ThousandConnections {
    fn get(&mut self, key: &str) -> Result<Option<Item>, StateError> {
        let connections = (0..1000).map_while(|_| TcpStream::connect(key).ok());
        Ok(Some(item(connections.map(forget).count().to_string())))
    }

    fn set(&mut self, _key: &str) -> Result<(), StateError> {
        std::process::abort()
    }
}
