//! From start on: where sockets are, what is said.

use crate::support::{Runner, Setup, eventually, guest};
use rustix::process::Signal;
use std::{
    collections::HashMap,
    fs,
    os::unix::{
        fs::{FileTypeExt, PermissionsExt},
        net::UnixListener,
    },
    process::{Command, Stdio},
};

#[tokio::test]
async fn each_component_is_announced_on_a_line_that_says_what_where_and_how_dapr_names_it() {
    let runner = Setup::new()
        .guest("Cache", "rust-minimal-state")
        .guest("sessions", "rust-memory-state")
        .start();
    let folder = runner.folder().display();
    assert_eq!(
        runner.announced,
        [
            format!("Cache: state store on {folder}/Cache.sock (type: state.cache, version: v1)"),
            format!(
                "sessions: state store on {folder}/sessions.sock (type: state.sessions, version: v1)"
            ),
        ]
    );
}

#[tokio::test]
async fn without_a_name_the_files_stem_names_the_socket() {
    let runner = Setup::new().unnamed(&guest("rust-minimal-state")).start();
    assert!(runner.socket("rust-minimal-state").exists());
}

#[tokio::test]
async fn the_flag_names_the_folder_before_the_environment_does() {
    let folder = tempfile::tempdir().unwrap();
    let sockets = folder.path().join("made/by/the/runner");
    let _runner = Setup::new()
        .guest("store", "rust-minimal-state")
        .arg("--sockets")
        .arg(&sockets)
        .start();
    let socket = fs::metadata(sockets.join("store.sock")).unwrap();
    assert!(socket.file_type().is_socket());
    let mode = fs::metadata(&sockets).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "the folder is private");
}

#[tokio::test]
async fn the_environments_folder_is_the_first_of_daprs_variables_that_is_set() {
    let folder = tempfile::tempdir().unwrap();
    let _runner = Setup::new()
        .guest("store", "rust-minimal-state")
        .env_remove("DAPR_COMPONENTS_SOCKETS_FOLDER")
        .env("DAPR_COMPONENT_SOCKETS_FOLDER", folder.path())
        .env("DAPR_PLUGGABLE_COMPONENTS_SOCKETS_FOLDER", "/nonexistent")
        .start();
    assert!(folder.path().join("store.sock").exists());
}

#[tokio::test]
async fn a_stale_socket_is_replaced() {
    let setup = Setup::new().guest("store", "rust-minimal-state");
    drop(UnixListener::bind(setup.folder().join("store.sock")).unwrap());
    let runner = setup.start();
    runner.ready().await;
    runner.logs(&["replacing the socket"]);
}

#[tokio::test]
async fn a_killed_runner_is_followed_by_one_that_serves() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let mut runner = Setup::new()
            .guest("store", "rust-minimal-state")
            .arg("--sockets")
            .arg(folder.path())
            .start();
        let channel = crate::support::connect(&folder.path().join("store.sock")).await;
        crate::support::Store::new(channel, "")
            .init(&[])
            .await
            .unwrap();
        runner.signal(Signal::KILL);
        runner.wait();
        assert!(folder.path().join("store.sock").exists());
    }
}

#[tokio::test]
async fn the_log_is_json_when_asked_and_on_standard_error() {
    let runner = Setup::new()
        .guest("store", "rust-minimal-state")
        .arg("--log-format=json")
        .start();
    runner.ready().await;
    let line = runner.logs(&["initialised"]);
    let json: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(json["fields"]["component"], "store");
    assert_eq!(json["level"], "INFO");
}

#[tokio::test]
async fn rust_log_decides_what_is_logged() {
    let runner = Setup::new()
        .guest("store", "rust-minimal-state")
        .env("RUST_LOG", "plugbox=error")
        .start();
    runner.ready().await;
    assert_eq!(runner.log(), "");
}

#[test]
fn help_and_version_are_answers_on_standard_output() {
    for (args, words) in [
        (&["--help"][..], &["Usage: plugbox", "run"][..]),
        (
            &["run", "--help"],
            &[
                "--sockets",
                "--drain",
                "--timeout",
                "--max-memory",
                "state.memory",
            ],
        ),
        (&["--version"], &[env!("CARGO_PKG_VERSION")]),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_plugbox"))
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        let out = String::from_utf8(output.stdout).unwrap();
        for word in words {
            assert!(out.contains(word), "{word} in {out}");
        }
    }
}

#[test]
fn threads_that_compile_leave_the_cores_to_those_that_serve() {
    let runner = Runner::of("rust-minimal-state");
    // A thread is nice as soon as it runs, which on a busy machine may come late.
    eventually("those that compile are nice", || {
        let mut nice: HashMap<String, Vec<i32>> = HashMap::new();
        for task in fs::read_dir(format!("/proc/{}/task", runner.id())).unwrap() {
            // It may have ended.
            let stat = fs::read_to_string(task.unwrap().path().join("stat")).ok()?;
            let (name, fields) = stat.rsplit_once(')').unwrap();
            let (_, name) = name.split_once('(').unwrap();
            // How nice it is, is the 17th field after the name.
            let field = fields.split_whitespace().nth(16).unwrap();
            let of_name = nice.entry(name.to_owned()).or_default();
            of_name.push(field.parse().unwrap());
        }
        let own = nice.get("worker")?[0];
        let most = own.max(10);
        let compiling = nice.get("compile")?;
        compiling.iter().all(|nice| *nice == most).then_some(())
    });
}
