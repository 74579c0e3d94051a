//! What an application wants to hear of brokers, as daprd reads it.

use std::collections::HashSet;

use super::{CLIENT, Client, Interface, Needs, Rule, Source, needs};
use crate::{
    proto::runtime::v1::{TopicEventRequest, TopicSubscription},
    rules::Broken,
};

/// An application that takes messages.
pub const SUBSCRIBER: Needs = needs(&[Interface::Subscriber]);

pub const RULES: &[Rule] = &[
    Rule {
        id: "app/subscriptions",
        promise: "Each subscription names its pubsub and its topic, and they are the same when asked for again.",
        source: Source::Host("lists"),
        needs: SUBSCRIBER,
        run: |c| {
            Box::pin(async move {
                let first = subscriptions(&c).await?;
                let expected = "the same as before";
                let again = c.subscriptions().await;
                again.ok_if(expected, |it| it.subscriptions == first)?;
                Ok(())
            })
        },
    },
    Rule {
        id: "app/subscriptions-once",
        promise: "No topic of a pubsub is wanted twice: daprd would take one of them, and say nothing.",
        source: CLIENT,
        needs: SUBSCRIBER,
        run: |c| {
            Box::pin(async move {
                let answer = c.subscriptions().await;
                answer.ok_if("OK with each pubsub and topic once", |it| {
                    let mut seen = HashSet::new();
                    let mut all = it.subscriptions.iter();
                    all.all(|it| seen.insert((&it.pubsub_name, &it.topic)))
                })?;
                Ok(())
            })
        },
    },
    Rule {
        id: "app/subscription-routes",
        promise: "Each route says which messages it is for, and has a path.",
        source: CLIENT,
        needs: SUBSCRIBER,
        run: |c| {
            Box::pin(async move {
                let answer = c.subscriptions().await;
                let expected = "OK with a match and a path in each route";
                answer.ok_if(expected, |it| {
                    let routes = it.subscriptions.iter().filter_map(|it| it.routes.as_ref());
                    let mut rules = routes.flat_map(|it| &it.rules);
                    rules.all(|it| !it.r#match.trim().is_empty() && !it.path.is_empty())
                })?;
                Ok(())
            })
        },
    },
    Rule {
        id: "app/subscription-dead-letters",
        promise: "A dead letter goes to another topic than the one it came from, where it would come from again.",
        source: CLIENT,
        needs: SUBSCRIBER,
        run: |c| {
            Box::pin(async move {
                let answer = c.subscriptions().await;
                answer.ok_if("OK with topics of their own for dead letters", |it| {
                    let mut all = it.subscriptions.iter();
                    all.all(|it| it.dead_letter_topic != it.topic)
                })?;
                Ok(())
            })
        },
    },
];

/// What the application wants.
async fn subscriptions(c: &Client) -> Result<Vec<TopicSubscription>, Broken> {
    let answer = c.subscriptions().await;
    let listed = answer.ok_if("OK with a pubsub and a topic in each", |it| {
        let mut all = it.subscriptions.iter();
        all.all(|it| !it.pubsub_name.is_empty() && !it.topic.is_empty())
    })?;
    Ok(listed.subscriptions)
}

/// An event without data for each subscription, and each path that its messages can come by. A rule about them is skipped where there
/// are none.
pub async fn wanted(c: &Client) -> Result<Vec<TopicEventRequest>, Broken> {
    let all = subscriptions(c).await?;
    if all.is_empty() {
        c.skip("the app wants no messages")?;
    }
    let events = all.iter().flat_map(|it| {
        let paths = paths(it).into_iter();
        paths.map(|path| event(c, &it.pubsub_name, &it.topic, &path))
    });
    Ok(events.collect())
}

/// An event as daprd makes one of what an application published.
pub fn event(c: &Client, pubsub: &str, topic: &str, path: &str) -> TopicEventRequest {
    TopicEventRequest {
        id: c.run().to_owned(),
        source: "rules".to_owned(),
        r#type: "com.dapr.event.sent".to_owned(),
        spec_version: "1.0".to_owned(),
        topic: topic.to_owned(),
        pubsub_name: pubsub.to_owned(),
        path: path.to_owned(),
        ..Default::default()
    }
}

/// An empty one where the subscription has no routes.
fn paths(subscription: &TopicSubscription) -> Vec<String> {
    let routes = subscription.routes.iter();
    let paths = routes.flat_map(|routes| {
        let rules = routes.rules.iter().map(|rule| &rule.path);
        rules.chain([&routes.default])
    });
    let mut paths: Vec<_> = paths.filter(|path| !path.is_empty()).cloned().collect();
    if paths.is_empty() {
        paths.push(String::new());
    }
    paths
}
