//! Where callers of a store call: the runner itself, or daprd in front of it.

use crate::{
    api::{self, Concurrency},
    history::Value,
    support::addressed,
};
use plugbox::proto::dapr::{
    BulkGetRequest, Etag, GetRequest, SetRequest, StateOptions, TransactionalStateOperation,
    TransactionalStateRequest, state_store_client::StateStoreClient,
    transactional_state_operation::Request as Operation,
    transactional_state_store_client::TransactionalStateStoreClient,
};
use prost::Message;
use tonic::{
    Code, Request, Status, client::Grpc, codegen::http::uri::PathAndQuery, transport::Channel,
};
use tonic_prost::ProstCodec;

/// What a key has, and the etag of that.
pub type Found = (Option<Value>, String);

#[derive(Clone)]
pub enum Door {
    /// An instance of a component.
    Runner { channel: Channel, instance: String },
    /// A resource of daprd's.
    Daprd { channel: Channel, resource: String },
}

impl Door {
    /// What one key has.
    pub async fn read(&self, key: &str) -> Result<Found, Status> {
        let key = key.to_owned();
        Ok(match self {
            Self::Runner { channel, instance } => {
                let request = GetRequest {
                    key,
                    ..Default::default()
                };
                let mut client = StateStoreClient::new(channel.clone());
                let got = client.get(addressed(request, instance)).await?.into_inner();
                found(&got.data, got.etag.unwrap_or_default().value)
            }
            Self::Daprd { channel, resource } => {
                let store_name = resource.clone();
                let request = api::GetState { store_name, key };
                let got: api::State = ask(channel, "GetState", request).await?;
                found(&got.data, got.etag)
            }
        })
    }

    /// What several keys have, at one moment.
    pub async fn read_all(&self, keys: &[String]) -> Result<Vec<Option<Value>>, Status> {
        let mut items: Vec<(String, Option<Value>)> = match self {
            Self::Runner { channel, instance } => {
                let items = keys.iter().map(|key| GetRequest {
                    key: key.clone(),
                    ..Default::default()
                });
                let request = BulkGetRequest {
                    items: items.collect(),
                    options: None,
                };
                let mut client = StateStoreClient::new(channel.clone());
                let got = client.bulk_get(addressed(request, instance)).await?;
                let items = got.into_inner().items.into_iter();
                items.map(|it| (it.key, seen(&it.data))).collect()
            }
            Self::Daprd { channel, resource } => {
                let request = api::GetBulkState {
                    store_name: resource.clone(),
                    keys: keys.to_vec(),
                };
                let got: api::Items = ask(channel, "GetBulkState", request).await?;
                let items = got.items.into_iter();
                items.map(|it| (it.key, seen(&it.data))).collect()
            }
        };
        assert_eq!(items.len(), keys.len());
        items.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(items.into_iter().map(|(_, value)| value).collect())
    }

    /// Writes a key, whatever it has.
    pub async fn write(&self, key: &str, value: Value) -> Result<(), Status> {
        self.save(key, value, None).await
    }

    /// Writes a key if it has this etag still, or still is missing where that is empty: whether it had.
    pub async fn replace(&self, key: &str, value: Value, etag: &str) -> Result<bool, Status> {
        match self.save(key, value, Some(etag)).await {
            Ok(()) => Ok(true),
            Err(status) if is_mismatch(&status) => Ok(false),
            Err(status) => Err(status),
        }
    }

    async fn save(&self, key: &str, value: Value, etag: Option<&str>) -> Result<(), Status> {
        let (key, value) = (key.to_owned(), value.to_string().into_bytes());
        let first = etag.is_some_and(str::is_empty);
        let etag = etag.filter(|etag| !etag.is_empty()).map(str::to_owned);
        match self {
            Self::Runner { channel, instance } => {
                let concurrency = if first {
                    Concurrency::FirstWrite
                } else {
                    Concurrency::Unspecified
                };
                let request = SetRequest {
                    key,
                    value,
                    etag: etag.map(|value| Etag { value }),
                    options: Some(StateOptions {
                        concurrency: concurrency.into(),
                        ..Default::default()
                    }),
                    ..Default::default()
                };
                let mut client = StateStoreClient::new(channel.clone());
                client.set(addressed(request, instance)).await?;
                Ok(())
            }
            Self::Daprd { channel, resource } => {
                let options = first.then(|| api::StateOptions {
                    concurrency: Concurrency::FirstWrite.into(),
                });
                let item = api::StateItem {
                    key,
                    value,
                    etag: etag.map(|value| api::Etag { value }),
                    options,
                    ..Default::default()
                };
                let request = api::States {
                    store_name: resource.clone(),
                    states: vec![item],
                };
                ask(channel, "SaveState", request).await
            }
        }
    }

    /// Writes several keys at once, or none.
    pub async fn transact(&self, keys: &[String], value: Value) -> Result<(), Status> {
        let value = value.to_string().into_bytes();
        match self {
            Self::Runner { channel, instance } => {
                let operations = keys.iter().map(|key| TransactionalStateOperation {
                    request: Some(Operation::Set(SetRequest {
                        key: key.clone(),
                        value: value.clone(),
                        ..Default::default()
                    })),
                });
                let request = TransactionalStateRequest {
                    operations: operations.collect(),
                    ..Default::default()
                };
                let mut client = TransactionalStateStoreClient::new(channel.clone());
                client.transact(addressed(request, instance)).await?;
                Ok(())
            }
            Self::Daprd { channel, resource } => {
                let operations = keys.iter().map(|key| api::Operation {
                    operation_type: "upsert".to_owned(),
                    request: Some(api::StateItem {
                        key: key.clone(),
                        value: value.clone(),
                        ..Default::default()
                    }),
                });
                let request = api::Transaction {
                    store_name: resource.clone(),
                    operations: operations.collect(),
                };
                ask(channel, "ExecuteStateTransaction", request).await
            }
        }
    }
}

/// As the runner says it, and as daprd does.
fn is_mismatch(status: &Status) -> bool {
    let has_details = !status.details().is_empty();
    status.code() == Code::Aborted || (status.code() == Code::FailedPrecondition && has_details)
}

fn seen(data: &[u8]) -> Option<Value> {
    let value = Value::parse(data);
    assert_eq!(value.is_none(), data.is_empty(), "nobody writes {data:?}");
    value
}

fn found(data: &[u8], etag: String) -> Found {
    (seen(data), etag)
}

/// A call of daprd's API.
pub async fn ask<Q, A>(channel: &Channel, method: &str, request: Q) -> Result<A, Status>
where
    Q: Message + 'static,
    A: Message + Default + 'static,
{
    let path = format!("/dapr.proto.runtime.v1.Dapr/{method}");
    let path = PathAndQuery::try_from(path).unwrap();
    let mut client = Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let codec = ProstCodec::<Q, A>::default();
    let answer = client.unary(Request::new(request), path, codec).await?;
    Ok(answer.into_inner())
}
