//! Connections: many of them, silent ones, half-open ones, and such as do not speak HTTP/2.

use crate::{
    client::{Client, framed},
    neighbour::{GROWTH, attacked, hold_on, setup},
    support::{broker::Broker, eventually},
    wire::{DATA, HEADERS, PREFACE, Raw, has},
};
use std::os::unix::net::UnixStream;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_begin_to_speak_http2_is_disconnected_in_time() {
    let setup = setup().arg("--receive-timeout=300ms");
    let attack = async |runner: &crate::support::Runner| {
        let socket = runner.socket("store");
        for bytes in [
            &b""[..],
            b"P",
            &PREFACE[..23],
            b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET / HTTP/1.0\r\n\r\n",
            &[0; 64],
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        ] {
            let mut raw = Raw::connect(&socket).await;
            raw.send(bytes).await;
            // A server need not wait for the client before it says how it wants to be spoken to, and why it goes.
            let read = raw.closed().await;
            assert!(!has(&read, HEADERS) && !has(&read, DATA), "{bytes:?}");
        }
        let mut random = fastrand::Rng::with_seed(6);
        for round in 0..100 {
            let mut bytes = [0; 4096];
            random.fill(&mut bytes);
            let mut raw = match round % 2 {
                0 => Raw::connect(&socket).await,
                _ => Raw::greeted(&socket).await,
            };
            raw.send(&bytes).await;
            raw.finish().await;
            raw.closed().await;
        }
    };
    attacked("silence, HTTP/1 and noise", setup, GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_connections_leave_descriptors_and_room_for_others() {
    let setup = setup().arg("--max-connections=64");
    let attack = async |runner: &crate::support::Runner| {
        let before = runner.descriptors();
        let socket = runner.socket("store");
        let mut held = Vec::new();
        for number in 0..2000 {
            held.push(match number % 2 {
                0 => Raw::connect(&socket).await,
                _ => Raw::greeted(&socket).await,
            });
        }
        // The last is served, so all before it have had their turn.
        assert!(held.last_mut().unwrap().answers().await);
        let mut newcomer = runner.store("store", "newcomer").await;
        newcomer.init(&[]).await.unwrap();
        newcomer.set("key", "value").await.unwrap();
        // One that is accepted and waits for its place, and the guests'.
        assert!(runner.descriptors() <= before + 64 + 8);
    };
    let (runner, ()) = attacked("2000 connections", setup, GROWTH, attack).await;
    runner.logs(&["as many connections as there may be", "--max-connections"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_client_makes_room_and_connects_anew_and_an_open_stream_stays() {
    let setup = setup().arg("--max-connections=8");
    let attack = async |runner: &crate::support::Runner| {
        let mut broker = Broker::new(runner.channel("broker").await, "");
        broker.init(&[]).await.unwrap();
        let mut messages = broker.subscribe("orders").await.unwrap();
        let mut idle = Broker::new(runner.channel("broker").await, "");
        idle.init(&[]).await.unwrap();
        let socket = runner.socket("broker");
        // What only asks by reflection is idle, although it goes on asking.
        let mut asking = Vec::new();
        for _ in 0..20 {
            let mut client = Client::connect(&socket).await;
            let reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
            let mut call = client.open(reflection).await.unwrap();
            let services = framed(0, 2, &[0x3a, 0]);
            call.body.send_data(services.into(), false).unwrap();
            asking.push(call);
        }
        let mut held = Vec::new();
        for _ in 0..100 {
            held.push(Raw::greeted(&socket).await);
        }
        // The last is served, so those before it have come and gone.
        assert!(held.last_mut().unwrap().answers().await);
        // gRPC connects anew for the next call, when it has learnt of the end of its connection.
        let mut published = false;
        for _ in 0..100 {
            published = published || idle.publish("orders", "one").await.is_ok();
        }
        assert!(published);
        assert_eq!(messages.take().await, "one");
    };
    attacked("idle clients make room", setup, GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_open_connections_are_closed() {
    let attack = async |runner: &crate::support::Runner| {
        let before = runner.descriptors();
        let socket = runner.socket("store");
        let mut held = Vec::new();
        for _ in 0..200 {
            let mut raw = Raw::greeted(&socket).await;
            raw.finish().await;
            held.push(raw);
        }
        let mut deaf = Vec::new();
        for _ in 0..200 {
            let stream = UnixStream::connect(&socket).unwrap();
            stream.shutdown(std::net::Shutdown::Read).unwrap();
            // The runner may have noticed before.
            let _ = std::io::Write::write_all(&mut &stream, PREFACE);
            deaf.push(stream);
        }
        eventually("the connections are closed", || {
            (runner.descriptors() <= before + 2).then_some(())
        });
        hold_on().await;
    };
    attacked("400 half-open connections", setup(), GROWTH, attack).await;
}
