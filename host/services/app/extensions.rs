//! The attributes of a CloudEvent that no field of the protocol is for.

use super::{super::text, json::json};
use crate::engine::app::events::Attribute;
use prost_types::{Value, value::Kind};
use std::collections::BTreeMap;

/// Takes an attribute that is text by right. One that is none stays.
pub(super) fn take(extensions: &mut BTreeMap<String, Value>, name: &str) -> Option<String> {
    let Some(Kind::StringValue(_)) = extensions.get(name)?.kind else {
        return None;
    };
    match extensions.remove(name)?.kind {
        Some(Kind::StringValue(value)) => text(value),
        _ => None,
    }
}

/// The attributes by their names, in the order of these.
pub(super) fn attributes(extensions: BTreeMap<String, Value>) -> Vec<(String, Attribute)> {
    let extensions = extensions.into_iter();
    extensions
        .map(|(name, value)| (name, attribute(value)))
        .collect()
}

fn attribute(value: Value) -> Attribute {
    match value.kind {
        Some(Kind::BoolValue(value)) => Attribute::Boolean(value),
        Some(Kind::NumberValue(value)) => Attribute::Number(value),
        Some(Kind::StringValue(value)) => Attribute::Text(value),
        kind => Attribute::Json(json(Value { kind }).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_types::{ListValue, Struct};

    fn of(kind: Kind) -> Value {
        Value { kind: Some(kind) }
    }

    fn list(values: Vec<Value>) -> Value {
        of(Kind::ListValue(ListValue { values }))
    }

    fn fields(values: &[(&str, Value)]) -> BTreeMap<String, Value> {
        let values = values.iter();
        values
            .map(|(name, value)| (name.to_string(), value.clone()))
            .collect()
    }

    #[test]
    fn an_attribute_is_as_it_was_or_json() {
        let number = |value| of(Kind::NumberValue(value));
        let word = || of(Kind::StringValue("a\"\n".to_owned()));
        let nested = list(vec![
            number(1.0),
            number(-2.5),
            number(1e300),
            number(f64::NAN),
            word(),
            of(Kind::BoolValue(false)),
            Value { kind: None },
        ]);
        let structure = of(Kind::StructValue(Struct {
            fields: fields(&[("b", list(Vec::new())), ("a", number(7.0))]),
        }));
        for (value, expected) in [
            (of(Kind::BoolValue(true)), "Attribute::Boolean(true)"),
            (number(7.0), "Attribute::Number(7.0)"),
            (word(), r#"Attribute::Text("a\"\n")"#),
            (of(Kind::NullValue(0)), r#"Attribute::Json("null")"#),
            (Value { kind: None }, r#"Attribute::Json("null")"#),
            (structure, r#"Attribute::Json("{\"a\":7,\"b\":[]}")"#),
            (
                nested,
                r#"Attribute::Json("[1,-2.5,1e+300,null,\"a\\\"\\n\",false,null]")"#,
            ),
        ] {
            assert_eq!(format!("{:?}", attribute(value)), expected);
        }
    }

    #[test]
    fn only_text_is_taken_for_a_field_that_is_text() {
        let mut extensions = fields(&[
            ("subject", of(Kind::StringValue("order 7".to_owned()))),
            ("dataschema", of(Kind::StringValue(String::new()))),
            ("time", of(Kind::NumberValue(7.0))),
        ]);
        assert_eq!(take(&mut extensions, "subject").as_deref(), Some("order 7"));
        assert_eq!(take(&mut extensions, "dataschema"), None);
        assert_eq!(take(&mut extensions, "time"), None);
        assert_eq!(take(&mut extensions, "other"), None);
        let left: Vec<_> = extensions.into_keys().collect();
        assert_eq!(left, ["time"]);
    }
}
