//! Brokers and input bindings that hand out what was not asked for, for whom it is not.

use crate::siege::{MIB, Siege};
use std::collections::HashSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_for_a_subscription_that_did_not_ask_reaches_nobody() {
    let siege = Siege::start().await;
    let mut broker = siege.broker("strange-ids").await;
    // Streams of this instance, of its other block, and of another instance: any of them might have a stray id.
    let mut other = siege.brokers("strange-ids", "other").await;
    let attack = async {
        let mut own = Vec::new();
        for topic in ["orders", "payments"] {
            own.push(broker.subscribe(topic).await.unwrap());
        }
        let theirs = other.subscribe("orders").await.unwrap();
        for _ in 0..20 {
            // Each call is followed by a pull.
            broker.publish("orders", "order").await.unwrap();
            other.publish("orders", "order").await.unwrap();
        }
        (own, theirs)
    };
    let (mut streams, theirs) = siege.withstands(32 * MIB, attack).await;
    siege
        .runner
        .logs(&["cannot be delivered", "no such stream"]);
    siege
        .runner
        .logs(&["cannot be delivered", "more than was asked for"]);
    streams.push(theirs);
    for mut messages in streams {
        // One was asked for, and is not acknowledged.
        messages.next().await;
        messages.nothing().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_for_a_reader_that_did_not_ask_reaches_nobody() {
    let siege = Siege::start().await;
    let mut store = siege.store("strange-ids").await;
    let own = siege.events("strange-ids").await;
    let theirs = siege.instances_events("strange-ids", "other").await;
    let attack = async {
        for _ in 0..20 {
            store.set("key", "value").await.unwrap();
        }
    };
    siege.withstands(32 * MIB, attack).await;
    for mut events in [own, theirs] {
        events.next().await;
        events.nothing().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_share_an_id_come_once_until_they_are_acknowledged() {
    let siege = Siege::start().await;
    let mut broker = siege.broker("same-id").await;
    let attack = async {
        let mut messages = broker.subscribe("orders").await.unwrap();
        let mut ids = HashSet::new();
        for _ in 0..20 {
            let message = messages.next().await;
            assert!(ids.insert(message.id.clone()), "{message:?}");
            messages.ack(&message.id);
        }
        messages
    };
    let mut messages = siege.withstands(32 * MIB, attack).await;
    siege
        .runner
        .logs(&["cannot be delivered", "not acknowledged"]);
    messages.next().await;
    messages.nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_share_an_id_come_once_until_they_are_answered() {
    let siege = Siege::start().await;
    let mut events = siege.events("same-id").await;
    let attack = async {
        let mut ids = HashSet::new();
        for _ in 0..20 {
            let event = events.next().await;
            assert!(ids.insert(event.message_id.clone()), "{event:?}");
            events.answer(&event.message_id);
        }
    };
    siege.withstands(32 * MIB, attack).await;
    events.next().await;
    events.nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_another_instances_message_means_nothing() {
    let siege = Siege::start().await;
    let mut mine = siege.brokers("same-id", "mine").await;
    let mut theirs = siege.brokers("same-id", "theirs").await;
    let mut my_stream = mine.subscribe("orders").await.unwrap();
    let mut their_stream = theirs.subscribe("orders").await.unwrap();
    let message = my_stream.next().await;
    their_stream.next().await;
    // Their message stays out, whatever is said of ids on another stream.
    for id in 0..1000 {
        if id.to_string() != message.id {
            my_stream.ack(&id.to_string());
        }
    }
    their_stream.nothing().await;
    my_stream.nothing().await;
    my_stream.ack(&message.id);
    my_stream.next().await;
}
