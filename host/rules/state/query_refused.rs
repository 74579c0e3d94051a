//! Queries that are not well formed.

use tonic::Code;

use super::{QUERY, Rule, Source};
use crate::{
    proto::dapr::Query,
    rules::{
        Broken, Running,
        client::Client,
        messages::{Shape, query_text},
    },
};

/// A good operand.
const TREE: &str = r#"{"kind": "tree"}"#;

pub const RULES: &[Rule] = &[
    refused(
        "state/query-two-operators",
        "A filter has one operator at its top.",
        |c| Box::pin(is_refused(c, query_text(&[("EQ", TREE), ("NEQ", TREE)]))),
    ),
    refused(
        "state/query-unknown-operator",
        "An operator that is not known is refused, at the top and below.",
        |c| {
            Box::pin(async move {
                is_refused(c.clone(), query_text(&[("LIKE", TREE)])).await?;
                is_refused(c, one("AND", r#"[{"LIKE": {"kind": "t"}}]"#)).await
            })
        },
    ),
    refused(
        "state/query-not-json",
        "An operand that is not JSON, or empty, is refused.",
        |c| {
            Box::pin(async move {
                is_refused(c.clone(), one("EQ", r#"{"kind": "#)).await?;
                is_refused(c.clone(), one("EQ", r#"{"kind": "tree"} and more"#)).await?;
                is_refused(c, one("EQ", "")).await
            })
        },
    ),
    refused(
        "state/query-eq-not-an-object",
        "The operand of a comparison is an object.",
        |c| {
            Box::pin(async move {
                is_refused(c.clone(), one("EQ", r#""kind""#)).await?;
                is_refused(c, one("GT", r#"[{"height": 1}]"#)).await
            })
        },
    ),
    refused(
        "state/query-eq-two-paths",
        "The operand of a comparison has exactly one path.",
        |c| {
            Box::pin(async move {
                is_refused(c.clone(), one("EQ", r#"{"kind": "tree", "height": 35}"#)).await?;
                is_refused(c, one("EQ", "{}")).await
            })
        },
    ),
    refused(
        "state/query-in-not-an-array",
        "The operand of IN has an array under its path.",
        |c| Box::pin(is_refused(c, one("IN", TREE))),
    ),
    refused(
        "state/query-and-not-an-array",
        "The operand of AND or OR is an array.",
        |c| {
            Box::pin(async move {
                is_refused(c.clone(), one("AND", r#"{"EQ": {"kind": "tree"}}"#)).await?;
                is_refused(c, one("OR", "true")).await
            })
        },
    ),
    refused(
        "state/query-and-empty",
        "AND and OR have at least one part.",
        |c| {
            Box::pin(async move {
                is_refused(c.clone(), one("AND", "[]")).await?;
                is_refused(c, one("OR", "[]")).await
            })
        },
    ),
    refused(
        "state/query-part-not-an-operator",
        "Each part of AND or OR is an object with one operator.",
        |c| {
            Box::pin(async move {
                is_refused(c.clone(), one("AND", r#"["EQ"]"#)).await?;
                is_refused(c.clone(), one("AND", "[{}]")).await?;
                let two = r#"[{"EQ": {"kind": "tree"}, "GT": {"height": 1}}]"#;
                is_refused(c, one("OR", two)).await
            })
        },
    ),
    refused(
        "state/query-negative-limit",
        "A limit is not negative.",
        |c| Box::pin(is_refused(c, one("EQ", TREE).page(-1, ""))),
    ),
    refused(
        "state/query-foreign-token",
        "A token that the store did not make is refused.",
        |c| {
            Box::pin(is_refused(
                c,
                one("EQ", TREE).page(2, "no token of this store"),
            ))
        },
    ),
];

/// A rule on what must not be answered with items.
const fn refused(id: &'static str, promise: &'static str, run: fn(Client) -> Running) -> Rule {
    Rule {
        id,
        promise,
        source: Source::Contract("queriable-state-store"),
        needs: QUERY,
        run,
    }
}

fn one(operator: &str, operand: &str) -> Query {
    query_text(&[(operator, operand)])
}

async fn is_refused(c: Client, query: Query) -> Result<(), Broken> {
    c.query(query).await.fails_with(Code::InvalidArgument)?;
    Ok(())
}
