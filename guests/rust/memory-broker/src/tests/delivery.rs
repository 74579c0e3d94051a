//! Order, acknowledgements, redelivery, and what becomes of messages when a subscription closes.

use super::*;

#[test]
fn a_message_comes_as_it_was_published() {
    let mut broker = broker(&[]);
    broker.listen(7, "orders");
    broker
        .publish(message("orders", "a").with("color", "blue"))
        .unwrap();
    let delivery = broker.take_one(7);
    assert_eq!(delivery.topic, "orders");
    assert_eq!(delivery.data, b"a");
    assert_eq!(delivery.content_type.as_deref(), Some("text/plain"));
    assert_eq!(delivery.metadata, metadata(&[("color", "blue")]));
    assert!(!delivery.message_id.is_empty());
}

#[test]
fn messages_come_in_order_and_no_more_than_asked_for() {
    let mut broker = broker(&[]);
    broker.listen(1, "t");
    broker.send("t", &["a", "b", "c", "d"]);
    assert_eq!(broker.texts(1, 3), ["a", "b", "c"]);
    assert_eq!(broker.texts(1, 3), ["d"]);
    assert_eq!(broker.wait_of(1), None);
    broker.send("t", &["e"]);
    assert_eq!(broker.texts(1, 0), [""; 0]);
    assert_eq!(broker.texts(1, 1), ["e"]);
}

#[test]
fn what_is_accepted_is_gone() {
    let mut broker = broker(&[]);
    broker.listen(1, "t");
    broker.send("t", &["a"]);
    let delivery = broker.take_one(1);
    assert_eq!(broker.held(), (1, 0));
    broker.accept(&delivery);
    broker.accept(&delivery);
    broker.fail(&delivery);
    assert_eq!(broker.held(), (0, 0));
    assert_eq!(broker.wait_of(1), None);
}

#[test]
fn what_fails_comes_again_after_the_interval_and_first() {
    let mut broker = broker(&[("redeliverInterval", "250ms")]);
    broker.listen(1, "t");
    broker
        .publish(message("t", "a").with("deliveryCount", "mine"))
        .unwrap();
    let first = broker.take_one(1);
    assert_eq!(first.metadata, metadata(&[("deliveryCount", "mine")]));
    broker.fail(&first);
    assert_eq!(broker.wait_of(1), Some(Duration::from_millis(250)));
    broker.send("t", &["b", "c"]);
    // It does not hold up the next.
    assert_eq!(broker.texts(1, 1), ["b"]);
    wait(249);
    assert_eq!(broker.texts(1, 0), [""; 0]);
    wait(1);
    let again = broker.take(1, 3);
    assert_eq!(again.iter().map(text).collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(again[0].metadata, metadata(&[("deliveryCount", "2")]));
    assert_ne!(again[0].message_id, first.message_id);
    // The answer to the first delivery is not the answer to the second.
    broker.accept(&first);
    broker.fail(&again[0]);
    wait(250);
    assert_eq!(broker.take_one(1).metadata[0].1, "3");
}

#[test]
fn the_wait_is_that_for_the_earliest_of_those_that_asked() {
    let mut broker = broker(&[]);
    for (id, topic) in [(1, "a"), (2, "b")] {
        broker.listen(id, topic);
        broker.send(topic, &["x"]);
        let delivery = broker.take_one(id);
        broker.fail(&delivery);
        wait(30);
    }
    let demand = |id| Demand { id, messages: 1 };
    let wait_for = |broker: &mut Broker, wanted: &[Demand]| broker.pull(wanted).1.unwrap();
    assert_eq!(
        wait_for(&mut broker, &[demand(2), demand(1)]),
        Duration::from_millis(40)
    );
    assert_eq!(
        wait_for(&mut broker, &[demand(2)]),
        Duration::from_millis(70)
    );
    // A subscription that got all it can take waits for nothing.
    broker.send("b", &["y"]);
    assert_eq!(broker.pull(&[demand(2)]).1, None);
}

#[test]
fn deliveries_end_where_they_are_bounded() {
    let mut broker = broker(&[("maxDeliveries", "2"), ("redeliverInterval", "0s")]);
    broker.listen(1, "t");
    broker.send("t", &["a"]);
    for _ in 0..2 {
        let delivery = broker.take_one(1);
        broker.fail(&delivery);
    }
    assert_eq!(broker.wait_of(1), None);
    assert_eq!(broker.held(), (0, 0));
}

#[test]
fn closing_gives_back_what_was_out_in_its_order() {
    let mut broker = broker(&[("maxDeliveries", "1")]);
    broker.listen(1, "t");
    broker.send("t", &["a", "b", "c", "d"]);
    let out = broker.take(1, 3);
    broker.accept(&out[1]);
    broker.unsubscribe(1);
    broker.unsubscribe(1);
    // Too late.
    broker.accept(&out[0]);
    assert!(broker.take(1, 9).is_empty());
    broker.listen(2, "t");
    let again = broker.take(2, 9);
    assert_eq!(again.iter().map(text).collect::<Vec<_>>(), ["a", "c", "d"]);
    assert!(again.iter().all(|delivery| delivery.metadata.is_empty()));
    assert!(again[0].message_id > out[2].message_id);
}

#[test]
fn a_stranger_changes_nothing() {
    let mut broker = broker(&[]);
    broker.listen(1, "t");
    broker.send("t", &["a"]);
    assert!(broker.take(9, 1).is_empty());
    broker.unsubscribe(9);
    let delivery = broker.take_one(1);
    broker.ack(9, &delivery.message_id, Outcome::Accepted);
    broker.ack(1, "no such id", Outcome::Accepted);
    assert_eq!(broker.held(), (1, 0));
    let again = broker.subscribe(1, "t".to_owned(), &Vec::new());
    assert!(refusal(again, Code::InvalidArgument).contains('1'));
}
