//! What the fuzzers look for, in seconds and without their instruments: each entry takes its corpus and mutations of it.
//!
//! `just fuzz` looks for more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "../../fuzz/src/lib.rs"]
mod entries;
mod mutation;
mod seeds;

use entries::{Entry, entry};
use fastrand::Rng;
use mutation::mutate;
use std::{
    fs,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

/// The most memory that this process may ever have had: what an input takes beyond that is a bomb.
const MEMORY: u64 = 2 << 30;

/// What panicked, on whatever thread: in a call or a connection, nobody else would hear of it.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// One entry after the other, so that a panic is of the input at hand.
static TURN: Mutex<()> = Mutex::new(());

#[test]
fn every_refusal_of_a_guest_reaches_its_client_whole() {
    holds("answers", 2000);
}

#[test]
fn no_core_module_makes_componentize_panic() {
    holds("componentize", 20);
}

#[test]
fn no_words_make_the_command_line_panic() {
    holds("flags", 200);
}

#[test]
fn no_bytes_on_a_connection_hang_it_or_harm_its_neighbours() {
    holds("frames", 100);
}

#[test]
fn every_call_is_answered_whatever_it_says() {
    holds("grpc", 50);
}

#[test]
fn every_file_is_inspected_in_words_that_a_terminal_can_take() {
    holds("inspect", 20);
}

#[test]
fn every_file_is_a_guest_or_is_refused_in_bounded_words() {
    holds("loader", 30);
}

#[test]
fn every_manifest_is_read_or_told_what_is_wrong_with_it() {
    holds("manifest", 200);
}

#[test]
fn every_query_is_answered_or_refused() {
    holds("query", 200);
}

/// Gives an entry its corpus, and so many mutations of each file in it. `FUZZ_TIMES` has it go on for longer.
fn holds(name: &str, mutations: usize) {
    let _turn = turn();
    let times = std::env::var("FUZZ_TIMES").map_or(1, |times| times.parse().unwrap());
    let files = files(&corpus(name));
    assert!(!files.is_empty(), "{name} has no corpus");
    let entry = entry(name);
    let inputs: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    for (file, input) in files.iter().zip(&inputs) {
        let from = file.display().to_string();
        check(name, &entry, &from, input);
        // The same ones in each run, whatever other files there are.
        let mut random = Rng::with_seed(fnv(input));
        for _ in 0..mutations * times {
            let mut mutant = input.clone();
            mutate(&mut mutant, &inputs, &mut random);
            check(name, &entry, &from, &mutant);
        }
    }
    let most = peak();
    assert!(
        most < MEMORY,
        "after {name} the process has had {most} bytes"
    );
}

/// Gives an entry an input. What it finds is kept.
fn check(name: &str, entry: &Entry, from: &str, input: &[u8]) {
    let took = panic::catch_unwind(AssertUnwindSafe(|| entry(input)));
    let panics = std::mem::take(&mut *lock(&PANICS));
    if took.is_err() || !panics.is_empty() {
        let find = keep(name, input);
        panic!(
            "an input of {name}, made of {from}, is a find ({}): {}",
            find.display(),
            panics.join("\n")
        );
    }
}

/// Waits for the others to end. From then on panics are noted, wherever they are.
fn turn() -> MutexGuard<'static, ()> {
    static NOTED: Once = Once::new();
    let turn = lock(&TURN);
    NOTED.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            lock(&PANICS).push(panic.to_string());
            usual(panic);
        }));
    });
    lock(&PANICS).clear();
    turn
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where an entry's corpus is.
fn corpus(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("fuzz/corpus").join(name)
}

/// The files of a folder, in an order that is always the same.
fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// Where cargo-fuzz keeps its finds, too.
fn keep(name: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/artifacts")
        .join(name);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("find-{:016x}", fnv(input)));
    fs::write(&file, input).unwrap();
    file
}

fn fnv(bytes: &[u8]) -> u64 {
    let begin = 0xcbf2_9ce4_8422_2325;
    bytes.iter().fold(begin, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The most bytes that this process has had in memory at once.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}
