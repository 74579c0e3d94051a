//! Many messages at once.

use super::{BROKER, BULK_PUBSUB, CLIENT, Needs, Rule, Source, TEXT, blue, comes_whole, needs};
use crate::rules::{Broken, client::Client, messages::bulk_publish};

/// A broker with BulkPublish.
const BULK: Needs = needs(&[BULK_PUBSUB]);
/// The same with expiries, by which an entry can be bad.
const BULK_TTL: Needs = needs(&[BULK_PUBSUB, "MESSAGE_TTL"]);

pub const RULES: &[Rule] = &[
    Rule {
        id: "pubsub/bulk-deliver",
        promise: "BulkPublish delivers every entry, and answers with no failed ones.",
        source: CLIENT,
        needs: BULK,
        run: |c| Box::pin(async move { deliver(&c).await }),
    },
    Rule {
        id: "pubsub/bulk-metadata",
        promise: "Content type and metadata of each entry come along.",
        source: Source::Contract("bulk-publish.entry"),
        needs: BULK,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("bulk-metadata");
                let mut messages = c.subscribe(&topic).await;
                let mut bulk = bulk_publish(&topic, &["1"]);
                for entry in &mut bulk.entries {
                    entry.content_type = TEXT.to_owned();
                    entry.metadata.extend([blue()]);
                }
                c.bulk_publish(bulk).await.ok()?;
                comes_whole(&mut messages).await
            })
        },
    },
    Rule {
        id: "pubsub/bulk-partial",
        promise: "An entry that cannot be published is named among the failed ones; the others are published.",
        source: Source::Contract("bulk-publish"),
        needs: BULK_TTL,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("bulk-partial");
                let mut messages = c.subscribe(&topic).await;
                let mut bulk = bulk_publish(&topic, &["1", "bad", "2"]);
                for entry in bulk.entries.iter_mut().filter(|it| it.event == b"bad") {
                    let ttl = ("ttlInSeconds".to_owned(), "soon".to_owned());
                    entry.metadata.extend([ttl]);
                }
                let expected = "OK with one failed entry, its entry_id=\"1\" and an error";
                c.bulk_publish(bulk).await.ok_if(expected, |it| {
                    matches!(&*it.failed_entries, [failed] if failed.entry_id == "1" && !failed.error.is_empty())
                })?;
                messages.take("1").await?;
                messages.take("2").await?;
                messages.nothing("nothing more").await
            })
        },
    },
    Rule {
        id: "pubsub/bulk-none",
        promise: "BulkPublish without entries publishes nothing, and the broker goes on.",
        source: CLIENT,
        needs: BULK,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("bulk-none");
                let mut messages = c.subscribe(&topic).await;
                let answer = c.bulk_publish(bulk_publish(&topic, &[])).await;
                if answer.result.is_err() {
                    answer.refused()?;
                }
                messages
                    .nothing("nothing, for nothing was published")
                    .await?;
                c.tell(&topic, "1").await?;
                messages.take("1").await
            })
        },
    },
    Rule {
        id: "pubsub/bulk-without-feature",
        promise: "BulkPublish works for every guest: one message after the other where it has no bulk-publish of its own.",
        source: Source::Host("BulkPublish"),
        needs: BROKER,
        run: |c| Box::pin(async move { deliver(&c).await }),
    },
];

async fn deliver(c: &Client) -> Result<(), Broken> {
    let topic = c.topic("bulk-deliver");
    let mut messages = c.subscribe(&topic).await;
    let data = ["1", "2", "3", "4", "5"];
    let answer = c.bulk_publish(bulk_publish(&topic, &data)).await;
    answer.ok_if("OK without failed entries", |it| {
        it.failed_entries.is_empty()
    })?;
    messages.take_all(&data).await
}
