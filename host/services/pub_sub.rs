//! `PubSub`: publishing, and streams of messages.

use super::{Services, To, duplex::duplex, map, metadata, ping, text};
use crate::{
    engine::{
        Block, DaprBlock, Init, Interface,
        pub_sub::{broker::Outgoing, bulk},
    },
    proto::dapr::{self as proto, pub_sub_server as service},
    runtime::{Answer, Component, Message, Source},
};
use futures_util::Stream;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

const BLOCK: Block = Block::PubSub;

/// The property of Init in which daprd names the application, and so its consumer group.
const CONSUMER: &str = "consumerID";

/// The feature that tells daprd to call BulkPublish.
const BULK: &str = "BULK_PUBSUB";

/// Adds the service that a guest with `pub-sub` stands for.
pub(super) fn add(services: &mut Services, component: &Arc<Component>) {
    let broker = Broker {
        component: component.clone(),
        close: services.close.clone(),
    };
    services
        .add(service::SERVICE_NAME, component, broker)
        .unary("Init", Broker::init)
        .unary("Features", Broker::features)
        .unary("Publish", Broker::publish)
        .unary("BulkPublish", Broker::bulk_publish)
        .streams("PullMessages", Broker::pull_messages)
        .unary("Pause", Broker::pause)
        .unary("Resume", Broker::resume)
        .unary("Ping", ping);
}

struct Broker {
    component: Arc<Component>,
    close: CancellationToken,
}

impl Broker {
    /// Holds the messages for one connection, or lets them go on.
    async fn hold(&self, to: &To, held: bool) -> Result<(), Status> {
        // Whoever is not initialised has nothing to hold, and is not remembered.
        self.component.named(to, BLOCK).await?;
        let hold = to.consumers.recall(&to.instance).hold;
        self.component.hold(to, &hold, held).await?;
        Ok(())
    }
}

impl Broker {
    async fn init(
        self: Arc<Self>,
        to: To,
        request: proto::PubSubInitRequest,
    ) -> Result<proto::PubSubInitResponse, Status> {
        let properties = request.metadata.unwrap_or_default().properties;
        let consumer = properties.get(CONSUMER).cloned();
        let init = Init::Dapr(DaprBlock::PubSub, metadata(properties));
        self.component.init(&to, init).await??;
        to.consumers.remember(&to.instance, consumer);
        Ok(proto::PubSubInitResponse {})
    }

    async fn features(
        self: Arc<Self>,
        to: To,
        _: proto::FeaturesRequest,
    ) -> Result<proto::FeaturesResponse, Status> {
        let mut features = self.component.named(&to, BLOCK).await?;
        features.retain(|feature| feature != BULK);
        if self.component.exports(Interface::BulkPublish) {
            features.push(BULK.to_owned());
        }
        Ok(proto::FeaturesResponse { features })
    }

    async fn publish(
        self: Arc<Self>,
        to: To,
        request: proto::PublishRequest,
    ) -> Result<proto::PublishResponse, Status> {
        let message = Outgoing {
            topic: request.topic,
            data: request.data,
            content_type: text(request.content_type),
            metadata: metadata(request.metadata),
        };
        guest!(self, BLOCK, &to, pub_sub.call_publish, &message).await??;
        Ok(proto::PublishResponse {})
    }

    async fn bulk_publish(
        self: Arc<Self>,
        to: To,
        request: proto::BulkPublishRequest,
    ) -> Result<proto::BulkPublishResponse, Status> {
        let mut failed_entries = Vec::new();
        let failed = |entry_id, error| proto::BulkPublishResponseFailedEntry { entry_id, error };
        if self.component.exports(Interface::BulkPublish) {
            let entries: Vec<_> = request.entries.into_iter().map(entry).collect();
            let (topic, metadata) = (request.topic, metadata(request.metadata));
            let call = guest!(
                self,
                BLOCK,
                &to,
                bulk_publish.call_bulk_publish,
                &topic,
                &entries,
                &metadata
            );
            let failures = call.await??.into_iter();
            failed_entries.extend(failures.map(|failure| failed(failure.entry_id, failure.reason)));
        } else {
            for entry in request.entries {
                // What is said of all holds for each, but for what the entry says itself.
                let mut own = request.metadata.clone();
                own.extend(entry.metadata);
                let message = Outgoing {
                    topic: request.topic.clone(),
                    data: entry.event,
                    content_type: text(entry.content_type),
                    metadata: metadata(own),
                };
                let call = guest!(self, BLOCK, &to, pub_sub.call_publish, &message);
                if let Err(error) = call.await? {
                    failed_entries.push(failed(entry.entry_id, error.message));
                }
            }
        }
        Ok(proto::BulkPublishResponse { failed_entries })
    }

    async fn pull_messages(
        self: Arc<Self>,
        to: To,
        mut frames: Streaming<proto::PullMessagesRequest>,
    ) -> Result<impl Stream<Item = Result<proto::PullMessagesResponse, Status>> + use<>, Status>
    {
        let first = frames.message().await?.unwrap_or_default();
        let topic = first.topic.filter(|topic| !topic.name.is_empty());
        let mut topic = topic.ok_or_else(|| {
            Status::invalid_argument("the first frame of PullMessages must name a topic")
        })?;
        // Nobody is remembered before Init.
        self.component.named(&to, BLOCK).await?;
        let consumer = to.consumers.recall(&to.instance);
        if let Some(name) = consumer.name {
            let named = topic.metadata.entry(CONSUMER.to_owned());
            named.or_insert(name);
        }
        let source = Source::Topic {
            topic: topic.name,
            metadata: metadata(topic.metadata),
            hold: consumer.hold,
        };
        let stream = self.component.open(&to, source).await??;
        Ok(duplex(
            stream,
            frames,
            &self.close,
            acknowledgement,
            response,
        ))
    }

    async fn pause(
        self: Arc<Self>,
        to: To,
        _: proto::PauseRequest,
    ) -> Result<proto::PauseResponse, Status> {
        self.hold(&to, true).await?;
        Ok(proto::PauseResponse {})
    }

    async fn resume(
        self: Arc<Self>,
        to: To,
        _: proto::ResumeRequest,
    ) -> Result<proto::ResumeResponse, Status> {
        self.hold(&to, false).await?;
        Ok(proto::ResumeResponse {})
    }
}

fn acknowledgement(frame: proto::PullMessagesRequest) -> Option<(String, Answer)> {
    if frame.topic.is_some() {
        tracing::warn!("a stream of messages has one topic: a further one is left aside");
    }
    let answer = match frame.ack_error {
        None => Answer::Accepted(Vec::new()),
        Some(error) => Answer::Failed(error.message),
    };
    text(frame.ack_message_id).map(|message| (message, answer))
}

fn response(message: Message) -> proto::PullMessagesResponse {
    proto::PullMessagesResponse {
        data: message.data,
        topic_name: message.topic,
        metadata: map(message.metadata),
        content_type: message.content_type.unwrap_or_default(),
        id: message.id,
    }
}

fn entry(entry: proto::BulkMessageEntry) -> bulk::Entry {
    bulk::Entry {
        entry_id: entry.entry_id,
        data: entry.event,
        content_type: text(entry.content_type),
        metadata: metadata(entry.metadata),
    }
}
