//! Pause and Resume: whose messages they hold, and how long.

use crate::support::{Runner, broker::Broker};
use plugbox::proto::dapr::{PauseRequest, ResumeRequest};
use tonic::Code;

/// A client with a connection of its own, after Init.
async fn client(runner: &Runner, instance: &str) -> Broker {
    let mut broker = Broker::new(runner.channel("store").await, instance);
    broker.init(&[("consumerID", "app")]).await.unwrap();
    broker
}

async fn pause(broker: &mut Broker) {
    let request = broker.request(PauseRequest {});
    broker.client.pause(request).await.unwrap();
}

async fn resume(broker: &mut Broker) {
    let request = broker.request(ResumeRequest {});
    broker.client.resume(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_holds_delivery_and_a_resume_lets_it_go_on() {
    let runner = Runner::of("rust-memory-broker");
    let mut broker = client(&runner, "").await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    for _ in 0..2 {
        pause(&mut broker).await;
    }
    broker.publish("orders", "held").await.unwrap();
    messages.nothing().await;
    for _ in 0..2 {
        resume(&mut broker).await;
    }
    assert_eq!(messages.take().await, "held");
}

/// daprd pauses before it ends, and nobody resumes then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_ends_with_the_connection_that_asked_for_it() {
    let runner = Runner::of("rust-memory-broker");
    let mut first = client(&runner, "").await;
    let mut messages = first.subscribe("orders").await.unwrap();
    first.publish("orders", "out").await.unwrap();
    assert_eq!(messages.take().await, "out");
    pause(&mut first).await;
    first.publish("orders", "held").await.unwrap();
    messages.nothing().await;
    drop((messages, first));
    let mut second = client(&runner, "").await;
    let mut messages = second.subscribe("orders").await.unwrap();
    assert_eq!(messages.take().await, "held");
    second.publish("orders", "next").await.unwrap();
    assert_eq!(messages.take().await, "next");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_holds_nothing_for_other_connections_or_other_instances() {
    let runner = Runner::of("rust-memory-broker");
    let mut paused = client(&runner, "shared").await;
    let mut held = paused.subscribe("orders").await.unwrap();
    pause(&mut paused).await;
    let mut other = client(&runner, "shared").await;
    let mut same_connection = Broker {
        instance: "own".to_owned(),
        ..paused.clone()
    };
    same_connection.init(&[]).await.unwrap();
    for broker in [&mut other, &mut same_connection] {
        let mut messages = broker.subscribe("payments").await.unwrap();
        broker.publish("payments", "news").await.unwrap();
        assert_eq!(messages.take().await, "news");
    }
    other.publish("orders", "held").await.unwrap();
    held.nothing().await;
    // What the others do does not end it.
    resume(&mut other).await;
    held.nothing().await;
    resume(&mut paused).await;
    assert_eq!(held.take().await, "held");
}

#[tokio::test]
async fn before_init_there_is_nothing_to_pause() {
    let runner = Runner::of("rust-memory-broker");
    let mut broker = Broker::new(runner.channel("store").await, "");
    let request = broker.request(PauseRequest {});
    let status = broker.client.pause(request).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
}
