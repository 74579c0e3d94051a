//! A stream that the client cancels: how an application unsubscribes.

use std::time::Duration;

use super::{BROKER, CLIENT, KEEPS_NOTHING, Rule};
use crate::rules::messages::accept;

/// How long a broker may take to hand over what it has kept.
const KEPT: Duration = Duration::from_secs(3);

pub const RULES: &[Rule] = &[
    Rule {
        id: "pubsub/cancel-unacknowledged",
        promise: "What was not acknowledged when its stream was cancelled counts as not delivered: it comes again to the next stream.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("cancel-unacknowledged");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "out").await?;
                messages.receive("out").await?;
                messages.cancel().await;
                c.tell(&topic, "later").await?;
                let mut messages = c.subscribe(&topic).await;
                let mut missing = vec!["out", "later"];
                while !missing.is_empty() {
                    let Some(message) = messages.within(KEPT).await? else {
                        break;
                    };
                    missing.retain(|data| data.as_bytes() != message.data);
                    messages.send(accept(&message.id));
                }
                match missing.len() {
                    0 => Ok(()),
                    // Not even what was published after the cancel.
                    2 => c.skip(KEEPS_NOTHING),
                    _ => {
                        let answer = format!("messages, but none with {missing:?}");
                        Err(messages.broken(answer, "messages with [\"out\", \"later\"]"))
                    }
                }
            })
        },
    },
    Rule {
        id: "pubsub/cancel-one-of-two",
        promise: "After a stream is cancelled nothing goes to it: another stream of the same topic gets all that follows.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("cancel-one-of-two");
                let gone = c.subscribe(&topic).await;
                let mut messages = c.subscribe(&topic).await;
                gone.cancel().await;
                let data = ["1", "2", "3", "4"];
                for data in data {
                    c.tell(&topic, data).await?;
                }
                messages.take_all(&data).await
            })
        },
    },
    Rule {
        id: "pubsub/cancel-other-topic",
        promise: "A cancelled stream does not disturb those of other topics.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let (one, two) = (c.topic("one"), c.topic("two"));
                let ones = c.subscribe(&one).await;
                let mut twos = c.subscribe(&two).await;
                c.tell(&two, "1").await?;
                let first = twos.receive("1").await?;
                ones.cancel().await;
                c.tell(&two, "2").await?;
                twos.send(accept(&first.id));
                twos.take("2").await
            })
        },
    },
    Rule {
        id: "pubsub/cancel-and-subscribe",
        promise: "After a cancel the topic can be subscribed again, many times over.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("cancel-and-subscribe");
                for number in 0..10 {
                    let mut messages = c.subscribe(&topic).await;
                    let data = number.to_string();
                    c.tell(&topic, &data).await?;
                    messages.take_all(&[&data]).await?;
                    messages.cancel().await;
                }
                Ok(())
            })
        },
    },
];
