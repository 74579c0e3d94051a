//! Who gets a message: groups, the subscriptions that share one, and queues that nobody takes from.

use super::*;

fn in_group(broker: &mut Broker, id: u64, topic: &str, group: &str) {
    let metadata = metadata(&[("consumerID", group)]);
    broker.subscribe(id, topic.to_owned(), &metadata).unwrap();
}

#[test]
fn subscriptions_of_a_group_share_its_messages() {
    let mut broker = broker(&[("consumerID", "app")]);
    broker.listen(1, "t");
    broker.listen(2, "t");
    broker.send("t", &["a", "b", "c", "d", "e"]);
    let demand = |id| Demand { id, messages: 4 };
    let (deliveries, wait) = broker.pull(&[demand(1), demand(2)]);
    let got = |id| {
        let own = deliveries.iter().filter(move |delivery| delivery.id == id);
        own.map(text).collect::<Vec<_>>()
    };
    assert_eq!(got(1), ["a", "c", "e"]);
    assert_eq!(got(2), ["b", "d"]);
    assert_eq!(wait, None);
    // What one does not take in the end, the other gets.
    broker.unsubscribe(1);
    assert_eq!(broker.texts(2, 4), ["a", "c", "e"]);
}

#[test]
fn each_group_gets_each_message() {
    let mut broker = broker(&[("consumerID", "app")]);
    broker.listen(1, "t");
    in_group(&mut broker, 2, "t", "other");
    in_group(&mut broker, 3, "t", "app");
    broker.send("t", &["a", "b"]);
    assert_eq!(broker.texts(1, 1), ["a"]);
    assert_eq!(broker.texts(2, 9), ["a", "b"]);
    assert_eq!(broker.texts(3, 9), ["b"]);
}

#[test]
fn a_new_name_is_for_the_subscriptions_from_then_on() {
    let mut broker = broker(&[("consumerID", "app")]);
    broker.listen(1, "t");
    broker.send("t", &["a"]);
    let renamed = Settings::new(&metadata(&[("consumerID", "other")])).unwrap();
    broker.configure(renamed);
    broker.listen(2, "t");
    broker.send("t", &["b"]);
    assert_eq!(broker.texts(1, 9), ["a", "b"]);
    assert_eq!(broker.texts(2, 9), ["b"]);
}

#[test]
fn a_queue_begins_with_its_first_subscription_and_outlives_them() {
    let mut broker = broker(&[]);
    broker.send("t", &["before"]);
    broker.listen(1, "t");
    broker.send("t", &["a"]);
    broker.unsubscribe(1);
    broker.send("t", &["b"]);
    broker.send("elsewhere", &["x"]);
    assert_eq!(broker.held(), (2, 0));
    broker.listen(2, "t");
    assert_eq!(broker.texts(2, 9), ["a", "b"]);
}

#[test]
fn a_full_queue_refuses_until_something_is_taken() {
    let mut broker = broker(&[("maxMessages", "2")]);
    broker.listen(1, "t");
    in_group(&mut broker, 2, "t", "slow");
    broker.send("t", &["a", "b"]);
    for delivery in broker.take(1, 9) {
        broker.accept(&delivery);
    }
    let refused = broker.publish(message("t", "c"));
    let why = refusal(refused, Code::ResourceExhausted);
    assert!(why.contains("\"slow\"") && why.contains("maxMessages"));
    // None of the groups got it.
    assert!(broker.take(1, 9).is_empty());
    // What is out still takes memory.
    let out = broker.take(2, 1);
    refusal(broker.publish(message("t", "c")), Code::ResourceExhausted);
    broker.accept(&out[0]);
    broker.send("t", &["c"]);
    assert_eq!(broker.texts(1, 9), ["c"]);
    assert_eq!(broker.texts(2, 9), ["b", "c"]);
}

#[test]
fn the_window_is_the_subscriptions_own_or_the_brokers() {
    let mut broker = broker(&[("maxInFlight", "5")]);
    let mut window =
        |id, pairs: &[(&str, &str)]| broker.subscribe(id, "t".to_owned(), &metadata(pairs));
    assert_eq!(window(1, &[]).unwrap(), 5);
    assert_eq!(window(2, &[("maxInFlight", "20")]).unwrap(), 20);
    refusal(window(3, &[("maxInFlight", "0")]), Code::InvalidArgument);
    // What was refused is not there.
    assert_eq!(window(3, &[]).unwrap(), 5);
}
