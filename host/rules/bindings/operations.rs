//! What the usual operations do with data. Which metadata they need only the component's author knows, and an operation can
//! have effects, so none is invoked unless [`Subject::operations`](crate::rules::Subject::operations) says how.

use std::collections::HashMap;

use tonic::Code;

use super::{BOTH, CONFORMANCE, OUTPUT, Rule, Source};
use crate::{
    proto::dapr::{InvokeRequest, InvokeResponse},
    rules::{Block, Broken, answer::Answer, client::Client},
};

/// Data that bindings of every kind take, one different from the other.
const DATA: [&str; 2] = [r#"{"message":"first"}"#, r#"{"message":"second"}"#];

const NOT_SAID: &str =
    "nobody has said with which metadata operations can be invoked (--operation)";

pub const RULES: &[Rule] = &[
    Rule {
        id: "bindings/output-create",
        promise: "`create` with data and metadata is OK.",
        source: CONFORMANCE,
        needs: OUTPUT,
        run: |c| {
            Box::pin(async move {
                let Some(thing) = Thing::new(&c, "create", &["create"]).await? else {
                    return Ok(());
                };
                thing.create(DATA[0]).await
            })
        },
    },
    Rule {
        id: "bindings/output-get",
        promise: "`get` answers with the data that `create` was given with the same metadata.",
        source: CONFORMANCE,
        needs: OUTPUT,
        run: |c| {
            Box::pin(async move {
                let needed = ["create", "get"];
                let Some(thing) = Thing::new(&c, "get", &needed).await? else {
                    return Ok(());
                };
                let other = thing.beside("get-other");
                thing.create(DATA[0]).await?;
                other.create(DATA[1]).await?;
                thing.holds(DATA[0]).await?;
                other.holds(DATA[1]).await
            })
        },
    },
    Rule {
        id: "bindings/output-list",
        promise: "`list` is OK.",
        source: CONFORMANCE,
        needs: OUTPUT,
        run: |c| {
            Box::pin(async move {
                let needed = ["create", "list"];
                let Some(thing) = Thing::new(&c, "list", &needed).await? else {
                    return Ok(());
                };
                thing.create(DATA[0]).await?;
                thing.invoke("list", "").await.ok()?;
                Ok(())
            })
        },
    },
    Rule {
        // The conformance tests want OK of that `get`, but try it on no component: those that have both operations differ.
        id: "bindings/output-delete",
        promise: "After `delete` there is nothing to `get`: no data, or NOT_FOUND. What has other metadata stays.",
        source: CONFORMANCE,
        needs: OUTPUT,
        run: |c| {
            Box::pin(async move {
                let needed = ["create", "get", "delete"];
                let Some(thing) = Thing::new(&c, "delete", &needed).await? else {
                    return Ok(());
                };
                let other = thing.beside("delete-other");
                thing.create(DATA[0]).await?;
                other.create(DATA[1]).await?;
                thing.invoke("delete", "").await.ok()?;
                let answer = thing.invoke("get", "").await;
                match &answer.result {
                    Ok(nothing) if nothing.data.is_empty() => {}
                    Err(status) if status.code() == Code::NotFound => {}
                    _ => return Err(answer.broken("OK without data, or NOT_FOUND")),
                }
                other.holds(DATA[1]).await
            })
        },
    },
    Rule {
        id: "bindings/output-unknown-metadata",
        promise: "Metadata that an operation has no use for is ignored.",
        source: Source::Client("Bindings and secrets"),
        needs: OUTPUT,
        run: |c| {
            Box::pin(async move {
                let Some(mut thing) = Thing::new(&c, "metadata", &["create"]).await? else {
                    return Ok(());
                };
                let unknown = ("noSuchOption".to_owned(), "yes".to_owned());
                thing.metadata.extend([unknown]);
                thing.create(DATA[0]).await
            })
        },
    },
    Rule {
        id: "bindings/create-is-read",
        promise: "Where a binding has both directions, what `create` is given brings an event to an open Read.",
        source: CONFORMANCE,
        needs: BOTH,
        run: |c| {
            Box::pin(async move {
                let Some(thing) = Thing::new(&c, "read", &["create"]).await? else {
                    return Ok(());
                };
                let mut events = c.as_block(Block::InputBinding).start().await?.read().await;
                thing.create(DATA[0]).await?;
                events.next("an event").await.map(drop)
            })
        },
    },
];

/// Something that operations are about, under metadata of its own.
struct Thing<'a> {
    c: &'a Client,
    metadata: HashMap<String, String>,
}

impl<'a> Thing<'a> {
    /// None where the rule does not concern the component, which is noted.
    async fn new(c: &'a Client, name: &str, operations: &[&str]) -> Result<Option<Self>, Broken> {
        let Some(metadata) = c.operation_metadata(name) else {
            c.skip(NOT_SAID)?;
            return Ok(None);
        };
        let listed = c.list_operations().await.ok()?.operations;
        let missing = |operation: &&&str| !listed.iter().any(|it| it == **operation);
        if let Some(missing) = operations.iter().find(missing) {
            c.skip(&format!("the component has no operation {missing:?}"))?;
            return Ok(None);
        }
        Ok(Some(Self { c, metadata }))
    }

    /// Another of the same kind.
    fn beside(&self, name: &str) -> Self {
        let metadata = self.c.operation_metadata(name).unwrap_or_default();
        Self {
            c: self.c,
            metadata,
        }
    }

    async fn invoke(&self, operation: &str, data: &str) -> Answer<InvokeResponse> {
        let request = InvokeRequest {
            data: data.as_bytes().to_vec(),
            operation: operation.to_owned(),
            metadata: self.metadata.clone(),
        };
        self.c.invoke_with(request).await
    }

    async fn create(&self, data: &str) -> Result<(), Broken> {
        self.invoke("create", data).await.ok()?;
        Ok(())
    }

    async fn holds(&self, data: &str) -> Result<(), Broken> {
        let answer = self.invoke("get", "").await;
        answer.ok_if(format!("OK with the data {data:?}"), |it| {
            it.data == data.as_bytes()
        })?;
        Ok(())
    }
}
