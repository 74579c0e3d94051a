//! The binding's properties.

use std::time::Duration;

use crate::address::Address;
use crate::bindings::dapr::components::types::{Error, Metadata};
use crate::invalid_argument;

/// The property, and the metadata of an invocation, that says whether an answer outside of 200 to 299 is an error.
pub const ERROR_IF_NOT_2XX: &str = "errorIfNot2XX";

/// What an exchange may take unless `responseTimeout` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

pub struct Settings {
    pub address: Address,
    pub error_if_not_2xx: bool,
    /// From the first packet to the last byte of the answer.
    pub timeout: Duration,
}

impl Settings {
    pub fn read(properties: &Metadata) -> Result<Self, Error> {
        let Some(url) = find(properties, "url") else {
            return Err(invalid_argument(
                "the property url is missing: it is the address to send to, such as https://example.com/hook",
            ));
        };
        let timeout = match find(properties, "responseTimeout") {
            Some(text) => duration(text).ok_or_else(|| {
                invalid_argument(format!(
                    "the property responseTimeout is {text:?}, and that is not a time longer than 0 such as 30s, 1m30s or 500ms"
                ))
            })?,
            None => TIMEOUT,
        };
        Ok(Self {
            address: Address::parse(url)?,
            error_if_not_2xx: truth(properties, ERROR_IF_NOT_2XX)?.unwrap_or(true),
            timeout,
        })
    }
}

/// The value of this name; none for an empty one, which stands for the default.
pub fn find<'a>(metadata: &'a Metadata, name: &str) -> Option<&'a str> {
    let (_, value) = metadata.iter().find(|(found, _)| found == name)?;
    Some(value.as_str()).filter(|value| !value.is_empty())
}

/// Reads yes or no, in the words that Dapr takes for them.
pub fn truth(metadata: &Metadata, name: &str) -> Result<Option<bool>, Error> {
    let Some(text) = find(metadata, name) else {
        return Ok(None);
    };
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Ok(Some(true)),
        "false" | "f" | "no" | "n" | "off" | "0" => Ok(Some(false)),
        _ => Err(invalid_argument(format!(
            "{name} is {text:?}, and that is neither true nor false"
        ))),
    }
}

/// Reads a duration as Go writes it: numbers with a unit each, as in `1m30s` or `1.5h`. None for what is not one, or
/// not longer than 0.
fn duration(text: &str) -> Option<Duration> {
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|c| !is_digit(c))?);
        let (unit, tail) = tail.split_at(tail.find(is_digit).unwrap_or(tail.len()));
        let unit = match unit {
            "ns" => 1e-9,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * unit;
        rest = tail;
    }
    let duration = Duration::try_from_secs_f64(seconds).ok()?;
    (!duration.is_zero()).then_some(duration)
}
