//! Streams whose topic stands for many. How wildcards are written is the broker's own affair: the rules try what is common.

use std::time::Duration;

use super::{CLIENT, Messages, Needs, Rule, needs};
use crate::rules::{Broken, client::Client, messages::accept};

/// A broker with wildcards.
const WILDCARDS: Needs = needs(&["SUBSCRIBE_WILDCARDS"]);

/// What stands between two levels, for any one level, and for all that follow.
type Spelling = (&'static str, &'static str, &'static str);

/// As MQTT, Solace, AMQP and NATS have it.
const SPELLINGS: [Spelling; 4] = [
    ("/", "+", "#"),
    ("/", "*", ">"),
    (".", "*", "#"),
    (".", "*", ">"),
];

const ANOTHER: &str = "the component's wildcards are not those of MQTT, Solace, AMQP or NATS";

/// How long a message takes at most where the wildcard is one.
const SOON: Duration = Duration::from_secs(4);

pub const RULES: &[Rule] = &[
    Rule {
        id: "pubsub/wildcard-level",
        promise: "A stream with a wildcard for one level gets the messages of each topic that it stands for, with that topic's \
                  own name, and no others.",
        source: CLIENT,
        needs: WILDCARDS,
        run: |c| {
            Box::pin(async move {
                let start = c.topic("wildcard-level");
                for (between, one, _) in SPELLINGS {
                    let topic = |levels: &[&str]| [&[&*start], levels].concat().join(between);
                    let first = topic(&["a", "leaf"]);
                    let Some(mut messages) = open(&c, &topic(&[one, "leaf"]), &first).await? else {
                        continue;
                    };
                    let others: [&[&str]; 4] = [
                        &["a"],
                        &["a", "other"],
                        &["a", "leaf", "more"],
                        &["a", "b", "leaf"],
                    ];
                    for other in others {
                        c.tell(&topic(other), "other").await?;
                    }
                    c.tell(&topic(&["b", "leaf"]), "2").await?;
                    named(&mut messages, "2", &topic(&["b", "leaf"])).await?;
                    return messages.nothing("nothing more").await;
                }
                c.skip(ANOTHER)
            })
        },
    },
    Rule {
        id: "pubsub/wildcard-rest",
        promise: "A stream with a wildcard for all levels that follow gets the messages of all topics that begin so, each with \
                  its topic's own name, and no others.",
        source: CLIENT,
        needs: WILDCARDS,
        run: |c| {
            Box::pin(async move {
                let start = c.topic("wildcard-rest");
                for (between, _, rest) in SPELLINGS {
                    let topic = |levels: &[&str]| [&[&*start], levels].concat().join(between);
                    let first = topic(&["a", "leaf"]);
                    let Some(mut messages) = open(&c, &topic(&["a", rest]), &first).await? else {
                        continue;
                    };
                    c.tell(&topic(&["b", "leaf"]), "other").await?;
                    c.tell(&topic(&["ab", "leaf"]), "other").await?;
                    let deep = topic(&["a", "b", "c", "d"]);
                    c.tell(&deep, "2").await?;
                    named(&mut messages, "2", &deep).await?;
                    return messages.nothing("nothing more").await;
                }
                c.skip(ANOTHER)
            })
        },
    },
    Rule {
        id: "pubsub/wildcard-acknowledge",
        promise: "What comes by a wildcard is acknowledged as any other: failed it comes again, taken it does not.",
        source: CLIENT,
        needs: WILDCARDS,
        run: |c| {
            Box::pin(async move {
                let start = c.topic("wildcard-acknowledge");
                for (between, one, _) in SPELLINGS {
                    let name = [&start, "a"].join(between);
                    let Some(mut messages) = open(&c, &[&start, one].join(between), &name).await?
                    else {
                        continue;
                    };
                    c.tell(&name, "2").await?;
                    let failed = named(&mut messages, "2", &name).await?;
                    messages.send(crate::rules::messages::fail(&failed));
                    let again = named(&mut messages, "2", &name).await?;
                    messages.send(accept(&again));
                    return messages.nothing("nothing more").await;
                }
                c.skip(ANOTHER)
            })
        },
    },
];

/// A stream of this pattern that has had its first message, from this topic; none where the pattern stands for nothing here.
async fn open(c: &Client, pattern: &str, topic: &str) -> Result<Option<Messages>, Broken> {
    let mut messages = c.subscribe(pattern).await;
    // A broker may refuse what is no name of a topic to it, as it may take it for one.
    if c.tell(topic, "1").await.is_err() {
        return Ok(None);
    }
    let Ok(Some(first)) = messages.within(SOON).await else {
        return Ok(None);
    };
    if first.data != b"1" || first.topic_name != topic {
        let answer = crate::rules::show::text(&first);
        return Err(messages.broken(answer, carrying("1", topic)));
    }
    messages.send(accept(&first.id));
    Ok(Some(messages))
}

/// The next message, which must carry this and name this topic: its id. It is left unacknowledged.
async fn named(messages: &mut Messages, data: &str, topic: &str) -> Result<String, Broken> {
    let message = messages.next_if(carrying(data, topic), |it| {
        !it.id.is_empty() && it.data == data.as_bytes() && it.topic_name == topic
    });
    Ok(message.await?.id)
}

fn carrying(data: &str, topic: &str) -> String {
    format!("a message with the data {data:?} and topic_name={topic:?}")
}
