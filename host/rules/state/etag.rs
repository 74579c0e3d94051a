//! Etags: which item a write is meant for.

use super::{CLIENT, ERRORS, ETAG, Rule, Source};
use crate::rules::messages::{Write, delete, set};

const CONTRACT: Source = Source::Contract("set-request.etag");

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/etag-on-every-item",
        promise: "Every item has an etag that is not empty, and reading does not change it.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let etag = c.put_etag(&key, "1").await?;
                let same = format!("OK with etag {etag:?} still");
                c.get(&key).await.ok_if(same, |it| {
                    it.etag.as_ref().is_some_and(|now| now.value == etag)
                })?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/etag-changes",
        promise: "The etag changes at each write, of another value or of the same.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let mut etags = vec![c.put_etag(&key, "1").await?];
                for value in ["2", "2", "1"] {
                    c.put(&key, value).await?;
                    let expected = format!("OK with an etag other than {etags:?}");
                    let item = c.get(&key).await.ok_if(expected, |it| {
                        it.etag
                            .as_ref()
                            .is_some_and(|now| !now.value.is_empty() && !etags.contains(&now.value))
                    })?;
                    etags.push(item.etag.unwrap_or_default().value);
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/etag-set-matching",
        promise: "Set with the item's etag writes.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let etag = c.put_etag(&key, "1").await?;
                c.set(set(&key, "2").if_etag(&etag)).await.ok()?;
                c.get(&key).await.holds("2")?;
                let etag = c.get(&key).await.etag()?;
                c.set(set(&key, "3").if_etag(&etag).last_write())
                    .await
                    .ok()?;
                c.get(&key).await.holds("3")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/etag-set-mismatch",
        promise: "Set with an etag that the item had before is a mismatch, in the one form that daprd makes a 409 of, and nothing changes.",
        source: ERRORS,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let old = c.put_etag(&key, "1").await?;
                let now = c.put_etag(&key, "2").await?;
                c.set(set(&key, "3").if_etag(&old)).await.mismatch()?;
                let item = c.get(&key).await.holds("2")?;
                if item.etag.is_none_or(|etag| etag.value != now) {
                    let expected = format!("the etag {now:?} still: the write failed");
                    return Err(c.get(&key).await.broken(expected));
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/etag-delete-matching",
        promise: "Delete with the item's etag deletes.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let etag = c.put_etag(&key, "1").await?;
                c.delete(delete(&key).if_etag(&etag)).await.ok()?;
                c.get(&key).await.missing()
            })
        },
    },
    Rule {
        id: "state/etag-delete-mismatch",
        promise: "Delete with an etag that the item had before is a mismatch, in the one form that daprd makes a 409 of, and nothing changes.",
        source: ERRORS,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let old = c.put_etag(&key, "1").await?;
                c.put(&key, "2").await?;
                c.delete(delete(&key).if_etag(&old)).await.mismatch()?;
                c.get(&key).await.holds("2")?;
                Ok(())
            })
        },
    },
    Rule {
        // Which of the two it is depends on what the store's etags look like, and only the store knows that.
        id: "state/etag-never-made",
        promise: "An etag that the store never made is refused: as invalid where it cannot be parsed, as a mismatch where it can. \
                  Both have one exact form.",
        source: ERRORS,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.put(&key, "1").await?;
                for etag in ["not an etag of this store", "bad-etag", "-1", "\u{1F511}"] {
                    let write = set(&key, "2").if_etag(etag);
                    c.set(write).await.mismatch_or_invalid()?;
                    let delete = delete(&key).if_etag(etag);
                    c.delete(delete).await.mismatch_or_invalid()?;
                }
                c.get(&key).await.holds("1")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/etag-set-missing-key",
        promise: "Set with an etag does not make a key that is not there: that is a mismatch.",
        source: CONTRACT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let (key, missing) = (c.key("key"), c.key("missing"));
                let etag = c.put_etag(&key, "1").await?;
                c.set(set(&missing, "2").if_etag(&etag)).await.mismatch()?;
                c.get(&missing).await.missing()
            })
        },
    },
    Rule {
        id: "state/etag-delete-missing-key",
        promise: "Delete with an etag of a key that is not there is a mismatch.",
        source: Source::Contract("state-store.delete"),
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let etag = c.put_etag(&key, "1").await?;
                c.delete(delete(&key)).await.ok()?;
                c.delete(delete(&key).if_etag(&etag)).await.mismatch()
            })
        },
    },
    Rule {
        id: "state/etag-empty",
        promise: "An empty etag is none: the write is not bound to an item.",
        source: CONTRACT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.put(&key, "1").await?;
                c.set(set(&key, "2").if_etag("")).await.ok()?;
                c.get(&key).await.holds("2")?;
                c.delete(delete(&key).if_etag("")).await.ok()?;
                c.get(&key).await.missing()
            })
        },
    },
    Rule {
        id: "state/etag-last-write",
        promise: "Where the last write wins, an etag that is given must match all the same.",
        source: Source::Contract("concurrency.last-write"),
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let old = c.put_etag(&key, "1").await?;
                c.set(set(&key, "2").last_write()).await.ok()?;
                let stale = set(&key, "3").if_etag(&old).last_write();
                c.set(stale).await.mismatch()?;
                let stale = delete(&key).if_etag(&old).last_write();
                c.delete(stale).await.mismatch()?;
                c.get(&key).await.holds("2")?;
                Ok(())
            })
        },
    },
];
