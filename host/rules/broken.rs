//! A broken promise, shown so that whoever wrote the component can repeat it.

use std::{fmt, time::Duration};

/// How many of the calls before the one that failed are worth showing.
const SHOWN: usize = 12;

/// A promise that was not kept: what was asked, what came back, and what should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The call, with all that it carried.
    pub request: String,
    /// The answer, or the status with its details.
    pub answer: String,
    /// What the answer should have been.
    pub expected: String,
    /// The calls that the rule made before this one, the oldest first.
    pub before: Vec<String>,
}

impl Broken {
    /// The same with the calls that led to it, whose last is the call itself.
    pub(super) fn after(mut self, mut sent: Vec<String>) -> Self {
        if sent.last() == Some(&self.request) {
            sent.pop();
        }
        sent.drain(..sent.len().saturating_sub(SHOWN));
        self.before = sent;
        self
    }

    /// A rule that did not come to an end.
    pub(super) fn late(sent: Vec<String>, limit: Duration) -> Self {
        Self {
            request: sent.last().cloned().unwrap_or_default(),
            answer: format!("none: the rule was given up after {} s", limit.as_secs()),
            expected: "an answer in time".to_owned(),
            before: Vec::new(),
        }
        .after(sent)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for call in &self.before {
            writeln!(f, "  before:   {call}")?;
        }
        writeln!(f, "  request:  {}", self.request)?;
        writeln!(f, "  answer:   {}", self.answer)?;
        write!(f, "  expected: {}", self.expected)
    }
}

impl std::error::Error for Broken {}
