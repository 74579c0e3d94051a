//! Applications that each see all messages, and the copies of one application, which share them.

use std::time::Duration;

use tokio::time::Instant;

use super::{BROKER, CLIENT, Messages, Rule};
use crate::rules::{Broken, messages::accept, stream::WHILE};

/// How long two streams may take for all messages.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long one stream is listened to before it is the other's turn.
const TURN: Duration = Duration::from_millis(20);

pub const RULES: &[Rule] = &[
    Rule {
        id: "pubsub/group-each",
        promise: "Consumers with different consumerIDs each get every message of a topic.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("group-each");
                let mut ones = c.subscribe(&topic).await;
                let other = c.as_consumer(&c.topic("other-consumer")).start().await?;
                let mut others = other.subscribe(&topic).await;
                let data = ["1", "2", "3", "4"];
                for data in data {
                    c.tell(&topic, data).await?;
                }
                for data in data {
                    ones.take(data).await?;
                    others.take(data).await?;
                }
                ones.nothing("nothing more for this consumer").await?;
                others.nothing("nothing more for this consumer").await
            })
        },
    },
    Rule {
        id: "pubsub/group-share",
        promise: "Two streams of one consumer share a topic's messages: each message comes to one of them, once.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("group-share");
                let mut streams = [c.subscribe(&topic).await, c.subscribe(&topic).await];
                let sent: Vec<String> = (10..20).map(|number| number.to_string()).collect();
                for data in &sent {
                    c.tell(&topic, data).await?;
                }
                let [first, second] = share(&mut streams, &sent).await?;
                if first == sent && second == sent {
                    return c.skip("the component gives each stream every message");
                }
                let mut both = [&*first, &*second].concat();
                both.sort_unstable();
                if both == sent {
                    return Ok(());
                }
                let [stream, _] = &streams;
                let answer = format!("{first:?}, and {second:?} for the other stream");
                Err(stream.broken(answer, format!("{sent:?}, each for one of the two streams")))
            })
        },
    },
];

/// What each of two streams gets, sorted, until all these have come and for a while after.
async fn share(streams: &mut [Messages; 2], sent: &[String]) -> Result<[Vec<String>; 2], Broken> {
    let mut taken = [Vec::new(), Vec::new()];
    let mut end = Instant::now() + PATIENCE;
    let mut complete = false;
    while Instant::now() < end {
        for (stream, taken) in streams.iter_mut().zip(&mut taken) {
            while let Some(message) = stream.within(TURN).await? {
                stream.send(accept(&message.id));
                taken.push(String::from_utf8_lossy(&message.data).into_owned());
            }
        }
        if !complete
            && sent
                .iter()
                .all(|data| taken.iter().flatten().any(|it| it == data))
        {
            complete = true;
            end = Instant::now() + WHILE;
        }
    }
    for taken in &mut taken {
        taken.sort_unstable();
    }
    Ok(taken)
}
