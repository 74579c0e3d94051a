//! What is set for an application: what changes while it is served, what waits, and what an operator reads of it.

use crate::{
    operator::{operate, status},
    reload::{self, component, reload, reloads},
    support::{
        Setup,
        app::{self, section},
        guest,
    },
};
use serde_json::Value;

/// What does not hold yet.
fn left(status: &Value) -> Vec<&str> {
    let left = status["last_reload"]["left"].as_array().unwrap();
    left.iter().map(|it| it.as_str().unwrap()).collect()
}

#[tokio::test]
async fn where_an_app_is_reached_waits_for_a_restart_and_what_it_may_use_does_not() {
    let (port, other) = (app::port(), app::port());
    let of = |port, settings: &str| [section("orders", "rust-minimal-app", port, settings)];
    let began = of(port, "").concat();
    let runner = Setup::new()
        .manifest(&began, 1)
        .env("ORDERS_TOKEN", "correct-horse")
        .start();
    let own = "instances = 3\nisolation = 'call'\nmemory = '32MiB'";
    let moved = "listen = '0.0.0.0'\napp_token_env = 'ORDERS_TOKEN'";
    let status = reload(&runner, &of(other, &format!("{own}\n{moved}")));
    let left = left(&status);
    let fixed = ["port", "listen", "app_token_env"];
    assert_eq!(left.len(), fixed.len(), "{left:?}");
    for (left, key) in left.iter().zip(fixed) {
        let begin = format!("app 'orders': {key} is another (--");
        assert!(left.starts_with(&begin), "{left}");
    }
    let orders = component(&status, "orders");
    assert_eq!(orders["address"], format!("127.0.0.1:{port}"));
    assert_eq!(orders["isolation"], "call");
    assert_eq!(orders["generation"], 2);
    let mut app = runner.app("orders").await;
    assert_eq!(app.text("echo", "tea").await, "tea");
    reloads(&runner, &of(port, own));
}

#[tokio::test]
async fn a_component_that_is_to_be_an_app_stays_one_until_a_restart() {
    let store = reload::section("same", &guest("rust-memory-state"), "");
    let runner = Setup::new().manifest(&store, 1).start();
    let mut same = runner.store("same", "").await;
    same.init(&[]).await.unwrap();
    same.set("key", "value").await.unwrap();
    let app = section("same", "rust-minimal-app", app::port(), "");
    let status = reload(&runner, &[app]);
    let [left] = left(&status)[..] else {
        panic!("{status}");
    };
    assert!(left.contains("stays a component until"), "{left}");
    assert_eq!(same.text("key").await, "value");
    reloads(&runner, &[store]);
}

#[test]
fn an_operator_reads_what_is_an_app_where_it_is_and_how_its_calls_are_apart() {
    let port = app::port();
    let manifest = [
        reload::section("store", &guest("rust-memory-state"), ""),
        section("echo", "rust-minimal-app", port, "isolation = 'call'"),
    ];
    let runner = Setup::new().manifest(&manifest.concat(), 2).start();
    let status = status(&runner);
    let (store, echo) = (component(&status, "store"), component(&status, "echo"));
    let socket = runner.socket("store").display().to_string();
    let table = [
        (store, "component", socket, Value::Null),
        (echo, "app", format!("127.0.0.1:{port}"), "call".into()),
    ];
    for (shown, role, address, isolation) in table {
        assert_eq!(shown["role"], role);
        assert_eq!(shown["address"], address);
        assert_eq!(shown["isolation"], isolation);
    }
    assert!(echo["instances"][0]["guests"].is_u64(), "{echo}");
    let (_, words, _) = operate(&runner, &["status"]);
    let place = format!("on          127.0.0.1:{port}");
    for line in ["echo: app, AppCallback", &place, "one for each call"] {
        assert!(words.contains(line), "{line}: {words}");
    }
}

#[test]
fn a_port_that_two_apps_share_is_told_with_both() {
    let port = app::port();
    let manifest = [
        section("orders", "rust-minimal-app", port, "listen = '0.0.0.0'"),
        section("echo", "rust-minimal-app", port, ""),
    ];
    let (code, _, error) = Setup::new().manifest(&manifest.concat(), 0).fail();
    assert_eq!(code, 2, "{error}");
    for words in ["app.echo.port", "orders", &format!("0.0.0.0:{port}")] {
        assert!(error.contains(words), "{words}: {error}");
    }
}
