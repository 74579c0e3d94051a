//! What reflection lists: exactly what a guest exports, by both versions of the protocol.

use crate::support::{Runner, Setup, connect};
use prost::Message;
use prost_types::FileDescriptorSet;
use std::{collections::BTreeSet, path::Path};
use tokio_stream::{StreamExt, iter};
use tonic::{Request, Status, client::Grpc, transport::Channel};
use tonic_prost::ProstCodec;
use tonic_reflection::pb::{v1, v1alpha};

pub const MINIMAL: [&str; 1] = ["dapr.proto.components.v1.StateStore"];
pub const FULL: [&str; 4] = [
    "dapr.proto.components.v1.QueriableStateStore",
    "dapr.proto.components.v1.StateStore",
    "dapr.proto.components.v1.TransactionalStateStore",
    "dapr.proto.components.v1.TransactionalStoreMultiMaxSize",
];

macro_rules! ask {
    ($version:ident, $channel:expr) => {{
        use $version::{
            ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
            server_reflection_request::MessageRequest,
        };
        let mut client = ServerReflectionClient::new($channel.clone());
        let request = ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        };
        let mut answers = client
            .server_reflection_info(iter([request]))
            .await
            .unwrap()
            .into_inner();
        answers
            .next()
            .await
            .unwrap()
            .unwrap()
            .message_response
            .unwrap()
    }};
}

/// What is listed on a component's socket.
pub async fn listed(socket: &Path) -> Vec<String> {
    listed_at(&connect(socket).await).await
}

/// What is listed, by v1alpha and by v1, which must agree.
pub async fn listed_at(channel: &Channel) -> Vec<String> {
    let alpha = match ask!(v1alpha, channel) {
        v1alpha::server_reflection_response::MessageResponse::ListServicesResponse(list) => list,
        other => panic!("{other:?}"),
    };
    let v1 = match ask!(v1, channel) {
        v1::server_reflection_response::MessageResponse::ListServicesResponse(list) => list,
        other => panic!("{other:?}"),
    };
    let mut alpha: Vec<_> = alpha
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    let mut v1: Vec<_> = v1.service.into_iter().map(|service| service.name).collect();
    alpha.sort();
    v1.sort();
    assert_eq!(alpha, v1);
    v1
}

#[tokio::test]
async fn a_minimal_guest_is_listed_as_a_state_store_and_nothing_more() {
    let runner = Runner::of("rust-minimal-state");
    assert_eq!(listed(&runner.socket("store")).await, MINIMAL);
}

#[tokio::test]
async fn a_full_guest_is_listed_with_the_whole_family() {
    let runner = Runner::of("rust-memory-state");
    assert_eq!(listed(&runner.socket("store")).await, FULL);
}

#[tokio::test]
async fn two_guests_in_one_runner_are_listed_each_on_its_own_socket() {
    let runner = Setup::new()
        .guest("small", "rust-minimal-state")
        .guest("full", "rust-memory-state")
        .start();
    assert_eq!(listed(&runner.socket("small")).await, MINIMAL);
    assert_eq!(listed(&runner.socket("full")).await, FULL);
}

#[tokio::test]
async fn a_service_that_the_guest_does_not_export_is_unimplemented_and_the_status_says_so() {
    use plugbox::proto::dapr::{
        QueryRequest, queriable_state_store_client::QueriableStateStoreClient,
    };
    let runner = Runner::of("rust-minimal-state");
    let mut client = QueriableStateStoreClient::new(runner.channel("store").await);
    let status = client.query(QueryRequest::default()).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unimplemented);
    for words in ["component 'store'", "QueriableStateStore/Query"] {
        assert!(status.message().contains(words), "{status}");
    }
}

/// Begins a call with an empty message: the refusal, if it is refused at once.
async fn called(channel: Channel, path: &str) -> Result<(), Status> {
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.unwrap();
    let request = Request::new(iter([()]));
    let codec = ProstCodec::<(), ()>::default();
    let answer = grpc.streaming(request, path.parse().unwrap(), codec);
    answer.await.map(drop)
}

#[tokio::test]
async fn each_method_of_each_service_that_is_listed_is_served() {
    let guests = [
        ("state", "rust-memory-state"),
        ("broker", "rust-memory-broker"),
        ("multi", "rust-multi"),
        ("hello", "rust-hello"),
        ("interval", "rust-interval"),
        ("webhook", "rust-webhook"),
        ("secrets", "rust-file-secrets"),
    ];
    let setup = guests.iter().fold(Setup::new(), |setup, (name, guest)| {
        setup.guest(name, guest)
    });
    let runner = setup.start();
    let files = FileDescriptorSet::decode(plugbox::proto::DESCRIPTORS).unwrap();
    let mut seen = BTreeSet::new();
    for (name, _) in guests {
        let listed = listed(&runner.socket(name)).await;
        for file in &files.file {
            for service in &file.service {
                let full = format!("{}.{}", file.package(), service.name());
                if !listed.contains(&full) {
                    continue;
                }
                for method in &service.method {
                    let path = format!("/{full}/{}", method.name());
                    if let Err(status) = called(runner.channel(name).await, &path).await {
                        let unserved = status.message().contains("does not serve");
                        assert!(!unserved, "{path}: {status}");
                    }
                    seen.insert(path);
                }
            }
        }
    }
    // All of Dapr's blocks and Layotto's hello.
    assert_eq!(seen.len(), 34, "{seen:#?}");
    let nothing = called(
        runner.channel("state").await,
        "/dapr.proto.components.v1.StateStore/Nothing",
    );
    let status = nothing.await.unwrap_err();
    assert!(status.message().contains("does not serve"), "{status}");
}
