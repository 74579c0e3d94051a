//! A state store's client.

use super::PATIENCE;
use plugbox::proto::dapr::{
    DeleteRequest, GetRequest, GetResponse, InitRequest, SetRequest,
    state_store_client::StateStoreClient,
};
use std::time::Instant;
use tonic::{Request, Status, transport::Channel};

/// A state store's client that speaks for one instance.
#[derive(Clone)]
pub struct Store {
    pub client: StateStoreClient<Channel>,
    pub instance: String,
}

impl Store {
    pub fn new(channel: Channel, instance: &str) -> Self {
        let client = StateStoreClient::new(channel)
            .max_decoding_message_size(64 << 20)
            .max_encoding_message_size(256 << 20);
        Self {
            client,
            instance: instance.to_owned(),
        }
    }

    pub fn request<T>(&self, message: T) -> Request<T> {
        super::addressed(message, &self.instance)
    }

    pub async fn init(&mut self, properties: &[(&str, &str)]) -> Result<(), Status> {
        let request = self.request(InitRequest {
            metadata: super::properties(properties),
        });
        self.client.init(request).await.map(|_| ())
    }

    pub async fn get(&mut self, key: &str) -> Result<GetResponse, Status> {
        let request = self.request(GetRequest {
            key: key.to_owned(),
            ..Default::default()
        });
        self.client.get(request).await.map(|got| got.into_inner())
    }

    /// The value as text.
    pub async fn text(&mut self, key: &str) -> String {
        String::from_utf8(self.get(key).await.unwrap().data).unwrap()
    }

    pub async fn set(&mut self, key: &str, value: impl Into<Vec<u8>>) -> Result<(), Status> {
        let request = self.request(SetRequest {
            key: key.to_owned(),
            value: value.into(),
            ..Default::default()
        });
        self.client.set(request).await.map(|_| ())
    }

    pub async fn delete(&mut self, key: &str) -> Result<(), Status> {
        let request = self.request(DeleteRequest {
            key: key.to_owned(),
            ..Default::default()
        });
        self.client.delete(request).await.map(|_| ())
    }

    /// A call that waits for a moment only.
    pub async fn briefly(&mut self) -> Result<(), Status> {
        let mut request = self.request(GetRequest::default());
        let limit = "50m".parse().unwrap();
        request.metadata_mut().insert("grpc-timeout", limit);
        self.client.get(request).await.map(|_| ())
    }

    /// Until the guest is busy with another call.
    pub async fn until_held(&mut self) {
        let begun = Instant::now();
        while self.briefly().await.is_ok() {
            assert!(begun.elapsed() < PATIENCE, "the guest is never busy");
        }
    }
}
