//! How a broker is found, started and told from its other instances.

use tonic::Code;

use super::{
    BROKER, BULK_PUBSUB, CLIENT, CONNECTIONS, OWN_STORAGE, PUB_SUB_SERVICE, Rule, Source, needs,
};
use crate::rules::{
    messages::{accept, bulk_publish, publish, subscribe},
    start,
};

/// The features that daprd knows.
const FEATURES: &[&str] = &[
    "MESSAGE_TTL",
    "SUBSCRIBE_WILDCARDS",
    BULK_PUBSUB,
    "BULK_SUBSCRIBE_IMMEDIATE",
];

pub const RULES: &[Rule] = &[
    Rule {
        id: "pubsub/reflection-v1alpha",
        promise: "Reflection v1alpha lists the broker: daprd registers what it lists.",
        source: Source::Client("Discovery"),
        needs: BROKER,
        run: |c| Box::pin(async move { start::reflected_v1alpha(&c, PUB_SUB_SERVICE).await }),
    },
    Rule {
        id: "pubsub/reflection-v1",
        promise: "Reflection v1 answers as v1alpha does, for the tools that ask nothing else.",
        source: Source::Host("reflection"),
        needs: BROKER,
        run: |c| Box::pin(async move { start::reflected_v1(&c, PUB_SUB_SERVICE).await }),
    },
    Rule {
        id: "pubsub/features-on-the-wire",
        promise: "The features are of those that daprd knows, in its spelling.",
        source: CLIENT,
        needs: BROKER,
        run: |c| Box::pin(async move { start::features_among(&c, FEATURES).await }),
    },
    Rule {
        id: "pubsub/feature-bulk",
        promise: "Where the feature BULK_PUBSUB is named, BulkPublish works: daprd calls it then, and publishes one by one \
                  otherwise.",
        source: CLIENT,
        needs: needs(&[BULK_PUBSUB]),
        run: |c| {
            Box::pin(async move {
                let answer = c.bulk_publish(bulk_publish(&c.topic("bulk"), &["1"])).await;
                answer.ok_if("OK without failed entries", |it| {
                    it.failed_entries.is_empty()
                })?;
                Ok(())
            })
        },
    },
    Rule {
        id: "pubsub/feature-bulk-subscribe-immediate",
        promise: "Where the feature BULK_SUBSCRIBE_IMMEDIATE is named, no message waits for company: daprd hands each to the \
                  application alone, and the next comes when that one is acknowledged.",
        source: CLIENT,
        needs: needs(&["BULK_SUBSCRIBE_IMMEDIATE"]),
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("bulk-subscribe-immediate");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "1").await?;
                let first = messages.receive("1").await?;
                for data in ["2", "3"] {
                    c.tell(&topic, data).await?;
                }
                messages.send(accept(&first.id));
                messages.take("2").await?;
                messages.take("3").await
            })
        },
    },
    Rule {
        id: "pubsub/ping",
        promise: "Ping answers OK, before Init and after it.",
        source: CONNECTIONS,
        needs: BROKER,
        run: |c| Box::pin(async move { start::pings(&c).await }),
    },
    Rule {
        id: "pubsub/init-again",
        promise: "Init on a known instance is normal, after a hot reload or a restart of daprd: it is served, and messages of a \
                  new stream are delivered.",
        source: CONNECTIONS,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("init-again");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "before").await?;
                messages.take("before").await?;
                messages.cancel().await;
                let c = c.start().await?;
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "after").await?;
                // A broker may have missed the acknowledgement: at least once is what it owes.
                messages.take_all(&["after"]).await
            })
        },
    },
    Rule {
        id: "pubsub/init-again-open-stream",
        promise: "A further Init leaves open streams as they are: daprd never opens one again.",
        source: Source::Host("streams"),
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("init-again");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "before").await?;
                messages.take("before").await?;
                let c = c.start().await?;
                c.tell(&topic, "after").await?;
                messages.take("after").await
            })
        },
    },
    Rule {
        id: "pubsub/call-before-init",
        promise: "Publish and PullMessages on an instance that had no Init are FAILED_PRECONDITION, and the message names component \
                  and instance: clients do not call Init again after a restart.",
        source: Source::Host("instances"),
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let stranger = c.on_new_instance();
                let topic = c.topic("topic");
                let answer = stranger.publish(publish(&topic, "1")).await;
                start::before_init(&stranger, answer)?;
                let answer = stranger.subscribe(&topic).await.answer().await;
                start::before_init(&stranger, answer)
            })
        },
    },
    Rule {
        id: "pubsub/default-instance",
        promise: "A call without the instance header and one with an empty header reach the same instance.",
        source: CONNECTIONS,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let absent = c.on_instance(None).start().await?;
                let empty = c.on_instance(Some(""));
                let topic = c.topic("default-instance");
                let mut messages = absent.subscribe(&topic).await;
                empty.tell(&topic, "1").await?;
                messages.take("1").await
            })
        },
    },
    Rule {
        id: "pubsub/separate-instances",
        promise: "Two instance ids have messages of their own.",
        source: Source::Host("instances"),
        needs: OWN_STORAGE,
        run: |c| {
            Box::pin(async move {
                let other = c.on_new_instance().start().await?;
                let topic = c.topic("separate-instances");
                let mut mine = c.subscribe(&topic).await;
                let mut theirs = other.subscribe(&topic).await;
                c.tell(&topic, "mine").await?;
                other.tell(&topic, "theirs").await?;
                mine.take("mine").await?;
                theirs.take("theirs").await?;
                mine.nothing("nothing more on this instance").await?;
                theirs.nothing("nothing more on this instance").await
            })
        },
    },
    Rule {
        id: "pubsub/no-topic",
        promise: "A stream whose first frame names no topic is refused: there is nothing that it could deliver.",
        source: Source::Host("streams"),
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                for first in [accept("1"), subscribe("")] {
                    let stream = c.subscribe_by(first).await;
                    stream.answer().await.fails_with(Code::InvalidArgument)?;
                }
                Ok(())
            })
        },
    },
];
