//! What guests are granted: folders, variables, hosts to reach, places to listen, and what they may ask of Dapr.

use super::{Written, text};
use crate::{
    config::layers::Value,
    engine::{self, DaprGrant, Listen, Outbound},
    sidecar::Endpoint,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};
use std::{
    borrow::Cow,
    env, fmt,
    marker::PhantomData,
    path::{Path, PathBuf},
    str::FromStr,
};

impl Value for Outbound {
    fn replaces(&self, other: &Self) -> bool {
        self == other
    }
}

text!(Outbound, "outbound", "https://api.example.com");

impl Value for Listen {
    fn replaces(&self, other: &Self) -> bool {
        self == other
    }
}

text!(Listen, "listen", "127.0.0.1:8080");

impl Value for DaprGrant {
    fn replaces(&self, other: &Self) -> bool {
        self == other
    }
}

text!(DaprGrant, "dapr-grant", "state:orders");

impl Value for Endpoint {
    fn beside(&mut self, folder: &Path) {
        self.beside(folder);
    }
}

text!(Endpoint, "dapr-endpoint", "127.0.0.1:50001");

/// A folder of the host that guests see.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("examples" = [{ "host": "./data", "guest": "/data", "mode": "rw" }]))]
pub struct Dir {
    /// Where it is.
    #[schemars(example = "./data")]
    pub host: PathBuf,
    /// What guests call it.
    #[schemars(example = "/data")]
    pub guest: String,
    /// Whether guests may change what is in it (`rw`), or only read (`ro`).
    #[serde(default)]
    pub mode: Mode,
}

/// What guests may do in a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Read.
    #[default]
    Ro,
    /// Read and write.
    Rw,
}

/// `HOST::GUEST`, read-only, or with `::ro` or `::rw` after it; `HOST` alone is seen under its own name.
impl FromStr for Dir {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split("::");
        let host = parts.next().unwrap_or_default();
        let guest = parts.next().unwrap_or(host);
        let mode = match parts.next() {
            None | Some("ro") => Mode::Ro,
            Some("rw") => Mode::Rw,
            Some(other) => return Err(format!("'{other}' is neither ro nor rw")),
        };
        if host.is_empty() || guest.is_empty() || parts.next().is_some() {
            return Err("a folder is granted as HOST::GUEST or HOST::GUEST::rw".to_owned());
        }
        Ok(Self {
            host: host.into(),
            guest: guest.to_owned(),
            mode,
        })
    }
}

impl Value for Dir {
    fn replaces(&self, other: &Self) -> bool {
        self.guest == other.guest
    }

    fn beside(&mut self, folder: &Path) {
        self.host.beside(folder);
    }
}

impl From<Dir> for engine::Dir {
    fn from(dir: Dir) -> Self {
        Self {
            host: dir.host,
            guest: dir.guest,
            writable: dir.mode == Mode::Rw,
        }
    }
}

/// A variable of the guests' environment.
#[derive(Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// It may be secret.
    pub value: String,
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Variable").field(&self.name).finish()
    }
}

/// `NAME=VALUE`, or `NAME` with the value that plugbox itself has.
impl FromStr for Variable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) => Self::new(name, value),
            None => match env::var(text) {
                Ok(value) => Self::new(text, &value),
                Err(_) => Err("plugbox itself has no such variable: use NAME=VALUE".to_owned()),
            },
        }
    }
}

impl Variable {
    fn new(name: &str, value: &str) -> Result<Self, String> {
        match name {
            "" => Err("a variable needs a name".to_owned()),
            name if name.contains(['=', '\0']) => {
                Err("a variable's name cannot have a '=' or a NUL".to_owned())
            }
            _ if value.contains('\0') => Err("a variable cannot have a NUL".to_owned()),
            name => Ok(Self {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
        }
    }

    /// Variables as the manifest has them: a table of names and values.
    ///
    /// # Errors
    /// When one has no name.
    pub(in crate::config) fn all<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Self>, D::Error> {
        struct Table;

        impl<'de> Visitor<'de> for Table {
            type Value = Vec<Variable>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of variables")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut variables = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, String>()? {
                    variables.push(Variable::new(&name, &value).map_err(A::Error::custom)?);
                }
                Ok(variables)
            }
        }

        deserializer.deserialize_map(Table)
    }
}

impl Value for Variable {
    fn replaces(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_granted_read_only_unless_it_says_rw() {
        let granted = |host: &str, guest: &str, mode| Dir {
            host: host.into(),
            guest: guest.into(),
            mode,
        };
        let table = [
            ("a::/b", Some(granted("a", "/b", Mode::Ro))),
            ("a::/b::ro", Some(granted("a", "/b", Mode::Ro))),
            ("a::/b::rw", Some(granted("a", "/b", Mode::Rw))),
            ("/a", Some(granted("/a", "/a", Mode::Ro))),
            ("a::/b::x", None),
            ("a::", None),
            ("::/b", None),
            ("", None),
            ("a::b::rw::x", None),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse().ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_variable_is_a_name_and_a_value() {
        let parsed = |text: &str| {
            let variable = text.parse::<Variable>();
            variable.map(|variable| (variable.name, variable.value))
        };
        assert_eq!(parsed("A=b=c"), Ok(("A".into(), "b=c".into())));
        assert_eq!(parsed("A="), Ok(("A".into(), String::new())));
        assert!(parsed("=b").is_err());
        assert!(parsed("PLUGBOX_HAS_NO_SUCH_VARIABLE").is_err());
    }

    #[test]
    fn a_variables_value_is_not_shown() {
        let variable: Variable = "NAME=hunter2".parse().unwrap();
        assert_eq!(format!("{variable:?}"), r#"Variable("NAME")"#);
    }
}
