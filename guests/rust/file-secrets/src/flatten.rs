//! How a JSON document becomes names and values.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Error, Value, from_str};

use crate::bindings::exports::dapr::components::secret_store::Secret;
use crate::settings::Settings;

/// The secrets by their names.
pub type Secrets = BTreeMap<String, Secret>;

/// Why a file holds no secrets. What it holds instead is not told: it may be meant as one.
#[derive(Debug, PartialEq)]
pub enum Refusal {
    /// At this line and column.
    NotJson(usize, usize),
    NotAnObject,
    SameName,
}

/// Reads a document.
///
/// Where secrets have single values, all nested names are joined into one, and an array's places are names too:
/// `{"a": {"b": ["x"]}}` holds the secret `a:b:0`. Where they can have several, an object or array at the top is one
/// secret, and only the names within it are joined. Texts are taken as they are; numbers, true and false as they stand
/// in the file. A null is no secret.
pub fn read(text: &str, settings: &Settings) -> Result<Secrets, Refusal> {
    // This finds all that can be wrong, and the line of it, and lets nothing pass that nests more than 128 levels deep.
    let document: Value = from_str(text).map_err(not_json)?;
    if !document.is_object() {
        return Err(Refusal::NotAnObject);
    }
    let document = from_str(text).map_err(not_json)?;
    let mut secrets = Secrets::new();
    if settings.multi_valued {
        for (name, value) in parts(document)? {
            let is_nested = is_nested(value);
            let own = (!is_nested).then(|| name.clone());
            let secret: Secret = flat(value, own, settings)?.into_iter().collect();
            if is_nested || !secret.is_empty() {
                secrets.insert(name, secret);
            }
        }
    } else {
        for (name, value) in flat(document, None, settings)? {
            secrets.insert(name.clone(), vec![(name, value)]);
        }
    }
    Ok(secrets)
}

/// All values that are nested in one, under joined names that begin with this one.
fn flat(
    value: &RawValue,
    name: Option<String>,
    settings: &Settings,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut values = BTreeMap::new();
    walk(value, name, &settings.separator, &mut values)?;
    Ok(values)
}

fn walk(
    value: &RawValue,
    name: Option<String>,
    separator: &str,
    values: &mut BTreeMap<String, String>,
) -> Result<(), Refusal> {
    if is_nested(value) {
        for (own, part) in parts(value)? {
            let joined = match &name {
                Some(name) => format!("{name}{separator}{own}"),
                None => own,
            };
            walk(part, Some(joined), separator, values)?;
        }
        return Ok(());
    }
    let plain = match value.get() {
        "null" => return Ok(()),
        text if text.starts_with('"') => from_str(text).map_err(not_json)?,
        text => text.to_owned(),
    };
    match values.insert(name.unwrap_or_default(), plain) {
        Some(_) => Err(Refusal::SameName),
        None => Ok(()),
    }
}

fn is_nested(value: &RawValue) -> bool {
    value.get().starts_with(['{', '['])
}

/// What an object or an array consists of, under names or places.
fn parts(value: &RawValue) -> Result<Vec<(String, &RawValue)>, Refusal> {
    let text = value.get();
    if text.starts_with('{') {
        let fields: BTreeMap<String, &RawValue> = from_str(text).map_err(not_json)?;
        Ok(fields.into_iter().collect())
    } else {
        let items: Vec<&RawValue> = from_str(text).map_err(not_json)?;
        let items = items.into_iter().enumerate();
        Ok(items
            .map(|(place, item)| (place.to_string(), item))
            .collect())
    }
}

fn not_json(error: Error) -> Refusal {
    Refusal::NotJson(error.line(), error.column())
}
