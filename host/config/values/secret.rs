//! Secrets, which are named by variables of the runner's own environment, so that none stands in a manifest or on a command line.

use super::{Written, text, written_as_shown};
use crate::{config::layers::Value, headers::visible};
use http::HeaderValue;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, ffi::OsString, fmt, marker::PhantomData, str::FromStr};

/// The name of a variable of the runner's own environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableName(Cow<'static, str>);

impl VariableName {
    /// One that is good by itself.
    pub(in crate::config) const fn of(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }
}

impl FromStr for VariableName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("a variable needs a name".to_owned()),
            text if text.contains(['=', '\0']) => {
                Err("a variable's name cannot have a '=' or a NUL".to_owned())
            }
            text => Ok(Self(text.to_owned().into())),
        }
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for VariableName {}
text!(VariableName, "variable-name", "DAPR_API_TOKEN");
written_as_shown!(VariableName);

/// A token that calls bring. It is shown nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Token(HeaderValue);

impl Token {
    /// The token in a variable; none where that is not set, or empty.
    ///
    /// # Errors
    /// When it cannot stand in a header.
    pub fn from_environment(
        name: &VariableName,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, String> {
        let Some(value) = variable(&name.0).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let token = value.to_str().and_then(visible);
        let mut token = token.ok_or_else(|| {
            format!("the token in {name} has what no header can have: it must be visible ASCII, and have no line's end")
        })?;
        token.set_sensitive(true);
        Ok(Some(Self(token)))
    }

    /// The token in a variable that has to have one.
    ///
    /// # Errors
    /// When it has none, or what cannot stand in a header.
    pub fn demanded(
        name: &VariableName,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, String> {
        let token = Self::from_environment(name, variable)?;
        token.ok_or_else(|| format!("there is no token in the environment's {name}: set it"))
    }

    /// As a header has it.
    pub fn header(&self) -> &HeaderValue {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_what_its_variable_has_and_is_not_shown() {
        let name: VariableName = "TOKEN".parse().unwrap();
        let token = |value: &'static str| {
            Token::from_environment(&name, &|variable| {
                (variable == "TOKEN").then(|| value.into())
            })
        };
        let found = token("hunter2").unwrap().unwrap();
        assert_eq!(found.header(), "hunter2");
        assert!(!format!("{found:?}").contains("hunter2"));
        assert_eq!(token(""), Ok(None));
        assert_eq!(Token::from_environment(&name, &|_| None), Ok(None));
        for none in [None, Some("")] {
            let error = Token::demanded(&name, &|_| none.map(Into::into)).unwrap_err();
            assert!(error.contains("TOKEN"), "{error}");
        }
        for bad in ["hunter2\n", "häger"] {
            let error = token(bad).unwrap_err();
            assert!(
                error.contains("TOKEN") && !error.contains("unter"),
                "{error}"
            );
        }
    }
}
