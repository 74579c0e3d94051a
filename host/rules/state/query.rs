//! What queries find.

use serde_json::{Value, json};

use super::{
    CLIENT, Needs, QUERIABLE, QUERY, Rule, STATE_STORE, Source,
    garden::{Garden, PLANTS},
    needs,
};
use crate::{
    proto::dapr::QueryRequest,
    rules::{
        Broken,
        client::Client,
        messages::{Write, delete, query, query_text, set_json},
    },
};

/// Queries and etags.
const QUERY_ETAG: Needs = needs(&[STATE_STORE, QUERIABLE], &["ETAG"]);
/// Queries within a partition.
const QUERY_PARTITION: Needs = needs(&[STATE_STORE, QUERIABLE], &["PARTITION_KEY"]);

const CONTRACT: Source = Source::Contract("queriable-state-store");

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/query-eq-text",
        promise: "EQ finds the items whose field is the text.",
        source: CLIENT,
        needs: QUERY,
        run: |c| Box::pin(finds(c, "EQ", json!({"kind": "tree"}), &["oak", "pine"])),
    },
    Rule {
        id: "state/query-eq-number",
        promise: "EQ finds the items whose field is the number, whole or not.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                garden
                    .finds(query("EQ", &json!({"height": 35})), &["pine"])
                    .await?;
                garden
                    .finds(query("EQ", &json!({"height": 21.5})), &["oak"])
                    .await
            })
        },
    },
    Rule {
        id: "state/query-eq-boolean",
        promise: "EQ finds the items whose field is true, or false; not those that do not have it.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                let green = query("EQ", &json!({"evergreen": true}));
                garden.finds(green, &["pine", "holly", "heath"]).await?;
                let bare = query("EQ", &json!({"evergreen": false}));
                garden.finds(bare, &["oak", "fern"]).await
            })
        },
    },
    Rule {
        id: "state/query-path",
        promise: "A path with dots goes into nested objects.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                garden
                    .finds(query("EQ", &json!({"home.land": "fi"})), &["oak", "holly"])
                    .await?;
                garden
                    .finds(query("EQ", &json!({"home.zone": 2})), &["pine", "heath"])
                    .await
            })
        },
    },
    Rule {
        id: "state/query-neq",
        promise: "NEQ finds the items whose field is another, and nothing that is not JSON.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            let found = &["oak", "pine", "holly", "heath"];
            Box::pin(finds(c, "NEQ", json!({"kind": "herb"}), found))
        },
    },
    Rule {
        id: "state/query-gt",
        promise: "GT finds what is greater than a number or comes after a text.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                garden
                    .finds(query("GT", &json!({"height": 8})), &["oak", "pine"])
                    .await?;
                garden
                    .finds(
                        query("GT", &json!({"home.zone": 2.5})),
                        &["oak", "holly", "fern"],
                    )
                    .await?;
                garden
                    .finds(query("GT", &json!({"kind": "shrub"})), &["oak", "pine"])
                    .await
            })
        },
    },
    Rule {
        id: "state/query-gte",
        promise: "GTE finds what is greater or the same.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                garden
                    .finds(
                        query("GTE", &json!({"height": 8})),
                        &["oak", "pine", "holly"],
                    )
                    .await?;
                let found = &["oak", "pine", "holly", "heath"];
                garden
                    .finds(query("GTE", &json!({"kind": "shrub"})), found)
                    .await
            })
        },
    },
    Rule {
        id: "state/query-lt",
        promise: "LT finds what is less than a number or comes before a text.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                garden
                    .finds(query("LT", &json!({"height": 1.2})), &["heath", "moss"])
                    .await?;
                garden
                    .finds(query("LT", &json!({"kind": "shrub"})), &["fern", "moss"])
                    .await
            })
        },
    },
    Rule {
        id: "state/query-lte",
        promise: "LTE finds what is less or the same.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                garden
                    .finds(
                        query("LTE", &json!({"height": 1.2})),
                        &["heath", "fern", "moss"],
                    )
                    .await?;
                garden
                    .finds(query("LTE", &json!({"height": 0.2})), &[])
                    .await
            })
        },
    },
    Rule {
        id: "state/query-in",
        promise: "IN finds the items whose field is any of the texts, or of the numbers.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                let kinds = query("IN", &json!({"kind": ["herb", "tree", "grass"]}));
                garden
                    .finds(kinds, &["oak", "pine", "fern", "moss"])
                    .await?;
                let zones = query("IN", &json!({"home.zone": [1, 5]}));
                garden.finds(zones, &["holly", "moss"]).await
            })
        },
    },
    Rule {
        id: "state/query-and",
        promise: "AND finds what all its parts find.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            let both = json!([{"EQ": {"evergreen": true}}, {"GTE": {"height": 1}}, {"LT": {"height": 20}}]);
            Box::pin(finds(c, "AND", both, &["holly"]))
        },
    },
    Rule {
        id: "state/query-or",
        promise: "OR finds what any of its parts finds, and each item once.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            let any = json!([{"EQ": {"kind": "tree"}}, {"IN": {"home.land": ["fi", "dk"]}}]);
            Box::pin(finds(c, "OR", any, &["oak", "pine", "holly"]))
        },
    },
    Rule {
        id: "state/query-nested",
        promise: "AND and OR nest in each other.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            let nested = json!([
                {"AND": [
                    {"EQ": {"home.land": "se"}},
                    {"OR": [{"GT": {"height": 34.9}}, {"AND": [{"LT": {"height": 0}}]}]}
                ]},
                {"AND": [{"EQ": {"kind": "shrub"}}, {"NEQ": {"home.land": "fi"}}, {"LTE": {"height": 0.5}}]}
            ]);
            Box::pin(finds(c, "OR", nested, &["pine", "heath"]))
        },
    },
    Rule {
        id: "state/query-no-such-field",
        promise: "A field that no item has finds nothing.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                garden
                    .finds(query("EQ", &json!({"home.street": "fi"})), &[])
                    .await?;
                garden
                    .finds(query("GT", &json!({"kind.sort": 0})), &[])
                    .await
            })
        },
    },
    Rule {
        id: "state/query-neq-without-field",
        promise: "Of the comparisons only NEQ finds an item that does not have the field.",
        source: CONTRACT,
        needs: QUERY,
        run: |c| {
            Box::pin(finds(
                c,
                "NEQ",
                json!({"evergreen": true}),
                &["oak", "fern", "moss"],
            ))
        },
    },
    Rule {
        id: "state/query-kinds-differ",
        promise: "Values of different kinds are not equal, and neither is before the other; 2 and 2.0 are the same number.",
        source: CONTRACT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                garden
                    .finds(query("EQ", &json!({"home.zone": "2"})), &[])
                    .await?;
                garden
                    .finds(query("LT", &json!({"home.zone": "9"})), &[])
                    .await?;
                garden.finds(query("GT", &json!({"kind": 0})), &[]).await?;
                garden
                    .finds(query("EQ", &json!({"evergreen": 1})), &[])
                    .await?;
                let two = query_text(&[("EQ", r#"{"home.zone": 2.0}"#)]);
                garden.finds(two, &["pine", "heath"]).await
            })
        },
    },
    Rule {
        id: "state/query-empty-filter",
        promise: "A query without a filter finds all that is JSON.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move { Garden::plant(c).await?.finds(query_text(&[]), PLANTS).await })
        },
    },
    Rule {
        id: "state/query-sees-writes",
        promise: "A query finds what is stored now: new values, and nothing that was deleted.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                let c = garden.client();
                c.delete(delete(&c.key("oak"))).await.ok()?;
                c.put(&c.key("pine"), "felled").await?;
                garden
                    .finds(query("EQ", &json!({"kind": "tree"})), &[])
                    .await?;
                c.set(set_json(&c.key("pine"), &garden.value("pine")))
                    .await
                    .ok()?;
                garden
                    .finds(query("EQ", &json!({"kind": "tree"})), &["pine"])
                    .await
            })
        },
    },
    Rule {
        id: "state/query-etags",
        promise: "The items that a query finds have the etags that Get answers with.",
        source: CLIENT,
        needs: QUERY_ETAG,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                let c = garden.client();
                for item in c.query(garden.everything()).await.ok()?.items {
                    let etag = item.etag.clone().unwrap_or_default().value;
                    let expected = format!("the etag {etag:?} that the query answered with");
                    let answer = c.get(&item.key).await;
                    answer.ok_if(expected, |it| {
                        !etag.is_empty() && it.etag.as_ref().is_some_and(|now| now.value == etag)
                    })?;
                }
                garden.finds(garden.everything(), PLANTS).await
            })
        },
    },
    Rule {
        id: "state/query-metadata",
        promise: "A query's metadata that a store has no use for is ignored.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                let entry = |name: &str, value: &str| (name.to_owned(), value.to_owned());
                let request = QueryRequest {
                    query: Some(query("EQ", &json!({"kind": "shrub"}))),
                    metadata: [
                        entry("contentType", "application/json"),
                        entry("queryIndexName", "garden"),
                    ]
                    .into(),
                };
                let answer = garden.client().query_with(request).await;
                garden.found(answer, &["holly", "heath"], false)
            })
        },
    },
    Rule {
        id: "state/query-partition",
        promise: "A query with the metadata partitionKey finds that partition's items only.",
        source: CLIENT,
        needs: QUERY_PARTITION,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                let c = garden.client();
                let partition = |name: &str| format!("{}-{name}", c.run());
                for name in ["oak", "fern"] {
                    let write = set_json(&c.key(name), &garden.value(name));
                    c.set(write.with("partitionKey", &partition(name)))
                        .await
                        .ok()?;
                }
                let request = QueryRequest {
                    query: Some(garden.everything()),
                    metadata: [("partitionKey".to_owned(), partition("fern"))].into(),
                };
                let found = garden.found(c.query_with(request).await, &["fern"], false);
                for name in ["oak", "fern"] {
                    let delete = delete(&c.key(name)).with("partitionKey", &partition(name));
                    c.delete(delete).await.ok()?;
                }
                found
            })
        },
    },
];

/// The whole of many rules: on the garden, this operator with this operand finds these.
async fn finds(c: Client, operator: &str, operand: Value, names: &[&str]) -> Result<(), Broken> {
    let garden = Garden::plant(c).await?;
    garden.finds(query(operator, &operand), names).await
}
