//! Messages of brokers, many at once. A guest that takes them one by one gets each as it would have come alone.

use super::{
    super::{
        metadata,
        methods::{Called, Reply},
        text,
    },
    App, PUBSUB,
    events::{event_of, verdict},
    of_broker,
};
use crate::{
    engine::{
        Interface,
        app::{
            bulk::{Entry, Messages, Payload},
            events::{Attribute, CloudEvent, Outcome},
            subscriber::Message,
        },
        types::Metadata,
    },
    proto::runtime::v1::{
        self as proto, topic_event_bulk_request_entry::Event,
        topic_event_response::TopicEventResponseStatus as Verdict,
    },
};
use std::{iter, sync::Arc};
use tonic::Status;

/// The attributes of a trace, which daprd takes from what the broker says of a message that is no event.
const TRACE: [&str; 3] = ["traceid", "traceparent", "tracestate"];

impl App {
    pub(super) async fn on_bulk_topic_event(
        self: Arc<Self>,
        to: Called,
        request: proto::TopicEventBulkRequest,
    ) -> Result<Reply<proto::TopicEventBulkResponse>, Status> {
        self.wants(Interface::Subscriber, &to)?;
        let messages = messages(request);
        let entries = messages.entries.iter();
        let ids: Vec<_> = entries.map(|entry| entry.entry_id.clone()).collect();
        let outcomes = match self.component.exports(Interface::BulkSubscriber) {
            _ if ids.is_empty() => Vec::new(),
            true => {
                let call = self
                    .component
                    .handle(&to, running!(bulk_subscriber.call_handle_bulk, &messages));
                call.await?
            }
            false => self.one_by_one(&to, messages).await,
        };
        let statuses = statuses(ids, outcomes);
        Ok(proto::TopicEventBulkResponse { statuses }.into())
    }

    /// A call for each message. One that fails comes again, and the others do not wait for that.
    async fn one_by_one(&self, to: &Called, messages: Messages) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(messages.entries.len());
        let mut failures = 0_usize;
        let mut last = None;
        for message in singles(messages) {
            let call = self
                .component
                .handle(to, running!(subscriber.call_handle, &message));
            outcomes.push(call.await.unwrap_or_else(|failure| {
                failures += 1;
                last = Some(failure);
                Outcome::Retry
            }));
        }
        // No status says so.
        if let Some(why) = last {
            let all = outcomes.len();
            tracing::warn!("{failures} of {all} messages are to come again: {why}");
        }
        outcomes
    }
}

fn messages(request: proto::TopicEventBulkRequest) -> Messages {
    let mut metadata = metadata(request.metadata);
    metadata.retain(|(name, _)| !name.eq_ignore_ascii_case(PUBSUB));
    Messages {
        id: request.id,
        pubsub: request.pubsub_name,
        topic: request.topic,
        path: text(request.path),
        entries: request.entries.into_iter().filter_map(entry).collect(),
        metadata,
    }
}

/// None for nothing. Source: daprd's delivery of bulks over gRPC, which leaves that where it cannot write an event, and answers the
/// broker for it.
fn entry(entry: proto::TopicEventBulkRequestEntry) -> Option<Entry> {
    let payload = match entry.event {
        None if entry.entry_id.is_empty() => return None,
        None => Payload::Raw(Vec::new()),
        Some(Event::Bytes(bytes)) => Payload::Raw(bytes),
        Some(Event::CloudEvent(event)) => Payload::Event(event_of(event)),
    };
    Some(Entry {
        entry_id: entry.entry_id,
        payload,
        content_type: text(entry.content_type),
        metadata: metadata(entry.metadata),
    })
}

/// An outcome for each entry. Those that are too many belong to none.
fn statuses(ids: Vec<String>, outcomes: Vec<Outcome>) -> Vec<proto::TopicEventBulkResponseEntry> {
    let verdicts = outcomes.into_iter().map(verdict);
    let verdicts = verdicts.chain(iter::repeat(Verdict::Retry));
    let statuses = ids.into_iter().zip(verdicts);
    statuses
        .map(|(entry_id, verdict)| proto::TopicEventBulkResponseEntry {
            entry_id,
            status: verdict.into(),
        })
        .collect()
}

/// The messages as they would have come one by one.
fn singles(messages: Messages) -> impl Iterator<Item = Message> {
    let Messages {
        id,
        pubsub,
        topic,
        path,
        entries,
        metadata: _,
    } = messages;
    entries.into_iter().map(move |entry| {
        let metadata = of_broker(entry.metadata);
        let event = match entry.payload {
            Payload::Event(event) => event,
            Payload::Raw(data) => {
                let id = format!("{id}/{}", entry.entry_id);
                wrapped(id, data, &pubsub, &topic, &metadata)
            }
        };
        Message {
            event,
            pubsub: pubsub.clone(),
            topic: topic.clone(),
            path: path.clone(),
            metadata,
        }
    })
}

/// What daprd puts around a message that is no event. Source: daprd's `FromRawPayload`, and its subscriptions, which add the trace. It
/// makes an id of its own at each delivery.
fn wrapped(
    id: String,
    data: Vec<u8>,
    pubsub: &str,
    topic: &str,
    metadata: &Metadata,
) -> CloudEvent {
    let named = |name: &str| metadata.iter().find(|(known, _)| known == name);
    let text = |name: &str, value: &str| (name.to_owned(), Attribute::Text(value.to_owned()));
    let mut extensions = vec![text(PUBSUB, pubsub), text("topic", topic)];
    for name in TRACE {
        let value = match name {
            // The later name's value is that of the earlier one, too.
            "traceid" => named("traceparent").or_else(|| named(name)),
            name => named(name),
        };
        extensions.extend(value.map(|(_, value)| text(name, value)));
    }
    CloudEvent {
        id,
        source: "Dapr".to_owned(),
        kind: "com.dapr.event.sent".to_owned(),
        spec_version: "1.0".to_owned(),
        content_type: Some("application/octet-stream".to_owned()),
        data,
        subject: None,
        time: None,
        data_schema: None,
        extensions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(id: &str, data: &[u8]) -> proto::TopicEventBulkRequestEntry {
        proto::TopicEventBulkRequestEntry {
            entry_id: id.to_owned(),
            content_type: "text/plain".to_owned(),
            event: Some(Event::Bytes(data.to_vec())),
            metadata: [
                ("Key".to_owned(), "a".to_owned()),
                ("Content-Type".to_owned(), "text/plain".to_owned()),
                ("traceparent".to_owned(), "00-1-2-01".to_owned()),
            ]
            .into(),
        }
    }

    fn event(id: &str) -> proto::TopicEventBulkRequestEntry {
        let event = proto::TopicEventCeRequest {
            id: "of the event".to_owned(),
            source: "checkout".to_owned(),
            data: vec![7],
            ..Default::default()
        };
        proto::TopicEventBulkRequestEntry {
            entry_id: id.to_owned(),
            event: Some(Event::CloudEvent(event)),
            ..Default::default()
        }
    }

    fn request(
        entries: Vec<proto::TopicEventBulkRequestEntry>,
        path: &str,
    ) -> proto::TopicEventBulkRequest {
        proto::TopicEventBulkRequest {
            id: "bulk".to_owned(),
            entries,
            metadata: [
                ("pubsubName".to_owned(), "broker".to_owned()),
                ("Partition".to_owned(), "3".to_owned()),
            ]
            .into(),
            topic: "orders".to_owned(),
            pubsub_name: "broker".to_owned(),
            r#type: "com.dapr.event.sent.bulk".to_owned(),
            path: path.to_owned(),
        }
    }

    #[test]
    fn a_guest_gets_all_entries_as_they_are_and_what_is_said_of_all_of_them() {
        let messages = messages(request(vec![raw("1", b"a"), event("2")], "/all"));
        assert_eq!(messages.id, "bulk");
        assert_eq!(
            (messages.pubsub.as_str(), messages.topic.as_str()),
            ("broker", "orders")
        );
        assert_eq!(messages.path.as_deref(), Some("/all"));
        assert_eq!(
            messages.metadata,
            [("Partition".to_owned(), "3".to_owned())]
        );
        let [first, second] = messages.entries.as_slice() else {
            panic!("{messages:?}");
        };
        assert_eq!(first.entry_id, "1");
        assert!(matches!(&first.payload, Payload::Raw(data) if data == b"a"));
        assert_eq!(first.content_type.as_deref(), Some("text/plain"));
        assert_eq!(first.metadata.len(), 3);
        assert_eq!(second.entry_id, "2");
        assert!(matches!(&second.payload, Payload::Event(event) if event.data == [7]));
        assert!(second.content_type.is_none());
    }

    #[test]
    fn a_hole_that_daprd_leaves_is_no_entry_and_an_empty_message_is_one() {
        let empty = proto::TopicEventBulkRequestEntry {
            entry_id: "1".to_owned(),
            ..Default::default()
        };
        let all = vec![Default::default(), empty, Default::default()];
        let messages = messages(request(all, ""));
        assert!(messages.path.is_none());
        let [only] = messages.entries.as_slice() else {
            panic!("{messages:?}");
        };
        assert_eq!(only.entry_id, "1");
        assert!(matches!(&only.payload, Payload::Raw(data) if data.is_empty()));
    }

    #[test]
    fn each_entry_has_one_status_in_order_however_many_outcomes_there_are() {
        use Outcome::{Drop, Success};
        for (outcomes, expected) in [
            (vec![Success, Drop, Success], [0, 2, 0]),
            (vec![Drop], [2, 1, 1]),
            (vec![], [1, 1, 1]),
            (vec![Success, Success, Drop, Drop, Drop], [0, 0, 2]),
        ] {
            let ids = ["a", "b", "c"].map(str::to_owned).to_vec();
            let statuses = statuses(ids, outcomes).into_iter();
            let statuses: Vec<_> = statuses
                .map(|entry| (entry.entry_id, entry.status))
                .collect();
            let expected = ["a", "b", "c"].map(str::to_owned).into_iter().zip(expected);
            assert_eq!(statuses, expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn one_by_one_an_event_is_itself_and_anything_else_is_wrapped_as_dapr_does() {
        let all = messages(request(vec![raw("1", b"a"), event("2")], "/all"));
        let all: Vec<_> = singles(all).collect();
        let [first, second] = all.as_slice() else {
            panic!("{all:?}");
        };
        let text = |name: &str, value: &str| (name.to_owned(), Attribute::Text(value.to_owned()));
        let wrapped = Message {
            event: CloudEvent {
                id: "bulk/1".to_owned(),
                source: "Dapr".to_owned(),
                kind: "com.dapr.event.sent".to_owned(),
                spec_version: "1.0".to_owned(),
                content_type: Some("application/octet-stream".to_owned()),
                data: b"a".to_vec(),
                subject: None,
                time: None,
                data_schema: None,
                extensions: vec![
                    text("pubsubname", "broker"),
                    text("topic", "orders"),
                    text("traceid", "00-1-2-01"),
                    text("traceparent", "00-1-2-01"),
                ],
            },
            pubsub: "broker".to_owned(),
            topic: "orders".to_owned(),
            path: Some("/all".to_owned()),
            metadata: vec![
                ("key".to_owned(), "a".to_owned()),
                ("traceparent".to_owned(), "00-1-2-01".to_owned()),
            ],
        };
        assert_eq!(format!("{first:?}"), format!("{wrapped:?}"));
        assert_eq!(second.event.id, "of the event");
        assert_eq!(second.event.data, [7]);
        assert_eq!(second.path.as_deref(), Some("/all"));
        assert!(second.metadata.is_empty());
    }
}
