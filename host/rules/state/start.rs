//! How a component is found, started and told from its other instances.

use tonic::Code;

use super::{
    CLIENT, CONNECTIONS, Needs, QUERIABLE, Rule, STATE_STORE, STORE, Source, TRANSACTIONAL,
};
use crate::rules::{
    Broken,
    answer::Answer,
    client::Client,
    messages::{delete, query_text},
    start,
};

/// A store whose instances have data of their own.
const OWN_STORAGE: Needs = Needs {
    own_storage: true,
    ..STORE
};

pub const RULES: &[Rule] = &[
    Rule {
        id: "state/reflection-v1alpha",
        promise: "Reflection v1alpha lists the state store: daprd registers what it lists.",
        source: Source::Client("Discovery"),
        needs: STORE,
        run: |c| Box::pin(async move { start::reflected_v1alpha(&c, STATE_STORE).await }),
    },
    Rule {
        id: "state/reflection-v1",
        promise: "Reflection v1 answers as v1alpha does, for the tools that ask nothing else.",
        source: Source::Host("reflection"),
        needs: STORE,
        run: |c| Box::pin(async move { start::reflected_v1(&c, STATE_STORE).await }),
    },
    Rule {
        id: "state/services-not-listed",
        promise: "A service that reflection does not list is not served.",
        source: Source::Host("reflection"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                if !c.subject().lists(TRANSACTIONAL) {
                    c.transact(Vec::new())
                        .await
                        .fails_with(Code::Unimplemented)?;
                }
                if !c.subject().lists(super::MULTI_MAX_SIZE) {
                    c.multi_max_size().await.fails_with(Code::Unimplemented)?;
                }
                if !c.subject().lists(QUERIABLE) {
                    let answer = c.query(query_text(&[])).await;
                    answer.fails_with(Code::Unimplemented)?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "state/features-on-the-wire",
        promise: "The features are in daprd's own spelling, and none is a feature that has no call on the wire.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let known = ["ETAG", "TRANSACTIONAL", "QUERY_API", "TTL", "PARTITION_KEY"];
                let never = ["DELETE_WITH_PREFIX", "KEYS_LIKE"];
                let expected = format!("{known:?} in this spelling, never one of {never:?}");
                let good = |named: &String| {
                    let upper = named.to_uppercase().replace('-', "_");
                    !never.contains(&&*upper) && (upper == *named || !known.contains(&&*upper))
                };
                let answer = c.ask_features().await;
                answer.ok_if(expected, |it| it.features.iter().all(good))?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/feature-transactional",
        promise: "The feature TRANSACTIONAL is named exactly when the service TransactionalStateStore is listed.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move { feature_with_service(&c, "TRANSACTIONAL", TRANSACTIONAL).await })
        },
    },
    Rule {
        id: "state/feature-query-api",
        promise: "The feature QUERY_API is named exactly when the service QueriableStateStore is listed.",
        source: CLIENT,
        needs: STORE,
        run: |c| Box::pin(async move { feature_with_service(&c, "QUERY_API", QUERIABLE).await }),
    },
    Rule {
        id: "state/ping",
        promise: "Ping answers OK once there was an Init.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                c.ping().await.ok()?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/ping-before-init",
        promise: "Ping can come before Init and answers OK.",
        source: CONNECTIONS,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                c.on_new_instance().ping().await.ok()?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/init-again",
        promise: "Init on a known instance is normal, after a hot reload or a restart of daprd: it is served, and the store works on.",
        source: CONNECTIONS,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let key = c.key("init-again");
                c.put(&key, "before").await?;
                let c = c.start().await?;
                c.get(&key).await.ok()?;
                c.put(&key, "after").await?;
                c.get(&key).await.holds("after")?;
                Ok(())
            })
        },
    },
    Rule {
        id: "state/call-before-init",
        promise: "A call on an instance that had no Init is FAILED_PRECONDITION, and the message names component and instance: \
                  clients do not call Init again after a restart.",
        source: Source::Host("instances"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let stranger = c.on_new_instance();
                start::before_init(&stranger, stranger.get("key").await)
            })
        },
    },
    Rule {
        id: "state/default-instance",
        promise: "A call without the instance header and one with an empty header reach the same instance.",
        source: CONNECTIONS,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let absent = c.on_instance(None).start().await?;
                let empty = c.on_instance(Some(""));
                let key = absent.key("default-instance");
                absent.put(&key, "1").await?;
                empty.get(&key).await.holds("1")?;
                empty.delete(delete(&key)).await.ok()?;
                absent.get(&key).await.missing()
            })
        },
    },
    Rule {
        id: "state/separate-instances",
        promise: "Two instance ids have data of their own.",
        source: Source::Host("instances"),
        needs: OWN_STORAGE,
        run: |c| {
            Box::pin(async move {
                let other = c.on_new_instance().start().await?;
                let key = c.key("separate-instances");
                c.put(&key, "mine").await?;
                other.get(&key).await.missing()?;
                other.put(&key, "theirs").await?;
                c.get(&key).await.holds("mine")?;
                other.delete(delete(&key)).await.ok()?;
                c.get(&key).await.holds("mine")?;
                Ok(())
            })
        },
    },
];

async fn feature_with_service(c: &Client, feature: &str, service: &str) -> Result<(), Broken> {
    let listed = c.subject().lists(service);
    let (with, is) = if listed {
        ("with", "lists")
    } else {
        ("without", "does not list")
    };
    let expected = format!("features {with} {feature}: reflection {is} {service}");
    let answer: Answer<_> = c.ask_features().await;
    answer.ok_if(expected, |it| {
        it.features.iter().any(|named| named == feature) == listed
    })?;
    Ok(())
}
