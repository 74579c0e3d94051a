//! Messages with a life.

use super::*;

fn mortal(data: &str, seconds: &str) -> Outgoing {
    message("t", data).with("ttlInSeconds", seconds)
}

#[test]
fn what_has_expired_is_not_delivered() {
    let mut broker = broker(&[]);
    broker.listen(1, "t");
    for message in [mortal("a", "2"), mortal("b", "1"), message("t", "c")] {
        broker.publish(message).unwrap();
    }
    assert_eq!(broker.held(), (3, 2));
    wait(999);
    assert_eq!(broker.texts(1, 1), ["a"]);
    wait(1);
    assert_eq!(broker.texts(1, 9), ["c"]);
    assert_eq!(broker.held(), (2, 1));
}

#[test]
fn memory_comes_back_though_nobody_takes() {
    let mut broker = broker(&[("maxMessages", "2")]);
    broker.listen(1, "t");
    broker.unsubscribe(1);
    for _ in 0..5 {
        broker.publish(mortal("a", "1")).unwrap();
        broker.publish(mortal("b", "1")).unwrap();
        wait(1000);
    }
    broker.send("elsewhere", &["x"]);
    assert_eq!(broker.held(), (0, 0));
}

#[test]
fn what_expires_while_it_is_out_does_not_come_again() {
    let mut broker = broker(&[]);
    broker.listen(1, "t");
    for data in ["a", "b", "c", "d"] {
        broker.publish(mortal(data, "1")).unwrap();
    }
    let out = broker.take(1, 4);
    // Expires between the failure and the redelivery.
    wait(950);
    broker.fail(&out[0]);
    assert_eq!(broker.wait_of(1), Some(Duration::from_millis(100)));
    wait(50);
    broker.fail(&out[1]);
    broker.accept(&out[2]);
    broker.unsubscribe(1);
    broker.listen(2, "t");
    wait(50);
    assert_eq!(broker.wait_of(2), None);
    assert_eq!(broker.held(), (0, 0));
}

#[test]
fn what_is_accepted_leaves_nothing_behind() {
    let mut broker = broker(&[]);
    broker.listen(1, "t");
    broker.publish(mortal("a", "1000")).unwrap();
    let delivery = broker.take_one(1);
    broker.accept(&delivery);
    assert_eq!(broker.held(), (0, 0));
}

#[test]
fn a_life_is_an_integer_from_one_on() {
    let mut broker = broker(&[]);
    broker.listen(1, "t");
    for wrong in ["0", "-1", "1.5", "", " 1", "soon", "18446744073709551616"] {
        let why = refusal(broker.publish(mortal("a", wrong)), Code::InvalidArgument);
        assert!(why.contains("ttlInSeconds") && why.contains(&format!("{wrong:?}")));
    }
    assert_eq!(broker.held(), (0, 0));
    // Longer than a clock can count: for ever.
    broker.publish(mortal("a", "18446744073709551615")).unwrap();
    assert_eq!(broker.texts(1, 1), ["a"]);
}
