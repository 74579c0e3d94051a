//! Whether the guest is let in: by its sandbox, and by the server.

use crate::{
    serving,
    support::{Setup, broker::Broker, redis::RedisServer},
};
use tonic::Code;

#[tokio::test]
async fn without_the_grant_the_client_hears_of_the_refusal_and_the_log_of_the_flag() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = Setup::new()
        .guest("store", "rust-redis")
        .arg("--allow-outbound=tcp://127.0.0.1:1")
        .start();
    let address = server.address();
    let grant = format!("--allow-outbound tcp://{address}");
    let properties = [("redisHost", address.as_str()), ("consumerID", "app")];
    let mut store = runner.store("store", "").await;
    let mut broker = Broker::new(runner.channel("store").await, "");
    let refused = [
        store.init(&properties).await,
        broker.init(&properties).await,
    ];
    for refused in refused {
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{refused:?}");
        assert!(refused.message().contains("the sandbox"), "{refused:?}");
    }
    runner.logs(&["is refused", &grant, "component=store"]);
}

#[tokio::test]
async fn a_server_with_a_password_lets_in_who_has_it_and_nobody_is_told_another() {
    let Some(server) = RedisServer::with(&["--requirepass", "correct-horse"]) else {
        return;
    };
    let runner = serving(&server).arg("-vv").start();
    let address = server.address();
    let host = ("redisHost", address.as_str());
    let mut store = runner.store("store", "").await;
    for properties in [
        &[host][..],
        &[host, ("redisPassword", "battery-staple")],
        &[
            host,
            ("redisPassword", "correct-horse"),
            ("redisUsername", "nobody"),
        ],
    ] {
        let refused = store.init(properties).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated, "{refused:?}");
        let told = format!("{refused:?}{}", runner.log());
        for secret in ["battery-staple", "correct-horse"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
    let properties = [
        host,
        ("redisPassword", "correct-horse"),
        ("redisUsername", "default"),
    ];
    store.init(&properties).await.unwrap();
    store.set("key", "1").await.unwrap();
    assert!(!runner.log().contains("correct-horse"), "{}", runner.log());
}

#[tokio::test]
async fn a_database_keeps_its_items_from_the_others() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let runner = serving(&server).start();
    let mut third = crate::store(&runner, &server, "third", &[("redisDB", "3")]).await;
    let mut first = crate::store(&runner, &server, "first", &[]).await;
    third.set("key", "1").await.unwrap();
    assert_eq!(first.text("key").await, "");
    assert_eq!(server.ask(&["-n", "3", "hget", "key", "data"]), ["1"]);
}
