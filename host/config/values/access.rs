//! Who may connect to a socket, in the words of `chmod` and `chgrp`.

use super::{Written, text, written_as_shown};
use crate::config::layers::Value;
use nix::unistd::Group;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr};

/// The mode of a socket's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketMode(pub u32);

impl FromStr for SocketMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        mode(text).map(Self)
    }
}

impl fmt::Display for SocketMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl Value for SocketMode {}
text!(SocketMode, "socket-mode", "0660");
written_as_shown!(SocketMode);

/// The group of a socket's file, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketGroup(pub u32);

impl FromStr for SocketGroup {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        group(text).map(Self)
    }
}

impl Value for SocketGroup {}
text!(SocketGroup, "socket-group", "dapr");

/// In octal.
fn mode(text: &str) -> Result<u32, String> {
    let digits = text.strip_prefix("0o").unwrap_or(text);
    // from_str_radix takes a sign.
    let mode = match digits.bytes().all(|digit| digit.is_ascii_digit()) {
        true => u32::from_str_radix(digits, 8).ok(),
        false => None,
    };
    match mode {
        None => Err("a mode is octal digits, like 0660".to_owned()),
        Some(mode) if mode > 0o777 => {
            Err("a socket's mode has rights only: at most 0777".to_owned())
        }
        Some(mode) if mode & 0o222 == 0 => Err(
            "nobody could connect: to connect is to write, so the mode needs a 2, 6 or 7"
                .to_owned(),
        ),
        Some(mode) => Ok(mode),
    }
}

/// A group by its name or its number. Names are those that this machine knows; a number need not be.
fn group(text: &str) -> Result<u32, String> {
    if !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()) {
        return match text.parse() {
            // The system takes the largest number as none.
            Ok(u32::MAX) | Err(_) => Err("there is no such number of a group".to_owned()),
            Ok(number) => Ok(number),
        };
    }
    // The system would read it to its end.
    if text.contains('\0') {
        return Err("a group's name has no NUL".to_owned());
    }
    match Group::from_name(text) {
        Ok(Some(group)) => Ok(group.gid.as_raw()),
        Ok(None) => {
            Err("this machine knows no such group: name another, or use its number".to_owned())
        }
        Err(error) => Err(format!(
            "the groups of this machine cannot be read: {error}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_octal_and_lets_somebody_connect() {
        let table = [
            ("0660", Some(0o660)),
            ("660", Some(0o660)),
            ("0o600", Some(0o600)),
            ("0777", Some(0o777)),
            ("2", Some(0o002)),
            ("0444", None),
            ("0", None),
            ("1777", None),
            ("0888", None),
            ("+660", None),
            ("rw-rw----", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(mode(text).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_group_is_a_number_or_a_name_that_the_machine_knows() {
        assert_eq!(group("65532"), Ok(65532));
        assert_eq!(group("root"), Ok(0));
        for bad in [
            "",
            "no such group",
            "4294967295",
            "99999999999",
            "-1",
            "a\0",
        ] {
            assert!(group(bad).is_err(), "{bad:?}");
        }
    }
}
