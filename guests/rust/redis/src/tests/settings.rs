//! What a Component resource can say, and what is refused of it.

use std::time::Duration;

use super::*;
use crate::settings::{Delivery, Server, Trim};

fn server(pairs: &[(&str, &str)]) -> Result<Server, Error> {
    let with_host = [&[("redisHost", "localhost")], pairs].concat();
    Server::new(&metadata(&with_host))
}

fn delivery(pairs: &[(&str, &str)]) -> Result<Delivery, Error> {
    Delivery::new(&metadata(pairs))
}

#[test]
fn everything_but_the_host_has_a_default() {
    let server = server(&[]).unwrap();
    assert_eq!(server.address(), "localhost:6379");
    assert_eq!((server.username, server.password), (None, None));
    assert_eq!(server.database, 0);
    assert_eq!(server.connect_limit, Some(Duration::from_secs(5)));
    assert_eq!(server.answer_limit, Some(Duration::from_secs(3)));
    let delivery = delivery(&[]).unwrap();
    assert_eq!((delivery.group, delivery.window), (None, 1));
    assert_eq!(delivery.processing_timeout, Duration::from_secs(15));
    assert_eq!(delivery.redeliver_interval, Some(Duration::from_secs(60)));
    assert_eq!(delivery.trim, Trim::Nothing);
}

#[test]
fn everything_can_be_said() {
    let server = server(&[
        ("redisUsername", "me"),
        ("redisPassword", "secret"),
        ("redisDB", "3"),
        ("dialTimeout", "250"),
        ("readTimeout", "-1"),
        ("enableTLS", "false"),
        ("redisType", "node"),
    ])
    .unwrap();
    assert_eq!(server.username.as_deref(), Some("me"));
    assert_eq!(server.password.as_deref(), Some("secret"));
    assert_eq!(server.database, 3);
    assert_eq!(server.connect_limit, Some(Duration::from_millis(250)));
    assert_eq!(server.answer_limit, None);
    let delivery = delivery(&[
        ("consumerID", "app"),
        ("concurrency", "10"),
        ("processingTimeout", "1m30s"),
        ("redeliverInterval", "500"),
        ("maxLenApprox", "1000"),
    ])
    .unwrap();
    assert_eq!(delivery.group.as_deref(), Some("app"));
    assert_eq!(delivery.window, 10);
    assert_eq!(delivery.processing_timeout, Duration::from_secs(90));
    assert_eq!(
        delivery.redeliver_interval,
        Some(Duration::from_millis(500))
    );
    assert_eq!(delivery.trim, Trim::Length(1000));
    let trim = self::delivery(&[("streamTTL", "1h")]).unwrap().trim;
    assert_eq!(trim, Trim::Age(Duration::from_secs(3600)));
}

#[test]
fn a_server_can_be_written_in_several_ways() {
    for (host, port, expected) in [
        ("redis", "", "redis:6379"),
        ("redis:1234", "", "redis:1234"),
        ("redis", "1234", "redis:1234"),
        ("redis:1234", "1234", "redis:1234"),
        ("127.0.0.1:1", "", "127.0.0.1:1"),
        ("::1", "", "[::1]:6379"),
        ("[::1]", "", "[::1]:6379"),
        ("[::1]:1234", "", "[::1]:1234"),
    ] {
        let server = Server::new(&metadata(&[("redisHost", host), ("redisPort", port)]));
        assert_eq!(server.unwrap().address(), expected, "{host} {port}");
    }
}

#[test]
fn either_of_two_zeros_ends_redelivery() {
    for name in ["processingTimeout", "redeliverInterval"] {
        let delivery = delivery(&[(name, "0")]).unwrap();
        assert_eq!(delivery.redeliver_interval, None, "{name}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let missing = refusal(Server::new(&metadata(&[])));
    assert!(missing.contains("redisHost is missing"), "{missing}");
    for (name, value) in [
        ("redisHost", "a:1,b:2"),
        ("redisHost", "redis:port"),
        ("redisPort", "65536"),
        ("redisDB", "-1"),
        ("redisType", "cluster"),
        ("enableTLS", "maybe"),
        ("dialTimeout", "soon"),
        ("readTimeout", "9999999h"),
    ] {
        let properties = metadata(&[(name, value), ("redisHost", "localhost")]);
        let why = refusal(Server::new(&properties));
        assert!(why.contains(name) && why.contains(value), "{why}");
    }
    for name in ["enableTLS", "failover", "useEntraID"] {
        let why = refusal(server(&[(name, "true")]));
        assert!(why.contains(name), "{why}");
    }
    for (name, value) in [
        ("concurrency", "0"),
        ("concurrency", "many"),
        ("processingTimeout", "-1s"),
        ("redeliverInterval", "soon"),
        ("maxLenApprox", "1.5"),
        ("streamTTL", "long"),
    ] {
        let why = refusal(delivery(&[(name, value)]));
        assert!(why.contains(name) && why.contains(value), "{why}");
    }
    let why = refusal(delivery(&[("maxLenApprox", "1"), ("streamTTL", "1s")]));
    assert!(why.contains("maxLenApprox and streamTTL"), "{why}");
    let two_ports = metadata(&[("redisHost", "redis:1"), ("redisPort", "2")]);
    assert!(refusal(Server::new(&two_ports)).contains("redisPort"));
}
