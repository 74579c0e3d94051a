//! The circuit's rules, with a clock that stands still until a test moves it.

use super::*;
use proptest::prelude::*;

/// What happens to a guest.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// It fails in a call.
    Fails,
    /// It fails by a time limit of so many seconds, which pass.
    TimesOut(u64),
    /// It answers.
    Answers,
    /// It does not start.
    Unstarted,
    /// It does not start, for so many seconds, which pass.
    StartsNot(u64),
    /// It starts.
    Starts,
    /// So many milliseconds pass.
    Passes(u64),
}

use Event::*;

struct Bench {
    record: Record,
    now: Instant,
    /// What was told to the operator: whether the circuit is open.
    told: Vec<bool>,
    /// The pauses.
    pauses: Vec<Duration>,
}

impl Bench {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            record: Record::new(now),
            now,
            told: Vec::new(),
            pauses: Vec::new(),
        }
    }

    fn after(events: &[Event]) -> Self {
        let mut bench = Self::new();
        events.iter().for_each(|event| bench.happens(*event));
        bench
    }

    fn happens(&mut self, event: Event) {
        let none = Duration::ZERO;
        let (opened, closed) = match event {
            Fails => (self.record.failed("why", none, self.now, 0.0), false),
            TimesOut(seconds) => {
                let took = Duration::from_secs(seconds);
                self.now += took;
                (self.record.failed("why", took, self.now, 0.0), false)
            }
            Answers => (None, self.record.answered(self.now)),
            Unstarted => (self.record.unstarted("why", none, self.now, 0.0), false),
            StartsNot(seconds) => {
                let took = Duration::from_secs(seconds);
                self.now += took;
                (self.record.unstarted("why", took, self.now, 0.0), false)
            }
            Starts => (None, self.record.started(self.now)),
            Passes(time) => {
                self.now += Duration::from_millis(time);
                (None, false)
            }
        };
        if let Some(opened) = opened {
            self.pauses.push(opened.pause);
            self.told.extend(opened.news.then_some(true));
        }
        self.told.extend(closed.then_some(false));
    }

    fn is_open(&self) -> bool {
        self.record.until.is_some()
    }
}

fn times(count: u32, events: &[Event]) -> Vec<Event> {
    events.repeat(count as usize)
}

#[test]
fn it_opens_for_a_guest_that_keeps_failing_and_for_no_other() {
    let failing = |count| times(count, &[Fails]);
    let table = [
        ("fails once", failing(1), false),
        ("fails now and then", times(100, &[Fails, Answers]), false),
        (
            "fails in one of ten",
            times(100, &[&[Fails][..], &[Answers; 9]].concat()),
            false,
        ),
        (
            "fails once a second",
            times(100, &[Fails, Passes(1000)]),
            false,
        ),
        ("fails less than it may", failing(FAILURES - 1), false),
        ("fails each time", failing(FAILURES), true),
        (
            "fails twice for each answer",
            times(20, &[Fails, Fails, Answers]),
            true,
        ),
        (
            "fails in a burst, after long",
            [vec![Answers, Passes(100_000)], failing(FAILURES)].concat(),
            true,
        ),
        (
            "outlasts its time each time",
            times(FAILURES, &[TimesOut(30)]),
            true,
        ),
        (
            "takes long to start each time",
            times(FAILURES, &[Passes(5000), Starts, Fails]),
            true,
        ),
        ("does not start once", vec![Fails, Unstarted, Starts], false),
        ("does not start", times(STARTS, &[Unstarted]), true),
        (
            "does not start, now and again",
            times(STARTS, &[Passes(30_000), Unstarted]),
            true,
        ),
        (
            "does not start, and is soon through with it",
            vec![StartsNot(1)],
            false,
        ),
        ("does not start, for long", vec![StartsNot(30)], true),
        (
            "starts each second time",
            times(100, &[Unstarted, Starts]),
            false,
        ),
        (
            "starts again",
            [failing(FAILURES), vec![Starts]].concat(),
            false,
        ),
    ];
    for (what, events, opens) in table {
        assert_eq!(Bench::after(&events).is_open(), opens, "{what}");
    }
}

#[test]
fn pauses_get_longer_up_to_the_most_and_a_guest_that_starts_is_not_paused_for_long() {
    let relapses = [
        times(FAILURES, &[Fails]),
        times(20, &[Starts, Fails, Fails, Fails]),
    ]
    .concat();
    let pauses = Bench::after(&relapses).pauses;
    assert_eq!(pauses.len(), 21);
    assert_eq!(pauses[..3], [PAUSE, PAUSE * 2, PAUSE * 4]);
    assert_eq!(pauses[20], PAUSE_MOST);
    let pauses = Bench::after(&times(20, &[Unstarted])).pauses;
    assert_eq!(pauses[..3], [PAUSE, PAUSE * 2, PAUSE * 4]);
    assert_eq!(pauses[pauses.len() - 1], PAUSE_MOST_UNSTARTED);
}

#[test]
fn a_pause_is_a_little_shorter_by_chance() {
    for (chance, most) in [
        (0.0, PAUSE),
        (0.5, PAUSE - PAUSE / 8),
        (1.0, PAUSE - PAUSE / 4),
    ] {
        let now = Instant::now();
        let mut record = Record::new(now);
        let mut open = || record.unstarted("why", Duration::ZERO, now, chance);
        assert_eq!(open(), None);
        assert_eq!(open().unwrap().pause, most);
    }
}

#[test]
fn the_operator_is_told_once_that_it_opens_and_once_that_it_closes() {
    let table = [
        // Starts that fail: closed with the first that does not.
        (
            [times(5, &[Unstarted]), vec![Starts, Answers]].concat(),
            vec![true, false],
        ),
        // Calls that fail: closed once answers have paid off the debt.
        (
            [times(FAILURES, &[Fails]), vec![Starts]].concat(),
            vec![true],
        ),
        (
            [
                times(FAILURES, &[Fails]),
                times(3, &[Starts, Fails, Fails, Fails]),
                vec![Starts],
                times(FAILURES, &[Answers]),
            ]
            .concat(),
            vec![true, false],
        ),
        // Or time.
        (
            [
                times(FAILURES, &[Fails]),
                vec![Starts, Passes(60_000), Answers],
            ]
            .concat(),
            vec![true, false],
        ),
    ];
    for (events, told) in table {
        assert_eq!(Bench::after(&events).told, told, "{events:?}");
    }
}

#[test]
fn after_a_circuit_is_closed_all_begins_anew() {
    let mut bench = Bench::after(&times(FAILURES, &[Fails]));
    times(FAILURES, &[Starts, Answers])
        .into_iter()
        .for_each(|event| bench.happens(event));
    assert_eq!(bench.told, [true, false]);
    for _ in 1..FAILURES {
        bench.happens(Fails);
        assert!(!bench.is_open());
    }
    bench.happens(Fails);
    assert_eq!(bench.pauses, [PAUSE, PAUSE]);
}

#[test]
fn somebody_watches_an_open_circuit_and_nobody_twice() {
    let circuit = Circuit::default();
    assert_eq!(circuit.unstarted("why", Duration::ZERO), None);
    assert!(circuit.unstarted("why", Duration::ZERO).unwrap().watch);
    assert!(!circuit.unstarted("why", Duration::ZERO).unwrap().watch);
    assert!(circuit.next_trial().is_some());
    circuit.started();
    // Whoever watches has not looked yet.
    assert_eq!(circuit.unstarted("why", Duration::ZERO), None);
    assert!(!circuit.unstarted("why", Duration::ZERO).unwrap().watch);
    circuit.started();
    assert_eq!(circuit.next_trial(), None);
    assert_eq!(circuit.unstarted("why", Duration::ZERO), None);
    assert!(circuit.unstarted("why", Duration::ZERO).unwrap().watch);
}

#[test]
fn a_guest_in_the_place_of_those_that_failed_begins_without_their_debt() {
    let circuit = Circuit::default();
    for _ in 0..FAILURES {
        assert!(circuit.refusal().is_none());
        circuit.failed("it trapped", Duration::ZERO);
    }
    let Some(Kind::Down { why, again }) = circuit.refusal() else {
        panic!("it is not refused");
    };
    assert_eq!(why, "it trapped");
    assert!(again <= PAUSE);
    assert!(circuit.renew());
    assert!(circuit.refusal().is_none());
    for _ in 1..FAILURES {
        assert_eq!(circuit.failed("it trapped", Duration::ZERO), None);
    }
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Fails),
        1 => (1_u64..60).prop_map(TimesOut),
        4 => Just(Answers),
        2 => Just(Unstarted),
        1 => (0_u64..60).prop_map(StartsNot),
        2 => Just(Starts),
        2 => (0_u64..20_000).prop_map(Passes),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_a_pause_ends_soon_and_a_guest_that_works_is_free_again(
        events in prop::collection::vec(event(), 0..200),
    ) {
        let mut bench = Bench::after(&events);
        if let Some(until) = bench.record.until {
            prop_assert!(until.saturating_duration_since(bench.now) <= PAUSE_MOST_UNSTARTED);
        }
        // News comes in turns.
        let turns = bench.told.iter().enumerate();
        prop_assert!(turns.clone().all(|(place, open)| *open == (place % 2 == 0)));
        bench.happens(Starts);
        prop_assert!(!bench.is_open());
        times(FAILURES, &[Answers]).into_iter().for_each(|event| bench.happens(event));
        prop_assert!(!bench.record.told && bench.record.owed.is_zero() && bench.record.relapses == 0);
    }

    #[test]
    fn a_guest_that_answers_as_often_as_it_fails_is_never_left_alone(
        rounds in prop::collection::vec((1_u32..FAILURES, 0_u32..20, 0_u64..2000), 0..100),
    ) {
        let mut bench = Bench::new();
        for (failures, more, pause) in rounds {
            let round = [times(failures, &[Fails, Starts]), times(failures + more, &[Answers]), vec![Passes(pause)]];
            for event in round.concat() {
                bench.happens(event);
                prop_assert!(!bench.is_open());
            }
        }
    }
}
