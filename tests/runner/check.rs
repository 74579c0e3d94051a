//! `plugbox check` from the outside.

use crate::support::{guest, repository};
use serde_json::Value;
use std::{fs, path::Path, process::Command};

/// What a check of a guest ends with: its exit code, standard output and standard error.
fn check(guest: &Path, words: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_plugbox"))
        .arg("check")
        .arg(guest)
        .args(words)
        .env_remove("RUST_LOG")
        // It is of apps that daprd calls, and no rule brings it.
        .env("APP_API_TOKEN", "correct horse")
        .env("XDG_CACHE_HOME", repository().join("target/test-cache"))
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_guest_that_keeps_the_rules_passes_with_a_line_for_each_and_a_summary() {
    let (code, out, err) = check(&guest("rust-hello"), &[]);
    assert_eq!((code, err.as_str()), (0, ""));
    let (lines, summary) = out.split_once("\n\n").unwrap();
    let count = lines.lines().count();
    assert!(
        lines
            .lines()
            .all(|line| line.starts_with("ok       hello/"))
    );
    let expected = format!("{count} rules: {count} passed, 0 failed, 0 skipped, in ");
    assert!(summary.starts_with(&expected), "{summary}");
}

#[test]
fn an_app_is_held_against_the_rules_of_apps_and_only_known_methods_are_called() {
    let app = guest("rust-minimal-app");
    let large = ["--rule=app/invoke-large-body"];
    let (code, out, err) = check(&app, &[]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("ok       app/invoke-at-once"), "{out}");
    for reason in ["the guest exports no subscriber", "--method"] {
        assert!(out.contains(reason), "{out}");
    }
    let (code, out, _) = check(&app, &[&large[..], &["--method=echo"]].concat());
    assert_eq!(code, 0, "{out}");
    assert!(out.starts_with("ok       app/invoke-large-body"), "{out}");
    let mutant = guest("hostile-mutant-app");
    let words = ["--env=mutation=answer-of-five-times", "--method=echo"];
    let (code, out, _) = check(&mutant, &[&large[..], &words].concat());
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("expected: an answer of at most"), "{out}");
}

#[test]
fn a_broken_rule_is_shown_with_the_request_and_the_answer_and_is_a_failure() {
    let broker = guest("hostile-rude-broker");
    let (code, out, _) = check(&broker, &["--rule=pubsub/failed", "--rule=pubsub/ping"]);
    assert_eq!(code, 1, "{out}");
    for words in [
        "FAILED   pubsub/failed: ",
        "request:  (waiting for a message of) PullMessages",
        "answer:   nothing within",
        "expected: a message",
        "ok       pubsub/ping",
        " 2 failed, ",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(!out.contains("pubsub/bulk"), "{out}");
}

#[test]
fn a_rule_that_does_not_concern_a_guest_is_skipped_with_the_reason() {
    let store = guest("rust-minimal-state");
    let (code, out, _) = check(&store, &["--rule=state/query"]);
    assert_eq!(code, 0, "{out}");
    let skipped = out
        .lines()
        .filter(|line| line.starts_with("skipped  state/query"));
    let with_reason = skipped.filter(|line| line.contains("does not list"));
    assert!(with_reason.count() > 0, "{out}");
}

#[test]
fn the_report_is_one_json_object_when_asked() {
    let broker = guest("hostile-rude-broker");
    let (code, out, _) = check(
        &broker,
        &["--json", "--rule=pubsub/failed", "--rule=pubsub/ping"],
    );
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["guest"], broker.to_str().unwrap());
    assert_eq!(report["failed"], 2);
    let rules = report["rules"].as_array().unwrap();
    let rule = |id: &str| rules.iter().find(|rule| rule["rule"] == id).unwrap();
    assert_eq!(rule("pubsub/ping")["outcome"], "passed");
    let failed = rule("pubsub/failed");
    assert_eq!(failed["outcome"], "failed");
    for field in ["promise", "source", "request", "answer", "expected"] {
        assert!(!failed[field].as_str().unwrap().is_empty(), "{field}");
    }
}

#[test]
fn a_junit_report_has_a_case_for_each_rule() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.xml");
    let junit = format!("--junit={}", path.display());
    let broker = guest("hostile-rude-broker");
    let (code, _, _) = check(&broker, &[&junit, "--rule=pubsub/failed"]);
    assert_eq!(code, 1);
    let xml = fs::read_to_string(&path).unwrap();
    for words in [
        "<testsuite name=\"",
        "<testcase name=\"pubsub/failed\"",
        "<failure ",
        "failures=\"2\"",
    ] {
        assert!(xml.contains(words), "{words}: {xml}");
    }
    let (code, _, err) = check(
        &broker,
        &["--junit=/nonexistent/report.xml", "--rule=pubsub/ping"],
    );
    assert_eq!(code, 1);
    assert!(err.contains("/nonexistent/report.xml"), "{err}");
}

#[test]
fn metadata_and_grants_reach_the_guest() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.json"), r#"{"password": "oak"}"#).unwrap();
    let dir = format!("--dir={}::/secrets", folder.path().display());
    let secrets = guest("rust-file-secrets");
    let init = [
        "-m",
        "secretsFile=/secrets/s.json",
        "--rule=secretstores/get",
    ];
    let (code, out, _) = check(&secrets, &[&init[..], &[&dir]].concat());
    assert_eq!(code, 0, "{out}");
    assert!(!out.contains("oak"), "{out}");
    let (code, out, _) = check(&secrets, &init);
    assert_eq!(code, 1);
    assert!(out.contains("--dir"), "{out}");
}

#[test]
fn what_cannot_be_checked_is_an_error_that_says_what_to_do() {
    let (hello, app) = (guest("rust-hello"), guest("rust-minimal-app"));
    let table: &[(&Path, &[&str], i32, &str)] = &[
        (
            &hello,
            &["--block=state-store"],
            1,
            "is no state store: it is a Layotto hello",
        ),
        (&hello, &["--block=store"], 2, "state-store, pub-sub"),
        (&hello, &["--rule=state/"], 1, "no rule for this guest"),
        (&hello, &["-mx"], 2, "NAME=VALUE"),
        (
            &hello,
            &["--method=x"],
            1,
            "--method says nothing to a component",
        ),
        (&hello, &["--block=app"], 1, "it is a component, and no app"),
        (
            &app,
            &["-mx=1"],
            1,
            "--metadata says nothing to an app, which has no Init",
        ),
        (
            &app,
            &["--block=app,state-store"],
            1,
            "is no state store: it is an app",
        ),
        (
            Path::new("/nonexistent.wasm"),
            &[],
            1,
            "cannot serve /nonexistent.wasm",
        ),
        (Path::new("Cargo.toml"), &[], 1, "not a WebAssembly file"),
    ];
    for (guest, words, expected, message) in table {
        let (code, out, err) = check(guest, words);
        assert_eq!(code, *expected, "{words:?}: {err}");
        assert!(err.contains(message), "{words:?}: {err}");
        assert_eq!(out, "", "{words:?}");
    }
}
