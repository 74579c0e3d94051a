//! The answers that need no host to be seen. A trap is a panic here; what it leaves is the journal.

use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use super::*;
use bindings::exports::dapr::components::pub_sub::Delivery;
use broker::REDELIVER_AFTER;
use tempfile::TempDir;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

thread_local! {
    static PASSED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

fn now() -> Instant {
    *START + PASSED.get()
}

fn open(folder: &TempDir) -> Broker {
    Broker::open(folder.path(), now).unwrap()
}

/// A broker with subscription 1 to the topic `t`.
fn listening(folder: &TempDir) -> Broker {
    let mut broker = open(folder);
    broker.subscribe(1, "t".to_owned());
    broker
}

impl Broker {
    fn send(&mut self, topic: &str, data: &str) -> Result<(), Error> {
        self.publish(Outgoing {
            topic: topic.to_owned(),
            data: data.as_bytes().to_vec(),
            content_type: Some("text/plain".to_owned()),
            metadata: vec![("name".to_owned(), "value".to_owned())],
        })
    }

    fn take(&mut self, id: u64, messages: u32) -> Vec<Delivery> {
        self.pull(&[Demand { id, messages }]).0
    }

    fn texts(&mut self, id: u64, messages: u32) -> Vec<String> {
        let taken = self.take(id, messages);
        let text = |delivery: Delivery| String::from_utf8(delivery.data).unwrap();
        taken.into_iter().map(text).collect()
    }

    fn accept(&mut self, delivery: &Delivery) {
        self.ack(delivery.id, &delivery.message_id, &Outcome::Accepted);
    }
}

fn said<'a>(delivery: &'a Delivery, name: &str) -> &'a str {
    let mut metadata = delivery.metadata.iter();
    &metadata.find(|(known, _)| known == name).unwrap().1
}

#[test]
fn a_topic_is_a_queue_that_its_subscriptions_share() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = listening(&folder);
    broker.subscribe(2, "t".to_owned());
    for data in ["a", "b", "c"] {
        broker.send("t", data).unwrap();
    }
    broker.send("other", "x").unwrap();
    assert_eq!(broker.texts(1, 1), ["a"]);
    assert_eq!(broker.texts(2, 9), ["b", "c"]);
    assert!(broker.take(1, 9).is_empty());
}

#[test]
fn what_failed_comes_again_after_a_moment_and_what_was_given_back_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = listening(&folder);
    broker.send("t", "a").unwrap();
    broker.send("t", "b").unwrap();
    let [a, _] = <[Delivery; 2]>::try_from(broker.take(1, 9)).unwrap();
    broker.ack(1, &a.message_id, &Outcome::Failed("no".to_owned()));
    let demand = [Demand { id: 1, messages: 9 }];
    let (none, wait) = broker.pull(&demand);
    assert!(none.is_empty());
    assert_eq!(wait, Some(REDELIVER_AFTER));
    PASSED.set(PASSED.get() + REDELIVER_AFTER);
    assert_eq!(broker.texts(1, 9), ["a"]);
    broker.unsubscribe(1);
    broker.subscribe(2, "t".to_owned());
    assert_eq!(broker.texts(2, 9), ["a", "b"]);
}

#[test]
fn the_next_instance_has_all_that_was_not_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = listening(&folder);
    for data in ["a", "b", "c"] {
        broker.send("t", data).unwrap();
    }
    let taken = broker.take(1, 2);
    broker.accept(&taken[0]);
    for life in ["2", "3"] {
        let mut broker = listening(&folder);
        let taken = broker.take(1, 9);
        assert_eq!(taken[0].data, b"b");
        assert_eq!(taken[1].data, b"c");
        assert_eq!(taken.len(), 2);
        assert_eq!(taken[0].content_type.as_deref(), Some("text/plain"));
        let all = ["name", "life", "delivery", "subscriptions"].map(|name| said(&taken[1], name));
        assert_eq!(all, ["value", life, "2", "1"]);
    }
}

#[test]
fn a_record_that_was_cut_off_never_was() {
    let folder = tempfile::tempdir().unwrap();
    open(&folder).send("t", "a").unwrap();
    let path = folder.path().join("journal");
    let whole = fs::read(&path).unwrap();
    open(&folder).send("t", "b").unwrap();
    let longer = fs::read(&path).unwrap();
    for length in whole.len()..longer.len() {
        fs::write(&path, &longer[..length]).unwrap();
        let mut broker = listening(&folder);
        assert_eq!(broker.texts(1, 9), ["a"]);
        broker.send("t", "c").unwrap();
        assert_eq!(listening(&folder).texts(1, 9), ["a", "c"]);
    }
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&[9; 30]).unwrap();
    assert!(Broker::open(folder.path(), now).is_err());
}

#[test]
fn the_journal_is_as_long_as_what_there_is_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = listening(&folder);
    let mut longest = 0;
    broker.send("t", "first").unwrap();
    broker.take(1, 1);
    for number in 0..30_000 {
        broker.send("t", &number.to_string()).unwrap();
        let taken = broker.take(1, 1);
        broker.accept(&taken[0]);
        longest = longest.max(fs::metadata(folder.path().join("journal")).unwrap().len());
    }
    assert!(longest < 1 << 20, "{longest}");
    drop(broker);
    assert_eq!(listening(&folder).texts(1, 9), ["first"]);
}

#[test]
fn it_traps_once_where_it_was_asked_to_and_the_journal_says_how_far_it_came() {
    for (place, left) in [
        ("publish", "t"),
        ("published", "tp"),
        ("pull", "tp"),
        ("ack", "tp"),
        ("acked", "p"),
        ("unsubscribe", "p"),
        ("init", "t"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut broker = listening(&folder);
        broker.send("t", "t").unwrap();
        let trapped = catch_unwind(AssertUnwindSafe(|| {
            broker.send("trap", place).unwrap();
            broker.send("t", "p").unwrap();
            let taken = broker.take(1, 1);
            broker.accept(&taken[0]);
            broker.unsubscribe(1);
        }));
        assert!(trapped.is_err(), "{place}");
        if place == "init" {
            assert!(catch_unwind(|| open(&folder)).is_err());
        }
        assert_eq!(listening(&folder).texts(1, 9).concat(), left, "{place}");
    }
    let folder = tempfile::tempdir().unwrap();
    let refused = open(&folder).send("trap", "elsewhere").unwrap_err();
    assert_eq!(refused.code, Code::InvalidArgument);
}

#[test]
fn settings_are_numbers() {
    let metadata = |text: &str| vec![(WINDOW.to_owned(), text.to_owned())];
    assert_eq!(number::<u32>(&Vec::new(), WINDOW).unwrap(), None);
    assert_eq!(number(&metadata("4"), WINDOW).unwrap(), Some(4));
    let refused = number::<u32>(&metadata("few"), WINDOW).unwrap_err();
    assert_eq!(refused.code, Code::InvalidArgument);
}
