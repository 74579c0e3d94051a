//! Writes of which only the first wins.

use tokio::task::JoinSet;

use super::{CLIENT, ERRORS, ETAG, Rule, Source};
use crate::rules::messages::{Write, delete, set};

/// How many writers race for one key.
const WRITERS: usize = 8;

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/first-write-without-etag",
        promise: "Of first writes without an etag only the one that makes the key succeeds.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.set(set(&key, "1").first_write()).await.ok()?;
                c.get(&key).await.holds("1")?;
                c.set(set(&key, "2").first_write()).await.refused()?;
                c.get(&key).await.holds("1")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/first-write-empty-etag",
        promise: "A first write with an empty etag is one without an etag.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.set(set(&key, "1").first_write().if_etag("")).await.ok()?;
                c.get(&key).await.holds("1")?;
                let second = set(&key, "2").first_write().if_etag("");
                c.set(second).await.refused()?;
                c.get(&key).await.holds("1")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/first-write-over-plain-set",
        promise: "A first write without an etag does not overwrite what any other Set has made.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.put(&key, "1").await?;
                c.set(set(&key, "2").first_write()).await.refused()?;
                c.get(&key).await.holds("1")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/first-write-is-mismatch",
        promise: "A first write that comes too late is an etag mismatch, so that applications get a 409.",
        source: Source::Contract("concurrency.first-write"),
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.put(&key, "1").await?;
                c.set(set(&key, "2").first_write()).await.mismatch()
            })
        },
    },
    Rule {
        id: "state/first-write-after-delete",
        promise: "A key that was deleted can be made by a first write again.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.set(set(&key, "1").first_write()).await.ok()?;
                c.delete(delete(&key)).await.ok()?;
                c.set(set(&key, "2").first_write()).await.ok()?;
                c.get(&key).await.holds("2")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/first-write-etag-matching",
        promise: "A first write with the item's etag writes, and the etag changes.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let old = c.put_etag(&key, "1").await?;
                c.set(set(&key, "2").first_write().if_etag(&old))
                    .await
                    .ok()?;
                let item = c.get(&key).await.holds("2")?;
                if item.etag.is_none_or(|etag| etag.value == old) {
                    let expected = format!("an etag other than {old:?}");
                    return Err(c.get(&key).await.broken(expected));
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/first-write-etag-mismatch",
        promise: "A first write with an etag that the item had before is a mismatch.",
        source: ERRORS,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let old = c.put_etag(&key, "1").await?;
                c.set(set(&key, "2").first_write().if_etag(&old))
                    .await
                    .ok()?;
                let again = set(&key, "3").first_write().if_etag(&old);
                c.set(again).await.mismatch()?;
                c.get(&key).await.holds("2")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/first-write-race",
        promise: "Of many first writes at once exactly one wins, and its value is what stays.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let mut calls = JoinSet::new();
                for writer in 0..WRITERS {
                    let (c, write) = (c.clone(), set(&key, writer.to_string()).first_write());
                    calls.spawn(async move { (writer, c.set(write).await.ok().is_ok()) });
                }
                let mut winners = Vec::new();
                while let Some(Ok((writer, won))) = calls.join_next().await {
                    if won {
                        winners.push(writer.to_string());
                    }
                }
                let answer = c.get(&key).await;
                match winners.as_slice() {
                    [winner] => answer.holds(winner).map(drop),
                    _ => Err(answer.broken(format!(
                        "one of {WRITERS} first writes to succeed, not {}",
                        winners.len()
                    ))),
                }
            })
        },
    },
];
