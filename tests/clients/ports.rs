//! TCP ports, with a component of a real guest on one: who is let in, and clients that keep their places and say nothing.

#[path = "../../benches/support/component.rs"]
mod component;

use crate::{
    support::{PATIENCE, Store, properties, repository},
    wire::{PREFACE, Raw},
};
use component::component;
use plugbox::{
    engine::{Cache, Loader, Totals},
    proto::dapr::{GetRequest, InitRequest, PingRequest, SetRequest},
    runtime::Aside,
    services::services,
    transport::{Admission, Guard, Listening, Port, Server},
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{Code, Request, transport::Endpoint};

const TOKEN: &str = "correct horse";
const PING: &str = "/dapr.proto.components.v1.StateStore/Ping";

/// A store in memory on a port, in this process.
struct OnPort {
    address: SocketAddr,
    _listening: Listening,
    _server: Server,
    _aside: Aside,
    _loader: Loader,
}

impl OnPort {
    async fn start(guard: Option<Guard>, change: impl FnOnce(&mut Admission)) -> Self {
        let cache = Cache::At(repository().join("target/test-cache"));
        let loader = Loader::new(&cache, Totals::default()).unwrap();
        let (tasks, aside) = (TaskTracker::new(), Aside::start().unwrap());
        let server = Server::start(tasks.clone()).unwrap();
        let component = component(&loader, &aside, &tasks, "rust-memory-state").await;
        let (component, mut settings) = component.unwrap();
        change(&mut settings.admission);
        let router = services(&component, settings.message, CancellationToken::new());
        let mut port = Port::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        if let Some(guard) = guard {
            port = port.guarded_by(guard);
        }
        let address = port.address();
        let listening = server.serve("store", port, router, settings.admission);
        Self {
            address,
            _listening: listening.unwrap(),
            _server: server,
            _aside: aside,
            _loader: loader,
        }
    }

    async fn store(&self) -> Store {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address)).unwrap();
        let channel = timeout(PATIENCE, endpoint.connect()).await;
        Store::new(channel.expect("nobody answers").unwrap(), "one")
    }
}

/// A request with a token.
fn with<T>(token: &str, mut request: Request<T>) -> Request<T> {
    let token = token.parse().unwrap();
    request.metadata_mut().insert("dapr-api-token", token);
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_without_a_token_serves_whoever_reaches_it() {
    let port = OnPort::start(None, |_| {}).await;
    let mut store = port.store().await;
    store.init(&[]).await.unwrap();
    let large = "x".repeat(2 << 20);
    store.set("key", large.as_str()).await.unwrap();
    assert!(store.text("key").await == large);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_without_the_token_of_a_port_does_not_reach_the_guest() {
    let guard = Guard::new(TOKEN, "APP_API_TOKEN", &[PING]);
    let port = OnPort::start(Some(guard), |_| {}).await;
    let mut store = port.store().await;
    let why = store.init(&[]).await.unwrap_err();
    assert_eq!(why.code(), Code::Unauthenticated, "{why}");
    let metadata = properties(&[]);
    let init = with(TOKEN, store.request(InitRequest { metadata }));
    store.client.init(init).await.unwrap();
    let set = |value: &str| SetRequest {
        key: "key".to_owned(),
        value: value.into(),
        ..Default::default()
    };
    let first = with(TOKEN, store.request(set("first")));
    store.client.set(first).await.unwrap();
    let wrong = with("correct hors", store.request(set("second")));
    let none = store.request(set("third"));
    for refused in [wrong, none] {
        let why = store.client.set(refused).await.unwrap_err();
        assert_eq!(why.code(), Code::Unauthenticated, "{why}");
        assert!(!why.message().contains("horse"), "{why}");
    }
    let get = with(
        TOKEN,
        store.request(GetRequest {
            key: "key".to_owned(),
            ..Default::default()
        }),
    );
    let got = store.client.get(get).await.unwrap();
    assert_eq!(got.into_inner().data, b"first");
    let ping = store.request(PingRequest {});
    store.client.ping(ping).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_a_port_that_is_silent_or_slow_to_speak_is_disconnected_and_others_are_served()
{
    let brief = |admission: &mut Admission| admission.receive = Duration::from_millis(300);
    let port = OnPort::start(None, brief).await;
    let mut store = port.store().await;
    store.init(&[]).await.unwrap();
    let over = AtomicBool::new(false);
    let attack = async {
        let attackers = (0..30).map(|number| hesitate(port.address, number));
        futures_util::future::join_all(attackers).await;
        over.store(true, Ordering::Relaxed);
    };
    let neighbour = async {
        while !over.load(Ordering::Relaxed) {
            store.set("key", "value").await.unwrap();
        }
    };
    tokio::join!(attack, neighbour);
}

/// Connects, and begins to speak HTTP/2 too late or not at all, until it is disconnected.
async fn hesitate(port: SocketAddr, number: usize) {
    let mut raw = Raw::to(port).await;
    let said: &[u8] = match number % 3 {
        0 => b"",
        1 => &PREFACE[..20],
        _ => PREFACE,
    };
    let slow = number % 3 == 2;
    for byte in said.chunks(if slow { 1 } else { PREFACE.len() }) {
        // It may be disconnected by now.
        if !raw.send(byte).await {
            break;
        }
        if slow {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
    raw.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_clients_of_a_port_make_room_for_those_who_come_after_them() {
    let few = |admission: &mut Admission| admission.connections = 8;
    let port = OnPort::start(None, few).await;
    let mut silent = Vec::new();
    for number in 0..40 {
        silent.push(match number % 2 {
            0 => Raw::to(port.address).await,
            _ => Raw::to(port.address).await.greet().await,
        });
    }
    let mut store = port.store().await;
    store.init(&[]).await.unwrap();
    store.set("key", "value").await.unwrap();
    // Whoever came first has left first.
    for raw in silent.iter_mut().take(40 + 1 - 8) {
        raw.closed().await;
    }
}
