//! What the host remembers of streams that have ended.

use super::{arrival::Arrival, *};

const ID: u64 = 7;

/// The most bytes of a message.
const LIMIT: usize = 4096;

/// A stream that the guest knows as `ID`, as its client leaves.
fn ended() -> Streams {
    let streams = Streams::new(Weak::new(), LIMIT);
    let (key, _) = streams.add(Arc::new(Source::Binding), ID, 1, None);
    assert_eq!(streams.remove(key), Some(ID));
    streams
}

impl Streams {
    /// Whether a message from the guest is held against it.
    fn refuses(&self, id: u64) -> bool {
        self.state().deliver(Arrival::of(id)).is_err()
    }
}

#[test]
fn a_message_for_a_stream_that_has_just_ended_is_no_fault_of_the_guest() {
    let streams = ended();
    assert!(!streams.refuses(ID));
    assert!(streams.closes(ID));
    assert!(streams.refuses(ID));
}

#[test]
fn a_new_guest_hears_nothing_of_a_stream_that_had_ended_before() {
    let streams = ended();
    streams.forget_guest();
    assert!(!streams.closes(ID));
}

#[test]
fn a_stream_that_ends_while_the_guest_is_told_of_it_is_closed_if_the_guest_agreed() {
    for (answer, closes) in [(Ok(1), true), (Err(()), false)] {
        let streams = Streams::new(Weak::new(), LIMIT);
        let (key, _) = streams.add(Arc::new(Source::Binding), ID, 1, None);
        streams.forget_guest();
        let (id, _) = streams.state().name(key).unwrap();
        assert_eq!(streams.remove(key), Some(id));
        let answer = answer.map_err(|()| types::Error {
            code: types::Code::Unavailable,
            message: String::new(),
        });
        streams.state().told(key, id, answer);
        assert_eq!(streams.closes(id), closes);
    }
}

#[test]
fn a_message_that_is_too_large_is_sent_back_a_few_times_and_then_dropped_whatever_its_id() {
    let streams = Streams::new(Weak::new(), LIMIT);
    let (_key, _messages) = streams.add(Arc::new(Source::Binding), ID, 1, None);
    let bring = |times: u32, data: Vec<u8>| {
        let arrival = Arrival::with(ID, &times.to_string(), data);
        let refused = streams.state().deliver(arrival).unwrap_err().unwrap();
        assert!(refused.why.contains("(--max-reply"), "{}", refused.why);
        refused.dropped
    };
    for times in 0..3 {
        assert!(!bring(times, vec![1; LIMIT]));
        // Another one is counted by itself.
        assert!(!bring(times, vec![2; LIMIT]));
    }
    assert!(bring(3, vec![1; LIMIT]));
    // Should it come anew, it is a new one.
    assert!(!bring(4, vec![1; LIMIT]));
}

#[test]
fn however_many_ask_for_messages_one_waits() {
    let streams = Streams::new(Weak::new(), LIMIT);
    let first = streams.ask_once();
    assert!(first.is_some());
    assert!(streams.ask_once().is_none());
    drop(first);
    assert!(streams.ask_once().is_some());
}
