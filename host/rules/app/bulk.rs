//! Many messages at once. A guest that takes them one by one gets them so from its host: to daprd, both are the same.

use super::{
    BODIES, CLIENT, Client, Interface, Needs, Rule, Source, needs,
    subscriptions::{SUBSCRIBER, wanted},
};
use crate::{
    proto::runtime::v1::{
        TopicEventBulkRequest, TopicEventBulkRequestEntry, TopicEventCeRequest, TopicEventRequest,
        topic_event_bulk_request_entry::Event,
    },
    rules::Broken,
};

/// An application that takes many messages at once.
const BULK: Needs = needs(&[Interface::BulkSubscriber]);

pub const RULES: &[Rule] = &[
    Rule {
        id: "app/bulk-each",
        promise: "Many messages at once have a status each, by their ids, in any number.",
        source: Source::Host("bulk"),
        needs: SUBSCRIBER,
        run: |c| {
            Box::pin(async move {
                for event in wanted(&c).await? {
                    for count in [1, 2, 100] {
                        let data = (0..count).map(|number| format!("{{\"id\":\"{number}\"}}"));
                        let entries = data.map(|data| Event::CloudEvent(wrapped(&event, data)));
                        has_statuses(&c, &event, entries).await?;
                    }
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/bulk-any-data",
        promise: "A guest that takes many messages at once takes any of them: of any bytes, and such as are no CloudEvents.",
        source: CLIENT,
        needs: BULK,
        run: |c| {
            Box::pin(async move {
                for event in wanted(&c).await? {
                    let events = BODIES.map(|data| Event::CloudEvent(wrapped(&event, data)));
                    has_statuses(&c, &event, events).await?;
                    let raw = BODIES.map(|data| Event::Bytes(data.to_vec()));
                    has_statuses(&c, &event, raw).await?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/bulk-as-single",
        promise: "What becomes of a message does not depend on how many come with it. For a message without an outcome, that is a \
                  retry.",
        source: Source::Contract("bulk-subscriber.handle-bulk"),
        needs: BULK,
        run: |c| {
            Box::pin(async move {
                for event in wanted(&c).await? {
                    let mut alone = Vec::new();
                    for (number, data) in BODIES.into_iter().enumerate() {
                        let single = TopicEventRequest {
                            id: format!("{}-{number}", event.id),
                            data: data.to_vec(),
                            data_content_type: "application/json".to_owned(),
                            ..event.clone()
                        };
                        alone.push(c.on_topic_event(single).await.ok()?.status);
                    }
                    let events = BODIES.map(|data| Event::CloudEvent(wrapped(&event, data)));
                    let answer = c.on_bulk(bulk(&event, events)).await;
                    let expected = format!("OK with what they have one by one: {alone:?}");
                    answer.ok_if(expected, |it| {
                        let statuses = it.statuses.iter().map(|it| it.status);
                        statuses.eq(alone.iter().copied())
                    })?;
                }
                Ok(())
            })
        },
    },
];

/// By both names, the answer has a status for each entry, in their order.
async fn has_statuses(
    c: &Client,
    event: &TopicEventRequest,
    entries: impl IntoIterator<Item = Event>,
) -> Result<(), Broken> {
    let request = bulk(event, entries);
    let ids = request.entries.iter().map(|entry| entry.entry_id.clone());
    let ids: Vec<_> = ids.collect();
    for answer in [
        c.on_bulk(request.clone()).await,
        c.on_bulk_alpha(request).await,
    ] {
        answer.ok_if(format!("OK with a status for each of {ids:?}"), |it| {
            it.statuses.iter().map(|it| &it.entry_id).eq(&ids)
        })?;
    }
    Ok(())
}

fn bulk(
    event: &TopicEventRequest,
    entries: impl IntoIterator<Item = Event>,
) -> TopicEventBulkRequest {
    let entries = entries.into_iter().enumerate();
    TopicEventBulkRequest {
        id: event.id.clone(),
        topic: event.topic.clone(),
        pubsub_name: event.pubsub_name.clone(),
        path: event.path.clone(),
        entries: entries
            .map(|(number, event)| TopicEventBulkRequestEntry {
                entry_id: format!("entry-{number}"),
                content_type: "application/json".to_owned(),
                event: Some(event),
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    }
}

fn wrapped(event: &TopicEventRequest, data: impl AsRef<[u8]>) -> TopicEventCeRequest {
    TopicEventCeRequest {
        id: event.id.clone(),
        source: event.source.clone(),
        r#type: event.r#type.clone(),
        spec_version: event.spec_version.clone(),
        data_content_type: "application/json".to_owned(),
        data: data.as_ref().to_vec(),
        extensions: None,
    }
}
