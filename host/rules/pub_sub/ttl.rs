//! Messages that expire.

use std::time::Duration;

use super::{CLIENT, KEEPS_NOTHING, Needs, Rule, Source, needs};
use crate::{
    proto::dapr::PublishRequest,
    rules::messages::{accept, publish},
};

/// A broker with expiries.
const TTL: Needs = needs(&["MESSAGE_TTL"]);

/// How long a message waits that lives for one second: longer than any rounding.
const WAIT: Duration = Duration::from_millis(3500);

/// How long a broker may take to hand over what it has kept.
const KEPT: Duration = Duration::from_secs(3);

pub const RULES: &[Rule] = &[
    Rule {
        id: "pubsub/ttl-expired",
        promise: "A message that waits longer than its ttlInSeconds is not delivered; others are.",
        source: CLIENT,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("ttl-expired");
                // A consumer whose stream is gone: for it the messages wait.
                c.subscribe(&topic).await.cancel().await;
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "first").await?;
                messages.take_all(&["first"]).await?;
                messages.cancel().await;
                c.publish(lives(&topic, "short", "1")).await.ok()?;
                c.publish(lives(&topic, "long", "600")).await.ok()?;
                c.tell(&topic, "forever").await?;
                tokio::time::sleep(WAIT).await;
                let mut messages = c.subscribe(&topic).await;
                let mut missing = vec!["long", "forever"];
                while !missing.is_empty() {
                    let Some(message) = messages.within(KEPT).await? else {
                        break;
                    };
                    if message.data == b"short" {
                        let answer = "the message \"short\", which has expired";
                        return Err(
                            messages.broken(answer, "the messages \"long\" and \"forever\"")
                        );
                    }
                    missing.retain(|data| data.as_bytes() != message.data);
                    messages.send(accept(&message.id));
                }
                match missing.len() {
                    0 => messages.nothing("nothing more").await,
                    2 => c.skip(KEEPS_NOTHING),
                    _ => {
                        let answer = format!("messages, but none with {missing:?}");
                        Err(messages.broken(answer, "the messages \"long\" and \"forever\""))
                    }
                }
            })
        },
    },
    Rule {
        id: "pubsub/ttl-in-time",
        promise: "A message with a ttlInSeconds that is delivered in time is delivered as any other.",
        source: CLIENT,
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("ttl-in-time");
                let mut messages = c.subscribe(&topic).await;
                c.publish(lives(&topic, "1", "600")).await.ok()?;
                messages.take("1").await
            })
        },
    },
    Rule {
        id: "pubsub/ttl-not-a-number",
        promise: "A message whose ttlInSeconds is not a whole number of at least 1 is an error, and is not delivered.",
        source: Source::Contract("pub-sub.outgoing"),
        needs: TTL,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("ttl-not-a-number");
                let mut messages = c.subscribe(&topic).await;
                for ttl in ["foo", "1.5", "0", "-1"] {
                    c.publish(lives(&topic, "bad", ttl)).await.refused()?;
                }
                messages.nothing("nothing, for nothing was published").await
            })
        },
    },
];

/// A message that lives for so many seconds, or for whatever the text says.
fn lives(topic: &str, data: &str, seconds: &str) -> PublishRequest {
    let mut message = publish(topic, data);
    let ttl = ("ttlInSeconds".to_owned(), seconds.to_owned());
    message.metadata.extend([ttl]);
    message
}
