//! Messages of brokers, as they come one by one.

use super::{
    super::{
        methods::{Called, Reply},
        text,
    },
    App, extensions, of_broker,
};
use crate::{
    engine::{
        Interface,
        app::{
            events::{CloudEvent, Outcome},
            subscriber::Message,
        },
        types::Metadata,
    },
    headers,
    proto::runtime::v1::{
        self as proto, topic_event_response::TopicEventResponseStatus as Verdict,
    },
};
use http::HeaderMap;
use std::sync::Arc;
use tonic::Status;

impl App {
    pub(super) async fn on_topic_event(
        self: Arc<Self>,
        to: Called,
        request: proto::TopicEventRequest,
    ) -> Result<Reply<proto::TopicEventResponse>, Status> {
        self.wants(Interface::Subscriber, &to)?;
        let message = message(request, &to.headers);
        let call = self
            .component
            .handle(&to, running!(subscriber.call_handle, &message));
        let status = verdict(call.await?).into();
        Ok(proto::TopicEventResponse { status }.into())
    }
}

fn message(request: proto::TopicEventRequest, headers: &HeaderMap) -> Message {
    let event = proto::TopicEventCeRequest {
        id: request.id,
        source: request.source,
        r#type: request.r#type,
        spec_version: request.spec_version,
        data_content_type: request.data_content_type,
        data: request.data,
        extensions: request.extensions,
    };
    Message {
        event: event_of(event),
        pubsub: request.pubsub_name,
        topic: request.topic,
        path: text(request.path),
        metadata: metadata(headers),
    }
}

/// A CloudEvent, of which daprd writes into the extensions what it has no field for.
/// Source: daprd's envelope of a message, which leaves out of them only what it has written elsewhere.
pub(super) fn event_of(event: proto::TopicEventCeRequest) -> CloudEvent {
    let mut more = event.extensions.unwrap_or_default().fields;
    CloudEvent {
        subject: extensions::take(&mut more, "subject"),
        time: extensions::take(&mut more, "time"),
        data_schema: extensions::take(&mut more, "dataschema"),
        extensions: extensions::attributes(more),
        id: event.id,
        source: event.source,
        kind: event.r#type,
        spec_version: event.spec_version,
        content_type: text(event.data_content_type),
        data: event.data,
    }
}

/// Source: daprd's delivery of messages over gRPC, which sends what the broker says of one as headers.
fn metadata(headers: &HeaderMap) -> Metadata {
    let named = headers::to_show(headers).into_iter();
    of_broker(named.filter_map(|(name, value)| {
        let value = match name.ends_with("-bin") {
            true => String::from_utf8(headers::decoded(&value)?).ok()?,
            false => value,
        };
        Some((name, value))
    }))
}

pub(super) fn verdict(outcome: Outcome) -> Verdict {
    match outcome {
        Outcome::Success => Verdict::Success,
        Outcome::Retry => Verdict::Retry,
        Outcome::Drop => Verdict::Drop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::app::events::Attribute;
    use http::HeaderValue;
    use prost_types::{Struct, Value, value::Kind};

    fn request(extensions: &[(&str, &str)]) -> proto::TopicEventRequest {
        let extensions = extensions.iter().map(|(name, text)| {
            let kind = Some(Kind::StringValue(text.to_string()));
            (name.to_string(), Value { kind })
        });
        proto::TopicEventRequest {
            id: "1".to_owned(),
            source: "checkout".to_owned(),
            r#type: "order.placed".to_owned(),
            spec_version: "1.0".to_owned(),
            data_content_type: "application/json".to_owned(),
            topic: "orders".to_owned(),
            data: b"{}".to_vec(),
            pubsub_name: "broker".to_owned(),
            path: "/placed".to_owned(),
            extensions: Some(Struct {
                fields: extensions.collect(),
            }),
        }
    }

    #[test]
    fn a_guest_gets_the_whole_event_and_where_it_comes_from() {
        let extensions = [
            ("subject", "order 7"),
            ("time", "2026-02-03T04:05:06Z"),
            ("dataschema", "https://a.example/order"),
            ("topic", "orders"),
        ];
        let message = message(request(&extensions), &HeaderMap::new());
        let expected = Message {
            event: CloudEvent {
                id: "1".to_owned(),
                source: "checkout".to_owned(),
                kind: "order.placed".to_owned(),
                spec_version: "1.0".to_owned(),
                content_type: Some("application/json".to_owned()),
                data: b"{}".to_vec(),
                subject: Some("order 7".to_owned()),
                time: Some("2026-02-03T04:05:06Z".to_owned()),
                data_schema: Some("https://a.example/order".to_owned()),
                extensions: vec![("topic".to_owned(), Attribute::Text("orders".to_owned()))],
            },
            pubsub: "broker".to_owned(),
            topic: "orders".to_owned(),
            path: Some("/placed".to_owned()),
            metadata: Vec::new(),
        };
        assert_eq!(format!("{message:?}"), format!("{expected:?}"));
    }

    #[test]
    fn what_an_event_does_not_say_is_none() {
        let nothing = proto::TopicEventRequest::default();
        let Message { event, path, .. } = message(nothing, &HeaderMap::new());
        assert!(path.is_none() && event.content_type.is_none() && event.subject.is_none());
        assert!(event.time.is_none() && event.data_schema.is_none());
        assert!(event.extensions.is_empty());
    }

    #[test]
    fn the_metadata_of_a_message_is_what_its_broker_says_each_name_once() {
        let mut come = HeaderMap::new();
        for (name, value) in [
            ("partition", "3"),
            ("key", "a"),
            ("odd-bin", "w6k"),
            ("odd-padded-bin", "w6k="),
            ("no-text-bin", "/w"),
            ("pubsubname", "broker"),
            ("user-agent", "a"),
            ("grpc-trace-bin", "AAE"),
            ("dapr-api-token", "hunter2"),
        ] {
            come.append(name, HeaderValue::from_static(value));
        }
        come.append("key", HeaderValue::from_static("b"));
        let seen = metadata(&come);
        let expected = [
            ("key", "b"),
            ("odd-bin", "é"),
            ("odd-padded-bin", "é"),
            ("partition", "3"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(seen, expected);
    }

    #[test]
    fn each_outcome_is_what_dapr_has_for_it() {
        for (outcome, number) in [
            (Outcome::Success, 0),
            (Outcome::Retry, 1),
            (Outcome::Drop, 2),
        ] {
            assert_eq!(i32::from(verdict(outcome)), number, "{outcome:?}");
        }
    }
}
