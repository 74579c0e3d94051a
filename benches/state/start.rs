//! How long a server takes from its start to the line that announces its socket.

use super::{
    Plan,
    support::{
        server::{Kind, Server},
        table::{Table, median},
    },
};
use std::{path::Path, time::Instant};

const GUESTS: [&str; 2] = ["rust-minimal-state", "rust-memory-state"];

/// Leaves the guests in the cache.
pub fn measure(plan: &Plan, cache: &Path) -> anyhow::Result<()> {
    let mut cases = Vec::new();
    for guest in GUESTS {
        let kind = Kind::Guest(guest);
        // Fills the cache.
        drop(Server::start(kind, Some(cache))?);
        cases.push((kind, ", compiling", None));
        cases.push((kind, ", from its cache", Some(cache)));
    }
    cases.push((Kind::Native, "", None));
    let mut times = vec![Vec::new(); cases.len()];
    for _ in 0..plan.starts {
        for ((kind, _, cache), times) in cases.iter().zip(&mut times) {
            let begun = Instant::now();
            let server = Server::start(*kind, *cache)?;
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
            drop(server);
        }
    }
    let mut table = Table::new(&["server", "ms"]);
    for ((kind, how, _), times) in cases.iter().zip(times) {
        table.row([
            format!("{}{how}", kind.name()),
            format!("{:.1}", median(times)),
        ]);
    }
    println!(
        "Start-up, to the announced socket (median; starts: {})\n\n{table}",
        plan.starts
    );
    Ok(())
}
