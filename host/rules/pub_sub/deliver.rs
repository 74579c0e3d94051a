//! From a publisher to a stream.

use super::{BROKER, CLIENT, CONFORMANCE, Rule, Source, TEXT, blue, comes_whole};
use crate::rules::messages::{accept, publish};

pub const RULES: &[Rule] = &[
    Rule {
        id: "pubsub/deliver",
        promise: "What is published right after the first frame of a stream is delivered, with its data, the topic's name and an id.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("deliver");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "1").await?;
                let expected =
                    format!("a message with id, the data \"1\" and topic_name={topic:?}");
                let whole = messages.next_if(expected, |it| {
                    !it.id.is_empty() && it.data == b"1" && it.topic_name == topic
                });
                whole.await.map(drop)
            })
        },
    },
    Rule {
        id: "pubsub/deliver-late",
        promise: "What is published when a stream has been idle for a while is delivered too.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("deliver-late");
                let mut messages = c.subscribe(&topic).await;
                messages
                    .nothing("nothing, for nothing was published")
                    .await?;
                c.tell(&topic, "1").await?;
                messages.take("1").await?;
                messages.nothing("nothing more").await?;
                c.tell(&topic, "2").await?;
                messages.take("2").await
            })
        },
    },
    Rule {
        id: "pubsub/deliver-metadata",
        promise: "Content type and metadata of a message come along.",
        source: Source::Contract("pub-sub.delivery"),
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("deliver-metadata");
                let mut messages = c.subscribe(&topic).await;
                let mut message = publish(&topic, "1");
                message.content_type = TEXT.to_owned();
                message.metadata.extend([blue()]);
                c.publish(message).await.ok()?;
                comes_whole(&mut messages).await
            })
        },
    },
    Rule {
        id: "pubsub/deliver-bytes",
        promise: "The data can be any bytes, and none.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("deliver-bytes");
                let mut messages = c.subscribe(&topic).await;
                for data in [&b"\xff\x00\xfe"[..], b""] {
                    c.publish(publish(&topic, data)).await.ok()?;
                    let expected = format!("a message with the data \"{}\"", data.escape_ascii());
                    let message = messages.next_if(expected, |it| it.data == data).await?;
                    messages.send(accept(&message.id));
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "pubsub/deliver-1-mib",
        promise: "A message of 1 MiB is delivered whole.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("deliver-1-mib");
                let mut messages = c.subscribe(&topic).await;
                let data: Vec<u8> = (0..1 << 20).map(|place: u32| (place % 251) as u8).collect();
                c.publish(publish(&topic, data.clone())).await.ok()?;
                let message = messages
                    .next_if("the message of 1 MiB", |it| it.data == data)
                    .await?;
                messages.send(accept(&message.id));
                c.tell(&topic, "small").await?;
                messages.take("small").await
            })
        },
    },
    Rule {
        id: "pubsub/deliver-over-4-mib",
        promise: "A message that the client would have to refuse for its size is refused or left out, and the stream goes on: \
                  daprd never opens it again.",
        source: Source::Host("the size of an answer"),
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("deliver-over-4-mib");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "before").await?;
                messages.take("before").await?;
                let answer = c.publish(publish(&topic, vec![b'x'; 5 << 20])).await;
                if answer.result.is_err() {
                    answer.refused()?;
                }
                c.tell(&topic, "after").await?;
                messages.take("after").await
            })
        },
    },
    Rule {
        id: "pubsub/order",
        promise: "A stream that takes every message gets each once, in the order of publishing.",
        source: CONFORMANCE,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("order");
                let mut messages = c.subscribe(&topic).await;
                for number in 0..20 {
                    c.tell(&topic, &number.to_string()).await?;
                }
                for number in 0..20 {
                    messages.take(&number.to_string()).await?;
                }
                messages.nothing("nothing more").await
            })
        },
    },
    Rule {
        id: "pubsub/two-topics",
        promise: "Two topics are kept apart.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let (one, two) = (c.topic("one"), c.topic("two"));
                let mut ones = c.subscribe(&one).await;
                let mut twos = c.subscribe(&two).await;
                // In no order in which messages could be dealt out in turn.
                c.tell(&one, "1").await?;
                c.tell(&one, "2").await?;
                c.tell(&two, "3").await?;
                c.tell(&two, "4").await?;
                c.tell(&one, "5").await?;
                twos.take("3").await?;
                twos.take("4").await?;
                ones.take("1").await?;
                ones.take("2").await?;
                ones.take("5").await?;
                twos.nothing("nothing more on this topic").await?;
                ones.nothing("nothing more on this topic").await
            })
        },
    },
    Rule {
        id: "pubsub/nobody-subscribes",
        promise: "A message to a topic that nobody subscribes is published all the same.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("nobody");
                c.tell(&topic, "1").await?;
                c.tell(&topic, "2").await
            })
        },
    },
    Rule {
        id: "pubsub/many-streams",
        promise: "Many streams are open at once, and none keeps the others waiting.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let mut open = Vec::new();
                for number in 0..20 {
                    let topic = c.topic(&format!("many-{number}"));
                    open.push((c.subscribe(&topic).await, topic));
                }
                for (_, topic) in &open {
                    c.tell(topic, topic).await?;
                }
                // From behind, and nothing is acknowledged: each has to be there already.
                for (messages, topic) in open.iter_mut().rev() {
                    messages.receive(topic).await?;
                }
                Ok(())
            })
        },
    },
];
