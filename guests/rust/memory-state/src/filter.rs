//! Filters: which JSON values a query wants.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use crate::bindings::dapr::components::state_types::StateError;
use crate::bindings::exports::dapr::components::queriable_state_store as wit;
use crate::invalid_argument;
use crate::json::{self, Path};

/// A filter made ready: paths are split, values parsed and places checked, once for a query and not once for an item.
pub struct Filter {
    nodes: Vec<Node>,
}

enum Node {
    AllOf(Vec<usize>),
    AnyOf(Vec<usize>),
    Compare(Path, wit::Comparison, Value),
    OneOf(Path, Vec<Value>),
}

impl Filter {
    pub fn new(nodes: Vec<wit::Node>) -> Result<Self, StateError> {
        let count = nodes.len();
        let nodes = nodes.into_iter().enumerate();
        let nodes = nodes.map(|(place, node)| {
            Ok(match node {
                wit::Node::AllOf(children) => Node::AllOf(later(place, children, count)?),
                wit::Node::AnyOf(children) => Node::AnyOf(later(place, children, count)?),
                wit::Node::Compare(compare) => {
                    let value = parse(compare.value)?;
                    Node::Compare(Path::parse(&compare.path), compare.comparison, value)
                }
                wit::Node::OneOf(one_of) => {
                    let values = one_of
                        .values
                        .into_iter()
                        .map(parse)
                        .collect::<Result<_, _>>()?;
                    Node::OneOf(Path::parse(&one_of.path), values)
                }
            })
        });
        Ok(Self {
            nodes: nodes.collect::<Result<_, _>>()?,
        })
    }

    /// Whether a document is wanted. Children stand later than their parents, so going through the list from its end
    /// finds each node's children answered, however deep the filter is, without recursion.
    pub fn matches(&self, document: &Value) -> bool {
        let mut answers = vec![false; self.nodes.len()];
        for (place, node) in self.nodes.iter().enumerate().rev() {
            let answered = |child: &usize| answers.get(*child).copied().unwrap_or_default();
            let answer = match node {
                Node::AllOf(children) => children.iter().all(answered),
                Node::AnyOf(children) => children.iter().any(answered),
                Node::Compare(path, comparison, value) => {
                    let order = path
                        .find(document)
                        .and_then(|field| json::compare(field, value));
                    holds(*comparison, order)
                }
                Node::OneOf(path, values) => path
                    .find(document)
                    .is_some_and(|field| values.iter().any(|value| json::equal(field, value))),
            };
            if let Some(place) = answers.get_mut(place) {
                *place = answer;
            }
        }
        // The first node is the root. Without any, everything is wanted.
        answers.first().copied().unwrap_or(true)
    }
}

/// Whether a comparison is true of a field that stands so to the value; none where there is no field, or no order.
fn holds(comparison: wit::Comparison, order: Option<Ordering>) -> bool {
    match comparison {
        wit::Comparison::Eq => order == Some(Ordering::Equal),
        wit::Comparison::Neq => order != Some(Ordering::Equal),
        wit::Comparison::Gt => order == Some(Ordering::Greater),
        wit::Comparison::Gte => order.is_some_and(Ordering::is_ge),
        wit::Comparison::Lt => order == Some(Ordering::Less),
        wit::Comparison::Lte => order.is_some_and(Ordering::is_le),
    }
}

/// The places of a node's children, if all are places in the list and later than the node's own.
fn later(place: usize, children: Vec<u32>, count: usize) -> Result<Vec<usize>, StateError> {
    let check = |child: u32| {
        let child = child as usize;
        match place < child && child < count {
            true => Ok(child),
            false => Err(invalid_argument(format!(
                "node {place} of the filter names node {child} of {count} as its child"
            ))),
        }
    };
    children.into_iter().map(check).collect()
}

fn parse(value: wit::Value) -> Result<Value, StateError> {
    Ok(match value {
        wit::Value::Null => Value::Null,
        wit::Value::Boolean(value) => Value::Bool(value),
        wit::Value::Integer(value) => Value::Number(value.into()),
        wit::Value::Number(value) => {
            let refused = || invalid_argument(format!("{value} is not a number of JSON"));
            Value::Number(Number::from_f64(value).ok_or_else(refused)?)
        }
        wit::Value::Text(value) => Value::String(value),
        wit::Value::Json(text) => serde_json::from_str(&text).map_err(|error| {
            invalid_argument(format!("a value of the filter is not JSON: {error}"))
        })?,
    })
}
