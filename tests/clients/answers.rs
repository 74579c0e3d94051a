//! Answers and messages that a client asks for and does not read.

use crate::{
    client::{Client, honest},
    neighbour::{GROWTH, attacked, hold_on, setup},
    support::{Runner, broker::Broker},
    wire::{GET, PULL},
};
use plugbox::proto::dapr::{GetRequest, PullMessagesRequest, Topic};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_nobody_reads_hold_so_much_memory_and_no_more() {
    for window in [0, 1] {
        let setup = setup().arg("--request-memory=32MiB");
        let attack = async |runner: &Runner| {
            let socket = runner.socket("store");
            let mut store = runner.store("store", "attacker").await;
            store.init(&[]).await.unwrap();
            store.set("large", vec![7; 1 << 20]).await.unwrap();
            let get = honest(&GetRequest {
                key: "large".into(),
                ..Default::default()
            });
            let mut held = Vec::new();
            for _ in 0..5 {
                let mut client = Client::with_window(&socket, window).await;
                for _ in 0..100 {
                    // The runner disconnects whoever holds too much.
                    let Ok(mut call) = client.open(GET).await else {
                        break;
                    };
                    let _ = call.body.send_data(get.clone().into(), true);
                    held.push(call);
                }
            }
            hold_on().await;
            // Whoever reads has its answer meanwhile.
            let mut other = runner.store("store", "attacker").await;
            let mut read = other.get("large").await;
            for _ in 0..100 {
                if read.is_ok() {
                    break;
                }
                read = other.get("large").await;
            }
            assert_eq!(read.unwrap().data.len(), 1 << 20);
        };
        let name = format!("500 MiB of answers to a window of {window}");
        // The guest's own memory and the requests come on top.
        let (runner, ()) = attacked(&name, setup, 2 * GROWTH, attack).await;
        runner.logs(&["does not read its answers", "--request-memory"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_nobody_reads_wait_in_the_guest_and_none_is_lost() {
    const MESSAGES: usize = 500;
    // The guest has the 50 MB of them, and once more while it hands them out; so has the runner, before it sends back what is too much.
    const GUEST: u64 = 100 << 20;
    let setup = setup().arg("--request-memory=8MiB");
    let attack = async |runner: &Runner| {
        let mut broker = Broker::new(runner.channel("broker").await, "attacker");
        broker.init(&[("maxInFlight", "1000")]).await.unwrap();
        // From now on the topic has a queue, which keeps what comes.
        drop(broker.subscribe("orders").await.unwrap());
        for _ in 0..MESSAGES {
            broker.publish("orders", vec![7; 100_000]).await.unwrap();
        }
        let mut client = Client::with_window(&runner.socket("broker"), 0).await;
        let first = honest(&PullMessagesRequest {
            topic: Some(Topic {
                name: "orders".into(),
                metadata: Default::default(),
            }),
            ..Default::default()
        });
        let mut call = client.open(PULL).await.unwrap();
        call.body.send_data(first.into(), false).unwrap();
        hold_on().await;
        // It leaves without a word, and another has all.
        drop((call, client));
        let mut messages = broker.subscribe("orders").await.unwrap();
        for _ in 0..MESSAGES {
            let message = messages.next().await;
            messages.ack(&message.id);
        }
    };
    let name = "50 MB of messages to no reader";
    let (runner, ()) = attacked(name, setup, GUEST + 2 * GROWTH, attack).await;
    runner.logs(&["cannot be delivered", "--request-memory"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_open_streams_hold_up_nobody() {
    let attack = async |runner: &Runner| {
        let mut broker = Broker::new(runner.channel("broker").await, "");
        broker.init(&[]).await.unwrap();
        let mut held = Vec::new();
        for connection in 0..4 {
            let mut client = Broker::new(runner.channel("broker").await, "");
            for stream in 0..200 {
                let topic = format!("{connection}-{stream}");
                // There may be a limit; what is beyond it is refused.
                held.extend(client.subscribe(&topic).await);
            }
        }
        assert!(!held.is_empty());
        broker.publish("0-0", "to the first").await.unwrap();
        assert_eq!(held[0].take().await, "to the first");
    };
    attacked("800 streams", setup(), GROWTH, attack).await;
}
