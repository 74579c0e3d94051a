//! What the calls took before, in a file that is committed.

use super::{
    callgrind::{Counts, Tools},
    root,
};
use anyhow::Context;
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, fs};

/// Where it is.
pub const FILE: &str = "tests/count/baseline.toml";

/// By how much a count may differ, as a part of what was expected.
const TOLERANCE: f64 = 0.005;

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// What it was counted with.
    pub counted_with: Tools,
    instructions: BTreeMap<String, u64>,
}

/// What was counted, beside what was expected.
pub struct Verdict {
    pub baseline: Baseline,
    rows: Vec<(String, Found)>,
}

/// What became of one kind of call.
enum Found {
    /// What was counted, and what was expected.
    Both(u64, u64),
    New(u64),
    Gone,
}

impl Baseline {
    pub fn read() -> anyhow::Result<Self> {
        let text = fs::read_to_string(root().join(FILE))
            .with_context(|| format!("{FILE} cannot be read: `just count --update` writes it"))?;
        Ok(toml::from_str(&text)?)
    }

    pub fn compare(self, counts: &Counts) -> Verdict {
        let found = counts.iter().map(|(kind, count)| {
            let found = match self.instructions.get(kind) {
                Some(expected) => Found::Both(*count, *expected),
                None => Found::New(*count),
            };
            (kind.clone(), found)
        });
        let gone = self.instructions.keys();
        let gone = gone.filter(|kind| counts.iter().all(|(counted, _)| counted != *kind));
        let rows = found.chain(gone.map(|kind| (kind.clone(), Found::Gone)));
        Verdict {
            rows: rows.collect(),
            baseline: self,
        }
    }
}

/// Has the file say what was counted.
pub fn write(tools: &Tools, counts: &Counts) -> anyhow::Result<()> {
    let Tools { rustc, valgrind } = tools;
    let mut text = format!(
        "# Instructions of one call of each kind. `just count --update` writes this file.\n\n\
         [counted_with]\nrustc = \"{rustc}\"\nvalgrind = \"{valgrind}\"\n\n[instructions]\n"
    );
    for (kind, count) in counts {
        text.push_str(&format!("\"{kind}\" = {count}\n"));
    }
    Ok(fs::write(root().join(FILE), text)?)
}

impl Found {
    /// By how much more was counted than expected, as a part of that.
    fn grown(&self) -> f64 {
        match self {
            Self::Both(count, expected) => *count as f64 / *expected as f64 - 1.0,
            Self::New(_) | Self::Gone => f64::NAN,
        }
    }

    fn is_kept(&self) -> bool {
        self.grown().abs() <= TOLERANCE
    }
}

impl Verdict {
    /// Whether all is as it was.
    pub fn is_kept(&self) -> bool {
        self.rows.iter().all(|(_, found)| found.is_kept())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|(kind, _)| kind.len()).max();
        let width = width.unwrap_or_default();
        for (kind, found) in &self.rows {
            match found {
                Found::Both(count, _) => {
                    let percent = 100.0 * found.grown();
                    writeln!(
                        f,
                        "{kind:width$}  {count:>9} instructions  {percent:>+6.2} %"
                    )?;
                }
                Found::New(count) => writeln!(f, "{kind:width$}  {count:>9} instructions")?,
                Found::Gone => {}
            }
        }
        for (kind, found) in self.rows.iter().filter(|(_, found)| !found.is_kept()) {
            writeln!(f)?;
            match found {
                Found::Both(count, expected) if count > expected => write!(
                    f,
                    "{kind} takes {count} instructions, and {expected} were expected: see what has become dearer."
                )?,
                Found::Both(count, expected) => write!(
                    f,
                    "{kind} takes {count} instructions, and {expected} were expected: the baseline would not see it if they came back."
                )?,
                Found::New(_) => write!(f, "{kind} is not in the baseline.")?,
                Found::Gone => write!(f, "{kind} is in the baseline, and was not counted.")?,
            }
        }
        Ok(())
    }
}
