//! Items that expire.

use std::time::{Duration, Instant, SystemTime};

use prost_types::Timestamp;

use super::{CLIENT, CONFORMANCE, ETAG, Needs, QUERIABLE, Rule, STATE_STORE, STORE, TTL, needs};
use crate::rules::{
    Broken,
    client::Client,
    messages::{Write, query, set, set_json},
};

/// A store with expiries and etags.
const TTL_ETAG: Needs = needs(&[STATE_STORE], &["TTL", "ETAG"]);
/// A store with expiries and queries.
const TTL_QUERY: Needs = needs(&[STATE_STORE, QUERIABLE], &["TTL"]);

/// The metadata that tells when an item expires.
const EXPIRES: &str = "ttlExpireTime";

/// How far the component's clock may be off.
const CLOCKS: Duration = Duration::from_secs(120);

/// How long an item may outlive its time: some stores look for the dead only now and then.
const OVERDUE: Duration = Duration::from_secs(5);

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/ttl-expire-time",
        promise: "While an expiry is set, Get answers with ttlExpireTime in RFC 3339.",
        source: CLIENT,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.set(set(&key, "1").ttl("3600")).await.ok()?;
                expires_in(&c, &key, 3600).await
            })
        },
    },
    Rule {
        id: "state/ttl-not-asked-for",
        promise: "An item without an expiry has no ttlExpireTime.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.put(&key, "1").await?;
                never_expires(&c, &key).await
            })
        },
    },
    Rule {
        id: "state/ttl-renewed",
        promise: "A later Set with another ttlInSeconds moves the expiry.",
        source: CLIENT,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.set(set(&key, "1").ttl("3600")).await.ok()?;
                c.set(set(&key, "2").ttl("7200")).await.ok()?;
                expires_in(&c, &key, 7200).await?;
                c.set(set(&key, "3").ttl("1800")).await.ok()?;
                expires_in(&c, &key, 1800).await
            })
        },
    },
    Rule {
        id: "state/ttl-minus-one",
        promise: "ttlInSeconds of -1 takes the expiry away, and the item outlives it.",
        source: CLIENT,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.set(set(&key, "1").ttl("1")).await.ok()?;
                c.set(set(&key, "2").ttl("-1")).await.ok()?;
                never_expires(&c, &key).await?;
                tokio::time::sleep(Duration::from_millis(2500)).await;
                c.get(&key).await.holds("2")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/ttl-left-out",
        promise: "A later Set without ttlInSeconds takes the expiry away, and the item outlives it.",
        source: CLIENT,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.set(set(&key, "1").ttl("1")).await.ok()?;
                c.put(&key, "2").await?;
                never_expires(&c, &key).await?;
                tokio::time::sleep(Duration::from_millis(2500)).await;
                c.get(&key).await.holds("2")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/ttl-set-again",
        promise: "An item whose expiry was taken away can be given another.",
        source: CONFORMANCE,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                for without in [set(&key, "2").ttl("-1"), set(&key, "2")] {
                    c.set(set(&key, "1").ttl("3600")).await.ok()?;
                    c.set(without).await.ok()?;
                    never_expires(&c, &key).await?;
                    c.set(set(&key, "3").ttl("3600")).await.ok()?;
                    expires_in(&c, &key, 3600).await?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/ttl-not-an-integer",
        promise: "A ttlInSeconds that is not an integer is an error, and nothing is written.",
        source: CLIENT,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let (key, kept) = (c.key("key"), c.key("kept"));
                c.set(set(&kept, "1").ttl("3600")).await.ok()?;
                for ttl in ["foo", "1.5", "10s", "1e3"] {
                    c.set(set(&key, "1").ttl(ttl)).await.refused()?;
                    c.get(&key).await.missing()?;
                    c.set(set(&kept, "2").ttl(ttl)).await.refused()?;
                }
                c.get(&kept).await.holds("1")?;
                expires_in(&c, &kept, 3600).await
            })
        },
    },
    Rule {
        id: "state/ttl-expires",
        promise: "An item is there until its time is over; then the key is missing.",
        source: CLIENT,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let (key, kept) = (c.key("key"), c.key("kept"));
                let begin = Instant::now();
                c.put(&kept, "stays").await?;
                c.set(set(&key, "⏱️").ttl("2")).await.ok()?;
                let answer = c.get(&key).await;
                // Where the machine is that slow, this says nothing.
                if begin.elapsed() < Duration::from_secs(1) {
                    answer.holds("⏱️")?;
                }
                gone(&c, &key, 2).await?;
                c.bulk_get(&[&key, &kept])
                    .await
                    .items(&[(&*key, None), (&*kept, Some(b"stays"))])?;
                c.put(&key, "again").await?;
                c.get(&key).await.holds("again")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/ttl-expired-first-write",
        promise: "An expired key is a missing one to a first write too.",
        source: CLIENT,
        needs: TTL_ETAG,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.set(set(&key, "1").ttl("1")).await.ok()?;
                gone(&c, &key, 1).await?;
                c.set(set(&key, "2").first_write()).await.ok()?;
                c.get(&key).await.holds("2")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/ttl-failed-write",
        promise: "A write that fails leaves the expiry as it was.",
        source: CLIENT,
        needs: Needs {
            features: TTL_ETAG.features,
            ..ETAG
        },
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let old = c.put_etag(&key, "1").await?;
                c.set(set(&key, "2").ttl("3600")).await.ok()?;
                c.set(set(&key, "3").if_etag(&old)).await.mismatch()?;
                c.set(set(&key, "4").if_etag(&old).ttl("60"))
                    .await
                    .mismatch()?;
                expires_in(&c, &key, 3600).await
            })
        },
    },
    Rule {
        id: "state/ttl-bulk",
        promise: "BulkSet obeys ttlInSeconds item by item, and BulkGet answers with ttlExpireTime item by item.",
        source: CLIENT,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let (mortal, lasting) = (c.key("mortal"), c.key("lasting"));
                let items = vec![set(&mortal, "1").ttl("3600"), set(&lasting, "2")];
                c.bulk_set(items).await.ok()?;
                let wanted = format!("OK with {EXPIRES} at {mortal:?} and not at {lasting:?}");
                c.bulk_get(&[&mortal, &lasting]).await.ok_if(wanted, |it| {
                    it.items.len() == 2
                        && it.items.iter().all(|item| {
                            let time = item.metadata.get(EXPIRES);
                            match item.key == mortal {
                                true => time.is_some_and(|time| is_in(time, 3600)),
                                false => time.is_none(),
                            }
                        })
                })?;
                expires_in(&c, &mortal, 3600).await?;
                never_expires(&c, &lasting).await
            })
        },
    },
    Rule {
        id: "state/ttl-query",
        promise: "A query does not find what has expired.",
        source: CLIENT,
        needs: TTL_QUERY,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                let value = serde_json::json!({ "run": c.run() });
                c.set(set_json(&key, &value).ttl("1")).await.ok()?;
                gone(&c, &key, 1).await?;
                let answer = c.query(query("EQ", &value)).await;
                answer.ok_if("OK with no items", |it| it.items.is_empty())?;
                Ok(())
            })
        },
    },
];

/// The item must say that it expires so many seconds from now.
async fn expires_in(c: &Client, key: &str, seconds: u64) -> Result<(), Broken> {
    let expected = format!("OK with {EXPIRES} in RFC 3339, {seconds} s from now");
    let answer = c.get(key).await;
    answer.ok_if(expected, |it| {
        it.metadata
            .get(EXPIRES)
            .is_some_and(|time| is_in(time, seconds))
    })?;
    Ok(())
}

/// The item must be there and say nothing of an expiry.
async fn never_expires(c: &Client, key: &str) -> Result<(), Broken> {
    let expected = format!("OK with data and without {EXPIRES}");
    let answer = c.get(key).await;
    answer.ok_if(expected, |it| {
        !it.data.is_empty() && !it.metadata.contains_key(EXPIRES)
    })?;
    Ok(())
}

/// The item must be missing soon after so many seconds.
async fn gone(c: &Client, key: &str, seconds: u64) -> Result<(), Broken> {
    let end = Instant::now() + Duration::from_secs(seconds) + OVERDUE;
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let answer = c.get(key).await;
        match &answer.result {
            Ok(item) if !item.data.is_empty() && Instant::now() < end => {}
            _ => return answer.missing(),
        }
    }
}

/// Whether a moment in RFC 3339 is so many seconds from now.
fn is_in(time: &str, seconds: u64) -> bool {
    // The parser takes other formats too; Go's takes this one only.
    let shaped = time.len() >= 20 && time.as_bytes().get(10) == Some(&b'T');
    let Some(time) = time.parse::<Timestamp>().ok().filter(|_| shaped) else {
        return false;
    };
    let wanted = SystemTime::now() + Duration::from_secs(seconds);
    SystemTime::try_from(time).is_ok_and(|time| {
        let off = time
            .duration_since(wanted)
            .unwrap_or_else(|early| early.duration());
        off < CLOCKS
    })
}
