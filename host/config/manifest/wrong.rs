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
    missing: Vec<PathBuf>,
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
            missing: Vec::new(),
        }
    }

    /// Each thing that was found, with its place.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let file = self.file.display();
        self.faults.iter().map(move |Fault { at, key, what }| {
            let place = at.map(|(line, column)| format!(":{line}:{column}"));
            let key = match key.as_str() {
                "" => String::new(),
                key => format!(": {key}"),
            };
            format!("{file}{}{key}: {what}", place.unwrap_or_default())
        })
    }

    /// The manifest's own file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The files and folders that it names, and that are not there.
    pub fn missing(&self) -> &[PathBuf] {
        &self.missing
    }
}

/// A manifest while it is read, and what was found wrong with it so far.
pub(super) struct Faults<'a> {
    file: &'a Path,
    text: &'a str,
    found: Vec<Fault>,
    missing: Vec<PathBuf>,
}

impl<'a> Faults<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        Self {
            file,
            text,
            found: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// Remembers what is not there.
    pub(super) fn miss(&mut self, path: &Path) {
        self.missing.push(path.to_owned());
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
            missing: faults.missing,
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
        for (number, line) in self.lines().enumerate() {
            let before = if number > 0 { "\nerror: " } else { "" };
            write!(f, "{before}{line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Wrong {}
