//! Calls that come close together, with more than a call has, or with less.

use crate::{
    client::{Client, honest},
    neighbour::{GROWTH, attacked, setup},
    support::{Runner, broker::Broker},
    wire::{DATA, END_HEADERS, END_STREAM, GET, HEADERS, PULL, Raw, frame, headers},
};
use http::{HeaderName, Method, StatusCode};
use plugbox::proto::dapr::{GetRequest, PublishRequest, PullMessagesRequest, Topic};
use tonic::Code;

const PUBLISH: &str = "/dapr.proto.components.v1.PubSub/Publish";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_reaches_a_subscription_whose_first_frame_came_just_before_it() {
    let attack = async |runner: &Runner| {
        let mut broker = Broker::new(runner.channel("broker").await, "attacker");
        broker.init(&[]).await.unwrap();
        let mut raw = Raw::greeted(&runner.socket("broker")).await;
        let mut last = 1;
        for round in 0..200 {
            let name = format!("topic-{round}");
            // The streams of the rounds before wait for messages meanwhile.
            let (waiting, publishing) = (last, last + 2);
            last += 4;
            let opened = frame(HEADERS, END_HEADERS, waiting, &headers(PULL));
            assert!(raw.send(&opened).await);
            assert!(raw.answers().await);
            let first = honest(&PullMessagesRequest {
                topic: Some(Topic {
                    name: name.clone(),
                    metadata: Default::default(),
                }),
                ..Default::default()
            });
            let data = format!("message {round}.");
            let message = honest(&PublishRequest {
                topic: name,
                data: data.clone().into(),
                ..Default::default()
            });
            let mut together = frame(DATA, 0, waiting, &first);
            together.extend(frame(HEADERS, END_HEADERS, publishing, &headers(PUBLISH)));
            together.extend(frame(DATA, END_STREAM, publishing, &message));
            assert!(raw.send(&together).await);
            assert!(raw.says(data.as_bytes()).await, "{data}");
        }
    };
    attacked("subscribe and publish", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_nobody_reads_leave_room_for_others() {
    let attack = async |runner: &Runner| {
        let mut client = Client::connect(&runner.socket("store")).await;
        // Together many times what a connection may have on its way.
        for _ in 0..100 {
            let status = client.status("/no.such.Service/Set", vec![7; 200_000]);
            assert_eq!(status.await, Code::Unimplemented);
        }
        let get = honest(&GetRequest::default());
        assert_eq!(client.status(GET, get).await, Code::FailedPrecondition);
    };
    attacked("20 MB to nobody", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trailers_of_a_request_mean_nothing() {
    let attack = async |runner: &Runner| {
        let mut client = Client::connect(&runner.socket("store")).await;
        let mut call = client.open(GET).await.unwrap();
        let get = honest(&GetRequest::default());
        call.body.send_data(get.into(), false).unwrap();
        let trailers = [(HeaderName::from_static("grpc-status"), 13.into())];
        call.body
            .send_trailers(trailers.into_iter().collect())
            .unwrap();
        assert_eq!(call.status().await, Code::FailedPrecondition);
    };
    attacked("trailers", setup(), GROWTH, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_speak_grpc_is_told_so_in_words() {
    let attack = async |runner: &Runner| {
        let mut client = Client::connect(&runner.socket("store")).await;
        let grpc = "application/grpc";
        for (method, path, content, status) in [
            (Method::GET, "/", grpc, StatusCode::METHOD_NOT_ALLOWED),
            (Method::PUT, GET, grpc, StatusCode::METHOD_NOT_ALLOWED),
            (
                Method::POST,
                GET,
                "application/json",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ),
            (
                Method::POST,
                GET,
                "application/grpc-web",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ),
            (Method::POST, GET, grpc, StatusCode::OK),
            (Method::POST, GET, "application/grpc+proto", StatusCode::OK),
            (Method::POST, GET, "application/grpc; v=1", StatusCode::OK),
        ] {
            let mut call = client.request(method, path, content).await.unwrap();
            let get = honest(&GetRequest::default());
            call.body.send_data(get.into(), true).unwrap();
            let (answered, body) = call.answer().await;
            assert_eq!(answered, status, "{path} {content}");
            let words = String::from_utf8(body).unwrap();
            assert_eq!(words.contains("speaks gRPC"), status != StatusCode::OK);
        }
    };
    attacked("not gRPC", setup(), GROWTH, attack).await;
}
