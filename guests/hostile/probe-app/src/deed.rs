//! What every interface can be told to do.

use std::cell::RefCell;
use std::time::Duration;

use crate::bindings::dapr::components::status_types::Status;
use crate::bindings::dapr::components::types::Code;
use crate::{error, read};

thread_local! {
    static TAKEN: RefCell<Vec<Vec<u8>>> = RefCell::default();
}

pub enum Deed {
    Trap,
    Loop,
    Wait(Duration),
    Allocate(usize),
    Log(String),
    Fail(Status),
}

impl Deed {
    /// The deed of this name; none where there is none.
    pub fn of(verb: &str, argument: &str) -> Option<Result<Self, Status>> {
        Some(match verb {
            "trap" => Ok(Self::Trap),
            "loop" => Ok(Self::Loop),
            "wait" => number(argument).map(|ms| Self::Wait(Duration::from_millis(ms))),
            "allocate" => number(argument).map(Self::Allocate),
            "log" => Ok(Self::Log(argument.to_owned())),
            "status" => read(argument.as_bytes()).map(Self::Fail),
            _ => return None,
        })
    }

    pub fn run(self) -> Result<(), Status> {
        match self {
            Self::Trap => trap("it was told to"),
            Self::Loop => loop {
                std::hint::spin_loop();
            },
            Self::Wait(time) => std::thread::sleep(time),
            // Not zeroes, which could be had without touching the memory.
            Self::Allocate(bytes) => TAKEN.with_borrow_mut(|taken| taken.push(vec![1; bytes])),
            Self::Log(text) => eprintln!("{text}"),
            Self::Fail(status) => return Err(status),
        }
        Ok(())
    }
}

/// Does what these words say; nothing, where they are no deed.
pub fn run(words: &str) -> Result<(), Status> {
    let (verb, argument) = words.split_once(':').unwrap_or((words, ""));
    Deed::of(verb, argument).map_or(Ok(()), |deed| deed?.run())
}

#[expect(clippy::panic, reason = "this is what it is for")]
pub fn trap(why: &str) -> ! {
    panic!("{why}")
}

pub fn number<N: std::str::FromStr>(text: &str) -> Result<N, Status> {
    let refused = |_| error(Code::InvalidArgument, format!("{text:?} is no number"));
    text.parse().map_err(refused)
}
