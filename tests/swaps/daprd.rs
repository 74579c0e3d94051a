//! The same load through a real daprd.

use crate::{
    app::{App, OK, Reply},
    clock,
    door::Door,
    load::{GUESTS, Load, Plan, serve},
    sidecar::{Setup, Stand},
    streams::{Exchange, TOPICS},
};
use serde_json::{Value, json};
use tonic::transport::Channel;

/// The resources of two stores and a broker.
const STORES: [&str; 2] = ["first", "second"];
const BROKER: &str = "messages";

/// A Subscription resource: messages of a topic go to a path of the same name.
fn subscription(topic: &str, window: usize) -> Value {
    json!({
        "apiVersion": "dapr.io/v2alpha1",
        "kind": "Subscription",
        "metadata": { "name": format!("{topic}-to-app") },
        "spec": {
            "pubsubname": BROKER,
            "topic": topic,
            "routes": { "default": format!("/{topic}") },
            "metadata": { "maxInFlight": window.to_string() },
        },
    })
}

fn resources(daprd: Setup, app: &App) -> Setup {
    let daprd = daprd
        .app(app.port)
        .resource(BROKER, "pubsub.broker", &[])
        .resource("clock", "bindings.clock", &clock::PROPERTIES);
    let daprd = TOPICS.iter().fold(daprd, |daprd, (topic, window)| {
        let name = format!("{topic}-to-app");
        daprd.document(&name, &subscription(topic, *window))
    });
    STORES.iter().fold(daprd, |daprd, store| {
        daprd.resource(store, "state.store", &[])
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_daprd_callers_and_streams_notice_no_swap_either() {
    let plan = Plan::of_environment();
    let ledger = crate::streams::Ledger::new();
    let ticks = clock::Ticks::default();
    let (told, ticked) = (ledger.clone(), ticks.clone());
    let app = App::of(json!([]), move |call, _| {
        let path = call.path.trim_start_matches('/');
        if path == "clock" {
            ticked.came();
            return OK;
        }
        let message = call.data().as_u64().unwrap() as usize;
        told.received(path, message);
        match fastrand::u32(..100) {
            0..5 => {
                told.failed(path, message);
                Reply::With(500, "not now")
            }
            _ => {
                told.accepted(path, message);
                OK
            }
        }
    })
    .await;
    let Some(stand) = Stand::serving(serve, |daprd| resources(daprd, &app)).await else {
        return;
    };
    let address = format!("http://127.0.0.1:{}", stand.daprd.grpc);
    let endpoint = Channel::from_shared(address).unwrap();
    let channel = endpoint.connect().await.unwrap();
    let exchange = Exchange::Daprd {
        channel: channel.clone(),
        resource: BROKER.to_owned(),
    };
    for (topic, _) in TOPICS {
        let path = format!("/{topic}");
        // It may fail for now: what has no subscription yet is not there yet.
        app.subscribed(&path, async |probe| {
            let _ = exchange.publish(topic, probe.to_string()).await;
        })
        .await;
    }
    let mut load = Load::new(&stand.runner, stand.sockets(), plan).await;
    (load.ledger, load.ticks) = (ledger, ticks);
    let stores = STORES.map(|resource| {
        let door = Door::Daprd {
            channel: channel.clone(),
            resource: resource.to_owned(),
        };
        (resource.to_owned(), door)
    });
    load.call(stores.to_vec(), exchange);
    load.run().await;
    // daprd has opened each stream once, and called each Init once.
    for resource in STORES.iter().chain(&[BROKER, "clock"]) {
        assert_eq!(stand.inits(resource), 1, "{resource}");
    }
    let status = load.operator.status().await;
    let streams = GUESTS.map(|(component, _)| {
        let instances = status[component].instances.iter();
        instances.map(|it| it.open_streams).sum::<u64>()
    });
    assert_eq!(streams, [0, TOPICS.len() as u64, 1, 0]);
}
