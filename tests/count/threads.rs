//! The threads of this process: a call is made when none has anything left to do, so that all find the same.

use anyhow::{Context, ensure};
use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// The system calls in which threads wait for something to do: `epoll_wait`, `epoll_pwait` and `futex`. To be let go on by valgrind
/// they wait in another.
const WAITS: [&str; 3] = ["232", "281", "202"];

/// On a clock that is slow (`clock.c`).
const PATIENCE: Duration = Duration::from_millis(100);

/// Waits until every thread but this one waits.
pub fn settle() -> anyhow::Result<()> {
    let begun = Instant::now();
    while !others_wait()? {
        ensure!(begun.elapsed() < PATIENCE, "a thread does not come to rest");
        thread::yield_now();
    }
    Ok(())
}

fn others_wait() -> anyhow::Result<bool> {
    let own = fs::read_link("/proc/thread-self")?;
    let own = own.file_name().context("a thread without a number")?;
    for thread in fs::read_dir("/proc/self/task")? {
        let thread = thread?;
        if thread.file_name() != own && !waits(&thread.path()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// One that has ended meanwhile has nothing left to do.
fn waits(thread: &Path) -> bool {
    let doing = fs::read_to_string(thread.join("syscall"));
    let doing = doing.as_deref().map(|it| it.split(' ').next());
    !doing.is_ok_and(|call| call.is_none_or(|call| !WAITS.contains(&call)))
}
