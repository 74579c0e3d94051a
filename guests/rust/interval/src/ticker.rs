//! The readers, and the ticks that they get.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::time::Duration;

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::input_binding::{Demand, Event, ReaderId};
use crate::schedule::{Due, Now, Schedule};
use crate::{error, invalid_argument};

/// What the Component resource says.
pub struct Settings {
    schedule: Schedule,
    times: Option<u64>,
}

#[derive(Default)]
pub struct Ticker {
    settings: Option<Settings>,
    readers: BTreeMap<ReaderId, Reader>,
}

struct Reader {
    /// None after the last tick that there is.
    due: Option<Due>,
    ticks: u64,
    /// The tick that is not answered.
    out: Option<String>,
}

impl Settings {
    pub fn new(properties: &Metadata, now: Now) -> Result<Self, Error> {
        let find = |name: &str| {
            let (_, value) = properties.iter().find(|(known, _)| known == name)?;
            Some(value.as_str())
        };
        let Some(text) = find("schedule").filter(|text| !text.is_empty()) else {
            return Err(invalid_argument(
                "the property schedule is missing: for example 15s, @every 1h30m, or a cron expression".to_owned(),
            ));
        };
        let schedule = Schedule::parse(text)?;
        if schedule.next(now).is_none() {
            return Err(invalid_argument(format!(
                "schedule is {text:?}, and there is no such time"
            )));
        }
        let times = |text: &str| match text.parse() {
            Ok(times) => Ok(NonZeroU64::get(times)),
            Err(_) => Err(invalid_argument(format!(
                "times is {text:?}, and that is not an integer from 1 on, or too large"
            ))),
        };
        Ok(Self {
            schedule,
            times: find("times").map(times).transpose()?,
        })
    }
}

impl Ticker {
    /// The readers that are open keep their counts, and wait anew.
    pub fn configure(&mut self, settings: Settings, now: Now) {
        for reader in self.readers.values_mut() {
            reader.due = settings.schedule.next(now);
        }
        self.settings = Some(settings);
    }

    pub fn open(&mut self, id: ReaderId, now: Now) -> Result<(), Error> {
        let Some(settings) = &self.settings else {
            return Err(error(
                Code::FailedPrecondition,
                "init has not succeeded yet, so there is no schedule".to_owned(),
            ));
        };
        let reader = Reader {
            due: settings.schedule.next(now),
            ticks: 0,
            out: None,
        };
        self.readers.insert(id, reader);
        Ok(())
    }

    pub fn close(&mut self, id: ReaderId) {
        self.readers.remove(&id);
    }

    /// The ticks that are due, and how long to wait for the next one of these readers.
    pub fn pull(&mut self, wanted: &[Demand], now: Now) -> (Vec<Event>, Option<Duration>) {
        let (mut events, mut wait) = (Vec::new(), None);
        let Some(settings) = &self.settings else {
            return (events, wait);
        };
        for Demand { id, .. } in wanted {
            let Some(reader) = self.readers.get_mut(id) else {
                continue;
            };
            let is_over = settings.times.is_some_and(|times| reader.ticks >= times);
            match reader.due {
                Some(due) if reader.out.is_none() && !is_over => {
                    if due.is_past(now) {
                        reader.due = settings.schedule.after(due, now);
                        events.push(reader.tick(*id, now));
                    } else {
                        wait = wait.into_iter().chain([due.wait(now)]).min();
                    }
                }
                _ => {}
            }
        }
        (events, wait)
    }

    pub fn answer(
        &mut self,
        id: ReaderId,
        event_id: &str,
        outcome: Result<Vec<u8>, String>,
        now: Now,
    ) {
        let (Some(settings), Some(reader)) = (&self.settings, self.readers.get_mut(&id)) else {
            return;
        };
        if reader.out.as_deref() != Some(event_id) {
            return;
        }
        reader.out = None;
        if let Some(due) = reader.due.filter(|due| due.is_past(now)) {
            reader.due = settings.schedule.after(due, now);
        }
        if let Err(why) = outcome {
            eprintln!("the application failed at the tick {event_id}: {why}");
        }
    }
}

impl Reader {
    fn tick(&mut self, id: ReaderId, now: Now) -> Event {
        self.ticks += 1;
        let event_id = self.ticks.to_string();
        self.out = Some(event_id.clone());
        let time = now.rfc3339();
        Event {
            id,
            data: format!("{{\"tick\":{event_id},\"time\":\"{time}\"}}").into_bytes(),
            event_id,
            content_type: Some("application/json".to_owned()),
            metadata: vec![
                ("readTimeUTC".to_owned(), now.in_go()),
                ("timeZone".to_owned(), "UTC".to_owned()),
            ],
        }
    }
}
