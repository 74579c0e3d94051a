//! How JSON values are found by path and compared.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// Names of fields from the outside in.
pub struct Path(Vec<String>);

impl Path {
    /// Reads `person.address.city`. A name that has a dot in itself cannot be written.
    pub fn parse(text: &str) -> Self {
        Self(text.split('.').map(str::to_owned).collect())
    }

    /// The field at this path. Arrays have no fields.
    pub fn find<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.0
            .iter()
            .try_fold(document, |value, name| value.as_object()?.get(name))
    }
}

/// How two values stand to each other; none where neither is equal to, before or after the other.
///
/// Numbers compare by value, texts by their characters' code points, and false is before true. Arrays, and objects,
/// can be equal and have no order. Values of different kinds have nothing to do with each other.
pub fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => Some(compare_numbers(a, b)),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Array(a), Value::Array(b)) => {
            let same = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b));
            same.then_some(Ordering::Equal)
        }
        (Value::Object(a), Value::Object(b)) => {
            let found = |(name, a): (&String, &Value)| b.get(name).is_some_and(|b| equal(a, b));
            let same = a.len() == b.len() && a.iter().all(found);
            same.then_some(Ordering::Equal)
        }
        _ => None,
    }
}

/// Whether two values are the same: `1` and `1.0` are. The depth is bounded, because the parser bounds it.
pub fn equal(a: &Value, b: &Value) -> bool {
    compare(a, b) == Some(Ordering::Equal)
}

/// Compares by value and exactly: no integer is rounded to a float first.
pub fn compare_numbers(a: &Number, b: &Number) -> Ordering {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => compare_mixed(a, float(b)),
        (None, Some(b)) => compare_mixed(b, float(a)).reverse(),
        // JSON has no number that is not one, so there is always an answer.
        (None, None) => float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal),
    }
}

fn float(number: &Number) -> f64 {
    number.as_f64().unwrap_or_default()
}

fn compare_mixed(integer: i128, float: f64) -> Ordering {
    // The cast saturates, far outside of what an integer of JSON can be here.
    let whole = float.trunc();
    integer
        .cmp(&(whole as i128))
        .then_with(|| 0.0.partial_cmp(&(float - whole)).unwrap_or(Ordering::Equal))
}
