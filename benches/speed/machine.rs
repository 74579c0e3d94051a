//! Where, when and of what a run was.

use std::{env, fmt, fs, process::Command, thread, time::SystemTime};

/// Names and values.
pub struct Machine(Vec<(&'static str, String)>);

impl Machine {
    /// What it is like now. What cannot be found out is left out.
    pub fn look() -> Self {
        let read = |file| fs::read_to_string(file).ok();
        let processor = read("/proc/cpuinfo").and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
        let cores = thread::available_parallelism().ok();
        let kernel = read("/proc/sys/kernel/osrelease").map(|text| text.trim().to_owned());
        let load = read("/proc/loadavg")
            .and_then(|text| text.split_whitespace().next().map(str::to_owned));
        let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        let date = now.split_once('T').map(|(date, _)| date.to_owned());
        let words = env::args().skip(1).filter(|word| word != "--bench");
        let command = ["just bench".to_owned()].into_iter().chain(words);
        let values = [
            ("date", date),
            ("command", Some(command.collect::<Vec<_>>().join(" "))),
            ("commit", commit()),
            ("processor", processor),
            ("cores", cores.map(|cores| cores.to_string())),
            ("kernel", kernel),
            ("load before", load),
        ];
        let known = values.into_iter();
        Self(
            known
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
        )
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            writeln!(f, "- {name}: {value}")?;
        }
        Ok(())
    }
}

fn commit() -> Option<String> {
    let output = Command::new("git")
        .args(["-C", env!("CARGO_MANIFEST_DIR")])
        .args(["describe", "--always", "--dirty", "--abbrev=10"])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|commit| output.status.success() && !commit.is_empty())
}
