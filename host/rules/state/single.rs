//! Reading, writing and deleting one key at a time.

use tokio::task::JoinSet;

use super::{CLIENT, CONNECTIONS, Rule, STORE, Source, values::round_trip};
use crate::{
    proto::dapr::{
        GetRequest, GetResponse,
        state_options::{StateConcurrency, StateConsistency},
    },
    rules::{
        messages::{Write, delete, get, set},
        show::Show,
    },
};

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/get-missing-key",
        promise: "Get of a missing key is OK with empty data and no etag.",
        source: CLIENT,
        needs: STORE,
        run: |c| Box::pin(async move { c.get(&c.key("missing")).await.missing() }),
    },
    Rule {
        id: "state/delete-missing-key",
        promise: "Delete of a missing key is OK.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                c.delete(delete(&c.key("missing"))).await.ok()?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/set-then-get",
        promise: "What was set is what Get answers.",
        source: CLIENT,
        needs: STORE,
        run: |c| Box::pin(async move { round_trip(&c, "key", "value").await }),
    },
    Rule {
        id: "state/set-overwrites",
        promise: "A second Set takes the place of the first.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let key = c.key("key");
                c.put(&key, "a longer first value").await?;
                c.put(&key, "second").await?;
                c.get(&key).await.holds("second")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/delete-removes",
        promise: "After Delete the key is missing, and it can be set again.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let (key, other) = (c.key("key"), c.key("other"));
                c.put(&key, "1").await?;
                c.put(&other, "stays").await?;
                c.delete(delete(&key)).await.ok()?;
                c.get(&key).await.missing()?;
                c.get(&other).await.holds("stays")?;
                c.put(&key, "2").await?;
                c.get(&key).await.holds("2")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/keys-with-bars",
        promise: "Keys can have several `||` in them: daprd sends the application's id so.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                round_trip(&c, "actor||type||id||key", "1").await?;
                round_trip(&c, "||", "2").await?;
                round_trip(&c, "|", "3").await
            })
        },
    },
    Rule {
        id: "state/keys-of-unicode",
        promise: "Keys can be any UTF-8 text.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                for name in [
                    "ключ",
                    "鍵",
                    "🔑",
                    "e\u{301}",
                    "a b/c?d=e&f#g%20",
                    "it's \"quoted\"\\",
                ] {
                    round_trip(&c, name, "value").await?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/keys-are-distinct",
        promise: "Keys that differ in case, in their end or in a Unicode form are different keys.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let names = ["key", "Key", "key1", "ke", "key||key", "é", "e\u{301}"];
                for name in names {
                    c.put(&c.key(name), name).await?;
                }
                for name in names {
                    c.get(&c.key(name)).await.holds(name)?;
                }
                c.delete(delete(&c.key("key"))).await.ok()?;
                c.get(&c.key("Key")).await.holds("Key")?;
                c.get(&c.key("key1")).await.holds("key1")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/consistency",
        promise: "Both kinds of consistency are accepted; a store that knows only one ignores the other.",
        source: Source::Contract("consistency"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let key = c.key("consistency");
                for consistency in [
                    StateConsistency::ConsistencyEventual,
                    StateConsistency::ConsistencyStrong,
                ] {
                    let any = StateConcurrency::ConcurrencyUnspecified;
                    let write = set(&key, "1").options(any, consistency);
                    c.set(write).await.ok()?;
                    let consistency = consistency.into();
                    c.get_with(GetRequest {
                        consistency,
                        ..get(&key)
                    })
                    .await
                    .ok()?;
                }
                c.get_with(GetRequest {
                    consistency: StateConsistency::ConsistencyStrong.into(),
                    ..get(&key)
                })
                .await
                .holds("1")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/unknown-metadata",
        promise: "Metadata that a store has no use for is ignored.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let key = c.key("metadata");
                c.set(set(&key, "1").with("noSuchOption", "yes"))
                    .await
                    .ok()?;
                c.get(&key).await.holds("1")?;
                c.delete(delete(&key).with("noSuchOption", "yes"))
                    .await
                    .ok()?;
                c.get(&key).await.missing()
            })
        },
    },
    Rule {
        id: "state/unknown-fields",
        promise: "A field that a newer client adds to a message is ignored.",
        source: Source::Client("Wire contract"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let key = c.key("fields");
                c.put(&key, "1").await?;
                let newer = NewerGet {
                    key,
                    news: "unheard of".to_owned(),
                };
                c.call::<_, GetResponse>("StateStore/Get", newer)
                    .await
                    .holds("1")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/calls-at-once",
        promise: "Many calls at once on one connection are all served, each with its own answer.",
        source: CONNECTIONS,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let mut calls = JoinSet::new();
                for n in 0..64 {
                    let c = c.clone();
                    calls.spawn(async move {
                        round_trip(&c, &format!("key-{n}"), format!("{n}")).await
                    });
                }
                while let Some(done) = calls.join_next().await {
                    done.unwrap_or(Ok(()))?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/cancelled-calls",
        promise: "A client that gives up waiting for its calls costs an instance neither its data nor its service.",
        source: Source::Host("instances"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let key = c.key("kept");
                c.put(&key, "1").await?;
                // An instance serves one call at a time: when the client hangs up, one has begun and the others wait.
                for answers in 1..8 {
                    let mut calls = JoinSet::new();
                    for _ in 0..16 {
                        let (c, write) = (c.clone(), set(&c.key("given up"), vec![b'x'; 1 << 14]));
                        calls.spawn(async move { c.set(write).await });
                    }
                    for _ in 0..answers {
                        calls.join_next().await;
                    }
                    calls.abort_all();
                }
                c.get(&key).await.holds("1")?;
                round_trip(&c, "later", "3").await
            })
        },
    },
];

/// A Get of a time when it has one more field.
#[derive(Clone, PartialEq, prost::Message)]
struct NewerGet {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "900")]
    news: String,
}

impl Show for NewerGet {
    fn show(&self, line: &mut String) {
        get(&self.key).show(line);
        line.push_str(" field_900=");
        line.push_str(&self.news);
    }
}
