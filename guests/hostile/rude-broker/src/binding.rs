//! The input binding: an echo.

use std::collections::{BTreeMap, VecDeque};

use crate::bindings::dapr::components::types::{Code, Error};
use crate::bindings::exports::dapr::components::input_binding::{Demand, Event, ReaderId};
use crate::{error, is_set, never_return, trap, window};

#[derive(Default)]
pub struct Binding {
    readers: BTreeMap<ReaderId, Reader>,
    last_event: u64,
    is_poisoned: bool,
}

#[derive(Default)]
struct Reader {
    queue: VecDeque<Event>,
    /// The ids of events that are not answered.
    out: Vec<String>,
}

impl Binding {
    pub fn open(&mut self, id: ReaderId) -> Result<u32, Error> {
        if is_set("refuse-open") {
            return Err(error(Code::PermissionDenied, "asked to refuse"));
        }
        let window = window()?;
        self.readers.insert(id, Reader::default());
        self.send(id, b"hello".to_vec(), None);
        Ok(window)
    }

    pub fn close(&mut self, id: ReaderId) {
        self.readers.remove(&id);
    }

    pub fn pull(&mut self, wanted: &[Demand]) -> Vec<Event> {
        if self.is_poisoned {
            trap("poisoned");
        }
        let mut events = Vec::new();
        for demand in wanted {
            if let Some(reader) = self.readers.get_mut(&demand.id) {
                let most = reader.queue.len().min(demand.events as usize);
                for event in reader.queue.drain(..most) {
                    reader.out.push(event.event_id.clone());
                    events.push(event);
                }
            }
        }
        events
    }

    pub fn answer(&mut self, id: ReaderId, event_id: &str, outcome: Result<Vec<u8>, String>) {
        let Some(reader) = self.readers.get_mut(&id) else {
            return;
        };
        let Some(place) = reader.out.iter().position(|out| out == event_id) else {
            return;
        };
        reader.out.swap_remove(place);
        let (data, outcome) = match outcome {
            Ok(data) => (data, "ok"),
            Err(why) => (why.into_bytes(), "failed"),
        };
        match data.as_slice() {
            b"trap" => trap("asked to trap"),
            b"loop" => never_return(),
            b"poison" => self.is_poisoned = true,
            b"quiet" => {}
            _ => self.send(id, data, Some(outcome)),
        }
    }

    fn send(&mut self, id: ReaderId, data: Vec<u8>, outcome: Option<&str>) {
        self.last_event += 1;
        let said = |outcome: &str| ("outcome".to_owned(), outcome.to_owned());
        if let Some(reader) = self.readers.get_mut(&id) {
            reader.queue.push_back(Event {
                id,
                event_id: self.last_event.to_string(),
                data,
                content_type: Some("text/plain".to_owned()),
                metadata: outcome.map(said).into_iter().collect(),
            });
        }
    }
}
