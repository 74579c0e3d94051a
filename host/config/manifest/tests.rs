//! The manifest's meaning, and golden files of what people read when it has none.

use super::*;
use crate::{
    config::{
        At,
        values::{Count, Isolation, Mode},
    },
    engine::{self, Outbound},
};
use std::fmt::Write;
use tempfile::TempDir;

/// A folder with what manifests name.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for sub in ["guests", "data"] {
        fs::create_dir(folder.path().join(sub)).unwrap();
    }
    for guest in ["a.wasm", "redis.wasm", "memory.wasm", "shop.wasm"] {
        fs::write(folder.path().join("guests").join(guest), "").unwrap();
    }
    folder
}

fn variable(name: &str) -> Option<OsString> {
    match name {
        "SECRET" | "REDIS_PASSWORD" => Some("hunter2".into()),
        "FOLDER" => Some("guests".into()),
        "FOUR" => Some("4".into()),
        _ => None,
    }
}

fn parse(folder: &TempDir, text: &str) -> Result<Manifest, Wrong> {
    Manifest::parse(&folder.path().join("plugbox.toml"), text, &variable)
}

fn good(text: &str) -> Manifest {
    parse(&folder(), text).unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn hosts(hosts: &[&str]) -> Vec<Outbound> {
    hosts.iter().map(|host| host.parse().unwrap()).collect()
}

#[test]
fn the_example_of_the_reference_means_what_it_says() {
    let folder = folder();
    let manifest = parse(&folder, include_str!("../../../docs/plugbox.toml")).unwrap();
    let sockets = manifest.sockets.sockets.unwrap();
    assert_eq!(sockets, Path::new("/tmp/dapr-components-sockets"));
    let [orders, cache, shop] = manifest.sections.as_slice() else {
        panic!("{:?}", manifest.sections);
    };
    assert_eq!(orders.name.as_str(), "orders");
    assert_eq!(orders.guest, folder.path().join("guests/redis.wasm"));
    let sandbox = &orders.each.sandbox;
    assert_eq!(sandbox.instances, Some(Count(4)));
    assert_eq!(
        sandbox.allowed_outbound_hosts,
        hosts(&["tcp://127.0.0.1:6379", "https://*.example.com"])
    );
    let [dir] = sandbox.dirs.as_slice() else {
        panic!("{:?}", sandbox.dirs);
    };
    assert_eq!(dir.host, folder.path().join("./data"));
    assert_eq!((dir.guest.as_str(), dir.mode), ("/data", Mode::Rw));
    let mut env: Vec<_> = sandbox.env.iter().collect();
    env.sort_by_key(|variable| &variable.name);
    let env: Vec<_> = env
        .iter()
        .map(|it| (it.name.as_str(), it.value.as_str()))
        .collect();
    assert_eq!(env, [("LOG", "info"), ("PASSWORD", "hunter2")]);
    assert_eq!(sandbox.memory().0, 128 << 20);
    assert_eq!(sandbox.timeout().0.as_secs(), 5);
    assert_eq!(cache.name.as_str(), "cache");
    let app = shop.app.as_ref().unwrap();
    assert_eq!(app.address(), Some("127.0.0.1:6001".parse().unwrap()));
    assert_eq!(shop.each.sandbox.allow_dapr.len(), 2);
    let cache = cache.each.clone().over(manifest.defaults);
    assert_eq!(cache.sandbox.timeout().0.as_secs(), 10);
    assert_eq!(cache.sandbox.memory().0, 256 << 20);
    assert!(cache.sandbox.dirs.is_empty() && cache.sandbox.env.is_empty());
}

#[test]
fn components_keep_the_order_of_the_manifest() {
    let guest = "guest = 'guests/a.wasm'";
    let manifest = good(&format!(
        "[component.z]\n{guest}\n[component.a]\n{guest}\n[component.m]\n{guest}"
    ));
    let names: Vec<_> = manifest
        .sections
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(names, ["z", "a", "m"]);
}

#[test]
fn apps_stand_beside_components_with_what_is_set_for_them() {
    let manifest = good(
        "timeout = '10s'\n[app.z]\nguest = 'guests/a.wasm'\nport = 6001\nisolation = 'call'\nmemory = '1MiB'\n[component.m]\nguest = 'guests/a.wasm'\n[app.a]\nguest = 'guests/a.wasm'\nport = '600${FOUR}'\nlisten = '::1'\napp_token_env = 'SECRET'",
    );
    let [z, m, a] = <[Section; 3]>::try_from(manifest.sections).unwrap();
    let names = [&z, &m, &a].map(|it| (it.role(), it.name.as_str()));
    let expected = [(Role::App, "z"), (Role::Component, "m"), (Role::App, "a")];
    assert_eq!(names, expected);
    let app = z.app.unwrap();
    assert_eq!(app.address(), Some("127.0.0.1:6001".parse().unwrap()));
    assert_eq!(app.isolation(), Isolation::Call);
    let each = z.each.over(manifest.defaults.clone());
    assert_eq!(each.sandbox.memory().0, 1 << 20);
    assert_eq!(each.sandbox.timeout().0.as_secs(), 10);
    let limits = each.sandbox.limits(&each.served, Some(&app));
    assert_eq!(limits.isolation, engine::Isolation::Call);
    assert!(limits.instances >= 2, "calls of an app run at once");
    let limits = m.each.sandbox.limits(&m.each.served, None);
    assert_eq!(limits.instances, 1);
    let app = a.app.unwrap();
    assert_eq!(app.address(), Some("[::1]:6004".parse().unwrap()));
    assert_eq!(app.isolation(), Isolation::Instance);
}

#[test]
fn a_token_that_is_named_must_be_there_and_the_one_of_daprd_may() {
    let at = |settings: &str, set: &'static str| {
        let manifest = good(&format!(
            "[app.a]\nguest = 'guests/a.wasm'\nport = 6001\n{settings}"
        ));
        let app = manifest.sections[0].app.clone().unwrap();
        app.at(&|name| (name == set).then(|| "hunter2".into()))
    };
    let table = [
        ("", "", Ok(None)),
        ("", "APP_API_TOKEN", Ok(Some("APP_API_TOKEN"))),
        ("app_token_env = 'OWN'", "OWN", Ok(Some("OWN"))),
        ("app_token_env = 'OWN'", "APP_API_TOKEN", Err("OWN")),
        ("app_token_env = 'APP_API_TOKEN'", "", Err("APP_API_TOKEN")),
    ];
    for (settings, set, expected) in table {
        match (at(settings, set), expected) {
            (Ok(At::Port { token, set_by, .. }), Ok(expected)) => {
                let by = token.map(|_| set_by.to_string());
                assert_eq!(by.as_deref(), expected, "{settings} {set}");
            }
            (Err(why), Err(name)) => assert!(why.contains(name), "{why}"),
            (found, _) => panic!("{settings} {set}: {found:?}"),
        }
    }
}

#[test]
fn where_an_app_is_reached_holds_until_a_restart() {
    let at = |settings: &str| {
        let manifest = good(&format!("[app.a]\nguest = 'guests/a.wasm'\n{settings}"));
        let app = manifest.sections[0].app.clone().unwrap();
        app.at(&|name| (name != "APP_API_TOKEN").then(|| name.into()))
            .unwrap()
    };
    let began = at("port = 6001");
    let table: &[(&str, &[&str])] = &[
        ("port = 6001", &[]),
        ("port = 6001\nisolation = 'call'\ninstances = 7", &[]),
        ("port = 6002", &["port"]),
        ("port = 6001\nlisten = '0.0.0.0'", &["listen"]),
        ("port = 6001\napp_token_env = 'OWN'", &["app_token_env"]),
        (
            "port = 6002\nlisten = '::'\napp_token_env = 'OWN'",
            &["port", "listen", "app_token_env"],
        ),
    ];
    for (settings, expected) in table {
        let found = at(settings).needs_restart(&began);
        let keys: Vec<_> = found.iter().map(|setting| setting.key).collect();
        assert_eq!(keys, *expected, "{settings}");
    }
}

#[test]
fn a_variable_of_the_environment_stands_for_a_path_a_number_or_text() {
    let manifest = good(
        "[component.a]\nguest = '${FOLDER}/a.wasm'\ninstances = '${FOUR}'\nenv = { A = '<${FOUR}>', B = '$${FOUR}' }",
    );
    let sandbox = &manifest.sections[0].each.sandbox;
    assert_eq!(sandbox.instances, Some(Count(4)));
    let values: Vec<_> = sandbox.env.iter().map(|it| it.value.as_str()).collect();
    assert_eq!(values, ["<4>", "${FOUR}"]);
}

#[test]
fn what_is_granted_to_all_is_granted_beside_a_components_own() {
    let manifest = good(
        "allowed_outbound_hosts = ['a.com']\nenv = { A = 'all', B = 'all' }\n[component.a]\nguest = 'guests/a.wasm'\nallowed_outbound_hosts = ['b.com']\nenv = { B = 'own' }",
    );
    let own = manifest.sections[0].each.clone();
    let sandbox = own.over(manifest.defaults).sandbox;
    assert_eq!(sandbox.allowed_outbound_hosts, hosts(&["a.com", "b.com"]));
    let env: Vec<_> = sandbox
        .env
        .iter()
        .map(|it| (it.name.as_str(), it.value.as_str()))
        .collect();
    assert_eq!(env, [("A", "all"), ("B", "own")]);
}

#[test]
fn a_file_may_be_empty() {
    assert!(good("").sections.is_empty());
}

/// What is read of each mistake; a guest is there where the mistake is another.
const MISTAKES: &[(&str, &str)] = &[
    (
        "a key with a typing error",
        "[component.a]\nguest = 'guests/a.wasm'\nmemroy = '1GiB'",
    ),
    (
        "the name of a flag",
        "[component.a]\nguest = 'guests/a.wasm'\nmax_memory = '1GiB'\nallow-outbound = ['a.com']",
    ),
    ("a key like no other", "colour = 'red'"),
    (
        "a key of the runner in a component",
        "[component.a]\nguest = 'guests/a.wasm'\nsockets = '/tmp'",
    ),
    ("a key of a component at the top", "guest = 'guests/a.wasm'"),
    (
        "a table with a typing error",
        "[components.a]\nguest = 'guests/a.wasm'",
    ),
    ("a key with a line break", "\"a\\nb\" = 1"),
    (
        "a component without a guest",
        "[component.a]\nmemory = '1GiB'",
    ),
    ("a component that is no table", "component = 'a'"),
    (
        "a guest that is not there",
        "[component.a]\nguest = 'guests/b.wasm'",
    ),
    (
        "a folder that is not there",
        "[component.a]\nguest = 'guests/a.wasm'\ndirs = [\n  { host = 'data', guest = '/data' },\n  { host = 'date', guest = '/date' },\n]",
    ),
    (
        "a folder that is granted by halves",
        "dirs = [{ host = 'data', mode = 'rw', gest = '/' }]",
    ),
    (
        "a folder's mode",
        "dirs = [{ host = 'data', guest = '/data', mode = 'rx' }]",
    ),
    (
        "a name that cannot be a socket's",
        "[component.'a/b']\nguest = 'guests/a.wasm'",
    ),
    (
        "one component twice",
        "[component.a]\nguest = 'guests/a.wasm'\n[component.a]\nguest = 'guests/a.wasm'",
    ),
    (
        "one component twice to Dapr",
        "[component.a]\nguest = 'guests/a.wasm'\n[component.A]\nguest = 'guests/a.wasm'",
    ),
    (
        "an app without a port",
        "[app.a]\nguest = 'guests/a.wasm'\nmemory = '1GiB'",
    ),
    ("an app with nothing", "[app.a]"),
    (
        "an app with a typing error",
        "[app.a]\nguest = 'guests/a.wasm'\nport = 6001\nisolated = true",
    ),
    (
        "a port of nought",
        "[app.a]\nguest = 'guests/a.wasm'\nport = 0",
    ),
    (
        "a port that there is not",
        "[app.a]\nguest = 'guests/a.wasm'\nport = 65536",
    ),
    (
        "a port that is a word",
        "[app.a]\nguest = 'guests/a.wasm'\nport = 'http'",
    ),
    (
        "a secret for a port",
        "[app.a]\nguest = 'guests/a.wasm'\nport = '${SECRET}'",
    ),
    (
        "a name for an address",
        "[app.a]\nguest = 'guests/a.wasm'\nport = 6001\nlisten = 'localhost'",
    ),
    (
        "an isolation like no other",
        "[app.a]\nguest = 'guests/a.wasm'\nport = 6001\nisolation = 'all'",
    ),
    (
        "two apps on one port",
        "[app.a]\nguest = 'guests/a.wasm'\nport = 6001\nlisten = '0.0.0.0'\n[app.b]\nguest = 'guests/a.wasm'\nport = 6001",
    ),
    (
        "an app and a component of one name",
        "[component.a]\nguest = 'guests/a.wasm'\n[app.A]\nguest = 'guests/a.wasm'\nport = 6001",
    ),
    (
        "a component after an app of its name",
        "[app.a]\nguest = 'guests/a.wasm'\nport = 6001\n[component.a]\nguest = 'guests/a.wasm'",
    ),
    (
        "a key of an app in a component",
        "[component.a]\nguest = 'guests/a.wasm'\nport = 6001",
    ),
    ("a key of an app at the top", "listen = '127.0.0.1'"),
    (
        "a key of the runner in an app",
        "[app.a]\nguest = 'guests/a.wasm'\nport = 6001\nsockets = '/tmp'",
    ),
    ("one key twice", "timeout = '1s'\ntimeout = '2s'"),
    ("no TOML", "timeout = = 1"),
    ("text without an end", "env = { SECRET = 'hunter2 }"),
    ("a time that is a number", "timeout = 5"),
    ("a time without a unit", "timeout = '5'"),
    ("no time at all", "timeout = '0s'"),
    ("a size that is a word", "memory = 'much'"),
    ("a size of nothing", "memory = '0MiB'"),
    ("a count of nothing", "instances = 0"),
    ("a count below nothing", "queue = -1"),
    ("a count that is a fraction", "queue = 1.5"),
    ("a count that is a word", "queue = 'many'"),
    (
        "a host of no scheme",
        "allowed_outbound_hosts = ['a.com', 'ftp://a.com']",
    ),
    ("a host that is no list", "allowed_outbound_hosts = 'a.com'"),
    ("yes and no", "cache = 'yes'"),
    ("a log's format", "log_format = 'xml'"),
    (
        "a variable that is not there",
        "[component.a]\nguest = 'guests/a.wasm'\nenv = { PASSWORD = 'x${MISSING}' }",
    ),
    ("a variable that has no end", "sockets = '${FOLDER'"),
    ("a variable that has no name", "sockets = '${FOLDER:-x}'"),
    ("a secret for a time", "timeout = '${SECRET}'"),
    ("a secret for a count", "queue = '${SECRET}'"),
    (
        "a secret for a host",
        "allowed_outbound_hosts = ['${SECRET}://a.com']",
    ),
    (
        "a secret for a mode",
        "dirs = [{ host = 'data', guest = '/data', mode = '${SECRET}' }]",
    ),
    ("a secret for yes and no", "cache = '${SECRET}'"),
    ("a secret that is a number", "env = { PIN = 42424242 }"),
    (
        "a secret that has a NUL",
        "env = { PIN = \"hunter2\\u0000\" }",
    ),
    ("a secret without a name", "env = { '' = 'hunter2' }"),
    (
        "several at once, in their order",
        "[component.b]\nmemory = 1\n[component.a]\nguest = 2\nx = 3",
    ),
];

#[test]
fn what_is_wrong_is_told_with_file_line_and_key_and_without_secrets() {
    let folder = folder();
    let mut golden = String::new();
    for (title, text) in MISTAKES {
        let wrong = parse(&folder, text).unwrap_err().to_string();
        let wrong = wrong.replace(&folder.path().display().to_string(), "FOLDER");
        for secret in ["hunter2", "42424242"] {
            assert!(!wrong.contains(secret), "{title}: {wrong}");
        }
        writeln!(golden, "{title}:\n  {}", wrong.replace('\n', "\n  ")).unwrap();
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("mistakes", golden);
    });
}

#[test]
fn nothing_that_is_no_manifest_is_a_panic() {
    let folder = folder();
    for (_, text) in MISTAKES {
        for cut in 0..text.len() {
            // Whatever it says: it comes back.
            let _ = text.get(..cut).map(|text| parse(&folder, text));
        }
    }
    let deep = format!("a = {}", "[".repeat(100_000));
    assert!(parse(&folder, &deep).is_err());
}
