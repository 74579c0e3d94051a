//! What is wrong with a manifest, and where.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

/// All that was found wrong with a manifest: one thing at least.
#[derive(Debug)]
pub struct Wrong {
    file: PathBuf,
    faults: Vec<Fault>,
}

#[derive(Debug)]
struct Fault {
    /// Line and column, from 1; none is the manifest as a whole.
    at: Option<(usize, usize)>,
    /// With the keys of the tables around it; empty where there is none.
    key: String,
    what: String,
}

impl Wrong {
    /// Wrong as a whole.
    pub(crate) fn altogether(file: &Path, what: String) -> Self {
        let fault = Fault {
            at: None,
            key: String::new(),
            what,
        };
        Self {
            file: file.to_owned(),
            faults: vec![fault],
        }
    }
}

/// A manifest while it is read, and what was found wrong with it so far.
pub(super) struct Faults<'a> {
    file: &'a Path,
    text: &'a str,
    found: Vec<Fault>,
}

impl<'a> Faults<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        Self {
            file,
            text,
            found: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, at: Range<usize>, key: &str, what: impl Into<String>) {
        self.found.push(Fault {
            at: Some(place(self.text, at.start)),
            key: key.to_owned(),
            what: what.into(),
        });
    }

    /// # Errors
    /// When anything was found.
    pub(super) fn none(self) -> Result<Self, Wrong> {
        match self.found.is_empty() {
            true => Ok(self),
            false => Err(self.into()),
        }
    }
}

/// In the order of the manifest.
impl From<Faults<'_>> for Wrong {
    fn from(faults: Faults<'_>) -> Self {
        let mut found = faults.found;
        found.sort_by_key(|fault| fault.at);
        Self {
            file: faults.file.to_owned(),
            faults: found,
        }
    }
}

fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// A line for each: `plugbox.toml:7:10: component.orders.memory: what is wrong`.
impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Fault { at, key, what }) in self.faults.iter().enumerate() {
            if number > 0 {
                f.write_str("\nerror: ")?;
            }
            write!(f, "{}", self.file.display())?;
            if let Some((line, column)) = at {
                write!(f, ":{line}:{column}")?;
            }
            if !key.is_empty() {
                write!(f, ": {key}")?;
            }
            write!(f, ": {what}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Wrong {}
