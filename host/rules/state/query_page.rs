//! The order of what queries find, and its pages.

use serde_json::json;

use super::{
    CLIENT, CONFORMANCE, QUERY, Rule, Source,
    garden::{Garden, PLANTS},
};
use crate::{
    proto::dapr::{Query, sorting::Order},
    rules::{
        Broken,
        messages::{Shape, query},
    },
};

const CONTRACT: Source = Source::Contract("queriable-state-store");

/// The plants by their height.
const BY_HEIGHT: &[&str] = &["moss", "heath", "fern", "holly", "oak", "pine"];

/// More pages than any rule asks for.
const PAGES: usize = 12;

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/query-sort-ascending",
        promise: "ASC sorts numbers by their size, and it is the order where none is named.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                let sorted = garden.everything().sort("height", Order::Asc);
                garden.finds_in_order(sorted, BY_HEIGHT).await
            })
        },
    },
    Rule {
        id: "state/query-sort-descending",
        promise: "DESC is the other way round.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                let sorted = garden.everything().sort("height", Order::Desc);
                let reversed: Vec<&str> = BY_HEIGHT.iter().rev().copied().collect();
                garden.finds_in_order(sorted, &reversed).await
            })
        },
    },
    Rule {
        id: "state/query-sort-two-keys",
        promise: "A second key decides where the first is equal, each in an order of its own; paths have dots here too.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                let sorted = garden.everything();
                let sorted = sorted
                    .sort("home.land", Order::Asc)
                    .sort("height", Order::Desc);
                let by_land = ["oak", "holly", "heath", "moss", "pine", "fern"];
                garden.finds_in_order(sorted, &by_land).await?;
                let sorted = garden.everything();
                let sorted = sorted
                    .sort("home.zone", Order::Desc)
                    .sort("kind", Order::Asc);
                let by_zone = ["holly", "fern", "oak", "heath", "pine", "moss"];
                garden.finds_in_order(sorted, &by_zone).await
            })
        },
    },
    Rule {
        id: "state/query-sort-without-field",
        promise: "Items without the field to sort by come last, in either order.",
        source: CONTRACT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                for order in [Order::Asc, Order::Desc] {
                    let herbs =
                        json!([{"EQ": {"run": garden.client().run()}}, {"EQ": {"kind": "herb"}}]);
                    let sorted = query("AND", &herbs).sort("evergreen", order);
                    garden.finds_in_order(sorted, &["fern", "moss"]).await?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/query-unsorted",
        promise: "Where nothing is said of an order, what was written first and has the lesser key comes first.",
        source: CONFORMANCE,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                // Their keys are in the order in which they were planted.
                let shrubs_or_trees =
                    json!([{"EQ": {"kind": "shrub"}}, {"IN": {"kind": ["tree", "bush"]}}]);
                let tall = json!([{"GT": {"height": 10}}, {"OR": shrubs_or_trees}]);
                garden
                    .finds_in_order(query("AND", &tall), &["oak", "pine"])
                    .await
            })
        },
    },
    Rule {
        id: "state/query-pages",
        promise: "Limit and token lead through all that is found, each item once and no page larger than the limit.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                for limit in [1, 2, 4] {
                    let mut found = pages(&garden, garden.everything(), limit).await?;
                    found.sort_unstable();
                    let mut all = PLANTS.to_vec();
                    all.sort_unstable();
                    complete(&found, &all)?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/query-pages-sorted",
        promise: "The pages of a sorted query, one after the other, are in its order.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                for limit in [2, 4] {
                    let sorted = garden.everything().sort("height", Order::Asc);
                    let found = pages(&garden, sorted, limit).await?;
                    complete(&found, BY_HEIGHT)?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/query-limit-larger",
        promise: "A limit that is larger than what is found answers all of it, without a token.",
        source: CONTRACT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                let expected = "OK with six items and no token";
                let answer = garden
                    .client()
                    .query(garden.everything().page(100, ""))
                    .await;
                answer.ok_if(expected, |it| {
                    it.items.len() == PLANTS.len() && it.token.is_empty()
                })?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/query-limit-zero",
        promise: "A limit of 0 is none.",
        source: CLIENT,
        needs: QUERY,
        run: |c| {
            Box::pin(async move {
                let garden = Garden::plant(c).await?;
                garden.finds(garden.everything().page(0, ""), PLANTS).await
            })
        },
    },
];

/// Follows the tokens from the first page to the last.
async fn pages(garden: &Garden, query: Query, limit: i64) -> Result<Vec<String>, Broken> {
    let (mut found, mut token) = (Vec::new(), String::new());
    for _ in 0..PAGES {
        let answer = garden
            .client()
            .query(query.clone().page(limit, &token))
            .await;
        let page = answer.ok_if(format!("OK with at most {limit} items"), |it| {
            i64::try_from(it.items.len()).is_ok_and(|count| count <= limit)
        })?;
        found.extend(garden.names(&page.items).into_iter().map(str::to_owned));
        token = page.token;
        if token.is_empty() {
            return Ok(found);
        }
    }
    let answer = garden.client().query(query.page(limit, &token)).await;
    Err(answer.broken(format!(
        "no token any more after {PAGES} pages of six items"
    )))
}

fn complete(found: &[String], expected: &[&str]) -> Result<(), Broken> {
    if found == expected {
        return Ok(());
    }
    Err(Broken {
        request: "Query, page after page".to_owned(),
        answer: format!("{found:?}"),
        expected: format!("{expected:?}"),
        before: Vec::new(),
    })
}
