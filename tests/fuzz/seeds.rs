//! Where the corpus begins: files that are as they should be, or nearly, each with its source here.
//!
//! What a fuzzer has found lies beside them, and has no other source.

mod calls;
mod connections;
mod files;

use crate::entries::served::{Served, place};
use std::fs;

/// A file of the corpus: the entry that it is for, its name, what is in it.
struct Seed {
    entry: &'static str,
    name: String,
    bytes: Vec<u8>,
}

impl Seed {
    fn new(entry: &'static str, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            entry,
            name: name.to_owned(),
            bytes: bytes.into(),
        }
    }
}

#[test]
fn the_corpus_has_its_seeds() {
    let _turn = crate::turn();
    let mut stale = Vec::new();
    for seed in files::seeds()
        .into_iter()
        .chain(calls::seeds())
        .chain(connections::seeds())
        .chain(words())
    {
        let folder = crate::corpus(seed.entry);
        let file = folder.join(&seed.name);
        if fs::read(&file).ok().as_ref() != Some(&seed.bytes) {
            if std::env::var_os("UPDATE_CORPUS").is_some() {
                fs::create_dir_all(&folder).unwrap();
                fs::write(&file, &seed.bytes).unwrap();
            } else {
                stale.push(file);
            }
        }
    }
    assert!(
        stale.is_empty(),
        "`UPDATE_CORPUS=1 cargo test --test fuzz` writes {stale:?}"
    );
}

#[test]
fn every_method_that_is_served_has_a_number_of_its_own() {
    let _turn = crate::turn();
    let served = Served::start();
    for target in served.components() {
        for method in &target.methods {
            assert_eq!(target.method(place(&method.path)).path, method.path);
        }
    }
}

fn words() -> Vec<Seed> {
    let flags = [
        ("run", "run\na.wasm"),
        (
            "names",
            "run\na=a.wasm\nb=b/b.wasm\n--sockets\n/tmp/sockets",
        ),
        (
            "limits",
            "run\na.wasm\n--timeout=1m 30s\n--max-memory=1.5GiB\n--max-message\n4 MB\n--instances=4\n--queue\n0\n--drain=0s\n--max-instances=7",
        ),
        (
            "folders",
            "run\na.wasm\n--dir\n/a::/b::rw\n--dir=.::/c\n--dir\n/d",
        ),
        (
            "variables",
            "run\na.wasm\n--env=A=b=c\n--env\nPATH\n--env=D=",
        ),
        (
            "hosts",
            "run\na.wasm\n--allow-outbound=tcp://[fe80::1]:6379-6380\n--allow-outbound\n*.example.com\n--allow-outbound=*://*:*\n--allow-outbound\n127.0.0.1:80",
        ),
        (
            "app",
            "app\na=a.wasm\n--port=6001\n--listen\n[::1]\n--app-token-env=PATH\n--isolation\ncall\n--instances=4",
        ),
        (
            "check",
            "check\na.wasm\n-m\nurl=http://localhost\n--secret=a=b\n--operation\nkey={name}\n--block=state-store,pub-sub\n--rule\nstate\n--json",
        ),
        ("others", "inspect\n--json\na.wasm\n-vv\n--log-format\njson"),
        (
            "new",
            "new\nmy-store\n--lang\ngo\n--block\nstate-store,secret-store",
        ),
    ];
    let manifests = [
        (
            "whole",
            r#"sockets = "/tmp/sockets"
[component.orders]
guest = "guests/redis.wasm"
instances = 4
allowed_outbound_hosts = ["tcp://127.0.0.1:6379", "https://*.example.com"]
dirs = [{ host = "./data", guest = "/data", mode = "rw" }]
env = { LOG = "info", HOME = "${A}" }
memory = "128MiB"
timeout = "5s"
"#,
        ),
        (
            "apps",
            r#"[app.shop]
guest = "guests/shop.wasm"
port = 6001
listen = "0.0.0.0"
isolation = "call"
app_token_env = "PATH"
[app.Shop]
guest = "guests/shop.wasm"
port = "${A}"
[component.SHOP]
guest = "guests/shop.wasm"
[app.other]
guest = "guests/shop.wasm"
port = 6001
"#,
        ),
        (
            "odd",
            "component.a = {guest='${AB}${ABCD}$', env.'x y'=\"\\u0000${\"}\n[component.\"a b\"]\nguest=1\ntimeot='0s'\ninstances=-1\n[[dirs]]\nmemory=1e99\n",
        ),
        (
            "wrong",
            "sockets = ${LONGER}\n[component.a]\n[component.a]\nguest = \"\"\"\n",
        ),
    ];
    let json = [
        ("compare", "\x03\0\0", r#"{"a.b": 1}"#),
        (
            "in",
            "\x02\x01\0\0\0",
            r#"{"a": ["x", 2.5, true, null, {"b": []}]}"#,
        ),
        (
            "nested",
            "\0\0\x01\x01\x02",
            r#"[{"OR": [{"EQ": {"a": "x"}}, {"NEQ": {"b": -1e300}}]}, {"AND": [{"GTE": {"c": 9007199254740993}}]}]"#,
        ),
        ("escapes", "\x03\0\0", r#"{"\u0000\ud83d\ude00": "\ud800"}"#),
        ("page", "\x09\x01\0\x01\x01\x06\x02\x02", ""),
    ];
    let answers = [
        ("etag", "\0\0\x00"),
        ("invalid", "\x01\0\x64\x08\x05\0\n\0\x7f%\u{e9}"),
        ("rows", "\x02\0\x02\x03"),
        ("app", "\x03\x09\x01\x02\x00\x01\x02\x03"),
        ("other", "\x04\x0b\x17"),
    ];
    let flags = flags.map(|(name, words)| Seed::new("flags", name, words));
    let manifests = manifests.map(|(name, text)| Seed::new("manifest", name, text));
    let json = json.map(|(name, page, json)| Seed::new("query", name, format!("{page}{json}")));
    let answers = answers.map(|(name, bytes)| Seed::new("answers", name, bytes));
    flags
        .into_iter()
        .chain(manifests)
        .chain(json)
        .chain(answers)
        .collect()
}
