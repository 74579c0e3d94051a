//! plugbox.toml: what to serve, and each component with limits and grants of its own.

use crate::support::{Runner, Setup, Store, connect, guest, properties};
use plugbox::proto::dapr::{
    GetSecretRequest, SecretStoreInitRequest, secret_store_client::SecretStoreClient,
};
use serde_json::Value;
use std::{
    collections::HashMap,
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    process::Command,
    thread,
};
use tonic::Code;

/// A server that answers one connection with `pong`.
fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 5]).unwrap();
        stream.write_all(b"pong\n").unwrap();
    });
    address
}

/// A section of the manifest that serves a guest of this repository.
fn section(name: &str, guest_name: &str, settings: &str) -> String {
    let guest = guest(guest_name);
    format!(
        "[component.{name}]\nguest = '{}'\n{settings}\n",
        guest.display()
    )
}

async fn initialised(runner: &Runner, name: &str) -> Store {
    let mut store = runner.store(name, "").await;
    store.init(&[]).await.unwrap();
    store
}

#[tokio::test]
async fn each_component_of_the_manifest_has_its_own_grants() {
    let address = server();
    let own = format!(
        "allowed_outbound_hosts = ['tcp://{address}']\nenv = {{ OWN = 'of ${{PLUGBOX_TEST_NAME}}' }}"
    );
    let manifest = [
        "env = { SHARED = 'of all' }\n".to_owned(),
        section("open", "hostile-prober", &own),
        section("shut", "hostile-prober", ""),
    ];
    let runner = Setup::new()
        .env("PLUGBOX_TEST_NAME", "ann")
        .manifest(&manifest.concat(), 2)
        .start();
    let mut open = initialised(&runner, "open").await;
    let mut shut = initialised(&runner, "shut").await;
    assert_eq!(open.text("env:OWN").await, "of ann");
    assert_eq!(open.text("env:SHARED").await, "of all");
    assert_eq!(shut.text("env:SHARED").await, "of all");
    assert!(shut.text("env:OWN").await.starts_with("error"));
    let connect = format!("connect:{address}");
    assert_eq!(shut.text(&connect).await, "error: permission denied");
    let grant =
        format!("--allow-outbound tcp://{address}, or allowed_outbound_hosts in the manifest");
    runner.logs(&["component=shut", &grant]);
    assert_eq!(open.text(&connect).await, "pong");
}

#[tokio::test]
async fn each_component_of_the_manifest_has_its_own_limits() {
    let manifest = [
        section("small", "hostile-rude-state", "memory = '32MiB'"),
        section("short", "hostile-rude-state", "timeout = '500ms'"),
    ];
    let runner = Setup::new().manifest(&manifest.concat(), 2).start();
    let mut small = initialised(&runner, "small").await;
    let mut short = initialised(&runner, "short").await;
    let status = short.get("loop").await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    for words in ["500ms", "--timeout, or timeout in the manifest"] {
        assert!(status.message().contains(words), "{status}");
    }
    assert_eq!(small.text("sleep:1000").await, "awake");
    let status = small.get("allocate").await.unwrap_err();
    for words in ["32.0 MiB", "--max-memory, or memory in the manifest"] {
        assert!(status.message().contains(words), "{status}");
    }
}

#[tokio::test]
async fn flags_win_over_the_manifest_for_every_component() {
    let manifest = [
        "timeout = '10m'\n".to_owned(),
        section("store", "hostile-rude-state", "timeout = '20m'"),
    ];
    let runner = Setup::new()
        .manifest(&manifest.concat(), 1)
        .arg("--timeout=500ms")
        .start();
    let status = initialised(&runner, "store").await.get("loop").await;
    assert_eq!(status.unwrap_err().code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn guests_that_are_named_stand_beside_those_of_a_manifest_or_in_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = [
        section("kept", "hostile-prober", "env = { A = 'kept' }"),
        section("replaced", "rust-memory-state", "env = { A = 'replaced' }"),
    ];
    let file = folder.path().join("other.toml");
    fs::write(&file, manifest.concat()).unwrap();
    let runner = Setup::new()
        .arg("-c")
        .arg(&file)
        .guest("replaced", "hostile-prober")
        .guest("added", "hostile-prober")
        .components(1)
        .start();
    for (name, expected) in [
        ("kept", "kept"),
        ("replaced", "replaced"),
        ("added", "error: other error"),
    ] {
        let answer = initialised(&runner, name).await.text("env:A").await;
        assert_eq!(answer, expected, "{name}");
    }
}

#[tokio::test]
async fn a_manifest_is_left_aside_where_a_guest_is_named_and_it_is_not() {
    let runner = Setup::new()
        .manifest("this is no manifest", 0)
        .guest("store", "rust-memory-state")
        .start();
    assert_eq!(runner.announced.len(), 1);
    runner.ready().await;
}

#[tokio::test]
async fn paths_are_relative_to_the_manifest_and_not_to_where_plugbox_was_started() {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("below");
    fs::create_dir_all(below.join("data")).unwrap();
    fs::copy(guest("rust-file-secrets"), below.join("secrets.wasm")).unwrap();
    fs::write(below.join("data/secrets.json"), r#"{"word": "xyzzy"}"#).unwrap();
    let text = "sockets = 'sockets'\n[component.secrets]\nguest = 'secrets.wasm'\n\
        dirs = [{ host = './data', guest = '/secrets' }]";
    let file = below.join("plugbox.toml");
    fs::write(&file, text).unwrap();
    let runner = Setup::new().arg("-c").arg(&file).components(1).start();
    let socket = below.join("sockets/secrets.sock");
    assert!(runner.announced[0].contains(&socket.display().to_string()));
    let mut client = SecretStoreClient::new(connect(&socket).await);
    let init = SecretStoreInitRequest {
        metadata: properties(&[("secretsFile", "/secrets/secrets.json")]),
    };
    client.init(init).await.unwrap();
    let request = GetSecretRequest {
        key: "word".to_owned(),
        metadata: HashMap::new(),
    };
    let answer = client.get(request).await.unwrap().into_inner();
    assert_eq!(answer.data["word"], "xyzzy");
}

#[tokio::test]
async fn the_log_is_written_as_the_manifest_says() {
    let manifest = section("store", "rust-memory-state", "");
    let runner = Setup::new()
        .manifest(&format!("log_format = 'json'\n{manifest}"), 1)
        .start();
    runner.ready().await;
    let line = runner.logs(&["initialised"]);
    assert!(line.starts_with("{\""), "{line}");
}

#[test]
fn the_schema_is_json_that_describes_every_key() {
    let output = Command::new(env!("CARGO_BIN_EXE_plugbox"))
        .arg("schema")
        .output()
        .unwrap();
    assert!(output.status.success());
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let component = &schema["properties"]["component"]["additionalProperties"];
    let app = &schema["properties"]["app"]["additionalProperties"];
    for table in [&schema, component, app] {
        assert_eq!(table["additionalProperties"], false);
        for (key, value) in table["properties"].as_object().unwrap() {
            assert!(value["description"].is_string(), "{key}: {value}");
            let known = [
                "default",
                "examples",
                "items",
                "properties",
                "additionalProperties",
            ];
            let known = known.iter().any(|known| value.get(known).is_some());
            assert!(known, "{key} has neither a default nor an example: {value}");
        }
    }
    assert_eq!(component["required"], serde_json::json!(["guest"]));
    assert_eq!(app["required"], serde_json::json!(["guest", "port"]));
}
