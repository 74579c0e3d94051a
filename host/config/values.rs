//! What settings are made of, in the words that the command line and the manifest share.
//!
//! What is wrong with a value is told without it, where that can be: it may come out of the environment, and be secret.

mod access;
mod app;
mod grants;
mod secret;

pub use access::{SocketGroup, SocketMode};
pub(in crate::config) use app::overlap;
pub use app::{Address, Isolation, PortNumber};
pub use grants::{Dir, Mode, Variable};
pub use secret::{Token, VariableName};

use super::layers::Value;
use bytesize::ByteSize;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};
use std::{
    borrow::Cow,
    fmt,
    marker::PhantomData,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

/// A type that is text in the manifest as it is on the command line, with an example.
macro_rules! text {
    ($type:ty, $name:literal, $example:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Written(PhantomData))
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "examples": [$example] })
            }
        }
    };
}

use text;

/// Reads a value from its text. What is wrong with that is told within the visit, so that TOML knows where it stands.
struct Written<T>(PhantomData<T>);

impl<T: FromStr<Err = String>> Visitor<'_> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// A setting's default stands in the schema as one would write it in the manifest.
macro_rules! written_as_shown {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

use written_as_shown;

/// A time that is more than nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub Duration);

/// A time that may be nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grace(pub Duration);

impl FromStr for Grace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match humantime::parse_duration(text) {
            Ok(duration) => Ok(Self(duration)),
            Err(_) => Err("not a time: write a number and a unit, like 5s, 500ms or 2m".to_owned()),
        }
    }
}

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse()? {
            Grace(Duration::ZERO) => Err("must be more than 0".to_owned()),
            Grace(duration) => Ok(Self(duration)),
        }
    }
}

impl fmt::Display for Grace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_duration(self.0).fmt(f)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Grace(self.0).fmt(f)
    }
}

impl Value for Time {}
impl Value for Grace {}
text!(Time, "time", "5s");
text!(Grace, "grace", "5s");
written_as_shown!(Time);
written_as_shown!(Grace);

/// Bytes: more than none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub usize);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let size: ByteSize = text.parse().map_err(|_| {
            "not a size: write a number and a unit, like 512KiB, 128MiB or 1GiB".to_owned()
        })?;
        match usize::try_from(size.as_u64()) {
            Ok(0) | Err(_) => Err("must be more than 0, and fit this machine".to_owned()),
            Ok(size) => Ok(Self(size)),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
        let even = |(power, _): &(u32, &str)| self.0.trailing_zeros() >= *power;
        match units.into_iter().find(even) {
            Some((power, unit)) => write!(f, "{}{unit}", self.0 >> power),
            None => write!(f, "{}B", self.0),
        }
    }
}

impl Value for Size {}
text!(Size, "size", "128MiB");
written_as_shown!(Size);

/// Bytes of stack. A call needs some to do anything, and each that is under way has all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stack(pub usize);

impl FromStr for Stack {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse()? {
            Size(size) if ((64 << 10)..=(64 << 20)).contains(&size) => Ok(Self(size)),
            Size(_) => Err("must be from 64KiB to 64MiB".to_owned()),
        }
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Size(self.0).fmt(f)
    }
}

impl Value for Stack {}
text!(Stack, "stack", "1MiB");
written_as_shown!(Stack);

/// A number of things, at least `LEAST`. In the manifest it may be text, too, for that can come from the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count<const LEAST: usize>(pub usize);

impl<const LEAST: usize> Count<LEAST> {
    fn new(count: Option<usize>) -> Result<Self, String> {
        match count {
            Some(count) if count >= LEAST => Ok(Self(count)),
            Some(_) => Err(format!("must be at least {LEAST}")),
            None => Err("not a number of things: write digits".to_owned()),
        }
    }
}

impl<const LEAST: usize> FromStr for Count<LEAST> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::new(text.parse().ok())
    }
}

impl<const LEAST: usize> fmt::Display for Count<LEAST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const LEAST: usize> Value for Count<LEAST> {}

impl<const LEAST: usize> Serialize for Count<LEAST> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, const LEAST: usize> Deserialize<'de> for Count<LEAST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<const LEAST: usize>;

        impl<const LEAST: usize> Visitor<'_> for Either<LEAST> {
            type Value = Count<LEAST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of things")
            }

            fn visit_i64<E: Error>(self, count: i64) -> Result<Self::Value, E> {
                match usize::try_from(count) {
                    Ok(count) => Count::new(Some(count)).map_err(E::custom),
                    Err(_) => Err(E::custom(format!("must be at least {LEAST}"))),
                }
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl<const LEAST: usize> JsonSchema for Count<LEAST> {
    fn schema_name() -> Cow<'static, str> {
        format!("count-{LEAST}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "string"], "minimum": LEAST, "pattern": "^([0-9]+|.*\\$\\{.*)$" })
    }
}

impl Value for bool {}

impl Value for PathBuf {
    fn beside(&mut self, folder: &Path) {
        *self = folder.join(&self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_shown_as_one_would_write_it() {
        for text in ["1B", "1000B", "512KiB", "64MiB", "1536MiB", "2GiB"] {
            assert_eq!(text.parse::<Size>().unwrap().to_string(), text);
        }
        for text in ["", "0", "0MiB", "much", "-1", "1 parsec"] {
            assert!(text.parse::<Size>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_stack_has_room_for_a_call_and_no_more_than_a_machine_can_give() {
        assert_eq!("1MiB".parse(), Ok(Stack(1 << 20)));
        for bad in ["1KiB", "65MiB", "0", "much"] {
            assert!(bad.parse::<Stack>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_time_or_a_count_of_nothing_is_refused_where_that_means_nothing() {
        assert!("0s".parse::<Time>().is_err());
        assert!("0s".parse::<Grace>().is_ok());
        assert!("0".parse::<Count<1>>().is_err());
        assert!("0".parse::<Count<0>>().is_ok());
        for text in ["", "-1", "1.5", "x", "99999999999999999999999"] {
            assert!(text.parse::<Count<0>>().is_err(), "{text:?}");
        }
    }
}
