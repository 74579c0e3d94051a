//! What strangers can send, as functions of bytes: each takes any bytes, and panics when plugbox breaks a promise.
//!
//! The targets in `fuzz_targets/` give them to libFuzzer. `tests/fuzz` gives them the corpus and mutations of it, and has this file
//! for a module.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a find is a panic"
)]

mod answers;
mod author;
mod calls;
mod flags;
mod frames;
mod input;
mod loader;
mod manifest;
mod message;
mod query;
mod said;
pub mod served;

/// Takes one input after the other. What it was prepared with ends when it is dropped.
pub type Entry = Box<dyn Fn(&[u8]) + Send + Sync>;

/// The name of an entry, and what prepares it.
type Row = (&'static str, fn() -> Entry);

const ENTRIES: [Row; 9] = [
    ("answers", answers::entry),
    ("componentize", author::componentize),
    ("flags", flags::entry),
    ("frames", frames::entry),
    ("grpc", calls::entry),
    ("inspect", author::inspect),
    ("loader", loader::entry),
    ("manifest", manifest::entry),
    ("query", query::entry),
];

/// Prepares the entry of this name.
pub fn entry(name: &str) -> Entry {
    let (_, prepare) = ENTRIES
        .into_iter()
        .find(|(known, _)| *known == name)
        .expect("the name is in the table");
    prepare()
}
