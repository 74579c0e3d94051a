//! Strange characters in every text that a guest can hand out: they reach the client as they are, or escaped where a header or a log
//! holds them, and break neither.

use crate::{
    siege::{MIB, Siege},
    support::properties,
};
use plugbox::proto::{
    dapr::{
        BulkGetSecretRequest, BulkMessageEntry, BulkPublishRequest, FeaturesRequest,
        GetSecretRequest, InvokeRequest, ListOperationsRequest, OutputBindingInitRequest, Query,
        QueryRequest, SecretStoreInitRequest, output_binding_client::OutputBindingClient,
        queriable_state_store_client::QueriableStateStoreClient,
        secret_store_client::SecretStoreClient,
    },
    layotto::hello::{HelloConfig, HelloRequest, hello_client::HelloClient},
};
use std::collections::HashMap;
use tonic::Code;
use tonic_types::StatusExt;

/// As the guest has it.
const ODD: &str = "a\0b\r\n\u{1b}[31mc\u{85}\u{2028}\u{202e}d\u{fdd0}\u{fffe}\u{ffff}\u{10ffff}e";

fn odd_metadata() -> HashMap<String, String> {
    HashMap::from([(ODD.into(), ODD.into()), (String::new(), ODD.into())])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_a_state_store() {
    let siege = Siege::start().await;
    let mut store = siege.store("odd-text").await;
    let attack = async {
        let features = store.request(FeaturesRequest {});
        let features = store.client.features(features).await.unwrap().into_inner();
        assert!(features.features.contains(&ODD.to_owned()));
        let got = store.get("key").await.unwrap();
        assert_eq!(got.data, ODD.as_bytes());
        assert_eq!(got.etag.unwrap().value, ODD);
        assert_eq!(got.content_type, ODD);
        assert_eq!(got.metadata, odd_metadata());
        for (key, code) in [
            ("error", Code::InvalidArgument),
            ("mismatch", Code::FailedPrecondition),
            ("app-error", Code::Aborted),
        ] {
            let status = store.get(key).await.unwrap_err();
            assert_eq!((status.code(), status.message()), (code, ODD), "{key}");
            assert_eq!(
                status.get_error_details_vec().len(),
                usize::from(key != "error")
            );
        }
        let mut query = QueriableStateStoreClient::new(siege.channel());
        let request = QueryRequest {
            query: Some(Query::default()),
            ..Default::default()
        };
        let found = query.query(request).await.unwrap().into_inner();
        assert_eq!(found.items[0].key, ODD);
        assert_eq!(found.token, ODD);
        assert_eq!(found.metadata, odd_metadata());
    };
    siege.withstands(16 * MIB, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_a_broker() {
    let siege = Siege::start().await;
    let mut broker = siege.broker("odd-text").await;
    let attack = async {
        let mut messages = broker.subscribe("orders").await.unwrap();
        for _ in 0..3 {
            let message = messages.next().await;
            assert_eq!(message.topic_name, ODD);
            assert_eq!(message.content_type, ODD);
            assert_eq!(message.metadata, odd_metadata());
            messages.fail(&message.id, ODD);
        }
        let status = broker.publish("error", "").await.unwrap_err();
        assert_eq!(status.message(), ODD);
        let request = broker.request(BulkPublishRequest {
            topic: "orders".into(),
            entries: vec![BulkMessageEntry {
                entry_id: ODD.into(),
                ..Default::default()
            }],
            ..Default::default()
        });
        let failed = broker.client.bulk_publish(request).await.unwrap();
        let failed = failed.into_inner().failed_entries;
        assert_eq!(failed[0].entry_id, ODD);
        assert_eq!(failed[0].error, ODD);
    };
    siege.withstands(16 * MIB, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_bindings() {
    let siege = Siege::start().await;
    let mut events = siege.events("odd-text").await;
    let mut output = OutputBindingClient::new(siege.channel());
    let init = OutputBindingInitRequest {
        metadata: properties(&[("attack", "odd-text")]),
    };
    let attack = async {
        let event = events.next().await;
        assert_eq!(event.content_type, ODD);
        assert_eq!(event.metadata, odd_metadata());
        events.answer(&event.message_id);
        events.next().await;
        output.init(init).await.unwrap();
        let operations = output.list_operations(ListOperationsRequest::default());
        let operations = operations.await.unwrap().into_inner().operations;
        assert!(operations.contains(&ODD.to_owned()));
        let request = InvokeRequest {
            operation: ODD.into(),
            ..Default::default()
        };
        let answer = output.invoke(request).await.unwrap().into_inner();
        assert_eq!(answer.content_type, ODD);
        assert_eq!(answer.metadata, odd_metadata());
    };
    siege.withstands(16 * MIB, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_a_secret_store() {
    let siege = Siege::start().await;
    let mut secrets = SecretStoreClient::new(siege.channel());
    let init = SecretStoreInitRequest {
        metadata: properties(&[("attack", "odd-text")]),
    };
    let get = |key: &str| GetSecretRequest {
        key: key.into(),
        ..Default::default()
    };
    let attack = async {
        secrets.init(init).await.unwrap();
        let got = secrets.get(get(ODD)).await.unwrap().into_inner();
        assert_eq!(got.data, odd_metadata());
        let all = secrets.bulk_get(BulkGetSecretRequest::default()).await;
        let all = all.unwrap().into_inner().data;
        assert!(all.values().any(|secret| secret.secrets.contains_key(ODD)));
        let status = secrets.get(get("error")).await.unwrap_err();
        assert_eq!(status.message(), ODD);
    };
    siege.withstands(16 * MIB, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_a_greeting() {
    let siege = Siege::start().await;
    let mut hello = HelloClient::new(siege.channel());
    let config = HelloConfig {
        metadata: HashMap::from([("attack".into(), "odd-text".into())]),
        ..Default::default()
    };
    let say = |name: &str| HelloRequest { name: name.into() };
    let attack = async {
        hello.init(config).await.unwrap();
        let said = hello.say_hello(say("Ann")).await.unwrap().into_inner();
        assert_eq!(said.hello_string, ODD);
        let status = hello.say_hello(say("error")).await.unwrap_err();
        assert_eq!(status.message(), ODD);
    };
    siege.withstands(16 * MIB, attack).await;
}
