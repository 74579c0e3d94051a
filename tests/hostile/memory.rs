//! Guests that want all memory: of their own, of tables, and of the host's through what they answer.

use crate::{
    lies::{number, section},
    siege::{MIB, Siege},
    support::{Setup, guest},
};
use plugbox::proto::layotto::hello::{HelloConfig, HelloRequest, hello_client::HelloClient};
use tonic::{Code, Status};
use wasmparser::{Parser, Payload};

/// What an instance may have by default, with what the host needs beside it.
const INSTANCE: u64 = (256 + 32) * MIB;
/// What answers may cost the host: what it takes over from a guest in one call, once for each thread that does.
const ANSWER: u64 = 256 * MIB;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_is_taken_as_far_as_the_limit_which_is_named_and_given_back() {
    let siege = Siege::start().await;
    let mut store = siege.store("memory-bomb").await;
    let status = siege.withstands(INSTANCE, store.get("")).await;
    let status = status.unwrap_err();
    assert_eq!(status.code(), Code::Internal, "{status}");
    assert!(
        status
            .message()
            .contains("256.0 MiB (--max-memory, or memory in the manifest)"),
        "{status}"
    );
    store.set("key", "value").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_grow_as_far_as_the_limit_and_are_given_back() {
    let siege = Siege::with_module("table-bomb").await;
    let mut hello = HelloClient::new(siege.channel());
    hello.init(HelloConfig::default()).await.unwrap();
    let bomb = hello.say_hello(HelloRequest::default());
    let status = siege.withstands(32 * MIB, bomb).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal, "{status}");
    for words in ["trapped", "tables", "elements"] {
        assert!(status.message().contains(words), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_of_a_gigabyte_is_refused_before_the_host_has_it() {
    let siege = Siege::start().await;
    let mut store = siege.store("gigabyte-reply").await;
    for _ in 0..3 {
        let status = siege.withstands(ANSWER, store.get("")).await;
        is_too_much(&status.unwrap_err());
    }
    store.set("key", "value").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_of_millions_of_tiny_items_is_refused() {
    let siege = Siege::start().await;
    let mut store = siege.store("tiny-items").await;
    let status = siege.withstands(INSTANCE + ANSWER, store.get("")).await;
    is_too_much(&status.unwrap_err());
    store.set("key", "value").await.unwrap();
    let mut other = siege.idle("other");
    let init = other.init(&[("attack", "tiny-features")]);
    let status = siege.withstands(INSTANCE + ANSWER, init).await;
    is_too_much(&status.unwrap_err());
}

fn is_too_much(status: &Status) {
    assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
    assert!(status.message().contains("--max-transfer"), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn millions_of_messages_for_nobody_are_refused_and_the_stream_stays_open() {
    let siege = Siege::start().await;
    let mut broker = siege.broker("tiny-items").await;
    let attack = async {
        let messages = broker.subscribe("orders").await.unwrap();
        siege.runner.logs(&["the guest failed", "--max-transfer"]);
        messages
    };
    let mut messages = siege.withstands(INSTANCE + ANSWER, attack).await;
    messages.nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_with_a_message_of_megabytes_reaches_the_client_as_a_short_one() {
    let siege = Siege::start().await;
    let mut store = siege.store("endless-words").await;
    let mut broker = siege.broker("endless-words").await;
    let attack = async {
        let got = store.get("").await.unwrap_err();
        let published = broker.publish("orders", "order").await.unwrap_err();
        [got, published]
    };
    for status in siege.withstands(INSTANCE + ANSWER, attack).await {
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert!(status.message().starts_with("word word"), "{status}");
        assert!(status.message().len() < 8 << 10);
    }
}

#[test]
fn a_guest_that_is_born_too_large_is_an_error_that_names_the_limit() {
    let small = std::fs::read(guest("rust-hello")).unwrap();
    let four_gigabytes = "(module (memory 65536))";
    let many_elements = "(module (table 1000000000 funcref))";
    let table = [
        (four_gigabytes, 1, "memory"),
        (many_elements, 1, "tables"),
        // Each of them is small.
        ("(module (memory 100))", 900, "memory"),
        ("(module (table 100000 funcref))", 900, "tables"),
        ("(module)", 100_000, "instances"),
    ];
    for (module, times, words) in table {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guest.wasm");
        std::fs::write(&path, with_instances(&small, module, times)).unwrap();
        let (code, _, err) = Setup::new().file("attacker", &path).fail();
        assert_eq!(code, 1, "{err}");
        assert!(err.contains(words), "{module}: {err}");
    }
}

/// A guest with a module more in it, instantiated so many times.
fn with_instances(guest: &[u8], module: &str, times: usize) -> Vec<u8> {
    let (mut modules, mut depth) = (0_u64, 0);
    for payload in Parser::new(0).parse_all(guest) {
        match payload.unwrap() {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ModuleSection { .. } if depth == 1 => modules += 1,
            _ => {}
        }
    }
    let module = wat::parse_str(module).unwrap();
    // Instantiated by its number, with no arguments.
    let instance = [&[0][..], &number(modules), &[0]].concat();
    let instances = [number(times as u64), instance.repeat(times)].concat();
    [guest, &section(1, &module), &section(2, &instances)].concat()
}
