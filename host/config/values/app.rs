//! Where an app is reached, and what one call of it leaves for the next.

use super::{Written, text, written_as_shown};
use crate::{config::layers::Value, engine};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};
use std::{
    borrow::Cow,
    fmt,
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
};

/// A TCP port. On the command line 0 stands for any that is free; a manifest names one, for daprd has to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortNumber(pub u16);

const NO_PORT: &str = "a port is a number from 1 to 65535";

impl PortNumber {
    fn named(port: Option<u16>) -> Result<Self, String> {
        let port = port.filter(|port| *port > 0);
        port.map(Self).ok_or_else(|| NO_PORT.to_owned())
    }
}

impl FromStr for PortNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(port) => Ok(Self(port)),
            Err(_) => Err(format!("{NO_PORT}; 0 is any that is free")),
        }
    }
}

impl Value for PortNumber {}

impl<'de> Deserialize<'de> for PortNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = PortNumber;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a port")
            }

            fn visit_i64<E: Error>(self, port: i64) -> Result<PortNumber, E> {
                PortNumber::named(port.try_into().ok()).map_err(E::custom)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<PortNumber, E> {
                PortNumber::named(text.parse().ok()).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for PortNumber {
    fn schema_name() -> Cow<'static, str> {
        "port".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "minimum": 1,
            "maximum": u16::MAX,
            "pattern": "^([0-9]+|.*\\$\\{.*)$",
            "examples": [6001],
        })
    }
}

/// An address of this machine, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(pub IpAddr);

impl Address {
    /// For programs on this machine alone.
    pub(in crate::config) const LOCAL: Self = Self(IpAddr::V4(Ipv4Addr::LOCALHOST));
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bracketed = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        match bracketed.unwrap_or(text).parse() {
            Ok(address) => Ok(Self(address)),
            Err(_) => Err(
                "not an IP address: write one of this machine's, like 127.0.0.1, or 0.0.0.0 or :: for all of them (the port is a setting of its own)"
                    .to_owned(),
            ),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Value for Address {}
text!(Address, "address", "127.0.0.1");
written_as_shown!(Address);

/// Whether a machine cannot give both to those who listen.
pub(in crate::config) fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let covers = |all: IpAddr, one: IpAddr| match all {
        IpAddr::V4(all) => all.is_unspecified() && one.is_ipv4(),
        // Linux has it stand for those of IPv4, too.
        IpAddr::V6(all) => all.is_unspecified(),
    };
    let (ip, of_other) = (one.ip(), other.ip());
    let same = ip == of_other || covers(ip, of_other) || covers(of_other, ip);
    same && one.port() == other.port() && one.port() != 0
}

/// What one call of an app leaves for the next.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// What its instance keeps in memory.
    Instance,
    /// Nothing: each call has an instance of its own.
    Call,
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Instance => "instance",
            Self::Call => "call",
        })
    }
}

impl Value for Isolation {}

impl From<Isolation> for engine::Isolation {
    fn from(isolation: Isolation) -> Self {
        match isolation {
            Isolation::Instance => Self::Instance,
            Isolation::Call => Self::Call,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_one_that_there_is_and_nought_is_for_the_command_line() {
        for (text, port) in [("0", 0), ("6001", 6001), ("65535", 65535)] {
            assert_eq!(text.parse(), Ok(PortNumber(port)), "{text}");
        }
        for bad in ["", "-1", "65536", "http", "6001.5"] {
            assert!(bad.parse::<PortNumber>().is_err(), "{bad:?}");
        }
        let in_toml = |value: &str| {
            let value = toml::de::ValueDeserializer::parse(value).unwrap();
            PortNumber::deserialize(value).map_err(drop)
        };
        assert_eq!(in_toml("6001"), Ok(PortNumber(6001)));
        assert_eq!(in_toml("'6001'"), Ok(PortNumber(6001)));
        for bad in ["0", "'0'", "-1", "65536", "'x'"] {
            assert_eq!(in_toml(bad), Err(()), "{bad}");
        }
    }

    #[test]
    fn an_address_is_a_number_and_no_name() {
        let table = [
            ("127.0.0.1", "127.0.0.1"),
            ("0.0.0.0", "0.0.0.0"),
            ("::", "::"),
            ("[::1]", "::1"),
        ];
        for (text, shown) in table {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), shown);
        }
        for bad in ["", "*", "localhost", "127.0.0.1:80", "[::1]:80", "[::1"] {
            assert!(bad.parse::<Address>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn two_addresses_overlap_where_one_is_the_other_or_stands_for_it() {
        let table = [
            ("127.0.0.1:1", "127.0.0.1:1", true),
            ("127.0.0.1:1", "127.0.0.1:2", false),
            ("127.0.0.1:1", "127.0.0.2:1", false),
            ("127.0.0.1:1", "0.0.0.0:1", true),
            ("127.0.0.1:1", "[::]:1", true),
            ("127.0.0.1:1", "[::1]:1", false),
            ("0.0.0.0:1", "[::1]:1", false),
            ("[::]:1", "[::1]:1", true),
            ("127.0.0.1:0", "127.0.0.1:0", false),
        ];
        for (one, other, expected) in table {
            let (one, other) = (one.parse().unwrap(), other.parse().unwrap());
            assert_eq!(overlap(one, other), expected, "{one} {other}");
            assert_eq!(overlap(other, one), expected, "{other} {one}");
        }
    }
}
