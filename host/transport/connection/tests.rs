//! A connection's promises, with a service that notes what it is called with.

use super::*;
use crate::transport::{Admission, Intake, Router, clients::Clients, stream, worker};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use h2::client::{Builder, ResponseFuture, SendRequest};
use http::Response;
use std::{convert::Infallible, sync::Mutex, thread};
use tokio::{sync::Notify, time::timeout};
use tonic::{Code, body::Body, server::NamedService};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

/// Notes the method of each call. `Panics` panics, as only a bug of the host does; `Lasts` keeps the thread for a turn; so does
/// `Waits`, and then is not answered before `Frees` is. `Pauses` is noted when it goes on, as a subscription that opens.
#[derive(Clone, Default)]
struct Notes {
    taken: Arc<Mutex<Vec<String>>>,
    freed: Arc<Notify>,
}

impl NamedService for Notes {
    const NAME: &'static str = "test.Notes";
}

impl tower::Service<Request<Intake>> for Notes {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Intake>) -> Self::Future {
        let method = request.uri().path().replace("/test.Notes/", "");
        match method.as_str() {
            "Panics" => panic!("as a test wants"),
            "Lasts" | "Waits" => thread::sleep(TURN),
            "Frees" => self.freed.notify_one(),
            _ => {}
        }
        let (waits, pauses) = (method == "Waits", method == "Pauses");
        let taken = self.taken.clone();
        let note = move || taken.lock().unwrap().push(method);
        let later = if pauses {
            Some(note)
        } else {
            note();
            None
        };
        let freed = self.freed.clone();
        Box::pin(async move {
            if waits {
                freed.notified().await;
            }
            if let Some(note) = later {
                tokio::task::yield_now().await;
                note();
            }
            Ok(Status::unavailable("noted").into_http())
        })
    }
}

impl Notes {
    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

/// What serves connections to the notes.
fn handler(notes: &Notes) -> Arc<Handler> {
    let admission = Admission {
        connections: 10,
        memory: 64 << 20,
        receive: Duration::from_secs(60),
    };
    let mut services = Router::default();
    services.add(notes.clone());
    Arc::new(Handler::new(
        Clients::new("test", "component 'test'".to_owned(), admission),
        services,
        None,
    ))
}

/// A client of a new connection, which is served on this thread.
async fn connect(handler: &Arc<Handler>) -> SendRequest<Bytes> {
    let [unix, _] = stream::tests::pairs();
    connect_over(handler, unix).await
}

/// The same over a pair of streams.
async fn connect_over(
    handler: &Arc<Handler>,
    (here, there): (Stream, Stream),
) -> SendRequest<Bytes> {
    let place = handler.clients().place().await.unwrap();
    let accepted = handler.calls().accepted();
    tokio::spawn(serve(handler.clone(), there, place, accepted));
    let (read, write) = here.split().unwrap();
    let (client, connection) = Builder::new()
        .initial_max_send_streams(STREAMS as usize)
        .handshake(join(read, write))
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

/// Begins a call. It leaves when this thread has nothing else to do.
fn call(client: &mut SendRequest<Bytes>, method: &str) -> ResponseFuture {
    let request = Request::post(format!("http://localhost/test.Notes/{method}"))
        .header("content-type", "application/grpc")
        .body(())
        .unwrap();
    client.send_request(request, true).unwrap().0
}

async fn code(response: ResponseFuture) -> Code {
    let response = response.await.unwrap();
    Code::from_bytes(response.headers()[Status::GRPC_STATUS].as_bytes())
}

#[tokio::test]
async fn a_call_that_panics_is_answered_and_those_beside_it_are_served() {
    let notes = Notes::default();
    let mut client = connect(&handler(&notes)).await;
    let calls = ["First", "Panics", "Last"].map(|method| call(&mut client, method));
    let mut codes = Vec::new();
    for call in calls {
        codes.push(code(call).await);
    }
    assert_eq!(
        codes,
        [Code::Unavailable, Code::Internal, Code::Unavailable]
    );
    assert_eq!(notes.taken(), ["First", "Last"]);
}

/// Who subscribes and then publishes gets the message.
#[tokio::test]
async fn a_call_that_comes_with_one_that_can_go_on_is_behind_it() {
    let notes = Notes::default();
    let mut client = connect(&handler(&notes)).await;
    code(call(&mut client, "Hello")).await;
    let calls = ["Pauses", "Next"].map(|method| call(&mut client, method));
    for call in calls {
        code(call).await;
    }
    assert_eq!(notes.taken(), ["Hello", "Pauses", "Next"]);
}

#[test]
fn a_connection_with_many_calls_that_take_long_leaves_others_their_turn() {
    worker::runtime().unwrap().block_on(async {
        let notes = Notes::default();
        let handler = handler(&notes);
        let (mut eager, mut other) = (connect(&handler).await, connect(&handler).await);
        // Both connections have said all that begins them.
        for client in [&mut eager, &mut other] {
            code(call(client, "Hello")).await;
        }
        let calls: Vec<_> = (0..TOGETHER).map(|_| call(&mut eager, "Lasts")).collect();
        while notes.taken().len() == 2 {
            tokio::task::yield_now().await;
        }
        code(call(&mut other, "Single")).await;
        let taken = notes.taken().len();
        assert!(taken < TOGETHER, "{taken} calls before another's");
        for call in calls {
            code(call).await;
        }
    });
}

#[tokio::test]
async fn a_turn_that_is_over_before_anything_is_answered_is_followed_by_another() {
    let mut client = connect(&handler(&Notes::default())).await;
    code(call(&mut client, "Hello")).await;
    // They come together, and the second begins in a turn of its own.
    let calls = ["Waits", "Frees"].map(|method| call(&mut client, method));
    for call in calls {
        let answered = timeout(LONG, code(call)).await;
        assert_eq!(answered, Ok(Code::Unavailable));
    }
}

#[tokio::test]
async fn a_connection_that_rests_ends_when_its_socket_or_port_stops() {
    for pair in stream::tests::pairs() {
        let handler = handler(&Notes::default());
        let mut client = connect_over(&handler, pair).await;
        code(call(&mut client, "Hello")).await;
        handler.stop().cancel();
        handler.connections().close();
        let ended = timeout(LONG, handler.connections().wait());
        assert!(ended.await.is_ok(), "its client was not told");
    }
}
