//! What callers of a store did and what they saw, and whether one store can have answered so.
//!
//! A register is a key, or several that transactions write together. Of each write to a register the counter is larger than of
//! those before: it has one writer only, or each of several writers succeeds by the etag of what it has read. So the store may
//! have answered as it did if, and only if, for each read:
//!
//! - somebody wrote what it saw, before the read ended, and was not told that this had failed;
//! - it saw nothing older than any write that was answered before the read began, or than any other read had seen that ended
//!   before;
//! - of keys that are written together it saw the same.
//!
//! And no two writes that succeeded have the same counter.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// What a write leaves in a register: larger than what was there, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Value {
    pub counter: u64,
    pub writer: usize,
}

impl Value {
    /// What is stored; none for what nobody here has written.
    pub fn parse(stored: &[u8]) -> Option<Self> {
        let (counter, writer) = std::str::from_utf8(stored).ok()?.split_once(" by ")?;
        Some(Self {
            counter: counter.parse().ok()?,
            writer: writer.parse().ok()?,
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.counter, self.writer)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// It was answered with OK.
    Wrote(Value),
    /// The etag did not match: nothing was written.
    Refused(Value),
    /// What each key of the register had; none where it was missing.
    Read(Vec<Option<Value>>),
}

#[derive(Debug, Clone)]
pub struct Operation {
    register: String,
    deed: Deed,
    /// Its place among all beginnings and ends.
    begun: u64,
    ended: u64,
}

/// Why no store can have answered so.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Broken {
    /// A read went back behind a write that was answered.
    Lost,
    /// A read went back behind another.
    Back,
    /// A read saw a part of a transaction.
    Half,
    /// A read saw what nobody wrote, or what was refused.
    Invented,
    /// Two writes succeeded where one can.
    Twice,
}

/// Whoever takes part writes down here what it does.
#[derive(Default)]
pub struct History {
    clock: AtomicU64,
    operations: Mutex<Vec<Operation>>,
}

impl History {
    /// An operation begins.
    pub fn begin(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    /// It has ended.
    pub fn end(&self, register: &str, deed: Deed, begun: u64) {
        let ended = self.clock.fetch_add(1, Ordering::SeqCst);
        let operation = Operation {
            register: register.to_owned(),
            deed,
            begun,
            ended,
        };
        self.operations.lock().unwrap().push(operation);
    }

    /// How many operations there were.
    pub fn len(&self) -> usize {
        self.operations.lock().unwrap().len()
    }

    /// Fails if no store can have answered so.
    pub fn check(&self) {
        let operations = self.operations.lock().unwrap();
        let broken = check(&operations);
        assert!(
            broken.is_empty(),
            "{} of {} operations cannot be: {:#?}",
            broken.len(),
            operations.len(),
            &broken[..broken.len().min(10)]
        );
    }
}

/// What cannot have been, in each register.
pub fn check(operations: &[Operation]) -> Vec<(Broken, Operation)> {
    let mut registers: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        let register = registers.entry(&operation.register).or_default();
        register.push(operation);
    }
    let registers = registers.into_values();
    registers.flat_map(check_register).collect()
}

/// What a register has to have at the least.
#[derive(Debug, Clone, Copy, Default)]
struct Floor {
    written: u64,
    seen: u64,
}

fn check_register(operations: Vec<&Operation>) -> Vec<(Broken, Operation)> {
    let mut moments = Vec::new();
    for (place, operation) in operations.iter().enumerate() {
        moments.push((operation.begun, place));
        moments.push((operation.ended, place));
    }
    moments.sort_unstable();
    let mut broken = Vec::new();
    let mut floor = Floor::default();
    // What held when an operation began that has not ended.
    let mut floors: HashMap<usize, Floor> = HashMap::new();
    // What was, or is about to be, written.
    let mut begun: HashSet<Value> = HashSet::new();
    let mut succeeded: HashSet<u64> = HashSet::new();
    for (moment, place) in moments {
        let operation = operations[place];
        let is_begin = moment == operation.begun;
        let mut found = |what: Broken| broken.push((what, operation.clone()));
        match &operation.deed {
            Deed::Wrote(value) if is_begin => _ = begun.insert(*value),
            Deed::Wrote(value) => {
                floor.written = floor.written.max(value.counter);
                if !succeeded.insert(value.counter) {
                    found(Broken::Twice);
                }
            }
            Deed::Refused(_) => {}
            Deed::Read(_) if is_begin => _ = floors.insert(place, floor),
            Deed::Read(seen) => {
                let least = floors.remove(&place).unwrap_or_default();
                let Some(first) = seen.first() else {
                    continue;
                };
                if seen.iter().any(|one| one != first) {
                    found(Broken::Half);
                }
                for one in seen {
                    let counter = one.map_or(0, |value| value.counter);
                    if one.is_some_and(|value| !begun.contains(&value)) {
                        found(Broken::Invented);
                    } else if counter < least.written {
                        found(Broken::Lost);
                    } else if counter < least.seen {
                        found(Broken::Back);
                    }
                    floor.seen = floor.seen.max(counter);
                }
            }
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::{Broken::*, *};
    use fastrand::Rng;

    fn value(counter: u64, writer: usize) -> Value {
        Value { counter, writer }
    }

    fn wrote(counter: u64) -> Deed {
        Deed::Wrote(value(counter, 1))
    }

    fn read(counter: u64) -> Deed {
        Deed::Read(vec![(counter > 0).then(|| value(counter, 1))])
    }

    fn both(one: u64, other: u64) -> Deed {
        let seen = [one, other].map(|counter| (counter > 0).then(|| value(counter, 1)));
        Deed::Read(seen.to_vec())
    }

    /// What an operation was, when it began and when it ended.
    type Done = (Deed, u64, u64);

    /// What a history shows, and what is broken of it.
    type Case<'a> = (&'a str, &'a [Done], &'a [Broken]);

    /// What is broken of a history.
    fn broken(history: &[Done]) -> Vec<Broken> {
        let operations = history.iter().map(|(deed, begun, ended)| Operation {
            register: "register".to_owned(),
            deed: deed.clone(),
            begun: *begun,
            ended: *ended,
        });
        let operations: Vec<_> = operations.collect();
        let broken = check(&operations);
        broken.into_iter().map(|(what, _)| what).collect()
    }

    #[test]
    fn each_mistake_of_a_store_is_found_and_nothing_else_is() {
        let table: &[Case] = &[
            (
                "a read sees the last write",
                &[(wrote(1), 0, 1), (wrote(2), 2, 3), (read(2), 4, 5)],
                &[],
            ),
            (
                "a write is lost",
                &[(wrote(1), 0, 1), (wrote(2), 2, 3), (read(1), 4, 5)],
                &[Lost],
            ),
            ("all is lost", &[(wrote(1), 0, 1), (read(0), 2, 3)], &[Lost]),
            (
                "a write that is under way may be seen or not",
                &[
                    (wrote(1), 0, 1),
                    (wrote(2), 2, 9),
                    (read(1), 3, 4),
                    (read(2), 5, 6),
                ],
                &[],
            ),
            (
                "but once it was seen, it is there",
                &[
                    (wrote(1), 0, 1),
                    (wrote(2), 2, 9),
                    (read(2), 3, 4),
                    (read(1), 5, 6),
                ],
                &[Back],
            ),
            (
                "reads at the same time may see one this and one that",
                &[
                    (wrote(1), 0, 1),
                    (wrote(2), 2, 9),
                    (read(2), 3, 6),
                    (read(1), 4, 5),
                ],
                &[],
            ),
            (
                "a read that began before the write was answered may miss it",
                &[(wrote(1), 0, 2), (read(0), 1, 3)],
                &[],
            ),
            (
                "a read before any write sees one",
                &[(read(1), 0, 1), (wrote(1), 2, 3)],
                &[Invented],
            ),
            (
                "a read sees another's value",
                &[
                    (wrote(1), 0, 1),
                    (Deed::Read(vec![Some(value(1, 2))]), 2, 3),
                ],
                &[Invented],
            ),
            (
                "what was refused is seen",
                &[(Deed::Refused(value(1, 1)), 0, 1), (read(1), 2, 3)],
                &[Invented],
            ),
            (
                "two writes with one etag succeed",
                &[(wrote(1), 0, 2), (Deed::Wrote(value(1, 2)), 1, 3)],
                &[Twice],
            ),
            (
                "a transaction is seen as a whole",
                &[(wrote(1), 0, 1), (both(1, 1), 2, 3)],
                &[],
            ),
            (
                "half a transaction is seen while it is under way",
                &[(wrote(1), 0, 9), (both(1, 0), 2, 3)],
                &[Half],
            ),
            (
                "half a transaction is lost",
                &[(wrote(1), 0, 1), (wrote(2), 2, 3), (both(2, 1), 4, 5)],
                &[Half, Lost],
            ),
        ];
        for (what, history, expected) in table {
            assert_eq!(broken(history), *expected, "{what}");
        }
    }

    /// What a store answers to callers at the same time, each operation of which happens at some moment between its two ends.
    fn answered(random: &mut Rng, forgets: Option<u64>) -> Vec<Done> {
        let mut begun: Vec<(u64, bool)> = Vec::new();
        let mut history = Vec::new();
        let mut happened: Vec<(Deed, u64)> = Vec::new();
        let (mut now, mut stored, mut writing) = (0, 0, false);
        while history.len() < 200 {
            now += 1;
            match random.u8(0..3) {
                0 if begun.len() < 8 => {
                    let writes = !writing && random.bool();
                    writing |= writes;
                    begun.push((now, writes));
                }
                1 if !begun.is_empty() => {
                    let (since, writes) = begun.swap_remove(random.usize(..begun.len()));
                    if writes {
                        stored += 1;
                    }
                    let deed = if writes { wrote(stored) } else { read(stored) };
                    happened.push((deed, since));
                    if forgets == Some(stored) && writes {
                        stored -= 1;
                    }
                }
                2 if !happened.is_empty() => {
                    let (deed, since) = happened.swap_remove(random.usize(..happened.len()));
                    writing &= !matches!(deed, Deed::Wrote(_));
                    history.push((deed, since, now));
                }
                _ => {}
            }
        }
        // What has happened is answered, late.
        let late = happened.into_iter();
        history.extend(late.map(|(deed, since)| (deed, since, now + since)));
        history
    }

    #[test]
    fn no_good_store_is_blamed_and_one_that_forgets_a_write_is() {
        let mut found = 0;
        for seed in 0..100 {
            let history = answered(&mut Rng::with_seed(seed), None);
            assert_eq!(broken(&history), [], "seed {seed}");
            let forgetful = answered(&mut Rng::with_seed(seed), Some(5));
            found += usize::from(!broken(&forgetful).is_empty());
        }
        // Where nobody looks, nobody sees; but the next write has the number of the one that was forgotten.
        assert_eq!(found, 100);
    }
}
