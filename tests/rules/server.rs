//! A server by HTTP that keeps what it is sent: the other end of an output binding.

use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{
    collections::HashMap,
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};
use tokio::{net::TcpListener, runtime::Runtime};

/// Serves on a port of its own until it is dropped.
pub struct Server {
    address: SocketAddr,
    _runtime: Runtime,
}

/// The bodies by their paths.
type Kept = Arc<Mutex<HashMap<String, Bytes>>>;

impl Server {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(listener));
        Self {
            address,
            _runtime: runtime,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn serve(listener: TcpListener) {
    let kept = Kept::default();
    while let Ok((connection, _)) = listener.accept().await {
        let kept = kept.clone();
        let service = service_fn(move |request| answer(kept.clone(), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(connection), service);
        tokio::spawn(connection);
    }
}

async fn answer(
    kept: Kept,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let body = body.collect().await.unwrap().to_bytes();
    let mut kept = kept.lock().unwrap();
    let body = match head.method {
        Method::GET | Method::HEAD => kept.get(&path).cloned(),
        Method::DELETE => Some(kept.remove(&path).map(|_| Bytes::new()).unwrap_or_default()),
        _ => {
            kept.insert(path, body);
            Some(Bytes::new())
        }
    };
    let mut response = Response::new(Full::new(body.clone().unwrap_or_default()));
    if body.is_none() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(response)
}
