//! Brokers behind daprd: WIT to protobuf and back.

use super::{Call, Sidecar};
use crate::{
    engine::{
        client::{
            Error,
            publish::{Entry, Failure, Message},
        },
        types::Metadata,
    },
    proto::runtime::v1::{BulkPublishRequest, BulkPublishRequestEntry, PublishEventRequest},
    services::map,
};

impl Sidecar {
    /// Publishes a message.
    ///
    /// # Errors
    /// Daprd's, or why there is no answer. The same holds for all that follow.
    pub async fn publish(
        &self,
        call: Call,
        pubsub: String,
        topic: String,
        message: Message,
    ) -> Result<(), Error> {
        let message = PublishEventRequest {
            pubsub_name: pubsub,
            topic,
            data: message.data,
            data_content_type: message.content_type.unwrap_or_default(),
            metadata: map(message.metadata),
        };
        ask!(self, call, publish_event, message).await?;
        Ok(())
    }

    /// Publishes what can be published of many messages, and answers which could not be.
    pub async fn bulk_publish(
        &self,
        call: Call,
        pubsub: String,
        topic: String,
        entries: Vec<Entry>,
        metadata: Metadata,
    ) -> Result<Vec<Failure>, Error> {
        let entries = entries.into_iter().map(|entry| BulkPublishRequestEntry {
            entry_id: entry.entry_id,
            event: entry.message.data,
            content_type: entry.message.content_type.unwrap_or_default(),
            metadata: map(entry.message.metadata),
        });
        let message = BulkPublishRequest {
            pubsub_name: pubsub,
            topic,
            entries: entries.collect(),
            metadata: map(metadata),
        };
        let answer = ask!(self, call, bulk_publish_event, message).await?;
        let failed = answer.into_inner().failed_entries.into_iter();
        let failed = failed.map(|entry| Failure {
            entry_id: entry.entry_id,
            reason: entry.error,
        });
        Ok(failed.collect())
    }
}
