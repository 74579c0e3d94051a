//! Holding back what would be delivered.

use tonic::Code;

use super::{BROKER, CLIENT, Rule};
use crate::rules::{Broken, answer::Answer, show::Show};

const NOT_THERE: &str = "the component does not implement Pause and Resume";

pub const RULES: &[Rule] = &[
    Rule {
        id: "pubsub/pause",
        promise: "Pause stops the delivery and keeps the subscription; after Resume comes what was published meanwhile.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("pause");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "before").await?;
                messages.take("before").await?;
                if !tolerated(c.pause().await)? {
                    return c.skip(NOT_THERE);
                }
                c.tell(&topic, "1").await?;
                c.tell(&topic, "2").await?;
                messages.nothing("nothing during the pause").await?;
                c.resume().await.ok()?;
                messages.take("1").await?;
                messages.take("2").await
            })
        },
    },
    Rule {
        id: "pubsub/pause-twice",
        promise: "A second Pause or Resume is as good as one.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("pause-twice");
                let mut messages = c.subscribe(&topic).await;
                if !tolerated(c.resume().await)? || !tolerated(c.pause().await)? {
                    return c.skip(NOT_THERE);
                }
                c.pause().await.ok()?;
                c.tell(&topic, "1").await?;
                messages.nothing("nothing during the pause").await?;
                c.resume().await.ok()?;
                c.resume().await.ok()?;
                messages.take("1").await?;
                c.tell(&topic, "2").await?;
                messages.take("2").await
            })
        },
    },
    Rule {
        id: "pubsub/pause-acknowledge",
        promise: "What is out when the pause begins can be acknowledged during it, and does not come again after it.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("pause-acknowledge");
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "1").await?;
                let out = messages.receive("1").await?;
                if !tolerated(c.pause().await)? {
                    return c.skip(NOT_THERE);
                }
                messages.send(crate::rules::messages::accept(&out.id));
                c.tell(&topic, "2").await?;
                messages.nothing("nothing during the pause").await?;
                c.resume().await.ok()?;
                messages.take("2").await?;
                messages.nothing("nothing more").await
            })
        },
    },
    Rule {
        id: "pubsub/pause-subscribe",
        promise: "A stream that opens during a pause opens, and gets its messages after Resume.",
        source: CLIENT,
        needs: BROKER,
        run: |c| {
            Box::pin(async move {
                let topic = c.topic("pause-subscribe");
                if !tolerated(c.pause().await)? {
                    return c.skip(NOT_THERE);
                }
                let mut messages = c.subscribe(&topic).await;
                c.tell(&topic, "1").await?;
                messages.nothing("nothing during the pause").await?;
                c.resume().await.ok()?;
                messages.take("1").await
            })
        },
    },
];

/// Whether the call is there. UNIMPLEMENTED is tolerated, another error is not.
fn tolerated<A: Show>(answer: Answer<A>) -> Result<bool, Broken> {
    if matches!(&answer.result, Err(status) if status.code() == Code::Unimplemented) {
        return Ok(false);
    }
    answer.ok()?;
    Ok(true)
}
