//! This program under callgrind, which writes down at each mark what the thread that marks has done since its last one.

use super::{CALL, COMPILE, clock, root};
use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    env, fmt, fs,
    hint::black_box,
    path::Path,
    process::{Command, Stdio},
};

/// What callgrind is told of [`mark`].
const MARK: &str = "*::callgrind::mark*";

/// What a thread does up to here, and after the last time, is one part.
#[inline(never)]
pub fn mark() {
    black_box(());
}

/// Tells whoever counts what the part up to a mark was. Every mark has its line, in the same order.
pub fn told(part: Part) {
    match part {
        Part::Nothing => println!("nothing"),
        Part::Marked(kind) => println!("marked {kind}"),
        Part::Calls(calls, kind) => println!("calls {calls} {kind}"),
        Part::Here(kind) => println!("here {kind}"),
    }
}

/// What was done between two marks.
pub enum Part<'a> {
    /// Nothing that is to be counted.
    Nothing,
    /// The thread of a connection was called to mark: what a call takes that reaches no guest.
    Marked(&'a str),
    /// So many calls, and the one that marks.
    Calls(usize, &'a str),
    /// Something that the thread that marks has done itself.
    Here(&'a str),
}

/// Instructions of one call of each kind.
pub type Counts = Vec<(String, u64)>;

/// What a count depends on beside the code.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Tools {
    pub rustc: String,
    pub valgrind: String,
}

impl Tools {
    /// None where there is no valgrind.
    pub fn find() -> Option<Self> {
        let version = |program: &str| {
            let out = Command::new(program).arg("--version").output().ok()?;
            let text = String::from_utf8(out.stdout).ok()?;
            let number = text.split([' ', '-', '\n']).nth(1)?;
            Some(number.to_owned())
        };
        Some(Self {
            rustc: version("rustc").unwrap_or_default(),
            valgrind: version("valgrind")?,
        })
    }
}

impl fmt::Display for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rustc {} and valgrind {}", self.rustc, self.valgrind)
    }
}

/// Has all calls made, and counts them. What is written meanwhile is in `folder`.
pub fn count(folder: &Path) -> anyhow::Result<Counts> {
    let clock = clock::build(folder)?;
    // callgrind would take a minute for it.
    let compile = Command::new("valgrind")
        .args(["--tool=none", "--quiet"])
        .arg(env::current_exe()?)
        .arg(COMPILE)
        .status()?;
    ensure!(compile.success(), "guests cannot be compiled: {compile}");
    let out = Command::new("valgrind")
        .args(["--tool=callgrind", "--separate-threads=yes", "--quiet"])
        .arg(format!("--dump-before={MARK}"))
        .arg(format!("--callgrind-out-file={}/part", folder.display()))
        .arg(format!("--log-file={}/log", folder.display()))
        .arg(env::current_exe()?)
        .arg(CALL)
        .env("LD_PRELOAD", clock)
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()?;
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    ensure!(out.status.success(), "{}: {log}", out.status);
    let kinds = String::from_utf8(out.stdout)?;
    let parts = parts(folder)?;
    let (count, told) = (parts.len(), kinds.lines().count());
    ensure!(count == told, "{count} marks were seen of {told}: {log}");
    each(kinds.lines().zip(parts))
}

/// The instructions of each part, in the order of their marks.
fn parts(folder: &Path) -> anyhow::Result<Vec<u64>> {
    let mut parts = BTreeMap::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.file_stem().is_none_or(|stem| stem != "part") {
            continue;
        }
        let text = fs::read_to_string(path)?;
        let field = |name| text.lines().find_map(|line| line.strip_prefix(name));
        // The others are what threads have done when the process ends.
        let is_mark = field("desc: Trigger: ").is_some_and(|it| it.starts_with("--dump-before"));
        if is_mark && let (Some(number), Some(total)) = (field("part: "), field("totals: ")) {
            parts.insert(number.parse::<usize>()?, total.parse()?);
        }
    }
    Ok(parts.into_values().collect())
}

/// What one call takes, by the median of the parts: in a few of them the clock has ticked, or a table has grown.
fn each<'a>(parts: impl Iterator<Item = (&'a str, u64)>) -> anyhow::Result<Counts> {
    let mut totals: Vec<(&str, Vec<u64>)> = Vec::new();
    for (line, total) in parts {
        match totals.iter_mut().find(|(known, _)| *known == line) {
            Some((_, totals)) => totals.push(total),
            None => totals.push((line, vec![total])),
        }
    }
    let mut counts = Counts::new();
    let mut marking = 0;
    for (line, mut totals) in totals {
        totals.sort_unstable();
        let median = totals.get(totals.len() / 2).copied().unwrap_or_default();
        let (form, what) = line.split_once(' ').unwrap_or((line, ""));
        counts.push(match form {
            "nothing" => continue,
            "marked" => {
                marking = median;
                (what.to_owned(), median)
            }
            "calls" => {
                let (calls, kind) = what.split_once(' ').context("calls of nothing")?;
                let calls: u64 = calls.parse()?;
                (kind.to_owned(), median.saturating_sub(marking) / calls)
            }
            "here" => (what.to_owned(), median),
            _ => bail!("what is '{line}'?"),
        });
    }
    Ok(counts)
}
