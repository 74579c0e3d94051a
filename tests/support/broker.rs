//! A broker's client that speaks for one instance, and its streams of messages.

use super::{Runner, Setup};
use plugbox::proto::dapr::{
    AckMessageError, PubSubInitRequest, PublishRequest, PullMessagesRequest, PullMessagesResponse,
    Topic, pub_sub_client::PubSubClient,
};
use std::{path::Path, time::Duration};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Request, Status, Streaming, transport::Channel};

impl Runner {
    /// One whose broker keeps what it holds in this folder, over a guest's end.
    pub fn with_journal(folder: &Path) -> Self {
        Setup::new()
            .guest("store", "hostile-journal-broker")
            .arg(format!("--dir={}::/journal::rw", folder.display()))
            .start()
    }
}

#[derive(Clone)]
pub struct Broker {
    pub client: PubSubClient<Channel>,
    pub instance: String,
}

impl Broker {
    pub fn new(channel: Channel, instance: &str) -> Self {
        Self {
            client: PubSubClient::new(channel).max_decoding_message_size(64 << 20),
            instance: instance.to_owned(),
        }
    }

    pub fn request<T>(&self, message: T) -> Request<T> {
        super::addressed(message, &self.instance)
    }

    pub async fn init(&mut self, properties: &[(&str, &str)]) -> Result<(), Status> {
        let request = self.request(PubSubInitRequest {
            metadata: super::properties(properties),
        });
        self.client.init(request).await.map(|_| ())
    }

    pub async fn publish(&mut self, topic: &str, data: impl Into<Vec<u8>>) -> Result<(), Status> {
        let request = self.request(PublishRequest {
            topic: topic.to_owned(),
            data: data.into(),
            ..Default::default()
        });
        self.client.publish(request).await.map(|_| ())
    }

    /// Opens a stream, as daprd does: the first frame is on its way before the answer comes.
    pub async fn subscribe(&mut self, topic: &str) -> Result<Messages, Status> {
        self.subscribe_with(topic, &[]).await
    }

    /// The same with metadata.
    pub async fn subscribe_with(
        &mut self,
        topic: &str,
        metadata: &[(&str, &str)],
    ) -> Result<Messages, Status> {
        let (frames, sent) = mpsc::unbounded_channel();
        let first = PullMessagesRequest {
            topic: Some(Topic {
                name: topic.to_owned(),
                metadata: super::pairs(metadata),
            }),
            ..Default::default()
        };
        frames.send(first).unwrap();
        let request = self.request(UnboundedReceiverStream::new(sent));
        let messages = self.client.pull_messages(request).await?.into_inner();
        Ok(Messages { frames, messages })
    }
}

/// An open stream. Dropping it is the client's cancel.
pub struct Messages {
    frames: mpsc::UnboundedSender<PullMessagesRequest>,
    messages: Streaming<PullMessagesResponse>,
}

impl Messages {
    /// The next message, which must come.
    pub async fn next(&mut self) -> PullMessagesResponse {
        let next = tokio::time::timeout(super::PATIENCE, self.messages.message());
        next.await.expect("no message came").unwrap().unwrap()
    }

    /// The next message, if one comes soon.
    pub async fn within(&mut self, limit: Duration) -> Option<PullMessagesResponse> {
        let next = tokio::time::timeout(limit, self.messages.message()).await;
        next.ok().map(|message| message.unwrap().unwrap())
    }

    /// The next message's data as text, acknowledged.
    pub async fn take(&mut self) -> String {
        let message = self.next().await;
        self.ack(&message.id);
        String::from_utf8(message.data).unwrap()
    }

    /// The next message, or none when the stream has ended.
    pub async fn last(&mut self) -> Option<PullMessagesResponse> {
        let next = tokio::time::timeout(super::PATIENCE, self.messages.message());
        next.await.expect("no message came").unwrap_or_default()
    }

    /// How the stream ends.
    pub async fn end(&mut self) -> Status {
        loop {
            match self.messages.message().await {
                Ok(Some(_)) => {}
                Ok(None) => return Status::ok("the stream ended"),
                Err(status) => return status,
            }
        }
    }

    /// That nothing comes, as far as a moment can tell: the test that relies on it fails only if something does.
    pub async fn nothing(&mut self) {
        let next = tokio::time::timeout(Duration::from_millis(300), self.messages.message());
        if let Ok(message) = next.await {
            panic!("{message:?}");
        }
    }

    pub fn ack(&self, id: &str) {
        self.send(PullMessagesRequest {
            ack_message_id: id.to_owned(),
            ..Default::default()
        });
    }

    pub fn fail(&self, id: &str, why: &str) {
        self.send(PullMessagesRequest {
            ack_message_id: id.to_owned(),
            ack_error: Some(AckMessageError {
                message: why.to_owned(),
            }),
            ..Default::default()
        });
    }

    pub fn send(&self, frame: PullMessagesRequest) {
        self.frames.send(frame).unwrap();
    }

    /// Says that no more frames come, and keeps reading.
    pub fn half_close(self) -> Streaming<PullMessagesResponse> {
        self.messages
    }
}
