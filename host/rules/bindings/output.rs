//! Operations that go out: which there are. What an operation does with which data is the component's own affair, so none
//! is invoked here.

use super::{BOTH, CLIENT, CONNECTIONS, OUTPUT, OUTPUT_BINDING, Rule, Source};
use crate::rules::{Block, Broken, client::Client, start};

pub const RULES: &[Rule] = &[
    Rule {
        id: "bindings/output-reflection-v1alpha",
        promise: "Reflection v1alpha lists the output binding: daprd registers what it lists.",
        source: Source::Client("Discovery"),
        needs: OUTPUT,
        run: |c| Box::pin(async move { start::reflected_v1alpha(&c, OUTPUT_BINDING).await }),
    },
    Rule {
        id: "bindings/output-reflection-v1",
        promise: "Reflection v1 answers as v1alpha does, for the tools that ask nothing else.",
        source: Source::Host("reflection"),
        needs: OUTPUT,
        run: |c| Box::pin(async move { start::reflected_v1(&c, OUTPUT_BINDING).await }),
    },
    Rule {
        id: "bindings/output-operations",
        promise: "ListOperations names at least one operation, and none without a name or twice.",
        source: CLIENT,
        needs: OUTPUT,
        run: |c| Box::pin(async move { operations(&c).await.map(drop) }),
    },
    Rule {
        id: "bindings/output-operations-stable",
        promise: "The operations stay the same: daprd asks for them once.",
        source: CLIENT,
        needs: OUTPUT,
        run: |c| {
            Box::pin(async move {
                let first = operations(&c).await?;
                same_operations(&c, &first).await?;
                let c = c.start().await?;
                same_operations(&c, &first).await
            })
        },
    },
    Rule {
        id: "bindings/output-unknown-operation",
        promise: "An operation that ListOperations does not name is an error, and the binding goes on.",
        source: CLIENT,
        needs: OUTPUT,
        run: |c| {
            Box::pin(async move {
                let first = operations(&c).await?;
                c.invoke("no-such-operation", "1").await.refused()?;
                c.invoke("", "1").await.refused()?;
                same_operations(&c, &first).await
            })
        },
    },
    Rule {
        id: "bindings/output-ping",
        promise: "Ping answers OK, before Init and after it.",
        source: CONNECTIONS,
        needs: OUTPUT,
        run: |c| Box::pin(async move { start::pings(&c).await }),
    },
    Rule {
        id: "bindings/output-call-before-init",
        promise: "A call on an instance that had no Init is FAILED_PRECONDITION, and the message names component and instance: \
                  clients do not call Init again after a restart.",
        source: Source::Host("instances"),
        needs: OUTPUT,
        run: |c| {
            Box::pin(async move {
                let stranger = c.on_new_instance();
                start::before_init(&stranger, stranger.invoke("create", "1").await)
            })
        },
    },
    Rule {
        id: "bindings/output-default-instance",
        promise: "A call without the instance header and one with an empty header reach the same instance.",
        source: CONNECTIONS,
        needs: OUTPUT,
        run: |c| {
            Box::pin(async move {
                let absent = c.on_instance(None).start().await?;
                let first = operations(&absent).await?;
                same_operations(&c.on_instance(Some("")), &first).await
            })
        },
    },
    Rule {
        id: "bindings/both-directions",
        promise: "The two directions of one Component resource each get an Init of their own with the same header, in any order, \
                  and then both work.",
        source: CONNECTIONS,
        needs: BOTH,
        run: |c| {
            Box::pin(async move {
                let first = operations(&c).await?;
                let input = c.as_block(Block::InputBinding).start().await?;
                let mut events = input.read().await;
                events.stays_open().await?;
                same_operations(&c, &first).await?;

                let input = input.on_new_instance().start().await?;
                let c = input.as_block(Block::OutputBinding).start().await?;
                let mut events = input.read().await;
                same_operations(&c, &first).await?;
                events.stays_open().await
            })
        },
    },
];

/// What ListOperations names.
async fn operations(c: &Client) -> Result<Vec<String>, Broken> {
    let expected = "OK with one operation or more, each with a name of its own";
    let answer = c.list_operations().await;
    let listed = answer.ok_if(expected, |it| {
        let mut names = it.operations.clone();
        names.sort_unstable();
        names.dedup();
        let named = !names.is_empty() && names.iter().all(|name| !name.is_empty());
        named && names.len() == it.operations.len()
    })?;
    Ok(sorted(&listed.operations))
}

/// ListOperations names these, in any order.
async fn same_operations(c: &Client, first: &[String]) -> Result<(), Broken> {
    let expected = format!("OK with the same operations as before: {first:?}");
    let answer = c.list_operations().await;
    answer.ok_if(expected, |it| sorted(&it.operations) == first)?;
    Ok(())
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}
