//! Several operations as one: in order, all or nothing.

use serde_json::json;

use super::{
    CLIENT, CONFORMANCE, MULTI_MAX_SIZE, Needs, Rule, STATE_STORE, Source, TRANSACT, TRANSACTIONAL,
    needs,
    values::{as_json, is_json},
};
use crate::{
    proto::dapr::{TransactionalStateOperation, TransactionalStateRequest},
    rules::{
        Broken,
        client::Client,
        messages::{Write, delete, set, set_json},
    },
};

/// Transactions and etags.
const TRANSACT_ETAG: Needs = needs(&[STATE_STORE, TRANSACTIONAL], &["ETAG"]);
/// Transactions and expiries.
const TRANSACT_TTL: Needs = needs(&[STATE_STORE, TRANSACTIONAL], &["TTL"]);
/// Transactions whose size has a limit.
const LIMITED: Needs = needs(&[STATE_STORE, TRANSACTIONAL, MULTI_MAX_SIZE], &[]);

/// As many operations as a store without a limit is tried with.
const MANY: i64 = 100;

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/transact",
        promise: "A transaction does its sets and its deletes; deleting a missing key in it is no error.",
        source: CLIENT,
        needs: TRANSACT,
        run: |c| {
            Box::pin(async move {
                let (new, old, doomed) = (c.key("new"), c.key("old"), c.key("doomed"));
                c.put(&old, "0").await?;
                c.put(&doomed, "0").await?;
                let missing = c.key("missing");
                let steps = vec![
                    set(&new, [1_u8]).into(),
                    set(&old, "2").into(),
                    delete(&doomed).into(),
                    delete(&missing).into(),
                ];
                c.transact(steps).await.ok()?;
                c.get(&new).await.holds([1])?;
                c.get(&old).await.holds("2")?;
                c.get(&doomed).await.missing()?;
                c.transact(vec![delete(&new).into(), set(&missing, "3").into()])
                    .await
                    .ok()?;
                c.get(&new).await.missing()?;
                c.get(&missing).await.holds("3")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/transact-in-order",
        promise: "The operations of a transaction happen in their order, on the same key too.",
        source: CLIENT,
        needs: TRANSACT,
        run: |c| {
            Box::pin(async move {
                let (first, second, third) = (c.key("first"), c.key("second"), c.key("third"));
                let (set_last, deleted_last) = (c.key("set-last"), c.key("deleted-last"));
                c.put(&first, "0").await?;
                c.put(&deleted_last, "0").await?;
                let steps = vec![
                    delete(&first).into(),
                    set(&second, "1").into(),
                    delete(&second).into(),
                    set(&third, "2").into(),
                    set(&set_last, "3").into(),
                    delete(&set_last).into(),
                    set(&set_last, "4").into(),
                    set(&set_last, "5").into(),
                    set(&deleted_last, "6").into(),
                    delete(&deleted_last).into(),
                ];
                c.transact(steps).await.ok()?;
                c.get(&first).await.missing()?;
                c.get(&second).await.missing()?;
                c.get(&third).await.holds("2")?;
                c.get(&set_last).await.holds("5")?;
                c.get(&deleted_last).await.missing()
            })
        },
    },
    Rule {
        id: "state/transact-nothing",
        promise: "A transaction without operations answers OK.",
        source: CLIENT,
        needs: TRANSACT,
        run: |c| {
            Box::pin(async move {
                c.transact(Vec::new()).await.ok()?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/transact-metadata",
        promise: "A transaction's own metadata is accepted.",
        source: CLIENT,
        needs: TRANSACT,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let partition = |name: &str| (name.to_owned(), "partition".to_owned());
                let request = TransactionalStateRequest {
                    operations: vec![set(&key, "1").with("partitionKey", "partition").into()],
                    metadata: [partition("partitionKey")].into(),
                };
                c.transact_with(request).await.ok()?;
                let mut get = crate::rules::messages::get(&key);
                get.metadata.extend([partition("partitionKey")]);
                c.get_with(get).await.holds("1")?;
                c.delete(delete(&key).with("partitionKey", "partition"))
                    .await
                    .ok()?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/transact-json",
        promise: "JSON that a transaction writes is the same JSON when it is read, whether it was said to be JSON or not.",
        source: CONFORMANCE,
        needs: TRANSACT,
        run: |c| {
            Box::pin(async move {
                let (said, unsaid) = (c.key("said"), c.key("unsaid"));
                let value = json!({"kind": "tree", "rings": 40});
                let steps = vec![
                    set_json(&said, &value).into(),
                    set(&unsaid, value.to_string()).into(),
                ];
                c.transact(steps).await.ok()?;
                is_json(c.get_with(as_json(&said)).await, &value)?;
                is_json(c.get(&unsaid).await, &value)
            })
        },
    },
    Rule {
        id: "state/transact-etag-matching",
        promise: "Operations with the items' etags are done.",
        source: CLIENT,
        needs: TRANSACT_ETAG,
        run: |c| {
            Box::pin(async move {
                let (a, b) = (c.key("a"), c.key("b"));
                let of_a = c.put_etag(&a, "1").await?;
                let of_b = c.put_etag(&b, "1").await?;
                let steps = vec![
                    set(&a, "2").if_etag(&of_a).into(),
                    delete(&b).if_etag(&of_b).into(),
                ];
                c.transact(steps).await.ok()?;
                c.get(&b).await.missing()?;
                c.get(&a).await.holds("2")?;
                c.set(set(&a, "3").if_etag(&of_a)).await.mismatch()
            })
        },
    },
    Rule {
        id: "state/transact-undone-by-last",
        promise: "When the last operation fails, by a stale etag, what came before it has not happened.",
        source: CLIENT,
        needs: TRANSACT_ETAG,
        run: |c| Box::pin(async move { all_or_nothing(&c, Place::Last).await }),
    },
    Rule {
        id: "state/transact-undone-by-first",
        promise: "When the first operation fails, by a stale etag, what comes after it does not happen.",
        source: CLIENT,
        needs: TRANSACT_ETAG,
        run: |c| Box::pin(async move { all_or_nothing(&c, Place::First).await }),
    },
    Rule {
        id: "state/transact-undone-by-delete",
        promise: "A delete with a stale etag undoes the transaction too.",
        source: CLIENT,
        needs: TRANSACT_ETAG,
        run: |c| {
            Box::pin(async move {
                let (key, other) = (c.key("key"), c.key("other"));
                let stale = c.put_etag(&key, "1").await?;
                c.put(&key, "2").await?;
                let steps = vec![set(&other, "3").into(), delete(&key).if_etag(&stale).into()];
                c.transact(steps).await.refused()?;
                c.get(&key).await.holds("2")?;
                c.get(&other).await.missing()
            })
        },
    },
    Rule {
        id: "state/transact-first-write",
        promise: "A first write in a transaction makes a key, and undoes the transaction when the key is there.",
        source: CLIENT,
        needs: TRANSACT_ETAG,
        run: |c| {
            Box::pin(async move {
                let (key, other) = (c.key("key"), c.key("other"));
                c.transact(vec![set(&key, "1").first_write().into()])
                    .await
                    .ok()?;
                c.get(&key).await.holds("1")?;
                let steps = vec![set(&other, "2").into(), set(&key, "2").first_write().into()];
                c.transact(steps).await.refused()?;
                c.get(&key).await.holds("1")?;
                c.get(&other).await.missing()
            })
        },
    },
    Rule {
        id: "state/transact-sees-itself",
        promise: "A later operation sees what an earlier one of the same transaction wrote or deleted.",
        source: Source::Contract("transactional-state-store.transact"),
        needs: TRANSACT_ETAG,
        run: |c| {
            Box::pin(async move {
                let (key, other) = (c.key("key"), c.key("other"));
                let steps = vec![set(&key, "1").into(), set(&key, "2").first_write().into()];
                c.transact(steps).await.refused()?;
                c.get(&key).await.missing()?;
                c.put(&other, "1").await?;
                let steps = vec![delete(&other).into(), set(&other, "2").first_write().into()];
                c.transact(steps).await.ok()?;
                c.get(&other).await.holds("2")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/transact-ttl",
        promise: "ttlInSeconds in a transaction gives an item its expiry; one that is not an integer undoes the transaction.",
        source: CLIENT,
        needs: TRANSACT_TTL,
        run: |c| {
            Box::pin(async move {
                let (key, other) = (c.key("key"), c.key("other"));
                c.transact(vec![set(&key, "1").ttl("3600").into()])
                    .await
                    .ok()?;
                let answer = c.get(&key).await;
                answer.ok_if("OK with ttlExpireTime", |it| {
                    it.data == b"1" && it.metadata.contains_key("ttlExpireTime")
                })?;
                let steps = vec![set(&other, "2").into(), set(&key, "2").ttl("soon").into()];
                c.transact(steps).await.refused()?;
                c.get(&key).await.holds("1")?;
                c.get(&other).await.missing()
            })
        },
    },
    Rule {
        id: "state/transact-many",
        promise: "A transaction can have as many operations as a store without a stated limit should take: a hundred.",
        source: CLIENT,
        needs: TRANSACT,
        run: |c| {
            Box::pin(async move {
                let many = match c.subject().lists(MULTI_MAX_SIZE) {
                    true => c.multi_max_size().await.ok()?.max_size,
                    false => 0,
                };
                transact_so_many(&c, if many > 0 { many.min(MANY) } else { MANY }).await
            })
        },
    },
    Rule {
        id: "state/multi-max-size",
        promise: "MultiMaxSize answers: 0 or less is no limit.",
        source: CLIENT,
        needs: LIMITED,
        run: |c| {
            Box::pin(async move {
                c.multi_max_size().await.ok()?;
                Ok(())
            })
        },
    },
];

/// Where the operation that fails stands.
enum Place {
    First,
    Last,
}

async fn all_or_nothing(c: &Client, place: Place) -> Result<(), Broken> {
    let (new, old, doomed) = (c.key("new"), c.key("old"), c.key("doomed"));
    let stale = c.put_etag(&old, "1").await?;
    let etag = c.put_etag(&old, "2").await?;
    c.put(&doomed, "kept").await?;
    let mut steps: Vec<TransactionalStateOperation> =
        vec![set(&new, "3").into(), delete(&doomed).into()];
    let fails = set(&old, "3").if_etag(&stale).into();
    match place {
        Place::First => steps.insert(0, fails),
        Place::Last => steps.push(fails),
    }
    c.transact(steps).await.refused()?;
    c.get(&new).await.missing()?;
    c.get(&doomed).await.holds("kept")?;
    c.get(&old).await.holds("2")?;
    // Not even the etag is another.
    c.set(set(&old, "4").if_etag(&etag)).await.ok()?;
    Ok(())
}

async fn transact_so_many(c: &Client, many: i64) -> Result<(), Broken> {
    let keys: Vec<String> = (0..many).map(|n| c.key(&format!("key-{n}"))).collect();
    let steps = keys.iter().map(|key| set(key, key.as_bytes()).into());
    c.transact(steps.collect()).await.ok()?;
    let names: Vec<&str> = keys.iter().map(String::as_str).collect();
    let there: Vec<_> = names
        .iter()
        .map(|key| (*key, Some(key.as_bytes())))
        .collect();
    c.bulk_get(&names).await.items(&there)?;
    Ok(())
}
