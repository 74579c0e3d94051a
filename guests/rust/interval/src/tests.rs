//! Schedules and ticks, rule by rule. Time is what each test says it is.

use super::*;
use crate::bindings::exports::dapr::components::input_binding::Event;
use crate::schedule::{Due, Schedule};
use chrono::{DateTime, Utc};
use std::sync::LazyLock;
use std::time::Instant;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// So long after the beginning of the tests' time, a Saturday.
fn at(milliseconds: u64) -> Now {
    let passed = Duration::from_millis(milliseconds);
    Now {
        instant: *START + passed,
        time: time("2026-11-21T13:00:00Z") + passed,
    }
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn settings(pairs: &[(&str, &str)]) -> Result<Settings, Error> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let properties: Metadata = pairs.iter().map(owned).collect();
    Settings::new(&properties, at(0))
}

/// A ticker with reader 1, opened at the beginning.
fn ticker(pairs: &[(&str, &str)]) -> Ticker {
    let mut ticker = Ticker::default();
    ticker.configure(settings(pairs).unwrap(), at(0));
    ticker.open(1, at(0)).unwrap();
    ticker
}

impl Ticker {
    /// The tick of reader 1 or how long to wait for it, both none where there is neither.
    fn step(&mut self, now: u64) -> (Option<Event>, Option<u128>) {
        let (events, wait) = self.pull(&[Demand { id: 1, events: 1 }], at(now));
        assert!(events.len() <= 1);
        (events.into_iter().next(), wait.map(|wait| wait.as_millis()))
    }

    fn tick(&mut self, now: u64) -> Event {
        self.step(now).0.unwrap()
    }

    fn wait(&mut self, now: u64) -> Option<u128> {
        let (event, wait) = self.step(now);
        assert!(event.is_none());
        wait
    }

    fn accept(&mut self, event: &Event, now: u64) {
        self.answer(event.id, &event.event_id, Ok(Vec::new()), at(now));
    }
}

/// The next three times of a cron expression.
fn times(schedule: &str) -> Vec<String> {
    let schedule = Schedule::parse(schedule).unwrap();
    let mut now = at(500);
    let mut next = || match schedule.next(now) {
        Some(Due::Time(time)) => {
            now.time = time;
            now.rfc3339().replace(":00.000Z", "")
        }
        other => panic!("{other:?}"),
    };
    vec![next(), next(), next()]
}

#[test]
fn a_tick_says_when() {
    let mut ticker = ticker(&[("schedule", "@every 1500ms"), ("direction", "input")]);
    assert_eq!(ticker.wait(0), Some(1500));
    assert_eq!(ticker.wait(1400), Some(100));
    let event = ticker.tick(1500);
    assert_eq!(
        event.data,
        br#"{"tick":1,"time":"2026-11-21T13:00:01.500Z"}"#
    );
    assert_eq!(event.content_type.as_deref(), Some("application/json"));
    assert_eq!(event.metadata[0].1, "2026-11-21 13:00:01.500 +0000 UTC");
    assert_eq!(event.metadata[1].1, "UTC");
}

#[test]
fn durations_keep_their_step() {
    let mut ticker = ticker(&[("schedule", "1s")]);
    let first = ticker.tick(1010);
    ticker.accept(&first, 1020);
    assert_eq!(ticker.wait(1020), Some(980));
    // Nobody asked for a while: one tick, then as before.
    let second = ticker.tick(5300);
    assert_eq!(second.event_id, "2");
    ticker.accept(&second, 5400);
    assert_eq!(ticker.wait(5400), Some(600));
}

#[test]
fn what_comes_due_before_the_answer_is_left_out() {
    let mut ticker = ticker(&[("schedule", "1s")]);
    let first = ticker.tick(1000);
    assert_eq!(ticker.wait(2500), None);
    ticker.accept(&first, 3300);
    assert_eq!(ticker.wait(3300), Some(700));
    let second = ticker.tick(4000);
    // Not the answer to this one.
    ticker.accept(&first, 4000);
    assert_eq!(ticker.wait(6000), None);
    let failed = Err("the test says so".to_owned());
    ticker.answer(1, &second.event_id, failed, at(6500));
    assert_eq!(ticker.wait(6500), Some(500));
    assert_eq!(ticker.tick(7000).event_id, "3");
}

#[test]
fn each_reader_has_ticks_of_its_own() {
    let mut ticker = ticker(&[("schedule", "1s"), ("times", "2")]);
    ticker.open(2, at(300)).unwrap();
    let both = |ticker: &mut Ticker, now| {
        let demand = |id| Demand { id, events: 1 };
        let (events, wait) = ticker.pull(&[demand(1), demand(2), demand(3)], at(now));
        for event in &events {
            ticker.accept(event, now);
        }
        let ids = events.iter().map(|event| event.id).collect::<Vec<_>>();
        (ids, wait.map(|wait| wait.as_millis()))
    };
    assert_eq!(both(&mut ticker, 1000), (vec![1], Some(300)));
    assert_eq!(both(&mut ticker, 2300), (vec![1, 2], None));
    assert_eq!(both(&mut ticker, 3300), (vec![2], None));
    assert_eq!(both(&mut ticker, 9000), (vec![], None));
    ticker.close(1);
    assert_eq!(both(&mut ticker, 9000), (vec![], None));
}

#[test]
fn a_new_schedule_is_for_open_readers_too() {
    let mut ticker = ticker(&[("schedule", "1h")]);
    ticker.configure(settings(&[("schedule", "2s")]).unwrap(), at(1000));
    assert_eq!(ticker.wait(1000), Some(2000));
    ticker.configure(settings(&[("schedule", "0 14 * * *")]).unwrap(), at(1000));
    // The clock is looked at each minute.
    assert_eq!(ticker.wait(1000), Some(60_000));
    assert_eq!(ticker.wait(3_599_000), Some(1000));
    let event = ticker.tick(3_600_000);
    ticker.accept(&event, 3_600_001);
    assert_eq!(ticker.wait(3_600_001), Some(60_000));
}

#[test]
fn cron_expressions_mean_what_they_mean_elsewhere() {
    assert_eq!(
        times("*/20 * * * *"),
        ["2026-11-21T13:20", "2026-11-21T13:40", "2026-11-21T14:00"]
    );
    assert_eq!(
        times("15,45 * * * * *"),
        [
            "2026-11-21T13:00:15.000Z",
            "2026-11-21T13:00:45.000Z",
            "2026-11-21T13:01:15.000Z"
        ]
    );
    assert_eq!(
        times("0 30 3-6,20-23 * * *"),
        ["2026-11-21T20:30", "2026-11-21T21:30", "2026-11-21T22:30"]
    );
    // 0 and 7 are Sunday.
    let sundays = ["2026-11-22T00:00", "2026-11-29T00:00", "2026-12-06T00:00"];
    for sunday in ["0 0 * * 0", "0 0 ? * 7", "0 0 * * sun", "@weekly"] {
        assert_eq!(times(sunday), sundays);
    }
    // Either day will do.
    assert_eq!(
        times("0 0 25 * MON"),
        ["2026-11-23T00:00", "2026-11-25T00:00", "2026-11-30T00:00"]
    );
    assert_eq!(
        times("0 0 29 FEB *"),
        ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"]
    );
    assert_eq!(times("@midnight"), times("CRON_TZ=UTC 0 0 * * *"));
    assert_eq!(times("@hourly")[0], "2026-11-21T14:00");
    assert_eq!(times("@monthly")[0], "2026-12-01T00:00");
    assert_eq!(times("TZ=UTC @yearly")[0], "2027-01-01T00:00");
    assert_eq!(times("@annually")[0], "2027-01-01T00:00");
}

#[test]
fn durations_are_those_of_go() {
    for (text, milliseconds) in [
        ("250ms", 250),
        ("@every 1h30m", 5_400_000),
        ("1.5s", 1500),
        (" @every  2m ", 120_000),
        ("36500d", 3_153_600_000_000),
    ] {
        match Schedule::parse(text) {
            Ok(Schedule::Every(duration)) => {
                assert_eq!(duration, Duration::from_millis(milliseconds));
            }
            _ => panic!("{text} is no duration"),
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    let refusal = |pairs: &[(&str, &str)]| {
        let Err(error) = settings(pairs) else {
            panic!("{pairs:?} is accepted");
        };
        assert_eq!(error.code, Code::InvalidArgument);
        error.message
    };
    assert!(refusal(&[]).contains("schedule"));
    assert!(refusal(&[("Schedule", "1s")]).contains("schedule"));
    for wrong in [
        "",
        "0s",
        "-1s",
        "1us",
        "101years",
        "15",
        "soon",
        "@every",
        "@every soon",
        "@sometimes",
        "* * * *",
        "* * * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * * 8",
        "*/0 * * * *",
        ", * * * *",
        "1,,2 * * * *",
        "a b c d e",
        "CRON_TZ=Europe/Berlin 0 0 * * *",
        "0 0 30 2 *",
    ] {
        let why = refusal(&[("schedule", wrong)]);
        assert!(why.contains("schedule") && why.contains(wrong), "{why}");
    }
    for wrong in ["0", "-1", "twice"] {
        let why = refusal(&[("schedule", "1s"), ("times", wrong)]);
        assert!(why.contains("times") && why.contains(wrong));
    }
    let mut ticker = Ticker::default();
    let code = ticker.open(1, at(0)).unwrap_err().code;
    assert_eq!(code, Code::FailedPrecondition);
    assert!(ticker.step(0).0.is_none());
}
