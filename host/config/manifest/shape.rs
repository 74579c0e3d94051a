//! A manifest against its schema: every key known, none missing, every value of its type, every variable filled in.

use super::{variables::filled_in, wrong::Faults};
use crate::config::{schema::in_toml, settings::named};
use serde_json::Value;
use std::{borrow::Cow, ffi::OsString, ops::Range};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// How alike two words are when one may be meant for the other: from 0 to 1.
const ALIKE: f64 = 0.8;

pub(super) struct Shape<'a, 'b> {
    pub(super) faults: &'a mut Faults<'b>,
    /// Of the whole manifest.
    pub(super) schema: &'a Value,
    pub(super) variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// Where variables were filled in: what stands there now may be secret.
    pub(super) filled_in: Vec<Range<usize>>,
}

/// A key among those of the tables around it, as TOML writes it.
pub(super) fn joined(path: &str, key: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    let key: Cow<str> = match key.chars().all(bare) && !key.is_empty() {
        true => key.into(),
        false => format!("{key:?}").into(),
    };
    match path {
        "" => key.into_owned(),
        path => format!("{path}.{key}"),
    }
}

impl Shape<'_, '_> {
    pub(super) fn table(
        &mut self,
        path: &str,
        at: Range<usize>,
        table: &mut DeTable<'_>,
        schema: &Value,
    ) {
        let properties = schema.get("properties");
        let others = schema
            .get("additionalProperties")
            .filter(|others| others.is_object());
        let required = schema.get("required").and_then(Value::as_array);
        for key in required.into_iter().flatten().filter_map(Value::as_str) {
            if !table.contains_key(key) {
                let like = properties.and_then(|known| example(known.get(key)?));
                let like = like.map(|example| format!(": add one, like {key} = {example}"));
                let like = like.unwrap_or_default();
                self.faults
                    .add(at.clone(), path, format!("it has no {key}{like}"));
            }
        }
        for (key, value) in table.iter_mut() {
            let path = joined(path, key.get_ref());
            let known = properties.and_then(|known| known.get(key.get_ref().as_ref()));
            match known.or(others) {
                Some(schema) => self.value(&path, value, schema),
                None => {
                    let what = self.unknown(key.get_ref(), properties);
                    self.faults.add(key.span(), &path, what);
                }
            }
        }
    }

    fn value(&mut self, path: &str, value: &mut Spanned<DeValue<'_>>, schema: &Value) {
        let at = value.span();
        if !is_of(value.get_ref(), schema.get("type")) {
            let wanted = schema.get("type").map(types).unwrap_or_default();
            let like = example(schema).filter(|_| wanted != word("boolean"));
            let like = like.map(|example| format!(" like {example}"));
            let like = like.unwrap_or_default();
            let found = kind(value.get_ref()).1;
            self.faults.add(
                at,
                path,
                format!("it is {found}, and must be {wanted}{like}"),
            );
            return;
        }
        match value.get_mut() {
            DeValue::String(text) => match filled_in(text, self.variable) {
                Ok((filled, any)) => {
                    if any {
                        self.filled_in.push(at);
                    }
                    *text = Cow::Owned(filled);
                }
                Err(what) => self.faults.add(at, path, what),
            },
            DeValue::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for (number, item) in items.iter_mut().enumerate() {
                        self.value(&format!("{path}[{number}]"), item, schema);
                    }
                }
            }
            DeValue::Table(table) => self.table(path, at, table, schema),
            _ => {}
        }
    }

    /// What to say of a key that is not in its table's schema.
    fn unknown(&self, key: &str, properties: Option<&Value>) -> String {
        let root = self.schema.get("properties");
        if root.and_then(|root| root.get(key)).is_some() {
            return format!(
                "{key} is set for the whole runner: put it before the first [component.NAME] or [app.NAME]"
            );
        }
        let of = |table: &str| {
            let section = root?
                .get(table)?
                .pointer("/additionalProperties/properties")?;
            section.get(key)
        };
        if of("component").is_some() {
            return format!(
                "{key} is set for one component or app: put it after a [component.NAME] or [app.NAME]"
            );
        }
        if of("app").is_some() {
            return format!("{key} is set for one app: put it after an [app.NAME]");
        }
        let known = properties.and_then(Value::as_object);
        let known = known.into_iter().flatten().map(|(known, _)| known.as_str());
        // Those who know the flag try its name.
        let of_flag = |known: &&str| {
            let flag = format!("--{}", key.replace('_', "-"));
            let mut all = named::ALL.iter();
            all.any(|setting| setting.key == *known && setting.flag == flag)
        };
        let meant = known.clone().find(of_flag).or_else(|| {
            let alike = known.map(|known| (strsim::jaro_winkler(known, key), known));
            let alike = alike.filter(|(alike, _)| *alike >= ALIKE);
            let best = alike.max_by(|one, other| one.0.total_cmp(&other.0));
            best.map(|(_, known)| known)
        });
        match meant {
            Some(meant) => format!("there is no such key; did you mean {meant}?"),
            None => "there is no such key".to_owned(),
        }
    }
}

/// JSON's word for what a value is, and ours.
fn kind(value: &DeValue<'_>) -> (&'static str, &'static str) {
    let json = match value {
        DeValue::String(_) => "string",
        DeValue::Integer(_) => "integer",
        DeValue::Float(_) => "number",
        DeValue::Boolean(_) => "boolean",
        DeValue::Array(_) => "array",
        DeValue::Table(_) => "object",
        DeValue::Datetime(_) => return ("", "a date"),
    };
    (json, word(json))
}

fn word(json: &str) -> &'static str {
    match json {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number with a fraction",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a table",
        _ => "something else",
    }
}

fn is_of(value: &DeValue<'_>, ty: Option<&Value>) -> bool {
    match ty {
        None => true,
        Some(Value::Array(any)) => any.iter().any(|ty| is_of(value, Some(ty))),
        Some(ty) => ty == kind(value).0,
    }
}

/// The first is how one writes it; the others are for what comes out of the environment.
fn types(ty: &Value) -> &'static str {
    match ty {
        Value::Array(any) => any.first().map(types).unwrap_or_default(),
        ty => word(ty.as_str().unwrap_or_default()),
    }
}

/// A value that fits, in TOML.
fn example(schema: &Value) -> Option<String> {
    let examples = schema.get("examples").and_then(Value::as_array);
    let example = examples.and_then(|examples| examples.first());
    example.or(schema.get("default")).map(in_toml)
}
