//! The answers that need no host to be seen. Pollables are the host's, so these tests stop before the border makes them.

use super::*;
use bindings::exports::dapr::components::pub_sub::Delivery;

fn init(properties: &[(&str, &str)]) -> Result<Vec<String>, Error> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    <Rude as pub_sub::Guest>::init(properties.iter().map(owned).collect())
}

fn message(topic: &str, data: &str) -> Outgoing {
    Outgoing {
        topic: topic.to_owned(),
        data: data.as_bytes().to_vec(),
        content_type: None,
        metadata: Vec::new(),
    }
}

/// A broker with subscription 1 to a topic, and 2 to `acks`.
fn broker(topic: &str) -> Broker {
    let mut broker = Broker::default();
    broker.subscribe(1, topic.to_owned()).unwrap();
    broker.subscribe(2, "acks".to_owned()).unwrap();
    broker
}

impl Broker {
    fn send_one(&mut self, topic: &str, data: &str) {
        self.publish(message(topic, data)).unwrap();
    }

    fn take(&mut self, id: u64, messages: u32) -> Vec<Delivery> {
        self.pull(&[Demand { id, messages }]).unwrap().deliveries
    }

    fn texts(&mut self, id: u64, messages: u32) -> Vec<String> {
        let taken = self.take(id, messages);
        let text = |delivery: Delivery| String::from_utf8(delivery.data).unwrap();
        taken.into_iter().map(text).collect()
    }
}

#[test]
fn an_ordinary_topic_is_a_queue() {
    let mut broker = broker("t");
    broker.send_one("t", "a");
    broker.send_one("t", "b");
    broker.send_one("t", "c");
    let taken = broker.take(1, 2);
    assert_eq!(taken.len(), 2);
    broker.ack(1, &taken[0].message_id, &Outcome::Accepted);
    let why = Outcome::Failed("no".to_owned());
    broker.ack(1, &taken[1].message_id, &why);
    broker.ack(1, &taken[1].message_id, &why);
    assert_eq!(broker.texts(1, 9), ["c"]);
    let unknown = format!("unknown {}", taken[1].message_id);
    assert_eq!(
        broker.texts(2, 9),
        ["accepted a", "failed b: no", unknown.as_str()]
    );
}

#[test]
fn topics_break_the_contract_as_they_say() {
    let mut flood = broker("flood");
    flood.send_one("flood", "a");
    flood.send_one("flood", "b");
    assert_eq!(flood.texts(1, 3), ["a", "b", "a", "b"]);
    assert!(flood.take(1, 3).is_empty());

    let mut twice = broker("twice");
    twice.send_one("twice", "a");
    let taken = twice.take(1, 2);
    assert_eq!(taken[0].message_id, taken[1].message_id);

    let mut stray = broker("stray");
    stray.send_one("stray", "a");
    let ids = |taken: Vec<Delivery>| taken.iter().map(|it| it.id).collect::<Vec<_>>();
    assert_eq!(ids(stray.take(1, 9)), [u64::MAX, 1]);

    let mut nameless = broker("nameless");
    nameless.send_one("nameless", "a");
    assert_eq!(nameless.take(1, 9)[0].message_id, "");
}

#[test]
fn topics_ask_for_pollables() {
    let waits = |topic| {
        let mut broker = broker(topic);
        broker.send_one(topic, "a");
        let demand = Demand { id: 1, messages: 1 };
        let pulled = broker.pull(&[demand]).unwrap();
        assert!(pulled.deliveries.is_empty());
        pulled.waits
    };
    assert_eq!(waits("ready"), [Duration::ZERO]);
    assert!(waits("never")[0] > Duration::from_secs(1_000_000));
    assert_eq!(waits("many:1000").len(), 1000);
}

#[test]
fn topics_fail() {
    let mut broker = Broker::default();
    let code = |outcome: Result<u32, Error>| outcome.unwrap_err().code;
    assert_eq!(broker.subscribe(1, "window:0".to_owned()).unwrap(), 0);
    assert_eq!(
        code(broker.subscribe(1, "refuse".to_owned())),
        Code::PermissionDenied
    );
    assert_eq!(
        code(broker.subscribe(1, "window:x".to_owned())),
        Code::InvalidArgument
    );
    let failed = broker.publish(message("fail:not now", "a")).unwrap_err();
    assert_eq!(
        (failed.code, failed.message.as_str()),
        (Code::Unavailable, "not now")
    );
    broker.subscribe(1, "fail-pull".to_owned()).unwrap();
    let demand = Demand { id: 1, messages: 1 };
    assert_eq!(broker.pull(&[demand]).unwrap_err().code, Code::Unavailable);
}

#[test]
fn data_are_replaced() {
    init(&[("color", "blue"), ("maxInFlight", "3")]).unwrap();
    assert_eq!(init(&[("fail", "no host")]).unwrap_err().message, "no host");
    init(&[("color", "blue"), ("maxInFlight", "3")]).unwrap();
    let mut broker = broker("t");
    assert_eq!(broker.subscribe(3, "t".to_owned()).unwrap(), 3);
    for data in ["big:3", "init-count", "property:color", "property:none"] {
        broker.send_one("t", data);
    }
    assert_eq!(broker.texts(1, 9), ["xxx", "3", "blue", ""]);
    assert!(broker.publish(message("t", "big:many")).is_err());
}

#[test]
#[should_panic(expected = "poisoned")]
fn poison_works_at_the_next_pull() {
    let mut broker = broker("t");
    broker.send_one("t", "poison");
    assert_eq!(broker.texts(1, 1), ["poison"]);
    broker.take(1, 1);
}

#[test]
#[should_panic(expected = "ack was asked to trap")]
fn an_ack_traps_as_the_topic_asks() {
    let mut broker = broker("trap-on-ack:1");
    broker.send_one("trap-on-ack:1", "a");
    let taken = broker.take(1, 1);
    broker.ack(1, &taken[0].message_id, &Outcome::Accepted);
}

#[test]
fn the_binding_says_hello_and_echoes() {
    let mut binding = Binding::default();
    assert_eq!(binding.open(1).unwrap(), 8);
    let demand = || [input_binding::Demand { id: 1, events: 9 }];
    let hello = binding.pull(&demand());
    assert_eq!(hello[0].data, b"hello");
    assert!(binding.pull(&demand()).is_empty());
    binding.answer(1, &hello[0].event_id, Ok(b"thanks".to_vec()));
    binding.answer(1, &hello[0].event_id, Ok(b"thanks".to_vec()));
    let echo = binding.pull(&demand());
    assert_eq!(echo.len(), 1);
    assert_eq!(echo[0].data, b"thanks");
    assert_eq!(echo[0].metadata[0].1, "ok");
    binding.answer(1, &echo[0].event_id, Err("no".to_owned()));
    let echo = binding.pull(&demand());
    assert_eq!(echo[0].data, b"no");
    assert_eq!(echo[0].metadata[0].1, "failed");
    binding.answer(1, &echo[0].event_id, Ok(b"quiet".to_vec()));
    assert!(binding.pull(&demand()).is_empty());
    binding.close(1);
    assert!(binding.pull(&demand()).is_empty());
}
