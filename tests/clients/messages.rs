//! Messages: such as lie about themselves, such as never end, and for whom there is nobody.

use crate::{
    client::{Client, framed, honest},
    neighbour::{GROWTH, attacked, hold_on, setup},
    support::Runner,
    wire::GET,
};
use bytes::Bytes;
use plugbox::proto::dapr::{GetRequest, InitRequest, MetadataRequest};
use tonic::Code;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_lies_gets_a_status_and_the_next_call_is_served() {
    let attack = async |runner: &Runner| {
        let mut client = Client::connect(&runner.socket("store")).await;
        let get = honest(&GetRequest::default());
        let table = [
            ("nothing", vec![], Code::Internal),
            ("half a prefix", vec![0, 0, 0], Code::Internal),
            (
                "more than there is",
                framed(0, 100, b"short"),
                Code::Internal,
            ),
            (
                "more than may be",
                framed(0, 64 << 21, b""),
                Code::ResourceExhausted,
            ),
            (
                "the largest length",
                framed(0, u32::MAX, b"short"),
                Code::ResourceExhausted,
            ),
            (
                "compressed, and not",
                framed(1, 5, b"short"),
                Code::Internal,
            ),
            (
                "a flag that is none",
                framed(7, 5, b"short"),
                Code::Internal,
            ),
            (
                "no protobuf",
                framed(0, 4, b"\xff\xff\xff\xff"),
                Code::InvalidArgument,
            ),
            (
                "a field that lies",
                framed(0, 3, b"\x0a\x7f!"),
                Code::InvalidArgument,
            ),
            (
                "no UTF-8",
                framed(0, 4, b"\x0a\x02\xff\xfe"),
                Code::InvalidArgument,
            ),
        ];
        for (what, body, code) in table {
            assert_eq!(client.status(GET, body).await, code, "{what}");
            assert_eq!(
                client.status(GET, get.clone()).await,
                Code::FailedPrecondition,
                "after {what}"
            );
        }
    };
    attacked("messages that lie", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_serves_gets_a_status() {
    let attack = async |runner: &Runner| {
        let mut client = Client::connect(&runner.socket("store")).await;
        let get = honest(&GetRequest::default());
        for path in [
            "/",
            "/no.such.Service/Get",
            "/dapr.proto.components.v1.StateStore/NoSuch",
            "/dapr.proto.components.v1.StateStore",
            "/dapr.proto.components.v1.PubSub/PullMessages",
            "//",
            "/%00/%ff",
        ] {
            let status = client.status(path, get.clone()).await;
            assert_eq!(status, Code::Unimplemented, "{path}");
        }
        let long = format!("/{}", "a".repeat(10_000));
        assert_eq!(client.status(&long, get.clone()).await, Code::Unimplemented);
    };
    attacked("unknown paths and methods", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_never_ends_is_ended_in_time() {
    let setup = setup().arg("--receive-timeout=500ms");
    let attack = async |runner: &Runner| {
        let mut client = Client::connect(&runner.socket("store")).await;
        let whole = honest(&GetRequest::default());
        for begun in [vec![], vec![0], framed(0, 10, b"short"), whole] {
            let mut call = client.open(GET).await.unwrap();
            call.body.send_data(begun.clone().into(), false).unwrap();
            assert_eq!(call.status().await, Code::DeadlineExceeded, "{begun:?}");
        }
        // A stream has begun with its first message, and may be silent then.
        let mut client = Client::connect(&runner.socket("broker")).await;
        let pull = "/dapr.proto.components.v1.PubSub/PullMessages";
        let call = client.open(pull).await.unwrap();
        assert_eq!(call.status().await, Code::DeadlineExceeded);
    };
    attacked("requests that never end", setup, GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_are_not_whole_hold_so_much_memory_and_no_more() {
    let setup = setup().arg("--request-memory=16MiB");
    let attack = async |runner: &Runner| {
        let mut refused = 0;
        let mut held = Vec::new();
        for _ in 0..20 {
            let mut client = Client::connect(&runner.socket("store")).await;
            for _ in 0..16 {
                let Ok(mut call) = client.open(GET).await else {
                    break;
                };
                let megabyte = framed(0, 60 << 20, &vec![7; 1 << 20]);
                let _ = call.body.send_data(Bytes::from(megabyte), false);
                held.push(call);
            }
        }
        hold_on().await;
        for call in held {
            let status = tokio::time::timeout(std::time::Duration::ZERO, call.status()).await;
            refused += usize::from(status == Ok(Code::ResourceExhausted));
        }
        assert!(refused > 100, "{refused} of 320 were refused");
    };
    attacked("320 MiB of unfinished requests", setup, GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_instance_ids_leaves_nothing_and_makes_no_more_instances_than_may_be() {
    let setup = setup().arg("--max-instances=8");
    let attack = async |runner: &Runner| {
        let mut store = runner.store("store", "").await;
        for number in 0..5000 {
            store.instance = format!("new-{number}-{}", "x".repeat(1000));
            let status = store.get("key").await.unwrap_err();
            assert_eq!(status.code(), Code::FailedPrecondition);
        }
        let mut made = 0;
        for number in 0..500 {
            store.instance = format!("new-{number}");
            match store.init(&[]).await {
                Ok(()) => made += 1,
                Err(status) => assert_eq!(status.code(), Code::ResourceExhausted),
            }
        }
        assert_eq!(made, 7, "beside the neighbour");
    };
    attacked("5000 ids, 500 of them with Init", setup, GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn millions_of_tiny_items_are_refused_before_they_are_decoded() {
    let attack = async |runner: &Runner| {
        let mut client = Client::connect(&runner.socket("store")).await;
        // Items without a field: decoded they would take a gigabyte.
        let items = [0x0a, 0x00].repeat(10_000_000);
        let message = framed(0, items.len() as u32, &items);
        for method in ["BulkGet", "BulkSet", "BulkDelete"] {
            let path = format!("/dapr.proto.components.v1.StateStore/{method}");
            let status = client.status(&path, message.clone()).await;
            assert_eq!(status, Code::ResourceExhausted, "{method}");
        }
    };
    // Each message comes whole before it is refused.
    attacked("10 million items", setup(), 2 * GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn properties_that_are_too_large_to_keep_are_refused() {
    let attack = async |runner: &Runner| {
        let mut client = Client::connect(&runner.socket("store")).await;
        let init = |bytes| {
            let properties = [("huge".to_owned(), "a".repeat(bytes))].into();
            honest(&InitRequest {
                metadata: Some(MetadataRequest { properties }),
            })
        };
        for _ in 0..4 {
            let path = "/dapr.proto.components.v1.StateStore/Init";
            let status = client.status(path, init(32 << 20)).await;
            assert_eq!(status, Code::ResourceExhausted);
        }
    };
    // Each comes whole before it is refused.
    attacked("properties of 32 MiB", setup(), 4 * GROWTH, attack).await;
}
