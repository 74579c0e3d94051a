//! A daprd that records what it is asked, and answers by what it is asked for:
//!
//! | a key, topic, method, operation or secret | the answer |
//! |---|---|
//! | `hold…` | comes once the test releases it |
//! | `large-<bytes>` | is as large |
//! | `missing…` | is that nothing is there |
//! | `fail…` | is ABORTED, with an `ErrorInfo` |
//! | any other | has it as its value |

use plugbox::proto::{
    common::v1::{InvokeResponse, StateItem},
    runtime::v1::{
        self as proto,
        dapr_server::{Dapr, DaprServer},
    },
};
use std::{
    collections::HashMap,
    fmt::Debug,
    net::{SocketAddr, TcpListener},
    os::unix::net::UnixListener,
    path::Path,
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};
use tokio::sync::{Semaphore, oneshot};
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};
use tonic::{Code, Request, Response, Status};
use tonic_types::{ErrorInfo, StatusExt};

/// What it was asked once.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The gRPC method.
    pub method: &'static str,
    pub headers: http::HeaderMap,
    /// The message, as it is shown for debugging.
    pub message: String,
}

impl Asked {
    /// A header that is there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().unwrap();
        assert!(values.next().is_none(), "{name} is there twice");
        Some(value)
    }
}

/// It ends, with all its connections, when it is dropped.
pub struct Daprd {
    /// As `--dapr-endpoint` has it.
    pub endpoint: String,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct State {
    asked: Mutex<Vec<Asked>>,
    /// A permit for each answer that may come.
    released: Semaphore,
}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Daprd {
    /// On a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        listener.set_nonblocking(true).unwrap();
        let endpoint = listener.local_addr().unwrap().to_string();
        Self::serve(endpoint, Listener::Tcp(listener))
    }

    /// On a Unix socket.
    pub fn on(socket: &Path) -> Self {
        let _ = std::fs::remove_file(socket);
        let listener = UnixListener::bind(socket).unwrap();
        listener.set_nonblocking(true).unwrap();
        Self::serve(
            format!("unix:{}", socket.display()),
            Listener::Unix(listener),
        )
    }

    fn serve(endpoint: String, listener: Listener) -> Self {
        let state = Arc::new(State {
            asked: Mutex::default(),
            released: Semaphore::new(0),
        });
        let (stop, stopped) = oneshot::channel();
        let service = DaprServer::new(Service(state.clone()))
            .max_decoding_message_size(usize::MAX)
            .max_encoding_message_size(usize::MAX);
        let serve = async move {
            let server = tonic::transport::Server::builder().add_service(service);
            let served = async {
                match listener {
                    Listener::Tcp(listener) => {
                        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                        server
                            .serve_with_incoming(TcpListenerStream::new(listener))
                            .await
                    }
                    Listener::Unix(listener) => {
                        let listener = tokio::net::UnixListener::from_std(listener).unwrap();
                        server
                            .serve_with_incoming(UnixListenerStream::new(listener))
                            .await
                    }
                }
            };
            tokio::select! {
                served = served => served.unwrap(),
                _ = stopped => {}
            }
        };
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(serve);
        });
        Self {
            endpoint,
            state,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// All that it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// Waits until it was asked so often.
    pub async fn was_asked(&self, times: usize) -> Vec<Asked> {
        let begun = std::time::Instant::now();
        loop {
            let asked = self.asked();
            if asked.len() >= times {
                return asked;
            }
            assert!(
                begun.elapsed() < super::PATIENCE,
                "asked {times} times: {asked:?}"
            );
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// Lets so many answers go that it holds.
    pub fn release(&self, count: usize) {
        self.state.released.add_permits(count);
    }
}

impl Drop for Daprd {
    fn drop(&mut self) {
        // The thread may have ended by a panic, which its join tells.
        let _ = self.stop.take().map(|stop| stop.send(()));
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
            && !thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

struct Service(Arc<State>);

type Answer<T> = Result<Response<T>, Status>;

impl Service {
    /// Records a request, and waits as long as what it is about wants.
    async fn take<Q: Debug>(
        &self,
        method: &'static str,
        request: Request<Q>,
        about: impl Fn(&Q) -> &str,
    ) -> Result<Q, Status> {
        let (metadata, _, message) = request.into_parts();
        self.0.asked.lock().unwrap().push(Asked {
            method,
            headers: metadata.into_headers(),
            message: format!("{message:?}"),
        });
        let about = about(&message);
        if about.starts_with("hold") {
            self.0.released.acquire().await.unwrap().forget();
        }
        if about.starts_with("fail") {
            let info = ErrorInfo::new("AS_ASKED", "a.example", HashMap::new());
            return Err(Status::with_error_details_vec(
                Code::Aborted,
                "as asked",
                [info.into()],
            ));
        }
        Ok(message)
    }
}

/// The value of what has a name.
fn value(name: &str) -> Vec<u8> {
    match name.strip_prefix("large-") {
        Some(size) => vec![b'a'; size.parse().unwrap()],
        None => name.into(),
    }
}

fn first(items: &[StateItem]) -> &str {
    items.first().map_or("", |item| &item.key)
}

#[tonic::async_trait]
impl Dapr for Service {
    async fn invoke_service(
        &self,
        request: Request<proto::InvokeServiceRequest>,
    ) -> Answer<InvokeResponse> {
        let request = self
            .take("InvokeService", request, |it| {
                &it.message.as_ref().unwrap().method
            })
            .await?;
        let message = request.message.unwrap();
        let mut response = Response::new(InvokeResponse {
            data: Some(prost_types::Any {
                type_url: message.data.unwrap().type_url,
                value: value(&message.method),
            }),
            content_type: message.content_type,
        });
        let headers = response.metadata_mut();
        headers.insert("x-answer", "1".parse().unwrap());
        headers.insert("dapr-http-status", "200".parse().unwrap());
        Ok(response)
    }

    async fn get_state(
        &self,
        request: Request<proto::GetStateRequest>,
    ) -> Answer<proto::GetStateResponse> {
        let request = self.take("GetState", request, |it| &it.key).await?;
        Ok(Response::new(match request.key.starts_with("missing") {
            true => proto::GetStateResponse::default(),
            false => proto::GetStateResponse {
                data: value(&request.key),
                etag: "7".to_owned(),
                metadata: HashMap::new(),
            },
        }))
    }

    async fn get_bulk_state(
        &self,
        request: Request<proto::GetBulkStateRequest>,
    ) -> Answer<proto::GetBulkStateResponse> {
        let request = self
            .take("GetBulkState", request, |it| {
                it.keys.first().map_or("", |key| key)
            })
            .await?;
        // In another order than that of the keys.
        let keys = request.keys.into_iter().rev();
        let items = keys.map(|key| proto::BulkStateItem {
            data: match key.starts_with("missing") || key.starts_with("broken") {
                true => Vec::new(),
                false => value(&key),
            },
            error: match key.starts_with("broken") {
                true => "the disk is full".to_owned(),
                false => String::new(),
            },
            key,
            ..Default::default()
        });
        Ok(Response::new(proto::GetBulkStateResponse {
            items: items.collect(),
        }))
    }

    async fn save_state(&self, request: Request<proto::SaveStateRequest>) -> Answer<()> {
        self.take("SaveState", request, |it| first(&it.states))
            .await?;
        Ok(Response::new(()))
    }

    async fn query_state_alpha1(
        &self,
        request: Request<proto::QueryStateRequest>,
    ) -> Answer<proto::QueryStateResponse> {
        self.take("QueryStateAlpha1", request, |_| "").await?;
        let item = proto::QueryStateItem {
            key: "found".to_owned(),
            data: value("found"),
            ..Default::default()
        };
        Ok(Response::new(proto::QueryStateResponse {
            results: vec![item],
            token: "more".to_owned(),
            metadata: HashMap::new(),
        }))
    }

    async fn delete_state(&self, request: Request<proto::DeleteStateRequest>) -> Answer<()> {
        self.take("DeleteState", request, |it| &it.key).await?;
        Ok(Response::new(()))
    }

    async fn delete_bulk_state(
        &self,
        request: Request<proto::DeleteBulkStateRequest>,
    ) -> Answer<()> {
        self.take("DeleteBulkState", request, |it| first(&it.states))
            .await?;
        Ok(Response::new(()))
    }

    async fn execute_state_transaction(
        &self,
        request: Request<proto::ExecuteStateTransactionRequest>,
    ) -> Answer<()> {
        self.take("ExecuteStateTransaction", request, |_| "")
            .await?;
        Ok(Response::new(()))
    }

    async fn publish_event(&self, request: Request<proto::PublishEventRequest>) -> Answer<()> {
        self.take("PublishEvent", request, |it| &it.topic).await?;
        Ok(Response::new(()))
    }

    async fn bulk_publish_event_alpha1(
        &self,
        request: Request<proto::BulkPublishRequest>,
    ) -> Answer<proto::BulkPublishResponse> {
        self.bulk_publish_event(request).await
    }

    async fn bulk_publish_event(
        &self,
        request: Request<proto::BulkPublishRequest>,
    ) -> Answer<proto::BulkPublishResponse> {
        let request = self
            .take("BulkPublishEvent", request, |it| &it.topic)
            .await?;
        // Every second one cannot be published.
        let refused = request.entries.into_iter().skip(1).step_by(2);
        let failed_entries = refused.map(|entry| proto::BulkPublishResponseFailedEntry {
            entry_id: entry.entry_id,
            error: "the broker is full".to_owned(),
        });
        Ok(Response::new(proto::BulkPublishResponse {
            failed_entries: failed_entries.collect(),
        }))
    }

    async fn invoke_binding(
        &self,
        request: Request<proto::InvokeBindingRequest>,
    ) -> Answer<proto::InvokeBindingResponse> {
        let request = self
            .take("InvokeBinding", request, |it| &it.operation)
            .await?;
        Ok(Response::new(proto::InvokeBindingResponse {
            data: value(&request.operation),
            metadata: HashMap::new(),
        }))
    }

    async fn get_secret(
        &self,
        request: Request<proto::GetSecretRequest>,
    ) -> Answer<proto::GetSecretResponse> {
        let request = self.take("GetSecret", request, |it| &it.key).await?;
        Ok(Response::new(proto::GetSecretResponse {
            data: secret(&request.key),
        }))
    }

    async fn get_bulk_secret(
        &self,
        request: Request<proto::GetBulkSecretRequest>,
    ) -> Answer<proto::GetBulkSecretResponse> {
        self.take("GetBulkSecret", request, |_| "").await?;
        let one = proto::SecretResponse {
            secrets: secret("db-password"),
        };
        Ok(Response::new(proto::GetBulkSecretResponse {
            data: HashMap::from([("db-password".to_owned(), one)]),
        }))
    }
}

/// What no log may have.
pub const SECRET: &str = "correct-horse";

fn secret(name: &str) -> HashMap<String, String> {
    HashMap::from([(name.to_owned(), SECRET.to_owned())])
}
