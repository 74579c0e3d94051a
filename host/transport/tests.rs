//! What is served on a port: who is let in, what a call gets, and how it ends.

use super::*;
use bytes::Bytes;
use h2::{
    SendStream,
    client::{ResponseFuture, SendRequest},
};
use http::{HeaderMap, HeaderValue, Request, Response};
use std::{
    future::{Future, ready},
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    sync::{Mutex, OnceLock},
    task::{Context, Wake, Waker},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
    sync::Notify,
    time::timeout,
};
use tonic::{Code, Status};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

const SERVICE: &str = "test.Echo";
const OPEN: &str = "/test.Echo/Open";
const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

const ADMISSION: Admission = Admission {
    connections: 10,
    memory: 64 << 20,
    receive: Duration::from_secs(60),
};

/// Answers each message by itself, with a header, and notes what it was. `Wait` is not answered before it may be.
#[derive(Clone, Default)]
struct Echo {
    taken: Arc<Mutex<Vec<Bytes>>>,
    waits: Arc<Notify>,
    freed: Arc<Notify>,
}

impl Echo {
    fn router(&self) -> Router {
        let mut router = Router::default();
        router.name(SERVICE);
        for method in ["Say", "Open"] {
            let echo = self.clone();
            router.unary(SERVICE, method, 1 << 20, move |request| {
                echo.taken.lock().unwrap().push(request.message.clone());
                let mut headers = HeaderMap::new();
                headers.insert("x-said", HeaderValue::from_static("as it came"));
                let answer = Answered::with_headers(message(&request.message), headers);
                Box::pin(ready(answer))
            });
        }
        let echo = self.clone();
        router.unary(SERVICE, "Wait", 1 << 20, move |_| {
            let Echo { waits, freed, .. } = echo.clone();
            Box::pin(async move {
                waits.notify_one();
                freed.notified().await;
                Ok(Answered::from(message(b"")))
            })
        });
        router
    }

    fn taken(&self) -> Vec<Bytes> {
        self.taken.lock().unwrap().clone()
    }
}

/// What serves here, with a port of its own.
fn serve(echo: &Echo, guard: Option<Guard>) -> (Server, Listening, SocketAddr) {
    let server = Server::start(TaskTracker::new()).unwrap();
    let mut port = Port::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let address = port.address();
    if let Some(guard) = guard {
        port = port.guarded_by(guard);
    }
    let listening = server.serve("echo", port, echo.router(), ADMISSION);
    (server, listening.unwrap(), address)
}

async fn connect(address: SocketAddr) -> SendRequest<Bytes> {
    greet(TcpStream::connect(address).await.unwrap()).await
}

async fn greet(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> SendRequest<Bytes> {
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Begins a call whose message is still to come.
fn begin(
    client: &mut SendRequest<Bytes>,
    path: &str,
    token: Option<&str>,
) -> (ResponseFuture, SendStream<Bytes>) {
    let mut request =
        Request::post(format!("http://localhost{path}")).header("content-type", "application/grpc");
    if let Some(token) = token {
        request = request.header("dapr-api-token", token);
    }
    let request = request.body(()).unwrap();
    client.send_request(request, false).unwrap()
}

/// A message behind its prefix.
fn message(text: &[u8]) -> Bytes {
    let length = u32::try_from(text.len()).unwrap().to_be_bytes();
    [&[0], length.as_slice(), text].concat().into()
}

/// A call with a message, to the head of its answer.
async fn call(
    client: &mut SendRequest<Bytes>,
    path: &str,
    token: Option<&str>,
) -> Response<h2::RecvStream> {
    let (response, mut body) = begin(client, path, token);
    // Who is refused may have its answer before this.
    let _ = body.send_data(message(b"hello"), true);
    timeout(LONG, response).await.unwrap().unwrap()
}

/// Why a call was refused.
fn refusal(response: &Response<h2::RecvStream>) -> Status {
    Status::from_header_map(response.headers()).expect("it was not refused")
}

#[tokio::test]
async fn a_port_and_a_socket_answer_alike_with_the_headers_of_the_service() {
    let echo = Echo::default();
    let (server, _listening, address) = serve(&echo, None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("echo.sock");
    let socket = Socket::bind(path.clone(), &Access::default()).unwrap();
    let _on_socket = server
        .serve("echo", socket, echo.router(), ADMISSION)
        .unwrap();
    let on_socket = greet(UnixStream::connect(path).await.unwrap()).await;
    for mut client in [on_socket, connect(address).await] {
        let response = call(&mut client, "/test.Echo/Say", None).await;
        let headers = response.headers();
        assert_eq!(headers["x-said"], "as it came");
        assert_eq!(headers["content-type"], "application/grpc");
        let mut body = response.into_body();
        let data = body.data().await.unwrap().unwrap();
        assert_eq!(data, message(b"hello"));
        let trailers = body.trailers().await.unwrap().unwrap();
        assert_eq!(trailers["grpc-status"], "0");
    }
}

#[tokio::test]
async fn a_call_without_the_token_is_refused_before_its_message_is_read() {
    let echo = Echo::default();
    let guard = Guard::new("correct horse", "APP_API_TOKEN", &[OPEN]);
    let (_server, listening, address) = serve(&echo, Some(guard));
    let mut client = connect(address).await;
    // Whatever the services are, and what they become.
    for round in 0..2 {
        for path in ["/test.Echo/Say", "/test.Echo/None", "/", REFLECTION] {
            for token in [None, Some("correct hors")] {
                let (response, _body) = begin(&mut client, path, token);
                let response = timeout(LONG, response).await.unwrap().unwrap();
                let why = refusal(&response);
                assert_eq!(why.code(), Code::Unauthenticated, "{path}");
                assert!(why.message().contains("dapr-api-token"), "{why}");
                assert!(why.message().contains("APP_API_TOKEN"), "{why}");
            }
        }
        assert_eq!(echo.taken().len(), 2 * round, "only those that were let in");
        let let_in = [("/test.Echo/Say", Some("correct horse")), (OPEN, None)];
        for (path, token) in let_in {
            let response = call(&mut client, path, token).await;
            assert_eq!(response.headers()["x-said"], "as it came", "{path}");
        }
        let unknown = call(&mut client, "/test.Echo/None", Some("correct horse")).await;
        assert_eq!(refusal(&unknown).code(), Code::Unimplemented);
        listening.replace(echo.router());
    }
}

/// Sees whether a port is free in the moment when it is told that it is.
struct Told {
    address: SocketAddr,
    is_free: OnceLock<bool>,
}

impl Wake for Told {
    fn wake(self: Arc<Self>) {
        let _ = self.is_free.set(Port::bind(self.address).is_ok());
    }
}

#[tokio::test]
async fn a_port_is_free_before_anybody_is_told_that_it_is_closed() {
    let (_server, listening, address) = serve(&Echo::default(), None);
    // Whoever accepts has begun to.
    drop(connect(address).await);
    let told = Arc::new(Told {
        address,
        is_free: OnceLock::new(),
    });
    let waker = Waker::from(told.clone());
    let mut closing = pin!(listening.close());
    let waits = closing.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(waits.is_pending());
    let is_told = async {
        while told.is_free.get().is_none() {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, is_told).await.unwrap();
    assert_eq!(told.is_free.get(), Some(&true));
}

#[tokio::test]
async fn a_port_that_stops_is_free_at_once_and_what_it_has_taken_is_answered() {
    let echo = Echo::default();
    let (_server, listening, address) = serve(&echo, None);
    let mut client = connect(address).await;
    let (response, mut body) = begin(&mut client, "/test.Echo/Wait", None);
    body.send_data(message(b"hello"), true).unwrap();
    timeout(LONG, echo.waits.notified()).await.unwrap();
    timeout(LONG, listening.close()).await.unwrap();
    Port::bind(address).unwrap();
    echo.freed.notify_one();
    let mut answer = timeout(LONG, response).await.unwrap().unwrap().into_body();
    assert_eq!(answer.data().await.unwrap().unwrap(), message(b""));
    timeout(LONG, listening.stop()).await.unwrap();
    timeout(LONG, listening.ended()).await.unwrap();
}
