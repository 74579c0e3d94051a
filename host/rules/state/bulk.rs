//! Many keys in one call. Bulk calls are not atomic: what can be done is done.

use super::{CLIENT, ERRORS, ETAG, Rule, STORE, Source, TTL};
use crate::rules::{
    Broken,
    client::Client,
    messages::{Write, delete, set},
};

/// Enough keys for a store that works in portions to show it.
const MANY: usize = 200;

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/bulk-set",
        promise: "BulkSet writes all its items, over what may be there.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let (new, old) = (c.key("new"), c.key("old"));
                c.put(&old, "0").await?;
                c.bulk_set(vec![set(&new, [1_u8]), set(&old, "2")])
                    .await
                    .ok()?;
                c.get(&new).await.holds([1])?;
                c.get(&old).await.holds("2")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/bulk-get-each-key",
        promise: "BulkGet answers exactly one item for each requested key; a missing key is an item with empty data and empty error.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let (a, b, missing) = (c.key("a"), c.key("b"), c.key("missing"));
                c.put(&a, "1").await?;
                c.put(&b, "true").await?;
                let wanted: [(&str, Option<&[u8]>); 3] =
                    [(&a, Some(b"1")), (&missing, None), (&b, Some(b"true"))];
                c.bulk_get(&[&a, &missing, &b]).await.items(&wanted)?;
                c.bulk_get(&[&missing]).await.items(&[(&missing, None)])?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/bulk-get-repeated-key",
        promise: "BulkGet answers a key that is requested twice with two items.",
        source: Source::Contract("bulk-state-store.bulk-get"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let (key, missing) = (c.key("key"), c.key("missing"));
                c.put(&key, "1").await?;
                let wanted: [(&str, Option<&[u8]>); 4] = [
                    (&key, Some(b"1")),
                    (&key, Some(b"1")),
                    (&missing, None),
                    (&missing, None),
                ];
                let keys: [&str; 4] = [&key, &missing, &key, &missing];
                c.bulk_get(&keys).await.items(&wanted)?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/bulk-get-etags",
        promise: "BulkGet answers with the etags that Get answers with; a missing key has none.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let (key, missing) = (c.key("key"), c.key("missing"));
                let etag = c.put_etag(&key, "1").await?;
                let expected = format!("OK with etag {etag:?} at {key:?} and none at {missing:?}");
                c.bulk_get(&[&key, &missing]).await.ok_if(expected, |it| {
                    it.items.len() == 2
                        && it.items.iter().all(|item| {
                            let value = item.etag.clone().unwrap_or_default().value;
                            value == if item.key == key { etag.as_str() } else { "" }
                        })
                })?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/bulk-delete",
        promise: "BulkDelete deletes its keys and no other; missing keys are no error.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let (a, b, kept, missing) =
                    (c.key("a"), c.key("b"), c.key("kept"), c.key("missing"));
                for key in [&a, &b, &kept] {
                    c.put(key, "1").await?;
                }
                let items = [&a, &missing, &b].map(|key| delete(key));
                c.bulk_delete(items.into()).await.ok()?;
                c.bulk_get(&[&a, &b, &kept]).await.items(&[
                    (&*a, None),
                    (&*b, None),
                    (&*kept, Some(b"1")),
                ])?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/bulk-empty",
        promise: "Bulk calls with nothing to do answer OK.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                c.bulk_set(Vec::new()).await.ok()?;
                c.bulk_get(&[]).await.items(&[])?;
                c.bulk_delete(Vec::new()).await.ok()?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/bulk-many",
        promise: "Bulk calls take hundreds of items.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let keys: Vec<String> = (0..MANY).map(|n| c.key(&format!("key-{n}"))).collect();
                let names: Vec<&str> = keys.iter().map(String::as_str).collect();
                let sets = keys.iter().map(|key| set(key, key.as_bytes()));
                c.bulk_set(sets.collect()).await.ok()?;
                let there: Vec<_> = names
                    .iter()
                    .map(|key| (*key, Some(key.as_bytes())))
                    .collect();
                c.bulk_get(&names).await.items(&there)?;
                c.bulk_delete(keys.iter().map(|key| delete(key)).collect())
                    .await
                    .ok()?;
                let gone: Vec<_> = names.iter().map(|key| (*key, None)).collect();
                c.bulk_get(&names).await.items(&gone)?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/bulk-set-etags",
        promise: "BulkSet with the items' etags writes them, and their etags change.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let (a, b) = (c.key("a"), c.key("b"));
                let (of_a, of_b) = (c.put_etag(&a, "1").await?, c.put_etag(&b, "1").await?);
                c.bulk_set(vec![
                    set(&a, "2").if_etag(&of_a),
                    set(&b, "2").if_etag(&of_b),
                ])
                .await
                .ok()?;
                let items = c
                    .bulk_get(&[&a, &b])
                    .await
                    .items(&[(&*a, Some(b"2")), (&*b, Some(b"2"))])?;
                for item in items {
                    let old = if item.key == a { &of_a } else { &of_b };
                    let stale = set(&item.key, "3").if_etag(old);
                    c.set(stale).await.mismatch()?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/bulk-set-partial",
        promise: "BulkSet applies its good items, before and after a bad one, and answers with the bad one's etag mismatch.",
        source: ERRORS,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let (a, b, bad) = (c.key("a"), c.key("b"), c.key("bad"));
                let of_b = c.put_etag(&b, "1").await?;
                let stale = c.put_etag(&bad, "1").await?;
                let now = c.put_etag(&bad, "2").await?;
                let items = vec![
                    set(&a, "3"),
                    set(&bad, "3").if_etag(&stale),
                    set(&b, "3").if_etag(&of_b),
                ];
                c.bulk_set(items).await.mismatch()?;
                c.get(&a).await.holds("3")?;
                c.get(&b).await.holds("3")?;
                unchanged(&c, &bad, "2", &now).await
            })
        },
    },
    Rule {
        id: "state/bulk-set-bad-ttl",
        promise: "BulkSet with one item whose ttlInSeconds is no integer answers with an error and applies the others.",
        source: CLIENT,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let (bad, good) = (c.key("bad"), c.key("good"));
                let items = vec![set(&bad, "1").ttl("soon"), set(&good, "1")];
                c.bulk_set(items).await.refused()?;
                c.get(&bad).await.missing()?;
                c.get(&good).await.holds("1")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/bulk-delete-etags",
        promise: "BulkDelete with the items' etags deletes them.",
        source: CLIENT,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let (a, b) = (c.key("a"), c.key("b"));
                let of_a = c.put_etag(&a, "1").await?;
                let of_b = c.put_etag(&b, "1").await?;
                let items = vec![delete(&a).if_etag(&of_a), delete(&b).if_etag(&of_b)];
                c.bulk_delete(items).await.ok()?;
                c.bulk_get(&[&a, &b])
                    .await
                    .items(&[(&*a, None), (&*b, None)])?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/bulk-delete-partial",
        promise: "BulkDelete deletes its good items, before and after a bad one, and answers with the bad one's etag mismatch \
                  or with how many rows did not match.",
        source: ERRORS,
        needs: ETAG,
        run: |c| {
            Box::pin(async move {
                let (a, b, bad) = (c.key("a"), c.key("b"), c.key("bad"));
                c.put(&a, "1").await?;
                let of_b = c.put_etag(&b, "1").await?;
                let stale = c.put_etag(&bad, "1").await?;
                let now = c.put_etag(&bad, "2").await?;
                let items = vec![
                    delete(&a),
                    delete(&bad).if_etag(&stale),
                    delete(&b).if_etag(&of_b),
                ];
                c.bulk_delete(items).await.mismatch_or_rows()?;
                c.get(&a).await.missing()?;
                c.get(&b).await.missing()?;
                unchanged(&c, &bad, "2", &now).await
            })
        },
    },
];

/// The item has this value and this etag still.
async fn unchanged(c: &Client, key: &str, value: &str, etag: &str) -> Result<(), Broken> {
    let expected = format!("OK with the data {value:?} and the etag {etag:?} still");
    let answer = c.get(key).await;
    answer.ok_if(expected, |it| {
        let same = it.etag.as_ref().is_some_and(|now| now.value == etag);
        same && it.data == value.as_bytes()
    })?;
    Ok(())
}
