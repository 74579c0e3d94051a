//! Where a guest may wait for connections.

use super::{network, ports};
use ipnet::IpNet;
use std::{net::SocketAddr, ops::RangeInclusive, str::FromStr};

/// Addresses of this machine on which a guest may listen: `ADDRESS:PORT`. ADDRESS is an address, a network or `*`; PORT may be a
/// range or `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// None is all.
    network: Option<IpNet>,
    ports: RangeInclusive<u16>,
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let whole = "must be ADDRESS:PORT, like 127.0.0.1:8080, [::]:8080 or *:8000-8010";
        let (address, port) = text.rsplit_once(':').ok_or(whole)?;
        let network = match address {
            "*" => None,
            address => Some(network(address).ok_or(whole)?),
        };
        let ports = ports(port)?;
        Ok(Self { network, ports })
    }
}

impl Listen {
    /// Whether it covers this address. A port that the system chooses is covered where all are.
    pub(super) fn covers(&self, address: SocketAddr) -> bool {
        let ip = address.ip().to_canonical();
        let network = self.network.is_none_or(|network| network.contains(&ip));
        network
            && match address.port() {
                0 => self.ports == (1..=u16::MAX),
                port => self.ports.contains(&port),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::Listen;

    #[test]
    fn a_place_to_listen_is_covered_by_address_and_port() {
        let table = [
            ("127.0.0.1:80", "127.0.0.1:80", true),
            ("127.0.0.1:80", "127.0.0.1:81", false),
            ("127.0.0.1:80", "0.0.0.0:80", false),
            ("127.0.0.1:80", "[::ffff:127.0.0.1]:80", true),
            ("127.0.0.1:80", "127.0.0.1:0", false),
            ("127.0.0.1:*", "127.0.0.1:0", true),
            ("[::1]:80", "[::1]:80", true),
            ("127.0.0.0/8:80-90", "127.9.0.1:85", true),
            ("*:80", "0.0.0.0:80", true),
            ("*:80", "[::]:80", true),
            ("*:80", "[::]:81", false),
        ];
        for (granted, address, covered) in table {
            let listen: Listen = granted.parse().unwrap();
            assert_eq!(
                listen.covers(address.parse().unwrap()),
                covered,
                "{granted} {address}"
            );
        }
        for wrong in [
            "",
            "80",
            "localhost:80",
            "127.0.0.1:",
            "127.0.0.1:0",
            ":80",
            "127.0.0.1:9-8",
        ] {
            assert!(wrong.parse::<Listen>().is_err(), "{wrong:?}");
        }
    }
}
