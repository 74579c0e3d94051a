//! What the benchmarks share: servers to measure, a client that costs little, rounds, tables.

#![allow(dead_code)] // Each benchmark uses a part of it.

pub mod connection;
pub mod native;
pub mod rounds;
pub mod server;
pub mod table;

use anyhow::bail;
use std::{env, path::PathBuf};

/// What a benchmark was started for.
pub enum Task {
    /// To be the server that plugbox is compared with, on this socket.
    Serve(PathBuf),
    /// The same, served as plugbox serves.
    ServePinned(PathBuf),
    Measure {
        /// Only as much as shows that it works.
        quick: bool,
    },
}

impl Task {
    /// What the words on the command line say.
    pub fn from_words() -> anyhow::Result<Self> {
        let words: Vec<_> = env::args().skip(1).collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        Ok(match words.as_slice() {
            [native::SERVE, socket] => Self::Serve(socket.into()),
            [native::SERVE_PINNED, socket] => Self::ServePinned(socket.into()),
            // Cargo says `--bench` when it is to measure, and nothing when it runs all targets as tests.
            ["--bench"] => Self::Measure { quick: false },
            [] | ["--quick"] | ["--bench", "--quick"] | ["--quick", "--bench"] => {
                Self::Measure { quick: true }
            }
            _ => bail!("the only option is --quick: cargo bench -- --quick"),
        })
    }
}
