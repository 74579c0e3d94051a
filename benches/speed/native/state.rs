//! The map and the rules of the guests' stores.

use plugbox::proto::dapr::{
    BulkDeleteRequest, BulkDeleteResponse, BulkGetRequest, BulkGetResponse, BulkSetRequest,
    BulkSetResponse, BulkStateItem, DeleteRequest, DeleteResponse, Etag, FeaturesRequest,
    FeaturesResponse, GetRequest, GetResponse, InitRequest, InitResponse, PingRequest,
    PingResponse, SetRequest, SetResponse, TransactionalStateRequest, TransactionalStateResponse,
    state_store_server::{StateStore, StateStoreServer},
    transactional_state_operation::Request as Operation,
    transactional_state_store_server::{TransactionalStateStore, TransactionalStateStoreServer},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tonic::{Request, Response, Status};

/// The services, which share one map.
pub fn services() -> (
    StateStoreServer<impl StateStore>,
    TransactionalStateStoreServer<impl TransactionalStateStore>,
) {
    let store = Store::default();
    let transactions = TransactionalStateStoreServer::new(store.clone());
    (StateStoreServer::new(store), transactions)
}

#[derive(Clone, Default)]
struct Store {
    items: Arc<Mutex<Items>>,
}

#[derive(Default)]
struct Items {
    items: HashMap<String, Item>,
    last_etag: u64,
}

struct Item {
    value: Vec<u8>,
    etag: u64,
    content_type: String,
}

impl Store {
    fn items(&self) -> MutexGuard<'_, Items> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Items {
    /// Whether a caller that brings this etag may write.
    fn check(&self, key: &str, etag: Option<&Etag>) -> Result<(), Status> {
        let Some(etag) = etag else {
            return Ok(());
        };
        match self.items.get(key) {
            Some(item) if item.etag.to_string() == etag.value => Ok(()),
            _ => Err(Status::failed_precondition("the etag does not match")),
        }
    }

    fn set(&mut self, request: SetRequest) {
        self.last_etag += 1;
        let item = Item {
            value: request.value,
            etag: self.last_etag,
            content_type: request.content_type,
        };
        self.items.insert(request.key, item);
    }
}

impl Item {
    fn etag(&self) -> Etag {
        Etag {
            value: self.etag.to_string(),
        }
    }
}

#[tonic::async_trait]
impl StateStore for Store {
    async fn init(&self, _: Request<InitRequest>) -> Result<Response<InitResponse>, Status> {
        Ok(Response::new(InitResponse {}))
    }

    async fn features(
        &self,
        _: Request<FeaturesRequest>,
    ) -> Result<Response<FeaturesResponse>, Status> {
        Ok(Response::new(FeaturesResponse {
            features: vec!["ETAG".to_owned(), "TRANSACTIONAL".to_owned()],
        }))
    }

    async fn get(&self, request: Request<GetRequest>) -> Result<Response<GetResponse>, Status> {
        let store = self.items();
        let found = store.items.get(&request.get_ref().key);
        let answer = found.map(|item| GetResponse {
            data: item.value.clone(),
            etag: Some(item.etag()),
            metadata: HashMap::new(),
            content_type: item.content_type.clone(),
        });
        Ok(Response::new(answer.unwrap_or_default()))
    }

    async fn set(&self, request: Request<SetRequest>) -> Result<Response<SetResponse>, Status> {
        let request = request.into_inner();
        let mut store = self.items();
        store.check(&request.key, request.etag.as_ref())?;
        store.set(request);
        Ok(Response::new(SetResponse {}))
    }

    async fn delete(
        &self,
        request: Request<DeleteRequest>,
    ) -> Result<Response<DeleteResponse>, Status> {
        let request = request.into_inner();
        let mut store = self.items();
        store.check(&request.key, request.etag.as_ref())?;
        store.items.remove(&request.key);
        Ok(Response::new(DeleteResponse {}))
    }

    async fn bulk_get(
        &self,
        request: Request<BulkGetRequest>,
    ) -> Result<Response<BulkGetResponse>, Status> {
        let store = self.items();
        let wanted = request.into_inner().items.into_iter();
        let items = wanted.map(|GetRequest { key, .. }| match store.items.get(&key) {
            Some(item) => BulkStateItem {
                key,
                data: item.value.clone(),
                etag: Some(item.etag()),
                content_type: item.content_type.clone(),
                ..Default::default()
            },
            None => BulkStateItem {
                key,
                ..Default::default()
            },
        });
        Ok(Response::new(BulkGetResponse {
            items: items.collect(),
        }))
    }

    async fn bulk_set(
        &self,
        request: Request<BulkSetRequest>,
    ) -> Result<Response<BulkSetResponse>, Status> {
        let mut store = self.items();
        for item in request.into_inner().items {
            store.check(&item.key, item.etag.as_ref())?;
            store.set(item);
        }
        Ok(Response::new(BulkSetResponse {}))
    }

    async fn bulk_delete(
        &self,
        request: Request<BulkDeleteRequest>,
    ) -> Result<Response<BulkDeleteResponse>, Status> {
        let mut store = self.items();
        for item in request.into_inner().items {
            store.check(&item.key, item.etag.as_ref())?;
            store.items.remove(&item.key);
        }
        Ok(Response::new(BulkDeleteResponse {}))
    }

    async fn ping(&self, _: Request<PingRequest>) -> Result<Response<PingResponse>, Status> {
        Ok(Response::new(PingResponse {}))
    }
}

#[tonic::async_trait]
impl TransactionalStateStore for Store {
    async fn transact(
        &self,
        request: Request<TransactionalStateRequest>,
    ) -> Result<Response<TransactionalStateResponse>, Status> {
        let operations = request.into_inner().operations.into_iter();
        let operations: Vec<_> = operations.filter_map(|one| one.request).collect();
        let mut store = self.items();
        // All or nothing: nothing is written before everything may be.
        for operation in &operations {
            match operation {
                Operation::Set(item) => store.check(&item.key, item.etag.as_ref())?,
                Operation::Delete(item) => store.check(&item.key, item.etag.as_ref())?,
            }
        }
        for operation in operations {
            match operation {
                Operation::Set(item) => store.set(item),
                Operation::Delete(item) => {
                    store.items.remove(&item.key);
                }
            }
        }
        Ok(Response::new(TransactionalStateResponse {}))
    }
}
