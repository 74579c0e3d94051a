//! `PubSub`: publishing, and streams of messages.

use super::{
    Services, addressed, consumers::Consumers, duplex::duplex, map, metadata, ping, reply, serve,
    text,
};
use crate::{
    engine::{
        Block, DaprBlock, Init, Interface,
        pub_sub::{broker::Outgoing, bulk},
    },
    proto::dapr::{self as proto, pub_sub_server as service},
    runtime::{Answer, Component, Message, Source},
};
use std::{pin::Pin, sync::Arc};
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

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
    serve!(services, service::PubSubServer<_>, broker);
}

struct Broker {
    component: Arc<Component>,
    close: CancellationToken,
}

impl Broker {
    /// Holds the messages for one connection, or lets them go on.
    async fn hold<T>(
        &self,
        request: Request<T>,
        method: &'static str,
        held: bool,
    ) -> Result<(), Status> {
        let consumers = Consumers::of(&request);
        let (to, _) = addressed(request, method)?;
        // Whoever is not initialised has nothing to hold, and is not remembered.
        self.component.named(&to, BLOCK).await?;
        let hold = consumers.recall(&to.instance).hold;
        self.component.hold(&to, &hold, held).await?;
        Ok(())
    }
}

#[tonic::async_trait]
impl service::PubSub for Broker {
    async fn init(
        &self,
        request: Request<proto::PubSubInitRequest>,
    ) -> Result<Response<proto::PubSubInitResponse>, Status> {
        let consumers = Consumers::of(&request);
        let (to, request) = addressed(request, "Init")?;
        let properties = request.metadata.unwrap_or_default().properties;
        let consumer = properties.get(CONSUMER).cloned();
        let init = Init::Dapr(DaprBlock::PubSub, metadata(properties));
        self.component.init(&to, init).await??;
        consumers.remember(&to.instance, consumer);
        reply(&self.component, proto::PubSubInitResponse {})
    }

    async fn features(
        &self,
        request: Request<proto::FeaturesRequest>,
    ) -> Result<Response<proto::FeaturesResponse>, Status> {
        let (to, _) = addressed(request, "Features")?;
        let mut features = self.component.named(&to, BLOCK).await?;
        features.retain(|feature| feature != BULK);
        if self.component.exports(Interface::BulkPublish) {
            features.push(BULK.to_owned());
        }
        reply(&self.component, proto::FeaturesResponse { features })
    }

    async fn publish(
        &self,
        request: Request<proto::PublishRequest>,
    ) -> Result<Response<proto::PublishResponse>, Status> {
        let (to, request) = addressed(request, "Publish")?;
        let message = Outgoing {
            topic: request.topic,
            data: request.data,
            content_type: text(request.content_type),
            metadata: metadata(request.metadata),
        };
        guest!(self, BLOCK, &to, pub_sub.call_publish, &message).await??;
        reply(&self.component, proto::PublishResponse {})
    }

    async fn bulk_publish(
        &self,
        request: Request<proto::BulkPublishRequest>,
    ) -> Result<Response<proto::BulkPublishResponse>, Status> {
        let (to, request) = addressed(request, "BulkPublish")?;
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
        reply(
            &self.component,
            proto::BulkPublishResponse { failed_entries },
        )
    }

    type PullMessagesStream =
        Pin<Box<dyn Stream<Item = Result<proto::PullMessagesResponse, Status>> + Send>>;

    async fn pull_messages(
        &self,
        request: Request<Streaming<proto::PullMessagesRequest>>,
    ) -> Result<Response<Self::PullMessagesStream>, Status> {
        let consumers = Consumers::of(&request);
        let (to, mut frames) = addressed(request, "PullMessages")?;
        let first = frames.message().await?.unwrap_or_default();
        let topic = first.topic.filter(|topic| !topic.name.is_empty());
        let mut topic = topic.ok_or_else(|| {
            Status::invalid_argument("the first frame of PullMessages must name a topic")
        })?;
        // Nobody is remembered before Init.
        self.component.named(&to, BLOCK).await?;
        let consumer = consumers.recall(&to.instance);
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
        let messages = duplex(stream, frames, &self.close, acknowledgement, response);
        Ok(Response::new(Box::pin(messages)))
    }

    async fn pause(
        &self,
        request: Request<proto::PauseRequest>,
    ) -> Result<Response<proto::PauseResponse>, Status> {
        self.hold(request, "Pause", true).await?;
        reply(&self.component, proto::PauseResponse {})
    }

    async fn resume(
        &self,
        request: Request<proto::ResumeRequest>,
    ) -> Result<Response<proto::ResumeResponse>, Status> {
        self.hold(request, "Resume", false).await?;
        reply(&self.component, proto::ResumeResponse {})
    }

    async fn ping(
        &self,
        request: Request<proto::PingRequest>,
    ) -> Result<Response<proto::PingResponse>, Status> {
        ping(request)
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
