//! What plugbox is compared with: the same map and the same rules in Rust, served by tonic.

use anyhow::Context;
use plugbox::{
    proto::dapr::{
        BulkDeleteRequest, BulkDeleteResponse, BulkGetRequest, BulkGetResponse, BulkSetRequest,
        BulkSetResponse, DeleteRequest, DeleteResponse, Etag, FeaturesRequest, FeaturesResponse,
        GetRequest, GetResponse, InitRequest, InitResponse, PingRequest, PingResponse, SetRequest,
        SetResponse,
        state_store_server::{StateStore, StateStoreServer},
    },
    transport,
};
use std::{
    collections::HashMap,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;
use tokio_util::task::TaskTracker;
use tonic::{Request, Response, Status};

/// The header that names the instance.
pub const INSTANCE: &str = plugbox::services::INSTANCE;

/// The word for [`serve`].
pub const SERVE: &str = "serve";

/// The word for [`serve_pinned`].
pub const SERVE_PINNED: &str = "serve-pinned";

/// tonic on tokio's threads, both as they come.
pub fn serve(socket: &Path) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = UnixListener::bind(socket)?;
        println!("serves on {}", socket.display());
        tonic::transport::Server::builder()
            .add_service(StateStoreServer::new(Store::default()))
            .serve_with_incoming(UnixListenerStream::new(listener))
            .await?;
        Ok(())
    })
}

/// Behind plugbox's own way to serve: what the guest costs is the difference to this.
pub fn serve_pinned(socket: &Path) -> anyhow::Result<()> {
    let (Some(folder), Some(stem)) = (socket.parent(), socket.file_stem()) else {
        anyhow::bail!("{} is no path of a socket", socket.display());
    };
    let stem = stem.to_str().context("the socket's name is not text")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let bound = transport::Socket::bind(folder, stem)?;
        let mut server = transport::Server::start(TaskTracker::new())?;
        let mut services = transport::Router::default();
        services.add(StateStoreServer::new(Store::default()));
        server.serve("native", bound, services)?;
        println!("serves on {}", socket.display());
        std::future::pending().await
    })
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
