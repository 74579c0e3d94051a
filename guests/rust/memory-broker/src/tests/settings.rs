//! What a Component resource can say, and what is refused of it.

use super::*;

#[test]
fn everything_has_a_default() {
    let settings = Settings::new(&metadata(&[("redisHost", "localhost")])).unwrap();
    assert_eq!(settings.group, "");
    assert_eq!(settings.window, 1);
    assert_eq!(settings.redeliver_after, Duration::from_millis(100));
    assert_eq!(settings.max_deliveries, None);
    assert_eq!(settings.max_messages, 100_000);
}

#[test]
fn everything_can_be_said() {
    let settings = Settings::new(&metadata(&[
        ("consumerID", "app"),
        ("maxInFlight", "4294967295"),
        ("redeliverInterval", "1m1.5s"),
        ("maxDeliveries", "3"),
        ("maxMessages", "7"),
    ]))
    .unwrap();
    assert_eq!(settings.group, "app");
    assert_eq!(settings.window, u32::MAX);
    assert_eq!(settings.redeliver_after, Duration::from_millis(61_500));
    assert_eq!(settings.max_deliveries, Some(3));
    assert_eq!(settings.max_messages, 7);
}

#[test]
fn what_is_wrong_is_named() {
    for (name, value) in [
        ("maxInFlight", "0"),
        ("maxInFlight", "many"),
        ("redeliverInterval", "soon"),
        ("redeliverInterval", "-1s"),
        ("redeliverInterval", "24h1ns"),
        ("redeliverInterval", "100"),
        ("maxDeliveries", "0"),
        ("maxMessages", "4294967296"),
    ] {
        let outcome = Settings::new(&metadata(&[(name, value)])).map(drop);
        let why = refusal(outcome, Code::InvalidArgument);
        assert!(why.contains(name) && why.contains(value), "{why}");
    }
}
