//! `get` says twenty thousand lines in the way that the key names: `stdout`, `stderr` or `logging`; or one line of 16 MiB with
//! `giant-stdout` and `giant-logging`, and one of control characters with `controls`.

use std::io::{self, Write};

use crate::attack::{Attack, item};
use crate::bindings::dapr::components::state_types::{Item, StateError};
use crate::bindings::wasi::logging::logging::{Level, log};

pub struct LogFlood;

const LINES: u32 = 20_000;
const GIANT: usize = 16 << 20;

impl Attack for LogFlood {
    fn get(&mut self, key: &str) -> Result<Option<Item>, StateError> {
        let line = |number| format!("line {number} of a flood");
        match key {
            "stdout" => (0..LINES).for_each(|number| println!("{}", line(number))),
            "stderr" => (0..LINES).for_each(|number| eprintln!("{}", line(number))),
            "logging" => {
                (0..LINES).for_each(|number| log(Level::Error, "flood", &line(number)));
            }
            // What cannot be written is not said.
            "giant-stdout" => _ = io::stdout().write_all(&vec![b'x'; GIANT]),
            "giant-logging" => log(Level::Error, &"x".repeat(GIANT), &"x".repeat(GIANT)),
            _ => {
                let controls: String = (0..0xa0).filter_map(char::from_u32).collect();
                log(Level::Error, &controls, &controls);
                print!("{controls}");
                eprint!("{controls}");
            }
        }
        Ok(Some(item("said")))
    }

    /// Ends by a trap, for the memory that it took to say it.
    fn set(&mut self, _key: &str) -> Result<(), StateError> {
        std::process::abort()
    }
}
