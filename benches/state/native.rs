//! What plugbox is compared with: the same map and the same rules in Rust, served by tonic.

use plugbox::proto::dapr::{
    BulkDeleteRequest, BulkDeleteResponse, BulkGetRequest, BulkGetResponse, BulkSetRequest,
    BulkSetResponse, DeleteRequest, DeleteResponse, Etag, FeaturesRequest, FeaturesResponse,
    GetRequest, GetResponse, InitRequest, InitResponse, PingRequest, PingResponse, SetRequest,
    SetResponse,
    state_store_server::{StateStore, StateStoreServer},
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tonic::{Request, Response, Status};

/// The service.
pub fn service() -> StateStoreServer<impl StateStore> {
    StateStoreServer::new(Store::default())
}

#[derive(Default)]
struct Store {
    items: Mutex<Items>,
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
            features: vec!["ETAG".to_owned()],
        }))
    }

    async fn get(&self, request: Request<GetRequest>) -> Result<Response<GetResponse>, Status> {
        let store = self.items();
        let found = store.items.get(&request.get_ref().key);
        let answer = found.map(|item| GetResponse {
            data: item.value.clone(),
            etag: Some(Etag {
                value: item.etag.to_string(),
            }),
            metadata: HashMap::new(),
            content_type: item.content_type.clone(),
        });
        Ok(Response::new(answer.unwrap_or_default()))
    }

    async fn set(&self, request: Request<SetRequest>) -> Result<Response<SetResponse>, Status> {
        let request = request.into_inner();
        let mut store = self.items();
        if let Some(etag) = request.etag {
            let held = store.items.get(&request.key).map(|item| item.etag);
            if held.map(|etag| etag.to_string()) != Some(etag.value) {
                return Err(Status::failed_precondition("the etag does not match"));
            }
        }
        store.last_etag += 1;
        let item = Item {
            value: request.value,
            etag: store.last_etag,
            content_type: request.content_type,
        };
        store.items.insert(request.key, item);
        Ok(Response::new(SetResponse {}))
    }

    async fn ping(&self, _: Request<PingRequest>) -> Result<Response<PingResponse>, Status> {
        Ok(Response::new(PingResponse {}))
    }

    async fn delete(&self, _: Request<DeleteRequest>) -> Result<Response<DeleteResponse>, Status> {
        Err(not_called())
    }

    async fn bulk_delete(
        &self,
        _: Request<BulkDeleteRequest>,
    ) -> Result<Response<BulkDeleteResponse>, Status> {
        Err(not_called())
    }

    async fn bulk_get(
        &self,
        _: Request<BulkGetRequest>,
    ) -> Result<Response<BulkGetResponse>, Status> {
        Err(not_called())
    }

    async fn bulk_set(
        &self,
        _: Request<BulkSetRequest>,
    ) -> Result<Response<BulkSetResponse>, Status> {
        Err(not_called())
    }
}

fn not_called() -> Status {
    Status::unimplemented("the benchmark does not call it")
}
