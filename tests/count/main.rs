//! How many instructions a call takes on its way through the host, held against what it took before (`baseline.toml`).
//!
//! The host runs in this process, under callgrind, which counts what one thread of it does between two marks. That is the same on
//! every run, whatever else the machine is busy with; so a change that costs is seen, however little.
//!
//! `just count` shows it, and `just count --update` writes the baseline anew.

mod baseline;
mod callgrind;
mod calls;
mod client;
mod clock;
#[path = "../../benches/support/component.rs"]
mod component;
mod host;
mod threads;

use anyhow::{Context, bail};
use baseline::Baseline;
use callgrind::Tools;
use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The word for the process in which all is called.
const CALL: &str = "call";

/// The word for the process that compiles guests for it.
const COMPILE: &str = "compile";

fn main() -> anyhow::Result<ExitCode> {
    let words: Vec<_> = env::args().skip(1).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [CALL] => calls::make(&cache())?,
        [COMPILE] => calls::compile(&cache())?,
        [] => return count(false),
        ["--update"] => return count(true),
        _ => bail!("the only option is --update: just count --update"),
    }
    Ok(ExitCode::SUCCESS)
}

fn count(update: bool) -> anyhow::Result<ExitCode> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        println!("nothing is counted: the baseline is of Linux on x86-64");
        return Ok(ExitCode::SUCCESS);
    }
    let is_ci = env::var_os("CI").is_some_and(|value| !value.is_empty());
    let Some(tools) = Tools::find() else {
        let missing = "valgrind is missing: `scripts/valgrind` installs it";
        if is_ci {
            bail!(missing);
        }
        println!("nothing is counted: {missing}");
        return Ok(ExitCode::SUCCESS);
    };
    let folder = tempfile::tempdir()?;
    let counted = callgrind::count(folder.path()).context("the calls cannot be counted")?;
    if update {
        baseline::write(&tools, &counted)?;
    }
    let verdict = Baseline::read()?.compare(&counted);
    print!("{verdict}");
    let others = verdict.baseline.counted_with != tools;
    if verdict.is_kept() {
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "\nIf that is meant, `just count --update` writes {} anew.",
        baseline::FILE
    );
    if others {
        println!(
            "It was counted with {}; here is {tools}.",
            verdict.baseline.counted_with
        );
    }
    // Outside CI another compiler is no mistake of whoever uses it.
    Ok(match others && !is_ci {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where compiled guests are kept for the next count: valgrind's processor is none that there is.
fn cache() -> PathBuf {
    root().join("target/count/cache")
}
