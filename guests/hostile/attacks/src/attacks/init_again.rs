//! `init` is good the first time. The next instance's fails, in a megabyte of words that would pass for lines of the log; it knows
//! that it is the next by a file in the folder `/data`. `get` traps.

use std::fs;

use crate::attack::Attack;
use crate::bindings::dapr::components::state_types::{Item, StateError};
use crate::bindings::dapr::components::types::Error;
use crate::error;

pub struct InitAgain;

const MARK: &str = "/data/begun";

impl Attack for InitAgain {
    fn init(&mut self) -> Result<Vec<String>, Error> {
        if fs::exists(MARK).unwrap_or_default() {
            let line = "\r\n\u{1b}[2J2026-01-01T00:00:00Z ERROR plugbox: forged";
            return Err(error(line.repeat((1 << 20) / line.len())));
        }
        fs::write(MARK, "").map_err(|why| error(why.to_string()))?;
        Ok(Vec::new())
    }

    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        std::process::abort()
    }
}
