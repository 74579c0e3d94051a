//! What becomes of a message when the application has had it.

use super::{BROKER, CLIENT, CONFORMANCE, Rule};
use crate::rules::{
    messages::{accept, fail, subscribe},
    stream::WHILE,
};

pub const RULES: &[Rule] = &[
    Rule {
        id: "pubsub/one-at-a-time",
        promise: "A broker that gives a stream one message at a time gives the next as soon as that one is acknowledged.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("one-at-a-time");
                let mut messages = c.subscribe(&topic).await;
                for data in ["1", "2", "3"] {
                    c.tell(&topic, data).await?;
                }
                let first = messages.receive("1").await?;
                if messages.within(WHILE).await?.is_some() {
                    return c.skip("the component gives a stream more than one message at once");
                }
                messages.send(accept(&first.id));
                let second = messages.receive("2").await?;
                messages
                    .nothing("nothing while \"2\" is not acknowledged")
                    .await?;
                messages.send(accept(&second.id));
                messages.take("3").await
            })
        },
    },
    Rule {
        id: "pubsub/accepted",
        promise: "A message that the application has taken does not come again, neither on its stream nor on the next.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("accepted");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "1").await?;
                messages.take("1").await?;
                messages.nothing("nothing more").await?;
                messages.cancel().await;
                let mut messages = c.subscribe(&topic).await;
                messages.nothing("nothing more on a new stream").await
            })
        },
    },
    Rule {
        id: "pubsub/failed",
        promise: "A message that the application has failed is delivered again, until it is taken.",
        source: CONFORMANCE,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("failed");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "1").await?;
                for _ in 0..2 {
                    let message = messages.receive("1").await?;
                    messages.send(fail(&message.id));
                }
                messages.take("1").await?;
                messages.nothing("nothing more").await
            })
        },
    },
    Rule {
        id: "pubsub/failed-among-others",
        promise: "Where the application fails some messages at first, all of them reach it in the end.",
        source: CONFORMANCE,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("failed-among-others");
                let mut messages = c.subscribe(&topic).await;
                let mut missing = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].to_vec();
                for data in &missing {
                    c.tell(&topic, data).await?;
                }
                let mut failed = Vec::new();
                while !missing.is_empty() {
                    let message = messages.next(format!("messages with {missing:?}")).await?;
                    let fails = matches!(&*message.data, b"0" | b"1" | b"4" | b"9");
                    if fails && !failed.contains(&message.data) {
                        messages.send(fail(&message.id));
                        failed.push(message.data);
                    } else {
                        missing.retain(|data| data.as_bytes() != message.data);
                        messages.send(accept(&message.id));
                    }
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "pubsub/acknowledge-unknown",
        promise: "A frame about a message that is not out leaves the stream as it is: daprd opens a stream only once.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("acknowledge-unknown");
                let mut messages = c.subscribe(&topic).await;
                messages.send(accept("no-such-message"));
                messages.send(fail("no-such-message"));
                c.tell(&topic, "1").await?;
                let first = messages.receive("1").await?;
                messages.send(accept("no-such-message"));
                messages.send(accept(&first.id));
                c.tell(&topic, "2").await?;
                messages.take("2").await
            })
        },
    },
    Rule {
        id: "pubsub/acknowledge-twice",
        promise: "A second word on a message changes nothing: taken is taken, and the stream goes on.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("acknowledge-twice");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "1").await?;
                let first = messages.receive("1").await?;
                messages.send(accept(&first.id));
                messages.send(accept(&first.id));
                messages.send(fail(&first.id));
                messages.nothing("nothing more").await?;
                c.tell(&topic, "2").await?;
                messages.take("2").await
            })
        },
    },
    Rule {
        id: "pubsub/further-frames",
        promise: "A later frame that says nothing, or names a topic, leaves the stream as it is.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("further-frames");
                let mut messages = c.subscribe(&topic).await;
                messages.send(accept(""));
                messages.send(subscribe(&topic));
                messages.send(subscribe(&c.topic("another")));
                c.tell(&topic, "1").await?;
                messages.take("1").await?;
                c.tell(&topic, "2").await?;
                messages.take("2").await
            })
        },
    },
];
