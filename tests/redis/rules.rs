//! The protocol's rules for state stores and brokers.

use crate::support::{guest, redis::RedisServer, repository};
use serde_json::Value;
use std::process::Command;

/// Why a rule says nothing of this guest: the beginnings of rules, and the words of the reason.
const SKIPPED: [(&str, &str); 6] = [
    // All instances reach one server.
    ("state/separate-instances", "share their storage"),
    ("pubsub/separate-instances", "share their storage"),
    // Redis does not look inside of values.
    (
        "state/",
        "does not list dapr.proto.components.v1.QueriableStateStore",
    ),
    // A stream has one name, and its entries no life of their own.
    ("pubsub/wildcard-", "SUBSCRIBE_WILDCARDS"),
    ("pubsub/ttl-", "MESSAGE_TTL"),
    ("pubsub/bulk-partial", "MESSAGE_TTL"),
];

fn check(instances: u32) {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let output = Command::new(env!("CARGO_BIN_EXE_plugbox"))
        .arg("check")
        .arg(guest("rust-redis"))
        .args(["--json", "--shared-storage"])
        .arg(server.grant())
        .arg(format!("--instances={instances}"))
        .arg(format!("--metadata=redisHost={}", server.address()))
        .arg("--metadata=redeliverInterval=200ms")
        .env_remove("RUST_LOG")
        .env("XDG_CACHE_HOME", repository().join("target/test-cache"))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{report:#}");
    let rules = report["rules"].as_array().unwrap();
    let (mut state, mut messages) = (0, 0);
    for rule in rules {
        let id = rule["rule"].as_str().unwrap();
        match rule["outcome"].as_str().unwrap() {
            "passed" if id.starts_with("state/") => state += 1,
            "passed" if id.starts_with("pubsub/") => messages += 1,
            "skipped" => {
                let because = rule["reason"].as_str().unwrap();
                let known = |(of, why): &(&str, &str)| id.starts_with(of) && because.contains(why);
                assert!(SKIPPED.iter().any(known), "{rule:#}");
            }
            _ => panic!("{rule:#}"),
        }
    }
    assert!(state > 60 && messages > 30, "{state} {messages}");
}

#[test]
fn all_rules_are_kept_but_for_what_redis_does_not_do() {
    check(1);
}

#[test]
fn several_guests_at_once_keep_the_rules_too() {
    check(4);
}
