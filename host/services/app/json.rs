//! JSON, which Dapr's protocol has as `google.protobuf.Value`.

use prost_types::{Value, value::Kind};
use serde_json::{Number, Value as Json};

/// Up to here, integers are exact as the numbers that a value has.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What a value is as JSON, which goes no deeper than the message that it came in.
pub(super) fn json(value: Value) -> Json {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Json::Null,
        Some(Kind::BoolValue(value)) => Json::Bool(value),
        Some(Kind::NumberValue(value)) => number(value).map_or(Json::Null, Json::Number),
        Some(Kind::StringValue(value)) => Json::String(value),
        Some(Kind::StructValue(fields)) => {
            let fields = fields.fields.into_iter();
            Json::Object(fields.map(|(name, value)| (name, json(value))).collect())
        }
        Some(Kind::ListValue(list)) => Json::Array(list.values.into_iter().map(json).collect()),
    }
}

/// An integer is written as one. None for what JSON has no number for.
fn number(value: f64) -> Option<Number> {
    match value.fract() == 0.0 && value.abs() <= EXACT {
        true => Some(Number::from(value as i64)),
        false => Number::from_f64(value),
    }
}
