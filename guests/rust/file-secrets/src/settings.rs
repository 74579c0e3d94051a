//! The store's properties.

use std::path::PathBuf;

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::error;

pub struct Settings {
    pub file: PathBuf,
    /// What stands between the names when nested ones become one.
    pub separator: String,
    /// Whether a secret can have several values.
    pub multi_valued: bool,
}

impl Settings {
    pub fn read(properties: &Metadata) -> Result<Self, Error> {
        // An empty value stands for the default, as for Dapr.
        let find = |name: &str| {
            let (_, value) = properties.iter().find(|(found, _)| found == name)?;
            Some(value.as_str()).filter(|value| !value.is_empty())
        };
        let refused = |message: String| Err(error(Code::InvalidArgument, message));
        let Some(file) = find("secretsFile") else {
            return refused(
                "the property secretsFile is missing: it is the path of the file, such as /secrets/secrets.json"
                    .to_owned(),
            );
        };
        let multi_valued = match find("multiValued") {
            None => false,
            Some(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "t" | "yes" | "y" | "on" | "1" => true,
                "false" | "f" | "no" | "n" | "off" | "0" => false,
                _ => {
                    return refused(format!(
                        "the property multiValued is {text:?}, and that is neither true nor false"
                    ));
                }
            },
        };
        Ok(Self {
            file: file.into(),
            separator: find("nestedSeparator").unwrap_or(":").to_owned(),
            multi_valued,
        })
    }
}
