//! Filters: each operator against each kind of value.

use serde_json::{Value as Json, json};

use super::*;
use crate::bindings::exports::dapr::components::queriable_state_store::{
    Compare, Comparison, Node, OneOf, Value,
};
use crate::filter::Filter;

const COMPARISONS: [(Comparison, char); 6] = [
    (Comparison::Eq, 'e'),
    (Comparison::Neq, 'n'),
    (Comparison::Gt, 'g'),
    (Comparison::Gte, 'G'),
    (Comparison::Lt, 'l'),
    (Comparison::Lte, 'L'),
];
const SAME: &str = "eGL";
const AFTER: &str = "ngG";
const BEFORE: &str = "nlL";
const APART: &str = "n";

pub(super) fn compare(path: &str, comparison: Comparison, value: Value) -> Node {
    Node::Compare(Compare {
        path: path.to_owned(),
        comparison,
        value,
    })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn raw(json: &str) -> Value {
    Value::Json(json.to_owned())
}

fn matches(nodes: Vec<Node>, document: &Json) -> bool {
    Filter::new(nodes).unwrap().matches(document)
}

#[test]
fn comparisons() {
    let big = i64::MAX;
    for (field, value, expected) in [
        (json!(1), Value::Integer(1), SAME),
        (json!(1.0), Value::Integer(1), SAME),
        (json!(1), Value::Number(1.0), SAME),
        (json!(-0.0), Value::Integer(0), SAME),
        (json!(2), Value::Integer(1), AFTER),
        (json!(1.5), Value::Integer(1), AFTER),
        (json!(1), Value::Number(1.5), BEFORE),
        (json!(-1.5), Value::Integer(-1), BEFORE),
        (json!(-1), Value::Number(-1.5), AFTER),
        (json!(15), Value::Number(11.1), AFTER),
        (json!(0.1), Value::Number(0.1), SAME),
        (json!(1e300), Value::Integer(big), AFTER),
        (json!(-1e300), Value::Integer(i64::MIN), BEFORE),
        // As floats these would be the same.
        (json!(big), Value::Integer(big - 1), AFTER),
        (json!(big), Value::Number(big as f64), BEFORE),
        (json!(u64::MAX), Value::Integer(big), AFTER),
        (json!("b"), text("b"), SAME),
        (json!("b"), text("a"), AFTER),
        (json!("a"), text("aa"), BEFORE),
        (json!("Z"), text("a"), BEFORE),
        (json!("\u{e9}"), text("z"), AFTER),
        (json!(true), Value::Boolean(true), SAME),
        (json!(true), Value::Boolean(false), AFTER),
        (json!(null), Value::Null, SAME),
        (json!([1, {"a": 2}]), raw("[1.0, {\"a\": 2}]"), SAME),
        (json!([1, 2]), raw("[2, 1]"), APART),
        (json!([1]), raw("[1, 1]"), APART),
        (
            json!({"a": 1, "b": null}),
            raw("{\"b\": null, \"a\": 1}"),
            SAME,
        ),
        (json!({"a": 1}), raw("{\"a\": 1, \"b\": 2}"), APART),
        (json!({"a": 1}), raw("{\"b\": 1}"), APART),
        (json!(5), raw("5"), SAME),
        // Different kinds.
        (json!("1"), Value::Integer(1), APART),
        (json!(1), Value::Boolean(true), APART),
        (json!(null), Value::Integer(0), APART),
        (json!(0), Value::Null, APART),
        (json!([]), raw("{}"), APART),
        (json!("[]"), raw("[]"), APART),
    ] {
        let document = json!({ "field": field });
        for (comparison, mark) in COMPARISONS {
            assert_eq!(
                matches(vec![compare("field", comparison, value.clone())], &document),
                expected.contains(mark),
                "{field} {comparison:?} {value:?}"
            );
        }
    }
}

#[test]
fn where_there_is_no_field_only_neq_is_true() {
    for document in [
        json!({}),
        json!({"a": {}}),
        json!({"a": [{"b": 1}]}),
        json!({"a": "b"}),
        json!({"a.b": 1}),
        json!({"A": {"B": 1}}),
        json!(1),
        json!("a"),
        json!(null),
        json!([{"a": {"b": 1}}]),
    ] {
        for (comparison, mark) in COMPARISONS {
            for value in [Value::Null, Value::Integer(1)] {
                assert_eq!(
                    matches(vec![compare("a.b", comparison, value)], &document),
                    mark == 'n',
                    "{document} {comparison:?}"
                );
            }
        }
        let values = vec![Value::Null, Value::Integer(1)];
        let path = "a.b".to_owned();
        assert!(!matches(
            vec![Node::OneOf(OneOf { path, values })],
            &document
        ));
    }
}

#[test]
fn one_of() {
    let one_of = |values| {
        vec![Node::OneOf(OneOf {
            path: "a.b".to_owned(),
            values,
        })]
    };
    let document = json!({"a": {"b": 2}});
    assert!(matches(
        one_of(vec![text("2"), Value::Number(2.0)]),
        &document
    ));
    assert!(!matches(
        one_of(vec![text("2"), Value::Integer(3)]),
        &document
    ));
    assert!(!matches(one_of(Vec::new()), &document));
    assert!(matches(
        one_of(vec![Value::Null]),
        &json!({"a": {"b": null}})
    ));
}

#[test]
fn all_of_and_any_of() {
    let is = |field: &str| compare(field, Comparison::Eq, Value::Boolean(true));
    // (a or (b and c)) and d
    let nodes = vec![
        Node::AllOf(vec![1, 2]),
        Node::AnyOf(vec![3, 4]),
        is("d"),
        is("a"),
        Node::AllOf(vec![5, 6]),
        is("b"),
        is("c"),
    ];
    for bits in 0..16 {
        let bit = |place: u8| bits >> place & 1 == 1;
        let (a, b, c, d) = (bit(0), bit(1), bit(2), bit(3));
        let document = json!({"a": a, "b": b, "c": c, "d": d});
        assert_eq!(
            matches(nodes.clone(), &document),
            (a || (b && c)) && d,
            "{document}"
        );
    }
    assert!(matches(Vec::new(), &json!(1)), "no filter wants everything");
}

#[test]
fn a_chain_of_any_depth_is_no_recursion() {
    let depth = 200_000;
    let mut nodes: Vec<Node> = (1..=depth).map(|child| Node::AnyOf(vec![child])).collect();
    nodes.push(compare("a", Comparison::Eq, Value::Integer(1)));
    let filter = Filter::new(nodes).unwrap();
    assert!(filter.matches(&json!({"a": 1})));
    assert!(!filter.matches(&json!({"a": 2})));
}

#[test]
fn what_is_no_filter_is_refused() {
    let is = compare("a", Comparison::Eq, Value::Null);
    for (nodes, expected) in [
        (vec![Node::AllOf(vec![0])], "node 0"),
        (vec![Node::AllOf(vec![1])], "node 1"),
        (vec![Node::AnyOf(vec![u32::MAX])], "node 4294967295"),
        (
            vec![Node::AllOf(vec![1]), Node::AllOf(vec![0]), is],
            "node 1 of the filter",
        ),
        (vec![compare("a", Comparison::Eq, raw("{"))], "not JSON"),
        (
            vec![compare("a", Comparison::Eq, raw(&"[".repeat(100_000)))],
            "not JSON",
        ),
        (
            vec![compare("a", Comparison::Gt, Value::Number(f64::NAN))],
            "NaN",
        ),
    ] {
        let message = refusal(Filter::new(nodes).map(drop));
        assert!(message.contains(expected), "{message}");
    }
}
