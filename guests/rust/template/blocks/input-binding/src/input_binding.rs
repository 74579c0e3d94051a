//! An input binding that brings each reader an event at an interval: the property `interval`, in seconds, 1 without it.

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::input_binding::{
    Demand, Event, Guest, Pulled, ReaderId,
};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

thread_local! {
    static INTERVAL: Cell<Duration> = const { Cell::new(Duration::from_secs(1)) };
    static READERS: RefCell<BTreeMap<ReaderId, Reader>> = RefCell::default();
}

struct Reader {
    due: Instant,
    count: u64,
}

impl Guest for crate::Guest {
    fn init(properties: Metadata) -> Result<(), Error> {
        let given = properties.iter().find(|(name, _)| name == "interval");
        let seconds = given.map_or(Ok(1.0), |(_, text)| text.trim_end_matches('s').parse());
        let interval = seconds
            .ok()
            .and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok());
        match interval {
            Some(interval) if !interval.is_zero() => {
                INTERVAL.set(interval);
                Ok(())
            }
            _ => Err(Error {
                code: Code::InvalidArgument,
                message: "the property interval must be a number of seconds, like 1.5".to_owned(),
            }),
        }
    }

    /// One event at a time: the next comes when this one is answered.
    fn open(id: ReaderId) -> Result<u32, Error> {
        let reader = Reader {
            due: Instant::now() + INTERVAL.get(),
            count: 0,
        };
        READERS.with_borrow_mut(|readers| readers.insert(id, reader));
        Ok(1)
    }

    fn close(id: ReaderId) {
        READERS.with_borrow_mut(|readers| readers.remove(&id));
    }

    fn pull(wanted: Vec<Demand>) -> Result<Pulled, Error> {
        Ok(READERS.with_borrow_mut(|readers| pull(readers, &wanted, Instant::now())))
    }

    fn answer(id: ReaderId, event_id: String, outcome: Result<Vec<u8>, String>) {
        if let Err(why) = outcome {
            eprintln!("event {event_id} of reader {id} failed: {why}");
        }
    }
}

/// What is due now, and the wait for what is due next.
fn pull(readers: &mut BTreeMap<ReaderId, Reader>, wanted: &[Demand], now: Instant) -> Pulled {
    let mut events = Vec::new();
    let mut next: Option<Duration> = None;
    for demand in wanted {
        let Some(reader) = readers.get_mut(&demand.id) else {
            continue;
        };
        if reader.due <= now {
            reader.due = now + INTERVAL.get();
            reader.count += 1;
            events.push(Event {
                id: demand.id,
                event_id: reader.count.to_string(),
                data: reader.count.to_string().into_bytes(),
                content_type: Some("text/plain".to_owned()),
                metadata: Vec::new(),
            });
        } else {
            let wait = reader.due - now;
            next = Some(next.map_or(wait, |next| next.min(wait)));
        }
    }
    Pulled {
        events,
        again_in: next.map(|wait| u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX)),
        waits: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_when_it_is_due() {
        crate::Guest::init(Vec::new()).unwrap();
        crate::Guest::open(1).unwrap();
        let wanted = [Demand { id: 1, events: 1 }];
        READERS.with_borrow_mut(|readers| {
            let due = readers[&1].due;
            let early = pull(readers, &wanted, due - Duration::from_millis(1));
            assert!(early.events.is_empty());
            assert_eq!(early.again_in, Some(1_000_000));
            assert_eq!(pull(readers, &wanted, due).events[0].data, b"1");
        });
    }
}
