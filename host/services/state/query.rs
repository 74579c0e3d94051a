//! The query of a state store: from JSON that a client sends to the typed tree that a guest gets.

use super::super::{metadata, text};
use crate::{
    engine::state::query::{Compare, Comparison, Node, OneOf, QueryRequest, SortKey, Value},
    proto::dapr as proto,
};
use serde_json::Value as Json;
use tonic::Status;

/// Nodes of one filter: far more than a person writes, and little memory.
const NODES: usize = 10_000;

/// The request as the guest gets it.
///
/// # Errors
/// INVALID_ARGUMENT, with the place, when the query is not well formed.
pub(super) fn request(request: proto::QueryRequest) -> Result<QueryRequest, Status> {
    let query = request.query.unwrap_or_default();
    let pagination = query.pagination.unwrap_or_default();
    let limit = match pagination.limit {
        0 => None,
        limit if limit < 0 => return Err(malformed("page.limit", "is negative")),
        limit => Some(u32::try_from(limit).unwrap_or(u32::MAX)),
    };
    let sort = query.sort.into_iter().map(|key| SortKey {
        descending: key.order() == proto::sorting::Order::Desc,
        path: key.key,
    });
    let sort: Vec<_> = sort.collect();
    if sort.iter().any(|key| key.path.is_empty()) {
        return Err(malformed("sort", "has a key without a name"));
    }
    let mut entries = query.filter.into_iter();
    let filter = match (entries.next(), entries.next()) {
        (None, _) => Vec::new(),
        (Some((operator, operand)), None) => {
            let operand: Json = serde_json::from_slice(&operand.value)
                .map_err(|error| malformed(&operator, &format!("is not JSON: {error}")))?;
            Filter::default().build(operator, operand)?
        }
        (Some(_), Some(_)) => {
            return Err(malformed("filter", "has more than one operator at its top"));
        }
    };
    Ok(QueryRequest {
        filter,
        sort,
        limit,
        token: text(pagination.token),
        metadata: metadata(request.metadata),
    })
}

fn malformed(place: &str, why: &str) -> Status {
    Status::invalid_argument(format!("the query is not well formed: {place} {why}"))
}

/// A filter as far as it is built.
#[derive(Default)]
struct Filter {
    nodes: Vec<Node>,
    /// Operators that are not nodes yet, with their operands, in the order of their places.
    open: std::collections::VecDeque<(String, Json)>,
}

impl Filter {
    /// Level by level, so that children come after their parents, and without recursion: JSON may be nested deeply.
    fn build(mut self, operator: String, operand: Json) -> Result<Vec<Node>, Status> {
        self.open.push_back((operator, operand));
        while let Some((operator, operand)) = self.open.pop_front() {
            let node = self.node(&operator, operand)?;
            self.nodes.push(node);
        }
        Ok(self.nodes)
    }

    fn node(&mut self, operator: &str, operand: Json) -> Result<Node, Status> {
        let comparison = match operator {
            "AND" => return self.children(operator, operand).map(Node::AllOf),
            "OR" => return self.children(operator, operand).map(Node::AnyOf),
            "IN" => return one_of(operand).map(Node::OneOf),
            "EQ" => Comparison::Eq,
            "NEQ" => Comparison::Neq,
            "GT" => Comparison::Gt,
            "GTE" => Comparison::Gte,
            "LT" => Comparison::Lt,
            "LTE" => Comparison::Lte,
            other => {
                return Err(malformed(
                    "filter",
                    &format!("has an unknown operator '{}'", other.escape_debug()),
                ));
            }
        };
        let (path, operand) = one_entry(operator, operand)?;
        Ok(Node::Compare(Compare {
            path,
            comparison,
            value: value(operand),
        }))
    }

    /// Opens the operators of an array, and answers their places.
    fn children(&mut self, operator: &str, operand: Json) -> Result<Vec<u32>, Status> {
        let Json::Array(operands) = operand else {
            return Err(malformed(operator, "needs an array of operators"));
        };
        if operands.is_empty() {
            return Err(malformed(operator, "has no operators in it"));
        }
        let mut places = Vec::new();
        for operand in operands {
            // The place of the node at hand is taken too, though it is not in the list yet.
            let place = self.nodes.len() + 1 + self.open.len();
            if place >= NODES {
                return Err(malformed(
                    "filter",
                    &format!("has more than {NODES} operators"),
                ));
            }
            self.open.push_back(one_entry(operator, operand)?);
            places.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        Ok(places)
    }
}

/// The only entry of an object.
fn one_entry(operator: &str, json: Json) -> Result<(String, Json), Status> {
    if let Json::Object(object) = json {
        let mut entries = object.into_iter();
        if let (Some((name, value)), None) = (entries.next(), entries.next()) {
            return match name.as_str() {
                "" => Err(malformed(operator, "has an entry without a name")),
                _ => Ok((name, value)),
            };
        }
    }
    Err(malformed(operator, "needs objects with exactly one entry"))
}

fn one_of(operand: Json) -> Result<OneOf, Status> {
    match one_entry("IN", operand)? {
        (path, Json::Array(values)) => Ok(OneOf {
            path,
            values: values.into_iter().map(value).collect(),
        }),
        _ => Err(malformed("IN", "needs an array of values")),
    }
}

fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(boolean) => Value::Boolean(boolean),
        Json::String(text) => Value::Text(text),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Value::Integer(integer),
            (None, Some(float)) => Value::Number(float),
            (None, None) => Value::Json(number.to_string()),
        },
        nested @ (Json::Array(_) | Json::Object(_)) => Value::Json(nested.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filter(operator: &str, json: &str) -> Result<Vec<Node>, Status> {
        let any = prost_types::Any {
            type_url: String::new(),
            value: json.as_bytes().to_vec(),
        };
        let query = proto::Query {
            filter: [(operator.to_owned(), any)].into(),
            ..Default::default()
        };
        request(proto::QueryRequest {
            query: Some(query),
            ..Default::default()
        })
        .map(|request| request.filter)
    }

    #[test]
    fn a_nested_filter_becomes_a_list_with_children_after_their_parents() {
        let nodes = filter(
            "AND",
            r#"[{"OR":[{"EQ":{"a.b":1}},{"NEQ":{"c":null}}]},{"IN":{"d":["x",2.5,true,{"e":[]}]}}]"#,
        )
        .unwrap();
        assert_eq!(
            format!("{nodes:?}"),
            "[Node::AllOf([1, 2]), Node::AnyOf([3, 4]), \
             Node::OneOf(OneOf { path: \"d\", values: [Value::Text(\"x\"), Value::Number(2.5), Value::Boolean(true), Value::Json(\"{\\\"e\\\":[]}\")] }), \
             Node::Compare(Compare { path: \"a.b\", comparison: Comparison::Eq, value: Value::Integer(1) }), \
             Node::Compare(Compare { path: \"c\", comparison: Comparison::Neq, value: Value::Null })]"
        );
    }

    #[test]
    fn a_filter_that_is_not_well_formed_is_an_invalid_argument_that_names_the_place() {
        let table = [
            ("EQ", "", "EQ is not JSON"),
            ("EQ", "{", "EQ is not JSON"),
            ("EQ", "[]", "EQ needs objects with exactly one entry"),
            ("EQ", "{}", "EQ needs objects with exactly one entry"),
            ("EQ", r#"{"":1}"#, "EQ has an entry without a name"),
            (
                "EQ",
                r#"{"a":1,"b":2}"#,
                "EQ needs objects with exactly one entry",
            ),
            ("eq", r#"{"a":1}"#, "unknown operator 'eq'"),
            ("NOT", r#"{"a":1}"#, "unknown operator 'NOT'"),
            ("IN", r#"{"a":1}"#, "IN needs an array of values"),
            (
                "AND",
                r#"{"EQ":{"a":1}}"#,
                "AND needs an array of operators",
            ),
            ("OR", "[]", "OR has no operators in it"),
            ("AND", "[1]", "AND needs objects with exactly one entry"),
            (
                "AND",
                r#"[{"EQ":{"a":1},"NEQ":{"a":2}}]"#,
                "AND needs objects with exactly one entry",
            ),
            (
                "AND",
                r#"[{"OR":[{"GT":5}]}]"#,
                "GT needs objects with exactly one entry",
            ),
        ];
        for (operator, json, expected) in table {
            let status = filter(operator, json).unwrap_err();
            assert_eq!(
                status.code(),
                tonic::Code::InvalidArgument,
                "{operator} {json}"
            );
            assert!(
                status.message().contains(expected),
                "{operator} {json}: {status}"
            );
        }
    }

    #[test]
    fn a_filter_nested_without_end_is_refused() {
        let deep = format!("{}{}", "[{\"AND\":".repeat(100_000), "]".repeat(100_000));
        assert_eq!(
            filter("AND", &deep).unwrap_err().code(),
            tonic::Code::InvalidArgument
        );
    }

    #[test]
    fn a_filter_of_too_many_operators_is_refused() {
        let wide = vec![r#"{"EQ":{"a":1}}"#; NODES].join(",");
        let status = filter("OR", &format!("[{wide}]")).unwrap_err();
        assert!(status.message().contains("more than 10000"), "{status}");
    }

    #[test]
    fn a_page_may_not_be_negative_and_nought_is_no_limit() {
        for (limit, expected) in [
            (0, Some(None)),
            (2, Some(Some(2))),
            (i64::MAX, Some(Some(u32::MAX))),
            (-1, None),
        ] {
            let query = proto::Query {
                pagination: Some(proto::Pagination {
                    limit,
                    token: String::new(),
                }),
                ..Default::default()
            };
            let got = request(proto::QueryRequest {
                query: Some(query),
                ..Default::default()
            });
            assert_eq!(got.ok().map(|request| request.limit), expected, "{limit}");
        }
    }

    fn operand() -> impl Strategy<Value = (String, Json)> {
        let leaf = ("[a-z]{1,3}", -5..5_i64)
            .prop_map(|(path, value)| ("EQ".to_owned(), serde_json::json!({ path: value })));
        leaf.prop_recursive(5, 64, 4, |inner| {
            (prop_oneof!["AND", "OR"], prop::collection::vec(inner, 1..4)).prop_map(
                |(operator, operands)| {
                    let operands = operands
                        .into_iter()
                        .map(|(operator, operand)| serde_json::json!({ operator: operand }));
                    (operator.clone(), Json::Array(operands.collect()))
                },
            )
        })
    }

    proptest! {
        #[test]
        fn every_node_but_the_root_has_one_parent_before_it((operator, json) in operand()) {
            let nodes = filter(&operator, &json.to_string()).unwrap();
            let mut parents = vec![0; nodes.len()];
            for (place, node) in nodes.iter().enumerate() {
                if let Node::AllOf(children) | Node::AnyOf(children) = node {
                    for child in children {
                        let child = *child as usize;
                        prop_assert!(child > place && child < nodes.len());
                        parents[child] += 1;
                    }
                }
            }
            prop_assert!(parents.iter().skip(1).all(|parents| *parents == 1));
            prop_assert_eq!(parents[0], 0);
        }

        #[test]
        fn no_text_makes_the_parser_panic(operator in "[A-Z]{2,3}", json in ".*") {
            let _ = filter(&operator, &json);
        }
    }
}
