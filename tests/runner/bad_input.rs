//! Bad input: each gets one clear message and an exit code, kept as a golden file.

use crate::support::{Runner, Setup, guest};
use std::{
    fs,
    os::unix::{fs::PermissionsExt, net::UnixListener},
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// A file for a guest, with something else in it.
struct Sample {
    folder: TempDir,
}

impl Sample {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// The exit code and what a person reads, without what differs from run to run.
#[track_caller]
fn golden(name: &str, setup: Setup) {
    let folder = setup.folder().display().to_string();
    let (code, out, err) = setup.fail();
    assert_eq!(out, "", "standard output is for answers");
    let err = err.replace(&folder, "SOCKETS");
    let filters = vec![
        (r"/tmp/\.tmp[0-9A-Za-z]+", "FOLDER"),
        (r"\S+/target/guests/", "GUESTS/"),
        (r"(?m)^\d{4}-\d\d-\S+ +", ""),
    ];
    insta::with_settings!({ filters => filters, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, format!("exit code {code}\n{err}"));
    });
}

fn serve(text_or_bytes: impl AsRef<[u8]>, name: &str) {
    let sample = Sample::new();
    let path = sample.file("guest.wasm", text_or_bytes);
    golden(name, Setup::new().file("store", &path));
}

fn component(text: &str, name: &str) {
    serve(wat::parse_str(text).unwrap(), name);
}

#[test]
fn a_manifest_that_makes_no_sense() {
    let text = "timeuot = '1s'\n[component.a]\nguest = 3\n";
    golden("manifest", Setup::new().manifest(text, 0));
}

#[test]
fn a_manifest_that_is_not_there() {
    golden(
        "manifest-missing",
        Setup::new().args(["-c", "/nonexistent/plugbox.toml"]),
    );
}

#[test]
fn a_manifest_without_a_component() {
    golden("manifest-empty", Setup::new().manifest("", 0));
}

#[test]
fn a_name_without_a_guest() {
    golden("name-alone", Setup::new().arg("--name=a"));
}

#[test]
fn a_file_that_is_not_there() {
    golden(
        "missing-file",
        Setup::new().file("store", Path::new("/nonexistent/guest.wasm")),
    );
}

#[test]
fn a_folder_in_place_of_a_file() {
    let sample = Sample::new();
    golden("folder", Setup::new().file("store", sample.path()));
}

#[test]
fn a_file_that_is_not_webassembly() {
    serve("#!/bin/sh\n", "not-wasm");
}

#[test]
fn an_empty_file() {
    serve("", "empty-file");
}

#[test]
fn a_core_module() {
    component("(module)", "core-module");
}

#[test]
fn a_component_that_is_cut_off() {
    let bytes = wat::parse_str("(component (core module (func) (func)))").unwrap();
    serve(&bytes[..bytes.len() / 2], "cut-off");
}

#[test]
fn a_component_that_exports_nothing() {
    component("(component)", "no-exports");
}

#[test]
fn a_component_with_exports_of_others_only() {
    component(
        r#"(component
            (component $c) (instance $i (instantiate $c))
            (export "wasi:http/incoming-handler@0.2.0" (instance $i))
            (export "example" (instance $i)))"#,
        "exports-of-others",
    );
}

fn export_of_nothing(name: &str) -> String {
    format!(
        r#"(component (component $c) (instance $i (instantiate $c)) (export "{name}" (instance $i)))"#
    )
}

#[test]
fn a_contract_of_a_later_version() {
    component(
        &export_of_nothing("dapr:components/state-store@0.2.0"),
        "later-version",
    );
}

#[test]
fn a_contract_of_an_earlier_version() {
    component(
        &export_of_nothing("dapr:components/state-store@0.0.9"),
        "earlier-version",
    );
}

#[test]
fn a_contract_without_a_version() {
    component(
        &export_of_nothing("dapr:components/state-store"),
        "no-version",
    );
}

#[test]
fn an_interface_without_its_functions() {
    component(
        &export_of_nothing("dapr:components/state-store@0.1.0"),
        "no-functions",
    );
}

#[test]
fn an_interface_whose_function_has_another_type() {
    component(
        r#"(component
            (core module $m (func (export "f")))
            (core instance $m (instantiate $m))
            (func $f (canon lift (core func $m "f")))
            (instance $i
                (export "init" (func $f)) (export "get" (func $f))
                (export "set" (func $f)) (export "delete" (func $f)))
            (export "dapr:components/state-store@0.1.0" (instance $i)))"#,
        "wrong-type",
    );
}

#[test]
fn an_interface_without_the_one_that_it_belongs_to() {
    component(
        &export_of_nothing("dapr:components/bulk-state-store@0.1.0"),
        "alone",
    );
}

#[test]
fn an_app_that_takes_messages_only_in_bulk() {
    component(
        &export_of_nothing("dapr:app/bulk-subscriber@0.1.0"),
        "alone-in-an-app",
    );
}

#[test]
fn what_only_goes_with_other_exports() {
    component(
        &export_of_nothing("plugbox:runner/handover@0.1.0"),
        "nothing-but-handover",
    );
}

#[test]
fn an_import_that_nobody_offers() {
    component(
        r#"(component
            (import "example:cache/fast@1.0.0" (instance (export "get" (func))))
            (import "example:cache/types@1.0.0" (instance (export "key" (type (sub resource)))))
            (import "example:words/types@1.0.0" (instance (type $w string) (export "word" (type (eq $w)))))
            (import "dapr:client/actors@0.1.0" (instance (export "call" (func))))
            (import "wasi:keyvalue/store@0.2.0" (instance (export "open" (func)))))"#,
        "unknown-imports",
    );
}

#[test]
fn an_import_of_another_shape_than_offered() {
    component(
        r#"(component
            (import "wasi:random/random@0.2.0"
                (instance (export "get-random-u64" (func (param "x" u32) (result u32))))))"#,
        "import-of-another-shape",
    );
}

#[test]
fn two_guests_with_one_name() {
    let setup = Setup::new()
        .guest("store", "rust-minimal-state")
        .guest("Store", "rust-memory-state");
    golden("one-name-for-two", setup);
}

#[test]
fn a_name_that_cannot_be_a_socket() {
    golden("bad-name", Setup::new().guest("a b", "rust-minimal-state"));
}

#[test]
fn one_name_for_several_guests() {
    let setup = Setup::new()
        .unnamed(&guest("rust-minimal-state"))
        .unnamed(&guest("rust-memory-state"))
        .arg("--name=store");
    golden("name-flag-for-several", setup);
}

#[test]
fn no_guest_at_all() {
    golden("no-guest", Setup::new());
}

#[test]
fn numbers_that_make_no_sense() {
    for (name, flag) in [
        ("timeout-nought", "--timeout=0s"),
        ("timeout-words", "--timeout=soon"),
        ("memory-words", "--max-memory=much"),
        ("instances-nought", "--max-instances=0"),
    ] {
        golden(
            name,
            Setup::new().guest("store", "rust-minimal-state").arg(flag),
        );
    }
}

#[test]
fn a_socket_that_a_live_process_holds() {
    let setup = Setup::new().guest("store", "rust-minimal-state");
    let socket = setup.folder().join("store.sock");
    let _listener = UnixListener::bind(&socket).unwrap();
    golden("socket-in-use", setup);
}

#[test]
fn a_socket_that_another_runner_serves_stays_served() {
    let runner = Runner::of("rust-minimal-state");
    let setup = Setup::new()
        .guest("store", "rust-minimal-state")
        .arg("--sockets")
        .arg(runner.folder());
    let (code, _, err) = setup.fail();
    assert_eq!(code, 1);
    assert!(err.contains("served by another process"), "{err}");
    assert!(runner.socket("store").exists());
}

#[test]
fn a_file_in_the_sockets_place() {
    let setup = Setup::new().guest("store", "rust-minimal-state");
    fs::write(setup.folder().join("store.sock"), "precious").unwrap();
    golden("file-in-the-way", setup);
}

#[test]
fn a_path_too_long_for_a_socket() {
    let long = "d".repeat(120);
    let setup = Setup::new()
        .guest("store", "rust-minimal-state")
        .arg(format!("--sockets=/tmp/{long}"));
    golden("long-path", setup);
}

#[test]
fn a_folder_that_cannot_be_made() {
    let sample = Sample::new();
    let file = sample.file("file", "");
    let setup = Setup::new()
        .guest("store", "rust-minimal-state")
        .arg("--sockets")
        .arg(file.join("sockets"));
    golden("unwritable-folder", setup);
}

#[test]
fn a_folder_without_the_right_to_write() {
    let setup = Setup::new().guest("store", "rust-minimal-state");
    fs::set_permissions(setup.folder(), fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(setup.folder().join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write anywhere");
        return;
    }
    golden("read-only-folder", setup);
}

mod requests {
    //! Bad requests, from a client that is allowed to connect.

    use super::*;
    use http::uri::PathAndQuery;
    use plugbox::proto::dapr::{Etag, SetRequest};
    use tonic::{Code, Request, Status, client::Grpc};

    async fn refused(change: impl FnOnce(&mut SetRequest)) -> Status {
        let runner = Runner::of("rust-memory-state");
        let mut store = runner.ready().await;
        let mut message = SetRequest {
            key: "key".into(),
            value: b"value".to_vec(),
            ..Default::default()
        };
        change(&mut message);
        let request = store.request(message);
        let status = store.client.set(request).await.unwrap_err();
        assert_eq!(store.text("key").await, "", "nothing was written");
        status
    }

    fn golden(name: &str, status: &Status) {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, format!("{:?}\n{}", status.code(), status.message()));
        });
    }

    #[tokio::test]
    async fn an_etag_that_is_not_one() {
        let status = refused(|set| {
            set.etag = Some(Etag {
                value: "not an etag".into(),
            });
        });
        golden("request-etag", &status.await);
    }

    #[tokio::test]
    async fn a_ttl_that_is_not_a_number() {
        let status = refused(|set| {
            set.metadata.insert("ttlInSeconds".into(), "soon".into());
        });
        golden("request-ttl", &status.await);
    }

    /// The bytes as they are, where a message should be.
    #[derive(Clone, PartialEq, prost::Message)]
    struct Raw {
        #[prost(bytes = "vec", tag = "1")]
        key: Vec<u8>,
    }

    #[tokio::test]
    async fn text_that_is_not_utf8() {
        let runner = Runner::of("rust-memory-state");
        let mut store = runner.ready().await;
        let mut grpc = Grpc::new(runner.channel("store").await);
        grpc.ready().await.unwrap();
        let path = PathAndQuery::from_static("/dapr.proto.components.v1.StateStore/Get");
        let codec =
            plugbox::services::ProstCodec::<Raw, plugbox::proto::dapr::GetResponse>::default();
        let raw = Raw {
            key: b"\xff\xfe".to_vec(),
        };
        let status = grpc
            .unary(Request::new(raw), path, codec)
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        golden("request-utf8", &status);
        store.get("key").await.unwrap();
    }
}
