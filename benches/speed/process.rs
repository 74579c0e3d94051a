//! What the system says about a process.

use anyhow::{Context, anyhow};
use std::{fs, time::Duration};

/// What all threads of a process have used since it began. One that has ended is forgotten, which servers' threads do not.
#[derive(Clone, Copy, Default)]
pub struct Usage {
    pub cpu: Duration,
    /// How often they went to sleep, or were made to wait.
    pub switches: u64,
}

impl Usage {
    pub fn of(process: u32) -> anyhow::Result<Self> {
        let mut usage = Self::default();
        for thread in fs::read_dir(format!("/proc/{process}/task"))? {
            let thread = thread?.path();
            let read = |file| fs::read_to_string(thread.join(file));
            // It may have ended since it was listed.
            let (Ok(times), Ok(status)) = (read("schedstat"), read("status")) else {
                continue;
            };
            usage.cpu += on_cpu(&times)?;
            usage.switches += field(&status, "voluntary_ctxt_switches:")?;
            usage.switches += field(&status, "nonvoluntary_ctxt_switches:")?;
        }
        Ok(usage)
    }

    pub fn since(self, before: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(before.cpu),
            switches: self.switches.saturating_sub(before.switches),
        }
    }
}

/// What this thread has used.
pub fn own_cpu() -> anyhow::Result<Duration> {
    on_cpu(&fs::read_to_string("/proc/thread-self/schedstat")?)
}

/// What all processors have done since the machine began, for anybody.
pub fn busy() -> anyhow::Result<Duration> {
    let all = fs::read_to_string("/proc/stat")?;
    let all = all.lines().find_map(|line| line.strip_prefix("cpu "));
    let times = all.context("no processors in /proc/stat")?;
    let times = times.split_ascii_whitespace().map(str::parse);
    // After user, nice and system come idle and waiting; then interrupts, and what another machine took; guests are in user.
    let [user, nice, system, _, _, hard, soft, stolen] = times
        .take(8)
        .collect::<Result<Vec<u64>, _>>()?
        .try_into()
        .map_err(|_| anyhow!("/proc/stat is short"))?;
    let ticks = user + nice + system + hard + soft + stolen;
    // A tick there is a hundredth of a second, whatever the kernel's own is.
    Ok(Duration::from_millis(ticks * 10))
}

/// Bytes of memory that are resident.
pub fn resident(process: u32) -> anyhow::Result<u64> {
    memory(process, "VmRSS:")
}

/// Bytes of that which are of no file.
pub fn private(process: u32) -> anyhow::Result<u64> {
    memory(process, "RssAnon:")
}

fn memory(process: u32, name: &str) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    Ok(field(&status, name)? * 1024)
}

fn on_cpu(schedstat: &str) -> anyhow::Result<Duration> {
    let nanoseconds = schedstat.split_ascii_whitespace().next();
    let nanoseconds = nanoseconds.context("schedstat is empty")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// A number that the system says under a name.
fn field(status: &str, name: &str) -> anyhow::Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_ascii_whitespace().next());
    let number = number.with_context(|| format!("no {name} in status"))?;
    Ok(number.parse()?)
}
