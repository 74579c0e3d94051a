//! What `plugbox new` makes is followed as its README says, in every language: built, and held against the rules.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by a panic"
)]

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const BLOCKS: [&str; 5] = [
    "state-store",
    "pub-sub",
    "input-binding",
    "output-binding",
    "secret-store",
];

fn new(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plugbox"))
        .arg("new")
        .arg(folder)
        .args(words)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Makes a guest, does what its README says, but for what must be installed and what serves until it is stopped, and runs its own
/// tests.
fn follow(language: &str, blocks: &str) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("my-guest");
    let made = new(&folder, &["--lang", language, "--block", blocks]);
    let said = text(&made.stdout);
    assert!(made.status.success(), "{said}{}", text(&made.stderr));
    if language == "rust" {
        // What the guests of all these tests have in common is built once.
        let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/guests-build/new");
        fs::create_dir_all(&shared).unwrap();
        symlink(&shared, folder.join("target")).unwrap();
    }
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let fenced = readme.split("```").nth(1).unwrap();
    let others = ["rustup ", "plugbox run ", "plugbox app "];
    let is_ours = |line: &&str| !others.iter().any(|other| line.starts_with(other));
    let mut commands: Vec<_> = fenced.lines().skip(1).filter(is_ours).collect();
    assert!(
        commands
            .iter()
            .any(|line| line.starts_with("plugbox check"))
    );
    let test = tests_of(language);
    assert!(readme.contains(&format!("`{test}`")), "{readme}");
    commands.push(test);
    for line in fenced.lines().skip(1) {
        assert!(
            said.contains(line),
            "{line} is not among what was said: {said}"
        );
    }
    let done = shell(&folder, &commands.join("\n"));
    let out = text(&done.stdout);
    // What went wrong is said at the end, and may be all that is read of a long output.
    let said = text(&done.stderr);
    let mut last: Vec<_> = said.lines().rev().take(30).collect();
    last.reverse();
    let failed = format!(
        "{language} {blocks}: {commands:?} ended with {}\n{}\n\nall of it:\n{out}{said}",
        done.status,
        last.join("\n")
    );
    assert!(done.status.success(), "{failed}");
    assert!(out.contains(" passed, 0 failed"), "{failed}");
}

/// How a guest's own tests are run.
fn tests_of(language: &str) -> &'static str {
    match language {
        "rust" => "cargo test",
        "go" => "go test",
        "python" => "pytest",
        "ts" => "npm test",
        "c" => "make test",
        other => panic!("{other} is no language of ours"),
    }
}

/// Runs commands with plugbox in the path, and what is built for tests kept in this repository's own folders.
fn shell(folder: &Path, commands: &str) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let plugbox = Path::new(env!("CARGO_BIN_EXE_plugbox")).parent().unwrap();
    let path = env::var_os("PATH").unwrap();
    let folders = [PathBuf::from(plugbox)]
        .into_iter()
        .chain(env::split_paths(&path));
    Command::new("bash")
        .args(["-euo", "pipefail", "-c", commands])
        .current_dir(folder)
        .env("PATH", env::join_paths(folders).unwrap())
        .env("XDG_CACHE_HOME", root.join("target/test-cache"))
        // What is fetched here is not what is tested.
        .env("CARGO_NET_RETRY", "10")
        .env("npm_config_fetch_retries", "5")
        .output()
        .unwrap()
}

/// Whether a language's tools are here; in CI they are.
fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok();
    let wanted = env::var_os("CI").is_some();
    if !there && !wanted {
        eprintln!("{program} is missing, and so is this test");
    }
    there || wanted
}

/// Each block alone, all in one, and an application.
fn follow_each(language: &str) {
    BLOCKS.iter().for_each(|block| follow(language, block));
    follow(language, &BLOCKS.join(","));
    follow(language, "app");
}

#[test]
fn a_new_guest_in_rust_builds_and_keeps_the_rules() {
    follow_each("rust");
}

#[test]
fn a_new_guest_in_go_builds_and_keeps_the_rules() {
    if has("go") {
        follow_each("go");
    }
}

#[test]
fn a_new_guest_in_c_builds_and_keeps_the_rules() {
    if has("clang") {
        follow_each("c");
    }
}

// The tools of these take long for each guest, so all blocks are in one.

#[test]
fn a_new_guest_in_python_builds_and_keeps_the_rules() {
    if has("python3") {
        follow("python", &BLOCKS.join(","));
        follow("python", "app");
    }
}

#[test]
fn a_new_guest_in_typescript_builds_and_keeps_the_rules() {
    if has("npm") {
        follow("ts", &BLOCKS.join(","));
        follow("ts", "app");
    }
}

#[test]
fn a_new_guest_has_a_name_that_every_tool_takes() {
    let home = tempfile::tempdir().unwrap();
    for name in ["My-Guest", "my_guest", "1st", "a--b"] {
        let made = new(&home.path().join(name), &["--lang=go"]);
        assert_eq!(made.status.code(), Some(1), "{name}");
        let said = text(&made.stderr);
        assert!(
            said.contains(name) && said.contains("like my-store"),
            "{said}"
        );
        assert!(!home.path().join(name).exists());
    }
}

#[test]
fn an_app_is_a_guest_of_its_own() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("mine");
    let made = new(&folder, &["--lang=rust", "--block=app,state-store"]);
    assert_eq!(made.status.code(), Some(1));
    let said = text(&made.stderr);
    assert!(said.contains("another with the other blocks"), "{said}");
    assert!(!folder.exists());
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("mine");
    fs::create_dir(&folder).unwrap();
    assert!(new(&folder, &["--lang=rust"]).status.success());
    fs::write(folder.join("src/lib.rs"), "mine").unwrap();
    let made = new(&folder, &["--lang=rust"]);
    assert_eq!(made.status.code(), Some(1));
    assert!(text(&made.stderr).contains("not empty"));
    assert_eq!(
        fs::read_to_string(folder.join("src/lib.rs")).unwrap(),
        "mine"
    );
}
