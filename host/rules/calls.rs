//! What daprd calls on any component, and the methods of the blocks that are not state stores.

use super::{
    Block, Broken, Part, answer::Answer, app::CALLBACK, client::Client, messages, stream::Stream,
};
use crate::proto::{
    dapr::{
        BulkGetSecretRequest, BulkGetSecretResponse, BulkPublishRequest, BulkPublishResponse,
        FeaturesRequest, FeaturesResponse, GetSecretRequest, GetSecretResponse, InitRequest,
        InitResponse, InvokeRequest, InvokeResponse, ListOperationsRequest, ListOperationsResponse,
        MetadataRequest, PauseRequest, PauseResponse, PingRequest, PingResponse, PublishRequest,
        PublishResponse, PullMessagesRequest, PullMessagesResponse, ReadRequest, ReadResponse,
        ResumeRequest, ResumeResponse,
    },
    layotto::hello::{HelloConfig, HelloRequest, HelloResponse},
};

/// The greeting that a hello component is configured with.
pub const GREETING: &str = "hello";

/// The property by which daprd tells a broker the application's name.
const CONSUMER: &str = "consumerID";

impl Client {
    /// Init, then what daprd asks next: Features, or the operations of an output binding.
    pub async fn start(mut self) -> Result<Self, Broken> {
        let Part::Block(block) = self.part() else {
            return Ok(self);
        };
        self.init().await.ok()?;
        match block {
            Block::State | Block::PubSub | Block::SecretStore => {
                let features = self.ask_features().await.ok()?.features;
                self.set_features(features);
            }
            Block::OutputBinding => {
                self.list_operations().await.ok()?;
            }
            Block::InputBinding | Block::Hello => {}
        }
        Ok(self)
    }

    /// The service of the block, or of the application.
    fn service(&self) -> &'static str {
        match self.part() {
            Part::Block(Block::State) => "StateStore",
            Part::Block(Block::PubSub) => "PubSub",
            Part::Block(Block::InputBinding) => "InputBinding",
            Part::Block(Block::OutputBinding) => "OutputBinding",
            Part::Block(Block::SecretStore) => "SecretStore",
            Part::Block(Block::Hello) => "spec.proto.pluggable.v1.hello.Hello",
            Part::App => CALLBACK,
        }
    }

    /// Dapr's blocks have the same Init under different names, and all answers to it are empty.
    pub async fn init(&self) -> Answer<InitResponse> {
        let method = format!("{}/Init", self.service());
        let mut properties = self.subject().init_properties().clone();
        match self.part() {
            Part::Block(Block::Hello) => {
                let config = HelloConfig {
                    r#type: self.subject().name().unwrap_or_default().to_owned(),
                    hello_string: GREETING.to_owned(),
                    metadata: properties,
                    config: None,
                };
                return self.call(&method, config).await;
            }
            Part::Block(Block::PubSub) => match self.consumer() {
                Some(consumer) => {
                    properties.insert(CONSUMER.to_owned(), consumer.to_owned());
                }
                None => {
                    let consumer = properties.entry(CONSUMER.to_owned());
                    consumer.or_insert_with(|| self.run().to_owned());
                }
            },
            _ => {}
        }
        let metadata = Some(MetadataRequest { properties });
        self.call(&method, InitRequest { metadata }).await
    }

    pub async fn ask_features(&self) -> Answer<FeaturesResponse> {
        let method = format!("{}/Features", self.service());
        self.call(&method, FeaturesRequest {}).await
    }

    pub async fn ping(&self) -> Answer<PingResponse> {
        let method = format!("{}/Ping", self.service());
        self.call(&method, PingRequest {}).await
    }

    // Pub/sub.

    /// A topic that no other rule uses.
    pub fn topic(&self, name: &str) -> String {
        format!("{}-{name}", self.run())
    }

    pub async fn publish(&self, message: PublishRequest) -> Answer<PublishResponse> {
        self.call("PubSub/Publish", message).await
    }

    pub async fn bulk_publish(&self, messages: BulkPublishRequest) -> Answer<BulkPublishResponse> {
        self.call("PubSub/BulkPublish", messages).await
    }

    pub async fn pause(&self) -> Answer<PauseResponse> {
        self.call("PubSub/Pause", PauseRequest {}).await
    }

    pub async fn resume(&self) -> Answer<ResumeResponse> {
        self.call("PubSub/Resume", ResumeRequest {}).await
    }

    /// Opens a stream of a topic's messages. When this returns, the first frame is on its way.
    pub async fn subscribe(
        &self,
        topic: &str,
    ) -> Stream<PullMessagesRequest, PullMessagesResponse> {
        self.subscribe_by(messages::subscribe(topic)).await
    }

    /// The same with any first frame.
    pub async fn subscribe_by(
        &self,
        first: PullMessagesRequest,
    ) -> Stream<PullMessagesRequest, PullMessagesResponse> {
        Stream::open(self, "PubSub/PullMessages", Some(first)).await
    }

    /// Publishes a message, which must succeed.
    pub async fn tell(&self, topic: &str, data: &str) -> Result<(), Broken> {
        self.publish(messages::publish(topic, data)).await.ok()?;
        Ok(())
    }

    // Bindings.

    pub async fn list_operations(&self) -> Answer<ListOperationsResponse> {
        let method = "OutputBinding/ListOperations";
        self.call(method, ListOperationsRequest {}).await
    }

    pub async fn invoke(&self, operation: &str, data: &str) -> Answer<InvokeResponse> {
        let request = InvokeRequest {
            data: data.as_bytes().to_vec(),
            operation: operation.to_owned(),
            metadata: Default::default(),
        };
        self.invoke_with(request).await
    }

    pub async fn invoke_with(&self, request: InvokeRequest) -> Answer<InvokeResponse> {
        self.call("OutputBinding/Invoke", request).await
    }

    /// Opens a stream of events. daprd sends nothing before there is an event to answer.
    pub async fn read(&self) -> Stream<ReadRequest, ReadResponse> {
        Stream::open(self, "InputBinding/Read", None).await
    }

    // Secrets.

    pub async fn secret(&self, name: &str) -> Answer<GetSecretResponse> {
        let request = GetSecretRequest {
            key: name.to_owned(),
            metadata: Default::default(),
        };
        self.call("SecretStore/Get", request).await
    }

    pub async fn all_secrets(&self) -> Answer<BulkGetSecretResponse> {
        let metadata = Default::default();
        let request = BulkGetSecretRequest { metadata };
        self.call("SecretStore/BulkGet", request).await
    }

    // Layotto's greeting.

    pub async fn say_hello(&self, name: &str) -> Answer<HelloResponse> {
        let method = format!("{}/SayHello", self.service());
        let name = name.to_owned();
        self.call(&method, HelloRequest { name }).await
    }
}
