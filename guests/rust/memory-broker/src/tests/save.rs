//! What is handed over to the next instance.

use super::*;
use crate::save::{restore, save};

/// The broker that takes the place of another, a second later by a clock that begins anew.
fn successor(before: &Broker) -> Broker {
    let mut next = broker(&[("redeliverInterval", "3s")]);
    restore(&mut next, &save(before).unwrap()).unwrap();
    next
}

#[test]
fn the_next_instance_has_all_messages_and_knows_what_is_out() {
    let mut before = broker(&[("redeliverInterval", "3s"), ("maxInFlight", "10")]);
    before
        .subscribe(7, "a/+".to_owned(), &metadata(&[]))
        .unwrap();
    before
        .subscribe(8, "a/b".to_owned(), &metadata(&[("consumerID", "other")]))
        .unwrap();
    for data in ["one", "two", "three"] {
        before.publish(message("a/b", data)).unwrap();
    }
    let wanted = [Demand { id: 7, messages: 2 }];
    let (out, _) = before.pull(&wanted);
    before.ack(7, &out[1].message_id, Outcome::Failed("no".to_owned()));

    let mut next = successor(&before);
    assert_eq!(next.held(), before.held());
    // The host opens again what is open, and nothing else twice.
    next.subscribe(7, "a/+".to_owned(), &metadata(&[])).unwrap();
    next.subscribe(8, "a/b".to_owned(), &metadata(&[])).unwrap();
    assert!(next.subscribe(7, "a/+".to_owned(), &metadata(&[])).is_err());
    // What is out is acknowledged by its old id; what failed waits for its time; a new id is not one of those that are out.
    next.ack(7, &out[0].message_id, Outcome::Accepted);
    let (third, due) = next.pull(&[Demand { id: 7, messages: 9 }]);
    assert_eq!(third[0].data, b"three");
    assert!(!out.iter().any(|it| it.message_id == third[0].message_id));
    assert_eq!(due, Some(Duration::from_secs(3)));
    wait(3000);
    let (again, _) = next.pull(&[Demand { id: 7, messages: 9 }]);
    assert_eq!(again[0].data, b"two");
    assert_eq!(
        again[0].metadata,
        [("deliveryCount".to_owned(), "2".to_owned())]
    );
    // The other group has its own.
    let (others, _) = next.pull(&[Demand { id: 8, messages: 9 }]);
    assert_eq!(others.len(), 3);
}

#[test]
fn a_life_goes_on_in_the_next_instance() {
    let mut before = broker(&[]);
    before.subscribe(1, "a".to_owned(), &metadata(&[])).unwrap();
    before
        .publish(message("a", "short").with("ttlInSeconds", "10"))
        .unwrap();
    wait(6000);
    let mut next = successor(&before);
    wait(5000);
    next.subscribe(1, "a".to_owned(), &metadata(&[])).unwrap();
    assert!(next.pull(&[Demand { id: 1, messages: 1 }]).0.is_empty());
    assert_eq!(next.held(), (0, 0));
}

#[test]
fn a_state_that_is_none_is_refused() {
    let mut saved = save(&broker(&[])).unwrap();
    saved.state.truncate(1);
    assert!(restore(&mut broker(&[]), &saved).is_err());
    saved.version = "2".to_owned();
    assert!(restore(&mut broker(&[]), &saved).is_err());
}
