//! `get` makes sockets until it may not, or ten thousand, keeps them, and answers how many it has. They lead nowhere, so no grant is
//! needed.
//! `set` ends by a trap, and so gives all of them back.

use std::mem::forget;

use wasi::sockets::network::IpAddressFamily;
use wasi::sockets::tcp_create_socket::create_tcp_socket;
use wasi::sockets::udp_create_socket::create_udp_socket;

use crate::attack::{Attack, item};
use crate::bindings::dapr::components::state_types::{Item, StateError};

pub struct ManySockets;

impl Attack for ManySockets {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        let tcp = (0..5000).map_while(|_| create_tcp_socket(IpAddressFamily::Ipv4).ok());
        let tcp = tcp.map(forget).count();
        let udp = (0..5000).map_while(|_| create_udp_socket(IpAddressFamily::Ipv6).ok());
        let udp = udp.map(forget).count();
        Ok(Some(item((tcp + udp).to_string())))
    }

    fn set(&mut self, _key: &str) -> Result<(), StateError> {
        std::process::abort()
    }
}
