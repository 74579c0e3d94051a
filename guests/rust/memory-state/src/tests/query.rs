//! Queries: what is found, in which order, page by page.

use proptest::prelude::*;
use serde_json::json;

use super::filter::compare;
use super::*;
use crate::bindings::exports::dapr::components::queriable_state_store::{
    Comparison, Page, QueryRequest, SortKey, Value,
};
use crate::query::run;

fn everything() -> QueryRequest {
    QueryRequest {
        filter: Vec::new(),
        sort: Vec::new(),
        limit: None,
        token: None,
        metadata: Vec::new(),
    }
}

fn by(path: &str, descending: bool) -> SortKey {
    SortKey {
        path: path.to_owned(),
        descending,
    }
}

fn keys(page: &Page) -> Vec<&str> {
    page.items.iter().map(|item| item.key.as_str()).collect()
}

#[test]
fn finds_json_that_matches() {
    let mut store = store();
    let mut request = set("b", r#"{"state":"CA"}"#);
    request.content_type = Some("application/json".to_owned());
    store.set(request).unwrap();
    for (key, value) in [
        ("a", r#"{"state":"CA"}"#),
        ("c", r#"{"state":"WA"}"#),
        ("broken", r#"{"state":"CA""#),
        ("binary", "\u{1}"),
        ("empty", ""),
        ("number", "123"),
    ] {
        store.set(set(key, value)).unwrap();
    }
    store
        .set(set("gone", r#"{"state":"CA"}"#).ttl("1"))
        .unwrap();
    wait(1);

    let all = run(&store, everything()).unwrap();
    assert_eq!(keys(&all), ["a", "b", "c", "number"]);
    assert_eq!((all.token, all.metadata), (None, Vec::new()));

    let filter = vec![compare(
        "state",
        Comparison::Eq,
        Value::Text("CA".to_owned()),
    )];
    let page = run(
        &store,
        QueryRequest {
            filter,
            ..everything()
        },
    )
    .unwrap();
    assert_eq!(keys(&page), ["a", "b"]);
    let item = page.items.last().unwrap();
    assert_eq!(item.value, br#"{"state":"CA"}"#);
    assert_eq!(item.etag, Some(store.etag("b")));
    assert_eq!(item.content_type.as_deref(), Some("application/json"));
}

#[test]
fn sorts_by_each_key_in_turn_with_missing_fields_last() {
    let mut store = store();
    for (key, value) in [
        ("null", json!({"v": null})),
        ("false", json!({"v": false})),
        ("two-b", json!({"v": 2, "w": "b"})),
        ("two-a", json!({"v": 2.0, "w": "a"})),
        ("two", json!({"v": 2})),
        ("ten", json!({"v": 10})),
        ("text", json!({"v": "1"})),
        ("array", json!({"v": []})),
        ("object", json!({"v": {}})),
        ("none", json!({})),
    ] {
        store.set(set(key, &value.to_string())).unwrap();
    }
    let sorted = |sort| {
        let page = run(
            &store,
            QueryRequest {
                sort,
                ..everything()
            },
        );
        let page = page.unwrap();
        keys(&page).join(" ")
    };
    assert_eq!(
        sorted(vec![by("v", false), by("w", false)]),
        "null false two-a two-b two ten text array object none"
    );
    assert_eq!(
        sorted(vec![by("v", true), by("w", true)]),
        "object array text ten two-b two-a two false null none"
    );
    assert_eq!(
        sorted(vec![by("nowhere", true)]),
        "array false none null object ten text two two-a two-b"
    );
}

#[test]
fn the_last_page_has_no_token() {
    let mut store = store();
    for key in ["a", "b", "c", "d"] {
        store.set(set(key, "1")).unwrap();
    }
    let page = |limit, token: Option<String>| {
        let limit = Some(limit);
        run(
            &store,
            QueryRequest {
                limit,
                token,
                ..everything()
            },
        )
        .unwrap()
    };
    assert_eq!(page(4, None).token, None);
    assert_eq!(page(u32::MAX, None).token, None);
    let first = page(2, None);
    assert_eq!(keys(&first), ["a", "b"]);
    let second = page(2, first.token);
    assert_eq!(keys(&second), ["c", "d"]);
    assert_eq!(second.token, None);
    let single = page(3, page(1, None).token);
    assert_eq!(keys(&single), ["b", "c", "d"]);
    assert_eq!(single.token, None);
    assert_eq!(keys(&page(0, None)), ["a"], "a page is never without end");
}

#[test]
fn a_token_of_another_make_is_refused() {
    let mut store = store();
    store.set(set("a", "1")).unwrap();
    store.set(set("b", "1")).unwrap();
    let ask = |sort, token: &str| {
        run(
            &store,
            QueryRequest {
                sort,
                limit: Some(1),
                token: Some(token.to_owned()),
                ..everything()
            },
        )
    };
    let first = run(
        &store,
        QueryRequest {
            limit: Some(1),
            ..everything()
        },
    );
    let token = first.unwrap().token.unwrap();
    assert_eq!(keys(&ask(Vec::new(), &token).unwrap()), ["b"]);
    let longer = format!("{token}x");
    for wrong in [
        "",
        "1",
        "x",
        "{}",
        "null",
        "\u{0}",
        &longer,
        &token[1..],
        r#"{"sort":[],"after":{"values":["Null"],"key":"a"}}"#,
    ] {
        refusal(ask(Vec::new(), wrong));
    }
    assert!(refusal(ask(vec![by("v", false)], &token)).contains("sorts otherwise"));
}

/// Few distinct values, so that many are equal, and some that floats are easily wrong about.
fn document() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..4i32).prop_map(|v| json!({ "v": v }).to_string()),
        (0..4i32).prop_map(|v| json!({ "v": f64::from(v) }).to_string()),
        any::<f64>().prop_map(|v| json!({ "v": v }).to_string()),
        any::<u64>().prop_map(|v| json!({ "v": v }).to_string()),
        "[a-c]{0,2}".prop_map(|v| json!({ "v": v }).to_string()),
        any::<bool>().prop_map(|v| json!({ "v": v }).to_string()),
        Just(r#"{"v":null}"#.to_owned()),
        Just(r#"{"v":[1]}"#.to_owned()),
        Just(r#"{"v":{}}"#.to_owned()),
        Just("{}".to_owned()),
        // Not as a program would write them.
        Just(r#"{"v":0.30000000000000004440892098500626}"#.to_owned()),
        Just(r#"{"v":18446744073709551616}"#.to_owned()),
    ]
}

proptest! {
    #[test]
    fn paging_visits_everything_once_while_others_write(
        documents in prop::collection::vec(document(), 0..40),
        limit in 1..7u32,
        descending in any::<bool>(),
        changes in prop::collection::vec((0..80usize, proptest::option::of(document())), 0..60),
    ) {
        let mut store = store();
        // Even keys stay as they are; changes touch the odd ones.
        for (place, document) in documents.iter().enumerate() {
            store.set(set(&format!("{:03}", place * 2), document)).unwrap();
        }
        let request = QueryRequest { sort: vec![by("v", descending)], ..everything() };
        let whole = run(&store, request.clone()).unwrap();
        prop_assert_eq!(whole.items.len(), documents.len());

        let mut visited = Vec::new();
        let mut token = None;
        // Each page but the last has something on it that was not on one before.
        let pages = documents.len() + changes.len() + 1;
        let mut changes = changes.into_iter();
        for page in 0.. {
            prop_assert!(page < pages, "paging does not end");
            let limit = Some(limit);
            let page = run(&store, QueryRequest { limit, token, ..request.clone() }).unwrap();
            prop_assert!(page.items.len() <= 7);
            prop_assert!(page.token.is_none() || !page.items.is_empty());
            let even = |key: &str| key.parse::<usize>().unwrap() % 2 == 0;
            visited.extend(page.items.into_iter().map(|item| item.key).filter(|key| even(key)));
            token = page.token;
            if token.is_none() {
                break;
            }
            for (place, document) in changes.by_ref().take(3) {
                let key = format!("{:03}", place * 2 + 1);
                match document {
                    Some(document) => store.set(set(&key, &document)).unwrap(),
                    None => store.delete(delete(&key)).unwrap(),
                }
            }
        }
        let expected: Vec<String> = whole.items.into_iter().map(|item| item.key).collect();
        prop_assert_eq!(visited, expected, "in the order of the whole, too");
    }
}
