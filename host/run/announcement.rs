//! What is served where, in one line for whoever started it.

use crate::{
    config::{At, Component as Settings},
    engine::Role,
    runtime::Component,
    transport::Entrance,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// What is served, where, and how Dapr is told of it.
pub(super) fn announcement(
    component: &Component,
    entrance: &Entrance,
    settings: &Settings,
) -> String {
    let line = |what: &[&str]| format!("{}: {}", component.name(), what.join(", "));
    match (entrance, &settings.at) {
        (Entrance::Port(port), At::Port { token, set_by, .. }) => {
            let generation = component.generation();
            let interfaces = generation.template.exports().served(Role::App);
            let interfaces: Vec<_> = interfaces.map(|interface| interface.name()).collect();
            let what = format!("app ({})", interfaces.join(", "));
            let token = match token {
                Some(_) => format!(", with token of {set_by}"),
                None => String::new(),
            };
            let flags = flags(port.address());
            format!("{} on {entrance} ({flags}){token}", line(&[&what]))
        }
        _ => {
            let dapr_name = settings.name.in_dapr();
            let mut what = Vec::new();
            let mut types = Vec::new();
            for block in component.blocks() {
                what.push(block.title());
                // Input and output bindings are one type.
                let named = block
                    .dapr_type()
                    .map(|ty| format!("type: {ty}.{dapr_name}"));
                types.extend(named.filter(|named| !types.contains(named)));
            }
            let line = format!("{} on {entrance}", line(&what));
            match types.as_slice() {
                [] => line,
                types => format!("{line} ({}, version: v1)", types.join(", ")),
            }
        }
    }
}

/// How daprd is told of an app. It looks for apps on 127.0.0.1, unless it is told otherwise.
fn flags(address: SocketAddr) -> String {
    let flags = format!("daprd --app-protocol grpc --app-port {}", address.port());
    match address.ip() {
        IpAddr::V4(Ipv4Addr::LOCALHOST) => flags,
        ip if ip.is_unspecified() => flags,
        ip => format!("{flags} --app-channel-address {ip}"),
    }
}

#[cfg(test)]
mod tests {
    use super::flags;

    #[test]
    fn daprd_is_told_of_an_address_where_it_would_look_elsewhere() {
        let table = [
            ("127.0.0.1:6001", ""),
            ("0.0.0.0:6001", ""),
            ("[::]:6001", ""),
            ("127.0.0.2:6001", " --app-channel-address 127.0.0.2"),
            ("[::1]:6001", " --app-channel-address ::1"),
        ];
        for (address, more) in table {
            let expected = format!("daprd --app-protocol grpc --app-port 6001{more}");
            assert_eq!(flags(address.parse().unwrap()), expected, "{address}");
        }
    }
}
