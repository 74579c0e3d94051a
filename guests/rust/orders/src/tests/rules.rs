//! What is no order, and what the caller is told of it.

use super::*;

/// The fields that a refusal names.
fn fields(status: &Status) -> Vec<&str> {
    let violations = status.details.iter().find_map(|detail| match detail {
        Detail::BadRequest(violations) => Some(violations),
        _ => None,
    });
    let fields = violations.into_iter().flatten();
    fields.map(|violation| &*violation.field).collect()
}

#[test]
fn every_rule_that_is_broken_is_named() {
    let line = |item: &str, count: u32| json!({"item": item, "count": count, "price": 1});
    let long = "x".repeat(201);
    let table = [
        ("id", json!(""), vec!["id"]),
        ("id", json!("a/b"), vec!["id"]),
        ("id", json!("ä"), vec!["id"]),
        ("id", json!("x".repeat(65)), vec!["id"]),
        ("customer", json!(""), vec!["customer"]),
        ("customer", json!(long), vec!["customer"]),
        ("customer", json!("a@b.c\nBcc: d@e.f"), vec!["customer"]),
        ("lines", json!([]), vec!["lines"]),
        ("lines", json!(vec![line("tea", 1); 101]), vec!["lines"]),
        ("lines", json!([line("tea", 0)]), vec!["lines.0.count"]),
        ("lines", json!([line("tea", 10_001)]), vec!["lines.0.count"]),
        (
            "lines",
            json!([{"item": "tea", "count": 1, "price": 100_000_001}]),
            vec!["lines.0.price"],
        ),
        (
            "lines",
            json!([line("tea", 1), line("", 0)]),
            vec!["lines.1.item", "lines.1.count"],
        ),
    ];
    for (field, value, expected) in table {
        let dapr = Fake::new();
        let mut order = tea("t-1");
        order[field] = value;
        let status = place(&dapr, &order).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument);
        assert_eq!(reason(&status), "ORDER_INVALID");
        assert_eq!(fields(&status), expected, "{order}");
        for field in expected {
            assert!(status.message.contains(field), "{}", status.message);
        }
        assert!(dapr.calls.borrow().is_empty(), "nothing is asked of Dapr");
    }
}

#[test]
fn of_many_broken_rules_the_first_are_named() {
    let mut order = tea("t-1");
    let line = json!({"item": "", "count": 0, "price": 1});
    order["lines"] = json!(vec![line; 100]);
    let status = place(&Fake::new(), &order).unwrap_err();
    assert_eq!(fields(&status).len(), 10);
    assert!(status.message.len() < 1000, "{}", status.message);
}

#[test]
fn what_is_no_json_of_an_order_is_told_with_its_place() {
    for wrong in [
        "",
        "tea",
        "[]",
        r#"{"customer": "a@b.c"}"#,
        r#"{"customer": "a@b.c", "lines": [], "more": 1}"#,
        r#"{"customer": "a@b.c", "lines": [{"item": "tea", "count": -1, "price": 1}]}"#,
        r#"{"customer": "a@b.c", "lines": [{"item": "tea", "count": 1.5, "price": 1}]}"#,
    ] {
        let request = request("place", wrong.as_bytes());
        let status = serve(&Fake::new(), &settings(), &request).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument, "{wrong}");
        assert_eq!(reason(&status), "ORDER_INVALID");
        assert!(status.message.contains("line 1"), "{}", status.message);
    }
}

#[test]
fn the_largest_order_has_a_total_that_is_exact() {
    let mut order = tea("t-1");
    let line = json!({"item": "tea", "count": 10_000, "price": 100_000_000});
    order["lines"] = json!(vec![line; 100]);
    let receipt = place(&Fake::new(), &order).unwrap();
    assert_eq!(receipt["total"], json!(100_000_000_000_000_u64));
}

#[test]
fn settings_come_from_the_environment() {
    let settings = Settings::read(|name| match name {
        "ORDERS_STORE" => Some("redis".to_owned()),
        "ORDERS_MAIL" => Some(String::new()),
        _ => None,
    });
    assert_eq!(settings.store, "redis");
    assert_eq!(settings.mail, "mail", "an empty variable is none");
    assert_eq!(settings.inbox, "inbox");
}
