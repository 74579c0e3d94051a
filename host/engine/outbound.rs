//! Which hosts a guest may reach: the words that grant them. What stands beside this keeps guests to them, and says where they may
//! listen.

mod connect;
mod gate;
mod http;
mod listen;
mod private;
mod sockets;

pub(super) use gate::{Gate, Told};
pub(super) use http::Client;
pub use listen::Listen;
pub(super) use sockets::{Names, SocketsView, add_sockets_to_linker};

use ipnet::IpNet;
use private::is_private;
use std::{fmt, net::IpAddr, ops::RangeInclusive, str::FromStr};

/// How a guest speaks to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// wasi:http, in the clear.
    Http,
    /// wasi:http, over TLS.
    Https,
    /// wasi:sockets, a connection.
    Tcp,
    /// wasi:sockets, datagrams.
    Udp,
}

impl Scheme {
    const ALL: [Self; 4] = [Self::Http, Self::Https, Self::Tcp, Self::Udp];

    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }

    /// The port that is meant when none is named.
    fn own_port(self) -> Option<u16> {
        match self {
            Self::Http => Some(80),
            Self::Https => Some(443),
            Self::Tcp | Self::Udp => None,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Hosts that a guest may reach: `[SCHEME://]HOST[:PORT]`.
///
/// SCHEME is `http`, `https`, `tcp`, `udp`, or `*` for all; without one it is http and https. HOST is a name, which may begin with
/// `*.`; an address or a network, like `10.0.0.0/8`; `*`; or `self`. PORT may be a range or `*`; without one it is the scheme's own.
///
/// Whoever answers for a name decides which addresses it has. So a name, and `*`, grants public addresses alone; those of this
/// machine and of private networks are granted by themselves, or all together by `self`. `localhost` has the addresses that the
/// name promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// None is http and https.
    scheme: Option<Schemes>,
    host: Host,
    /// None is the scheme's own.
    ports: Option<RangeInclusive<u16>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Schemes {
    All,
    One(Scheme),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    /// All below a name: what comes before it ends with a dot. In lower case.
    Below(String),
    /// In lower case.
    Name(String),
    /// An address is a network of one.
    Network(IpNet),
    /// All addresses of this machine and of private networks.
    Own,
}

impl FromStr for Outbound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scheme, rest) = match text.split_once("://") {
            None => (None, text),
            Some(("*", rest)) => (Some(Schemes::All), rest),
            Some((name, rest)) => {
                let scheme = Scheme::ALL.into_iter().find(|scheme| scheme.name() == name);
                let scheme = scheme.ok_or_else(|| {
                    format!("the scheme '{name}' is none of http, https, tcp, udp and *")
                })?;
                (Some(Schemes::One(scheme)), rest)
            }
        };
        // A colon inside brackets belongs to an IPv6 address.
        let (host, ports) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(ports(port)?)),
            _ => (rest, None),
        };
        let host = self::host(host)?;
        if let (Some(Schemes::One(scheme)), None) = (scheme, &ports)
            && scheme.own_port().is_none()
        {
            return Err(format!(
                "{scheme} has no port of its own: name one, like {text}:6379, or {text}:* for all"
            ));
        }
        Ok(Self {
            scheme,
            host,
            ports,
        })
    }
}

fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let number = |text: &str| {
        let port = text.parse::<u16>().ok().filter(|port| *port > 0);
        port.ok_or_else(|| {
            format!(
                "'{text}' is not a port: use a number from 1 to 65535, a range like 8000-8010, or *"
            )
        })
    };
    match text.split_once('-') {
        _ if text == "*" => Ok(1..=u16::MAX),
        None => number(text).map(|port| port..=port),
        Some((first, last)) => {
            let range = number(first)?..=number(last)?;
            match range.is_empty() {
                true => Err(format!("'{text}' is a range without a port")),
                false => Ok(range),
            }
        }
    }
}

fn host(text: &str) -> Result<Host, String> {
    if text == "*" {
        return Ok(Host::Any);
    }
    if text == "self" {
        return Ok(Host::Own);
    }
    if let Some(network) = network(text) {
        return Ok(Host::Network(network));
    }
    let name = text.strip_prefix("*.").unwrap_or(text);
    if name.is_empty() || name.contains(['*', '/', '@', '?', '#', ' ', ':', '[', ']']) {
        return Err(format!(
            "'{text}' is not a host: use a name, an address ([::1] with brackets), a network like 10.0.0.0/8, *.example.com for all below a name, * for all that is public, or self for all that is private"
        ));
    }
    let plain = plain(name);
    Ok(match name.len() == text.len() {
        true => Host::Name(plain),
        false => Host::Below(format!(".{plain}")),
    })
}

/// An address, or a network, whose brackets go around the whole of it or around the address.
fn network(host: &str) -> Option<IpNet> {
    if let Some(address) = address(host) {
        return Some(address.into());
    }
    let bare = host.replace(['[', ']'], "");
    let network: IpNet = bare.parse().ok()?;
    // What a connection is held against is the plain form of its address.
    (network.addr().to_canonical() == network.addr()).then(|| network.trunc())
}

/// An address as a URL has it. IPv4 inside IPv6 is IPv4, for so it is reached.
fn address(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = match bare {
        Some(bare) => bare.parse().ok().map(IpAddr::V6),
        None => host.parse().ok().map(IpAddr::V4),
    };
    address.map(|address| address.to_canonical())
}

/// A name in the one form that names are compared in: DNS knows no case, and a dot at the end changes nothing.
fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

impl Outbound {
    fn covers_scheme(&self, scheme: Scheme) -> bool {
        match self.scheme {
            None => matches!(scheme, Scheme::Http | Scheme::Https),
            Some(Schemes::All) => true,
            Some(Schemes::One(only)) => only == scheme,
        }
    }

    fn covers_host(&self, name: &str) -> bool {
        let name = plain(name);
        match &self.host {
            Host::Any => true,
            Host::Name(granted) => name == *granted,
            Host::Below(below) => name.len() > below.len() && name.ends_with(below),
            Host::Network(_) | Host::Own => false,
        }
    }

    fn covers_port(&self, scheme: Scheme, port: u16) -> bool {
        match &self.ports {
            Some(ports) => ports.contains(&port),
            None => scheme.own_port() == Some(port),
        }
    }

    /// Whether it covers this way to a host by its name. That says nothing of the addresses that the name is found to have.
    fn covers_name(&self, scheme: Scheme, name: &str, port: u16) -> bool {
        self.covers_scheme(scheme) && self.covers_host(name) && self.covers_port(scheme, port)
    }

    /// Whether it covers this way to an address, whatever name led to it.
    fn covers_address(&self, scheme: Scheme, address: IpAddr, port: u16) -> bool {
        let address = address.to_canonical();
        let covered = match &self.host {
            Host::Any => !is_private(address),
            Host::Own => is_private(address),
            Host::Network(network) => network.contains(&address),
            Host::Name(_) | Host::Below(_) => false,
        };
        covered && self.covers_scheme(scheme) && self.covers_port(scheme, port)
    }

    /// Whether it covers sockets to this name, on whatever port.
    fn covers_lookup(&self, name: &str) -> bool {
        [Scheme::Tcp, Scheme::Udp]
            .into_iter()
            .any(|scheme| self.covers_scheme(scheme))
            && self.covers_host(name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Scheme::*, *};

    #[test]
    fn a_host_is_covered_by_scheme_name_and_port() {
        let table = [
            ("example.com", Https, "example.com", 443, true),
            ("example.com", Http, "EXAMPLE.com", 80, true),
            ("example.com", Http, "example.com.", 80, true),
            ("example.com", Https, "example.com", 8443, false),
            ("example.com", Https, "www.example.com", 443, false),
            ("example.com", Https, "example.com.evil.net", 443, false),
            ("example.com", Tcp, "example.com", 443, false),
            ("https://example.com", Http, "example.com", 80, false),
            ("https://example.com", Https, "example.com", 443, true),
            ("http://example.com:8080", Http, "example.com", 8080, true),
            ("http://example.com:8080", Http, "example.com", 80, false),
            ("*.example.com", Https, "www.example.com", 443, true),
            ("*.example.com", Https, "a.b.example.com", 443, true),
            ("*.example.com", Https, "example.com", 443, false),
            ("*.example.com", Https, ".example.com", 443, false),
            ("*.example.com", Https, "evilexample.com", 443, false),
            ("*", Https, "anything.net", 443, true),
            ("*", Https, "anything.net", 81, false),
            ("127.0.0.1:80", Http, "127.0.0.1", 80, true),
            ("127.0.0.1:80", Http, "[::ffff:127.0.0.1]", 80, true),
            ("*.0.0.1", Http, "127.0.0.1", 80, false),
            ("[::1]:8080", Http, "[::1]", 8080, true),
            ("[::1]", Http, "[0:0::1]", 80, true),
            ("tcp://redis:6379", Tcp, "redis", 6379, true),
            ("tcp://redis:6379", Udp, "redis", 6379, false),
            ("tcp://redis:6379", Http, "redis", 6379, false),
            ("tcp://redis:6379-6381", Tcp, "redis", 6381, true),
            ("tcp://redis:6379-6381", Tcp, "redis", 6382, false),
            ("tcp://10.0.0.1:*", Tcp, "10.0.0.1", 1, true),
            ("tcp://[fe80::1]:53", Tcp, "[fe80::1]", 53, true),
            ("udp://*:53", Udp, "8.8.4.4", 53, true),
            ("tcp://*:6379", Tcp, "10.0.0.1", 6379, false),
            ("tcp://*:6379", Tcp, "8.8.8.8", 6379, true),
            ("tcp://*:6379", Tcp, "[::ffff:127.0.0.1]", 6379, false),
            ("tcp://self:6379", Tcp, "10.0.0.1", 6379, true),
            ("tcp://self:6379", Tcp, "127.0.0.1", 6379, true),
            ("tcp://self:6379", Tcp, "127.0.0.1", 6380, false),
            ("tcp://self:6379", Tcp, "8.8.8.8", 6379, false),
            ("tcp://self:6379", Tcp, "self", 6379, false),
            ("tcp://10.0.0.0/8:6379", Tcp, "10.200.0.1", 6379, true),
            ("tcp://10.0.0.0/8:6379", Tcp, "11.0.0.1", 6379, false),
            ("tcp://10.1.2.3/8:6379", Tcp, "10.200.0.1", 6379, true),
            ("10.0.0.0/8", Http, "10.0.0.1", 80, true),
            ("tcp://[fd00::]/8:53", Tcp, "[fd12::1]", 53, true),
            ("tcp://[fd00::/8]:53", Tcp, "[fd12::1]", 53, true),
            ("*://localhost:7", Tcp, "localhost", 7, true),
            ("*://localhost:7", Https, "localhost", 7, true),
            ("*://localhost", Https, "localhost", 443, true),
            ("*://localhost", Tcp, "localhost", 443, false),
        ];
        for (allowed, scheme, host, port, expected) in table {
            let parsed: Outbound = allowed.parse().unwrap();
            let covered = match address(host) {
                Some(address) => parsed.covers_address(scheme, address, port),
                None => parsed.covers_name(scheme, host, port),
            };
            assert_eq!(covered, expected, "{allowed} {scheme}://{host}:{port}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused_with_a_word() {
        for text in [
            "",
            "ftp://a",
            "a:b",
            "a:70000",
            "a:0",
            "a:9-8",
            "a:1-2-3",
            "a/b",
            "*.",
            "a.*.b",
            "user@a",
            "a b",
            "**",
            "::1",
            "tcp://a",
            "udp://*",
            "10.0.0.0/33",
            "10.0.0/8",
            "[::ffff:10.0.0.0]/104",
            "a/8",
        ] {
            assert!(text.parse::<Outbound>().is_err(), "{text:?}");
        }
    }
}
