//! What small parts of a call take, each by itself: to see which of them a change has touched. What a whole call takes is told by
//! the other benchmarks and by `just count`.
//!
//! `just micro`, with a part of a name for some of them.

#![allow(clippy::expect_used, reason = "a benchmark fails by a panic")]

mod codec;
#[path = "../support/component.rs"]
mod component;
mod convert;
mod dispatch;
mod guest;
mod instance;
mod status;

fn main() {
    divan::main();
}
