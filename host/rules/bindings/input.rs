//! Events that come in. Where they come from is the component's own affair: rules about events are skipped where none comes.

use std::time::Duration;

use super::{CLIENT, CONNECTIONS, INPUT, INPUT_BINDING, Rule, Source};
use crate::{
    proto::dapr::{ReadRequest, ReadResponse},
    rules::{
        Broken,
        client::Client,
        messages::{answer, answer_error},
        start,
        stream::{Stream, WHILE},
    },
};

/// How long a rule waits for an event before it takes it that there are none.
const SOON: Duration = Duration::from_secs(3);

const NONE: &str = "no event came within 3 s";

pub const RULES: &[Rule] = &[
    Rule {
        id: "bindings/input-reflection-v1alpha",
        promise: "Reflection v1alpha lists the input binding: daprd registers what it lists.",
        source: Source::Client("Discovery"),
        needs: INPUT,
        run: |c| Box::pin(async move { start::reflected_v1alpha(&c, INPUT_BINDING).await }),
    },
    Rule {
        id: "bindings/input-reflection-v1",
        promise: "Reflection v1 answers as v1alpha does, for the tools that ask nothing else.",
        source: Source::Host("reflection"),
        needs: INPUT,
        run: |c| Box::pin(async move { start::reflected_v1(&c, INPUT_BINDING).await }),
    },
    Rule {
        id: "bindings/input-ping",
        promise: "Ping answers OK, before Init and after it.",
        source: CONNECTIONS,
        needs: INPUT,
        run: |c| Box::pin(async move { start::pings(&c).await }),
    },
    Rule {
        id: "bindings/input-call-before-init",
        promise: "Read on an instance that had no Init is FAILED_PRECONDITION, and the message names component and instance: \
                  clients do not call Init again after a restart.",
        source: Source::Host("instances"),
        needs: INPUT,
        run: |c| {
            Box::pin(async move {
                let stranger = c.on_new_instance();
                start::before_init(&stranger, stranger.read().await.answer().await)
            })
        },
    },
    Rule {
        id: "bindings/input-read",
        promise: "Read opens without a frame from the client, and stays open: daprd never opens it again.",
        source: CLIENT,
        needs: INPUT,
        run: |c| Box::pin(async move { c.read().await.stays_open().await }),
    },
    Rule {
        id: "bindings/input-init-again",
        promise: "Init on a known instance is normal, after a hot reload or a restart of daprd: an open stream stays open, a new \
                  one opens, and both go on as before.",
        source: CONNECTIONS,
        needs: INPUT,
        run: |c| {
            Box::pin(async move {
                let mut old = c.read().await;
                let first = event(&mut old).await?;
                let c = c.start().await?;
                let Some(first) = first else {
                    old.stays_open().await?;
                    return c.read().await.stays_open().await;
                };
                old.send(answer(&first.message_id));
                go_on(&c, &mut old).await?;
                go_on(&c, &mut c.read().await).await
            })
        },
    },
    Rule {
        id: "bindings/input-read-again",
        promise: "After a cancel there can be another Read, and it goes on as the first did.",
        source: CLIENT,
        needs: INPUT,
        run: |c| {
            Box::pin(async move {
                let mut events = c.read().await;
                let first = event(&mut events).await?;
                events.cancel().await;
                let mut events = c.read().await;
                match first {
                    None => events.stays_open().await,
                    Some(_) => events
                        .next("an event, as the first stream had")
                        .await
                        .map(drop),
                }
            })
        },
    },
    Rule {
        id: "bindings/input-default-instance",
        promise: "Init without the instance header is for a Read with an empty one.",
        source: CONNECTIONS,
        needs: INPUT,
        run: |c| {
            Box::pin(async move {
                c.on_instance(None).start().await?;
                let mut events = c.on_instance(Some("")).read().await;
                events.stays_open().await
            })
        },
    },
    Rule {
        id: "bindings/input-event-id",
        promise: "Each event has an id to answer by, and no two that wait for an answer have the same.",
        source: CLIENT,
        needs: INPUT,
        run: |c| {
            Box::pin(async move {
                let mut events = c.read().await;
                let Some(first) = event(&mut events).await? else {
                    return c.skip(NONE);
                };
                match events.within(WHILE).await? {
                    // One event at a time will do.
                    None => Ok(()),
                    Some(second) if second.message_id != first.message_id => Ok(()),
                    Some(_) => {
                        let answer = format!("two events with the id {:?}", first.message_id);
                        Err(events.broken(answer, "events with ids of their own"))
                    }
                }
            })
        },
    },
    Rule {
        id: "bindings/input-answer",
        promise: "An answered event makes way for the next.",
        source: CLIENT,
        needs: INPUT,
        run: |c| {
            Box::pin(async move {
                let mut events = c.read().await;
                let Some(first) = event(&mut events).await? else {
                    return c.skip(NONE);
                };
                let mut data = answer(&first.message_id);
                data.response_data = b"what the application returned".to_vec();
                events.send(data);
                go_on(&c, &mut events).await
            })
        },
    },
    Rule {
        id: "bindings/input-answer-error",
        promise: "An event that the application fails does not end the stream: the next comes, or the same again.",
        source: CLIENT,
        needs: INPUT,
        run: |c| {
            Box::pin(async move {
                let mut events = c.read().await;
                let Some(first) = event(&mut events).await? else {
                    return c.skip(NONE);
                };
                events.send(answer_error(&first.message_id));
                go_on(&c, &mut events).await
            })
        },
    },
    Rule {
        id: "bindings/input-answer-to-nothing",
        promise: "Frames that answer no event that is out leave the stream as it is: daprd opens a stream only once.",
        source: CLIENT,
        needs: INPUT,
        run: |c| {
            Box::pin(async move {
                let mut events = c.read().await;
                for strange in ["no-such-event", ""] {
                    events.send(answer(strange));
                    events.send(answer_error(strange));
                }
                events.stays_open().await
            })
        },
    },
    Rule {
        id: "bindings/input-answer-twice",
        promise: "A second answer to an event leaves the stream as it is.",
        source: CLIENT,
        needs: INPUT,
        run: |c| {
            Box::pin(async move {
                let mut events = c.read().await;
                let Some(first) = event(&mut events).await? else {
                    return c.skip(NONE);
                };
                events.send(answer(&first.message_id));
                events.send(answer(&first.message_id));
                events.send(answer_error(&first.message_id));
                go_on(&c, &mut events).await
            })
        },
    },
];

type Events = Stream<ReadRequest, ReadResponse>;

/// An event with an id, if one comes soon.
async fn event(events: &mut Events) -> Result<Option<ReadResponse>, Broken> {
    let Some(event) = events.within(SOON).await? else {
        return Ok(None);
    };
    if event.message_id.is_empty() {
        return Err(events.broken("an event without an id", "an event with an id to answer by"));
    }
    Ok(Some(event))
}

/// Two more events come, each after an answer to the one before. A source that has no more of them is not at fault.
async fn go_on(c: &Client, events: &mut Events) -> Result<(), Broken> {
    for _ in 0..2 {
        match event(events).await? {
            Some(next) => events.send(answer(&next.message_id)),
            None => return is_dry(c, events).await,
        }
    }
    Ok(())
}

/// No event has come for this stream. If one comes for another, the source has some, and one should come for this stream too.
async fn is_dry(c: &Client, events: &mut Events) -> Result<(), Broken> {
    let mut other = c.read().await;
    if event(&mut other).await?.is_none() || event(events).await?.is_some() {
        return Ok(());
    }
    let expected = "an event: the one before is answered, and a new stream has had one meanwhile";
    Err(events.broken("nothing", expected))
}
