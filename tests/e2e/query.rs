//! Queries, by HTTP.

use crate::sidecar::{Daprd, Stand};
use serde_json::{Value, json};

/// A stand with some people in its store.
async fn stand() -> Option<Stand> {
    let stand = Stand::new().await?;
    let person = |key, name, age, city| {
        let value = json!({ "name": name, "age": age, "home": { "city": city } });
        json!({ "key": key, "value": value })
    };
    let items = json!([
        person("1", "Ada", 36, "London"),
        person("2", "Blaise", 39, "Paris"),
        person("3", "Carl", 77, "G\u{f6}ttingen"),
        person("4", "Emmy", 53, "G\u{f6}ttingen"),
        person("5", "Henri", 58, "Paris"),
    ]);
    stand.daprd.save(items).await.is_empty();
    Some(stand)
}

/// The keys of what a query finds. An answer without anything is 204.
async fn keys(daprd: &Daprd, query: Value) -> Vec<String> {
    let answer = daprd.query(query).await;
    if answer.status == 204 {
        return Vec::new();
    }
    assert_eq!(answer.status, 200, "{answer:?}");
    names(&answer.json())
}

fn names(page: &Value) -> Vec<String> {
    let results = page["results"].as_array().unwrap().iter();
    results
        .map(|item| item["key"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_query_finds_what_its_filter_wants() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    for (filter, expected) in [
        (json!({ "EQ": { "home.city": "Paris" } }), &["2", "5"][..]),
        (json!({ "NEQ": { "home.city": "Paris" } }), &["1", "3", "4"]),
        (json!({ "GT": { "age": 53 } }), &["3", "5"]),
        (json!({ "GTE": { "age": 53 } }), &["3", "4", "5"]),
        (json!({ "LT": { "age": 39 } }), &["1"]),
        (json!({ "LTE": { "age": 39 } }), &["1", "2"]),
        (
            json!({ "IN": { "name": ["Ada", "Emmy", "x"] } }),
            &["1", "4"],
        ),
        (
            json!({ "AND": [
                { "GT": { "age": 36 } },
                { "OR": [{ "EQ": { "name": "Carl" } }, { "EQ": { "home.city": "Paris" } }] },
            ] }),
            &["2", "3", "5"],
        ),
        (json!({ "EQ": { "home.city": "Rome" } }), &[]),
        (json!({}), &["1", "2", "3", "4", "5"]),
    ] {
        let query = json!({ "filter": filter });
        let mut found = keys(daprd, query).await;
        found.sort();
        assert_eq!(found, expected, "{filter}");
    }
}

#[tokio::test]
async fn what_is_found_comes_with_value_and_etag() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    let answer = daprd
        .query(json!({ "filter": { "EQ": { "name": "Ada" } } }))
        .await;
    let value = json!({ "name": "Ada", "age": 36, "home": { "city": "London" } });
    let etag = daprd.etag("1").await;
    assert_eq!(
        answer.json(),
        json!({ "results": [{ "key": "1", "data": value, "etag": etag }] })
    );
}

#[tokio::test]
async fn a_query_sorts_by_its_keys_in_their_order() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    let query = json!({ "sort": [{ "key": "age" }] });
    assert_eq!(keys(daprd, query).await, ["1", "2", "4", "5", "3"]);
    let query = json!({ "sort": [{ "key": "home.city" }, { "key": "age", "order": "DESC" }] });
    assert_eq!(keys(daprd, query).await, ["3", "4", "1", "5", "2"]);
}

#[tokio::test]
async fn the_token_of_a_page_leads_to_the_next_until_the_last() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    let mut pages = Vec::new();
    let mut page = json!({ "limit": 2 });
    loop {
        let query = json!({ "sort": [{ "key": "age", "order": "DESC" }], "page": page });
        let answer = daprd.query(query).await.json();
        pages.push(names(&answer));
        match &answer["token"] {
            Value::Null => break,
            token => page["token"] = token.clone(),
        }
    }
    assert_eq!(pages, [&["3", "5"][..], &["4", "2"], &["1"]]);
}

#[tokio::test]
async fn a_query_that_is_not_well_formed_is_an_error_that_says_where() {
    let Some(Stand { daprd, .. }) = &stand().await else {
        return;
    };
    for (query, words) in [
        // These daprd finds by itself.
        (json!({ "filter": { "EQ": 5 } }), "EQ"),
        (json!({ "filter": { "LIKE": { "name": "A" } } }), "LIKE"),
        (json!({ "filter": { "IN": { "name": "Ada" } } }), "IN"),
        // These it passes on.
        (json!({ "filter": { "EQ": { "": 5 } } }), "EQ"),
        (json!({ "page": { "limit": -1 } }), "limit"),
        (json!({ "page": { "token": "not-mine" } }), "token"),
    ] {
        daprd.query(query).await.is_error(500, &[words]);
    }
    let query = json!({ "sort": [{ "key": "age" }] });
    assert_eq!(keys(daprd, query).await.len(), 5, "and it goes on");
}
