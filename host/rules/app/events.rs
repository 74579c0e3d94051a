//! Messages of the topics that an application wants: each has an outcome, whatever it is.

use prost_types::{ListValue, Struct, Value, value::Kind};

use super::{
    BODIES, CLIENT, Client, Rule,
    subscriptions::{SUBSCRIBER, event, wanted},
};
use crate::{proto::runtime::v1::TopicEventRequest, rules::Broken};

/// How often a message is delivered again.
const AGAIN: usize = 8;

pub const RULES: &[Rule] = &[
    Rule {
        id: "app/event",
        promise: "A message of each subscription, by each of its paths, has an outcome: success, retry or drop.",
        source: CLIENT,
        needs: SUBSCRIBER,
        run: |c| {
            Box::pin(async move {
                for event in wanted(&c).await? {
                    has_outcome(&c, with(&event, br#"{"id":"1"}"#, "application/json")).await?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/event-any-data",
        promise: "A message of any bytes and of any type has an outcome: publishers are strangers.",
        source: CLIENT,
        needs: SUBSCRIBER,
        run: |c| {
            Box::pin(async move {
                for event in wanted(&c).await? {
                    for data in BODIES {
                        for content_type in ["application/json", "text/plain", ""] {
                            has_outcome(&c, with(&event, data, content_type)).await?;
                        }
                    }
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/event-extensions",
        promise: "A message has an outcome whatever attributes its publisher added, of any name and kind.",
        source: CLIENT,
        needs: SUBSCRIBER,
        run: |c| {
            Box::pin(async move {
                for event in wanted(&c).await? {
                    let event = with(&event, b"{}", "application/json");
                    let extensions = Some(extensions());
                    has_outcome(
                        &c,
                        TopicEventRequest {
                            extensions,
                            ..event
                        },
                    )
                    .await?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/event-again",
        promise: "A message that is delivered again has an outcome again: brokers deliver at least once.",
        source: CLIENT,
        needs: SUBSCRIBER,
        run: |c| {
            Box::pin(async move {
                for event in wanted(&c).await? {
                    for _ in 0..AGAIN {
                        let event = with(&event, br#"{"id":"1"}"#, "application/json");
                        has_outcome(&c, event).await?;
                    }
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/event-unknown-topic",
        promise: "A message of a topic that the application does not want has an outcome: a declarative subscription may send it.",
        source: CLIENT,
        needs: SUBSCRIBER,
        run: |c| {
            Box::pin(async move {
                let name = c.run();
                let event = event(&c, name, name, "");
                has_outcome(&c, with(&event, b"{}", "application/json")).await
            })
        },
    },
];

async fn has_outcome(c: &Client, event: TopicEventRequest) -> Result<(), Broken> {
    let answer = c.on_topic_event(event).await;
    answer.ok_if("OK with an outcome", |it| (0..=2).contains(&it.status))?;
    Ok(())
}

fn with(event: &TopicEventRequest, data: &[u8], content_type: &str) -> TopicEventRequest {
    TopicEventRequest {
        data: data.to_vec(),
        data_content_type: content_type.to_owned(),
        ..event.clone()
    }
}

/// One of each kind.
fn extensions() -> Struct {
    let of = |kind| Value { kind: Some(kind) };
    let list = Kind::ListValue(ListValue {
        values: vec![of(Kind::BoolValue(true)), of(Kind::NullValue(0))],
    });
    let nested = Struct {
        fields: [("a".to_owned(), of(list))].into(),
    };
    let named = [
        ("time", Kind::StringValue("no time".to_owned())),
        ("subject", Kind::StringValue("\u{7e3}\u{1f333}".to_owned())),
        ("count", Kind::NumberValue(f64::MAX)),
        ("flag", Kind::BoolValue(false)),
        ("nothing", Kind::NullValue(0)),
        ("", Kind::StringValue(String::new())),
        (
            "\u{434}\u{435}\u{440}\u{435}\u{432}\u{43e}",
            Kind::StructValue(nested),
        ),
    ];
    let named = named.into_iter();
    Struct {
        fields: named
            .map(|(name, kind)| (name.to_owned(), of(kind)))
            .collect(),
    }
}
