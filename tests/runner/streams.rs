//! Streams of messages: what they promise.

use crate::support::{Runner, broker::Broker};
use plugbox::proto::dapr::{
    BulkMessageEntry, BulkPublishRequest, FeaturesRequest, PullMessagesRequest, Topic,
};
use tonic::Code;

pub async fn broker(runner: &Runner) -> Broker {
    let mut broker = Broker::new(runner.channel("store").await, "");
    broker.init(&[]).await.unwrap();
    broker
}

pub async fn rude() -> (Runner, Broker) {
    let runner = Runner::of("hostile-rude-broker");
    let broker = broker(&runner).await;
    (runner, broker)
}

async fn memory(properties: &[(&str, &str)]) -> (Runner, Broker) {
    let runner = Runner::of("rust-memory-broker");
    let mut broker = Broker::new(runner.channel("store").await, "");
    broker.init(properties).await.unwrap();
    (runner, broker)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_after_the_first_frame_is_delivered_in_order() {
    let (_runner, mut broker) = memory(&[]).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    for number in 0..50 {
        broker.publish("orders", number.to_string()).await.unwrap();
    }
    for number in 0..50 {
        assert_eq!(messages.take().await, number.to_string());
    }
    messages.nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_message_is_out_until_it_is_acknowledged() {
    let (_runner, mut broker) = memory(&[]).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "1").await.unwrap();
    broker.publish("orders", "2").await.unwrap();
    let first = messages.next().await;
    assert_eq!(first.topic_name, "orders");
    messages.nothing().await;
    messages.ack(&first.id);
    assert_eq!(messages.next().await.data, b"2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_may_have_more_out_at_once() {
    let (_runner, mut broker) = memory(&[("maxInFlight", "3")]).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    for number in 0..4 {
        broker.publish("orders", number.to_string()).await.unwrap();
    }
    let mut out = Vec::new();
    for _ in 0..3 {
        out.push(messages.next().await.id);
    }
    messages.nothing().await;
    // In any order.
    messages.ack(&out[1]);
    assert_eq!(messages.next().await.data, b"3");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_comes_again() {
    let (_runner, mut broker) = memory(&[]).await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "stubborn").await.unwrap();
    for _ in 0..3 {
        let message = messages.next().await;
        assert_eq!(message.data, b"stubborn");
        messages.fail(&message.id, "not now");
    }
    assert_eq!(messages.take().await, "stubborn");
    messages.nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_gives_back_what_was_not_acknowledged() {
    let (_runner, mut broker) = memory(&[]).await;
    let mut first = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "1").await.unwrap();
    broker.publish("orders", "2").await.unwrap();
    assert_eq!(first.next().await.data, b"1");
    drop(first);
    // The second may come before the news that the first has gone.
    let mut second = broker.subscribe("orders").await.unwrap();
    let mut taken = [second.take().await, second.take().await];
    taken.sort();
    assert_eq!(taken, ["1", "2"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outcomes_reach_the_guest_each_once() {
    let (_runner, mut broker) = rude().await;
    let mut acks = broker.subscribe("acks").await.unwrap();
    let mut messages = broker.subscribe("orders").await.unwrap();
    broker.publish("orders", "good").await.unwrap();
    broker.publish("orders", "bad").await.unwrap();
    let (good, bad) = (messages.next().await.id, messages.next().await.id);
    messages.ack(&good);
    assert_eq!(acks.take().await, "accepted good");
    messages.fail(&bad, "no stock");
    assert_eq!(acks.take().await, "failed bad: no stock");
    // Twice, and one that never was: left aside, and the stream goes on.
    messages.ack(&good);
    messages.fail(&bad, "again");
    messages.ack("no such message");
    messages.ack("");
    broker.publish("orders", "more").await.unwrap();
    assert_eq!(messages.take().await, "more");
    assert_eq!(acks.take().await, "accepted more");
    acks.nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_on_one_topic_and_on_others_and_of_other_instances_are_kept_apart() {
    let (runner, mut broker) = rude().await;
    let mut other = Broker::new(runner.channel("store").await, "other");
    other.init(&[]).await.unwrap();
    let mut first = broker.subscribe("orders").await.unwrap();
    let mut second = broker.subscribe("orders").await.unwrap();
    let mut third = broker.subscribe("payments").await.unwrap();
    let mut fourth = other.subscribe("orders").await.unwrap();
    broker.publish("orders", "order").await.unwrap();
    broker.publish("payments", "payment").await.unwrap();
    other.publish("orders", "other's").await.unwrap();
    assert_eq!(first.take().await, "order");
    assert_eq!(second.take().await, "order");
    assert_eq!(third.take().await, "payment");
    assert_eq!(fourth.take().await, "other's");
    for messages in [&mut first, &mut second, &mut third, &mut fourth] {
        messages.nothing().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_applications_that_share_an_instance_are_two_consumer_groups() {
    let runner = Runner::of("rust-memory-broker");
    let mut first = Broker::new(runner.channel("store").await, "shared");
    let mut second = Broker::new(runner.channel("store").await, "shared");
    first.init(&[("consumerID", "first")]).await.unwrap();
    second.init(&[("consumerID", "second")]).await.unwrap();
    let mut of_first = first.subscribe("orders").await.unwrap();
    let mut of_second = second.subscribe("orders").await.unwrap();
    for number in 0..10 {
        first.publish("orders", number.to_string()).await.unwrap();
    }
    for number in 0..10 {
        assert_eq!(of_first.take().await, number.to_string());
        assert_eq!(of_second.take().await, number.to_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_holds_back_its_own_stream_only() {
    let (_runner, mut broker) = rude().await;
    let slow = broker.subscribe("orders").await.unwrap();
    let mut quick = broker.subscribe("orders").await.unwrap();
    for number in 0..200 {
        broker.publish("orders", number.to_string()).await.unwrap();
    }
    for number in 0..200 {
        assert_eq!(quick.take().await, number.to_string());
    }
    drop(slow);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_frame_without_a_topic_is_an_invalid_argument() {
    let (_runner, mut broker) = rude().await;
    let status = broker.subscribe("").await.err().unwrap();
    assert_eq!(status.code(), Code::InvalidArgument);
    let status = {
        let request = broker.request(tokio_stream::empty());
        broker.client.pull_messages(request).await.unwrap_err()
    };
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guests_refusal_of_a_subscription_is_the_streams_status() {
    let (_runner, mut broker) = rude().await;
    let status = broker.subscribe("refuse").await.err().unwrap();
    assert_eq!(status.code(), Code::PermissionDenied);
    let mut before = Broker::new(_runner.channel("store").await, "new");
    let status = before.subscribe("orders").await.err().unwrap();
    assert_eq!(status.code(), Code::FailedPrecondition);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_further_topic_and_a_half_close_leave_the_stream_open() {
    let (runner, mut broker) = rude().await;
    let mut messages = broker.subscribe("orders").await.unwrap();
    messages.send(PullMessagesRequest {
        topic: Some(Topic {
            name: "payments".into(),
            metadata: Default::default(),
        }),
        ..Default::default()
    });
    runner.logs(&["a further one is left aside"]);
    broker.publish("payments", "not for it").await.unwrap();
    broker.publish("orders", "1").await.unwrap();
    assert_eq!(messages.take().await, "1");
    let mut rest = messages.half_close();
    broker.publish("orders", "2").await.unwrap();
    assert_eq!(rest.message().await.unwrap().unwrap().data, b"2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_runner_uses_no_cpu_and_delivers_at_once_when_called() {
    let (runner, mut broker) = memory(&[]).await;
    let mut streams = Vec::new();
    for number in 0..100 {
        streams.push(broker.subscribe(&format!("topic-{number}")).await.unwrap());
    }
    runner.rests();
    broker.publish("topic-99", "at last").await.unwrap();
    assert_eq!(streams[99].take().await, "at last");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bulk_publish_is_filled_in_and_reports_each_failed_entry() {
    for (guest, feature) in [("hostile-rude-broker", false), ("rust-memory-broker", true)] {
        let runner = Runner::of(guest);
        let mut broker = broker(&runner).await;
        let request = broker.request(FeaturesRequest {});
        let features = broker.client.features(request).await.unwrap().into_inner();
        assert_eq!(
            features.features.contains(&"BULK_PUBSUB".to_owned()),
            feature
        );
        let mut messages = broker.subscribe("orders").await.unwrap();
        let entries = (0..3).map(|number| BulkMessageEntry {
            entry_id: number.to_string(),
            event: number.to_string().into(),
            ..Default::default()
        });
        let request = broker.request(BulkPublishRequest {
            entries: entries.collect(),
            topic: "orders".into(),
            ..Default::default()
        });
        let answer = broker.client.bulk_publish(request).await.unwrap();
        assert_eq!(answer.into_inner().failed_entries, []);
        for number in 0..3 {
            assert_eq!(messages.take().await, number.to_string());
        }
    }
    let (_runner, mut broker) = rude().await;
    let entry = BulkMessageEntry {
        entry_id: "one".into(),
        ..Default::default()
    };
    let request = broker.request(BulkPublishRequest {
        entries: vec![entry],
        topic: "fail:no space".into(),
        ..Default::default()
    });
    let answer = broker
        .client
        .bulk_publish(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.failed_entries.len(), 1);
    assert_eq!(answer.failed_entries[0].entry_id, "one");
    assert_eq!(answer.failed_entries[0].error, "no space");
}
