//! The state of actors: an application that hosts some, Dapr's placement service, and a store that is theirs.

use crate::{
    http::Answer,
    process::{Process, program, until},
    sidecar::{STORE, Setup, Stand, TYPE},
};
use http_body_util::Full;
use hyper::{Request, Response, body::Bytes, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::{convert::Infallible, process::Command};
use tokio::{net::TcpListener, task::JoinHandle};

/// An application that hosts actors of the type `counter`, which do nothing.
struct App {
    port: u16,
    task: JoinHandle<()>,
}

impl App {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let connection =
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(serve));
                tokio::spawn(connection);
            }
        });
        Self { port, task }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    request: Request<hyper::body::Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = match request.uri().path() {
        "/dapr/config" => r#"{"entities":["counter"]}"#,
        _ => "",
    };
    Ok(Response::new(Full::from(body)))
}

/// Dapr's placement service on its own, a cluster of one.
async fn placement() -> Option<(Process, u16)> {
    let program = program("placement")?;
    let prepare = |[port, health, raft]: [u16; 3]| {
        let mut command = Command::new(&program);
        command
            .arg("--listen-address=127.0.0.1")
            .arg(format!("--port={port}"))
            .arg(format!("--healthz-port={health}"))
            .arg(format!(
                "--initial-cluster=dapr-placement-0=127.0.0.1:{raft}"
            ))
            .arg("--enable-metrics=false");
        command
    };
    let (process, [port, ..]) = Process::start("placement", prepare, (1, "/healthz")).await;
    Some((process, port))
}

/// A sidecar whose application hosts actors that keep their state in the runner's store.
struct Actors {
    stand: Stand,
    _placement: Process,
    _app: App,
}

impl Actors {
    /// None where there is no daprd.
    async fn new() -> Option<Self> {
        let (placement, port) = placement().await?;
        let app = App::start().await;
        let setup = |daprd: Setup| {
            daprd
                .resource(STORE, TYPE, &[("actorStateStore", "true")])
                .flag(format!("--app-port={}", app.port))
                .flag(format!("--placement-host-address=127.0.0.1:{port}"))
                .feature("ActorStateTTL")
        };
        Some(Self {
            stand: Stand::of(setup).await?,
            _placement: placement,
            _app: app,
        })
    }

    /// Calls an actor, which brings it to life: only actors that live have a state that can be changed.
    async fn wake(&self, id: &str) {
        let path = format!("/v1.0/actors/counter/{id}/method/wake");
        // Until placement has told where actors of this type live, there are none.
        until("the actor answers", async || {
            let answer = self.stand.daprd.post(&path, &Value::Null).await;
            (answer.status == 200).then_some(())
        })
        .await;
    }

    async fn transact(&self, id: &str, operations: Value) -> Answer {
        let path = format!("/v1.0/actors/counter/{id}/state");
        self.stand.daprd.post(&path, &operations).await
    }

    async fn read(&self, id: &str, key: &str) -> Answer {
        let path = format!("/v1.0/actors/counter/{id}/state/{key}");
        self.stand.daprd.get(&path).await
    }
}

fn upsert(key: &str, value: u8) -> Value {
    json!({ "operation": "upsert", "request": { "key": key, "value": value } })
}

fn delete(key: &str) -> Value {
    json!({ "operation": "delete", "request": { "key": key } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_actors_state_is_kept_in_the_store() {
    let Some(actors) = Actors::new().await else {
        return;
    };
    for id in ["one", "two"] {
        actors.wake(id).await;
    }
    let operations = json!([
        upsert("count", 1),
        upsert("old", 1),
        upsert("count", 2),
        delete("old")
    ]);
    actors.transact("one", operations).await.is_empty();
    let answer = actors.read("one", "count").await;
    assert_eq!((answer.status, answer.json()), (200, json!(2)));
    actors.read("one", "old").await.is_empty();
    actors.read("two", "count").await.is_empty();
    // And it is this store that has it.
    let mut store = actors.stand.store().await;
    assert_eq!(store.text("app||counter||one||count").await, "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_operation_that_fails_leaves_an_actors_state_as_it_was() {
    let Some(actors) = Actors::new().await else {
        return;
    };
    actors.wake("one").await;
    let operations = json!([upsert("count", 1), upsert("kept", 1)]);
    actors.transact("one", operations).await.is_empty();
    let mut bad = upsert("bad", 1);
    bad["request"]["etag"] = json!("5");
    let operations = json!([upsert("count", 2), delete("kept"), upsert("new", 1), bad]);
    let answer = actors.transact("one", operations).await;
    answer.is_error(500, &["counter||one||bad", "etag"]);
    assert_eq!(actors.read("one", "count").await.json(), json!(1));
    assert_eq!(actors.read("one", "kept").await.json(), json!(1));
    actors.read("one", "new").await.is_empty();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actors_state_can_expire() {
    let Some(actors) = Actors::new().await else {
        return;
    };
    actors.wake("one").await;
    let mut short = upsert("short", 1);
    short["request"]["metadata"] = json!({ "ttlInSeconds": "1" });
    let mut long = upsert("long", 1);
    long["request"]["metadata"] = json!({ "ttlInSeconds": "1000" });
    let operations = json!([short, long]);
    actors.transact("one", operations).await.is_empty();
    until("it expires", async || {
        (actors.read("one", "short").await.status == 204).then_some(())
    })
    .await;
    let answer = actors.read("one", "long").await;
    assert_eq!(answer.json(), json!(1));
    assert!(answer.header("metadata.ttlExpireTime").is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actors_state_outlives_daprd() {
    let Some(mut actors) = Actors::new().await else {
        return;
    };
    actors.wake("one").await;
    let operations = json!([upsert("count", 1)]);
    actors.transact("one", operations).await.is_empty();
    actors.stand.daprd = actors.stand.daprd.restart().await;
    actors.wake("one").await;
    assert_eq!(actors.read("one", "count").await.json(), json!(1));
    let operations = json!([upsert("count", 2)]);
    actors.transact("one", operations).await.is_empty();
    assert_eq!(actors.read("one", "count").await.json(), json!(2));
}
