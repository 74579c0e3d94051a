//! The building blocks that are neither state nor messages: output and input bindings, secrets, Layotto's greeting.

use crate::support::{PATIENCE, Runner, Setup, properties};
use plugbox::proto::{
    dapr::{
        BulkGetSecretRequest, FeaturesRequest, GetSecretRequest, InputBindingInitRequest,
        InvokeRequest, ListOperationsRequest, OutputBindingInitRequest, PingRequest, ReadRequest,
        SecretStoreInitRequest, input_binding_client::InputBindingClient,
        output_binding_client::OutputBindingClient, secret_store_client::SecretStoreClient,
    },
    layotto::hello::{HelloConfig, HelloRequest, hello_client::HelloClient},
};
use std::{collections::HashMap, fs};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Code;

#[tokio::test]
async fn secrets_come_from_a_file_in_a_folder_that_was_granted() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = r#"{"password": "hunter2", "db": {"user": "ann", "key": "k1"}}"#;
    fs::write(folder.path().join("secrets.json"), secrets).unwrap();
    let runner = Setup::new()
        .guest("store", "rust-file-secrets")
        .arg(format!("--dir={}::/secrets", folder.path().display()))
        .arg("-vv")
        .start();
    assert!(runner.announced[0].contains("type: secretstores.store"));
    let mut client = SecretStoreClient::new(runner.channel("store").await);
    let init = SecretStoreInitRequest {
        metadata: properties(&[("secretsFile", "/secrets/secrets.json")]),
    };
    client.init(init).await.unwrap();
    client.features(FeaturesRequest {}).await.unwrap();
    client.ping(PingRequest {}).await.unwrap();
    let get = |key: &str| GetSecretRequest {
        key: key.to_owned(),
        metadata: HashMap::new(),
    };
    let got = client.get(get("password")).await.unwrap().into_inner();
    assert_eq!(
        got.data,
        HashMap::from([("password".into(), "hunter2".into())])
    );
    let missing = client.get(get("nothing")).await.unwrap_err();
    assert_eq!(missing.code(), Code::NotFound);
    let all = client
        .bulk_get(BulkGetSecretRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(all.data["db:user"].secrets["db:user"], "ann");
    assert_eq!(all.data.len(), 3);
    for secret in ["hunter2", "ann"] {
        assert!(!runner.log().contains(secret), "a secret is in the log");
    }
}

#[tokio::test]
async fn a_folder_that_was_not_granted_is_not_there() {
    let runner = Runner::of("rust-file-secrets");
    let mut client = SecretStoreClient::new(runner.channel("store").await);
    let init = SecretStoreInitRequest {
        metadata: properties(&[("secretsFile", "/secrets/secrets.json")]),
    };
    let status = client.init(init).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    assert!(status.message().contains("--dir"), "{status}");
}

#[test]
fn a_folder_that_is_not_there_cannot_be_granted() {
    let setup = Setup::new()
        .guest("store", "rust-file-secrets")
        .arg("--dir=/nonexistent::/secrets");
    let (code, _, err) = setup.fail();
    assert_eq!(code, 1);
    assert!(
        err.contains("/nonexistent") && err.contains("--dir"),
        "{err}"
    );
}

#[tokio::test]
async fn layotto_is_greeted_where_it_looks_without_a_header_for_the_instance() {
    let setup = Setup::new().guest("store", "rust-hello");
    let folder = setup.folder().to_owned();
    let runner = setup
        .env_remove("DAPR_COMPONENTS_SOCKETS_FOLDER")
        .env("LAYOTTO_COMPONENTS_SOCKETS_FOLDER", folder)
        .start();
    // Only Layotto has it, so no Dapr type is announced.
    assert!(
        runner.announced[0].ends_with("store.sock"),
        "{:?}",
        runner.announced
    );
    let mut client = HelloClient::new(runner.channel("store").await);
    let before = client.say_hello(HelloRequest::default()).await.unwrap_err();
    assert_eq!(before.code(), Code::FailedPrecondition);
    let config = HelloConfig {
        r#type: "store".into(),
        hello_string: "good day".into(),
        ..Default::default()
    };
    client.init(config).await.unwrap();
    let request = HelloRequest { name: "Ann".into() };
    let hello = client.say_hello(request).await.unwrap().into_inner();
    assert_eq!(hello.hello_string, "good day, Ann");
}

#[tokio::test]
async fn all_that_layottos_init_brings_counts_in_the_limit_of_what_is_kept() {
    let runner = Runner::of("rust-hello");
    let mut client = HelloClient::new(runner.channel("store").await);
    let config = HelloConfig {
        hello_string: "x".repeat(5 << 20),
        ..Default::default()
    };
    let status = client.init(config).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert!(status.message().contains("leave out"), "{status:?}");
}

#[tokio::test]
async fn an_input_bindings_events_come_and_their_answers_reach_the_guest() {
    let runner = Runner::of("hostile-rude-broker");
    let mut client = InputBindingClient::new(runner.channel("store").await);
    let init = InputBindingInitRequest {
        metadata: properties(&[]),
    };
    client.init(init).await.unwrap();
    let (frames, sent) = mpsc::unbounded_channel();
    // A frame that answers nothing, as daprd may begin with.
    frames.send(ReadRequest::default()).unwrap();
    let events = client
        .read(UnboundedReceiverStream::new(sent))
        .await
        .unwrap();
    let mut events = events.into_inner();
    let mut next = async || {
        let event = tokio::time::timeout(PATIENCE, events.message()).await;
        event.unwrap().unwrap().unwrap()
    };
    let hello = next().await;
    assert_eq!(hello.data, b"hello");
    let answer = |id: &str, data: &str, error: Option<&str>| ReadRequest {
        response_data: data.into(),
        message_id: id.to_owned(),
        response_error: error.map(|message| plugbox::proto::dapr::AckResponseError {
            message: message.to_owned(),
        }),
    };
    frames
        .send(answer(&hello.message_id, "and good day", None))
        .unwrap();
    let echo = next().await;
    assert_eq!(
        (echo.data.as_slice(), echo.metadata["outcome"].as_str()),
        (&b"and good day"[..], "ok")
    );
    frames
        .send(answer(&echo.message_id, "", Some("no thanks")))
        .unwrap();
    let echo = next().await;
    assert_eq!(
        (echo.data.as_slice(), echo.metadata["outcome"].as_str()),
        (&b"no thanks"[..], "failed")
    );
    // A trap keeps the stream: a new instance opens the reader again, and says hello again.
    frames.send(answer(&echo.message_id, "trap", None)).unwrap();
    assert_eq!(next().await.data, b"hello");
}

/// A server that answers every request with its first line, until the test ends.
async fn echo_server() -> std::net::SocketAddr {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                let mut more = [0; 1024];
                match stream.read(&mut more).await {
                    Ok(read) if read > 0 => head.extend(&more[..read]),
                    _ => break,
                }
            }
            let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", line.len());
            let answer = [answer.as_bytes(), line].concat();
            // The client may be gone.
            let _ = stream.write_all(&answer).await;
        }
    });
    address
}

#[tokio::test]
async fn an_output_binding_reaches_the_hosts_that_were_granted_and_no_other() {
    let address = echo_server().await;
    for (granted, expected) in [
        (address.to_string(), None),
        (format!("http://{address}"), None),
        (format!("https://{address}"), Some(Code::PermissionDenied)),
        ("127.0.0.1".to_owned(), Some(Code::PermissionDenied)),
        ("*.0.0.1".to_owned(), Some(Code::PermissionDenied)),
    ] {
        let runner = Setup::new()
            .guest("store", "rust-webhook")
            .arg(format!("--allow-outbound={granted}"))
            .start();
        let mut client = OutputBindingClient::new(runner.channel("store").await);
        let url = format!("http://{address}");
        let init = OutputBindingInitRequest {
            metadata: properties(&[("url", &url)]),
        };
        client.init(init).await.unwrap();
        let listed = client
            .list_operations(ListOperationsRequest {})
            .await
            .unwrap();
        assert!(
            listed
                .into_inner()
                .operations
                .contains(&"create".to_owned())
        );
        let request = InvokeRequest {
            operation: "create".into(),
            metadata: HashMap::from([("path".into(), "hook".into())]),
            ..Default::default()
        };
        match (client.invoke(request).await, expected) {
            (Ok(answer), None) => assert_eq!(answer.into_inner().data, b"POST /hook HTTP/1.1"),
            (Err(status), Some(code)) => {
                assert_eq!(status.code(), code, "{granted}");
                runner.logs(&["is refused", "--allow-outbound http://"]);
            }
            (other, _) => panic!("{granted}: {other:?}"),
        }
    }
}
