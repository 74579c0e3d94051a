//! What a run has found, in one place: shown as it comes, and written to `target/bench/` at the end.

use super::{
    compare::{Comparison, Figure, Median},
    goals,
    machine::Machine,
    parts::app,
    plot, server, summary,
};
use anyhow::Context;
use std::{fs, path::Path};

/// Around what a run writes into the documentation: of applications, and of all else.
const BEGIN_APPS: &str = "<!-- what `just bench --update-docs` wrote of apps begins here -->";
const BEGIN: &str = "<!-- what `just bench --update-docs` wrote begins here -->";
const END: &str = "<!-- and ends here -->";

const DOCUMENT: &str = "docs/performance.md";

/// Percent of a core that others may have without a word.
const CROWDED: f64 = 15.0;

pub struct Report {
    /// Of its files.
    name: &'static str,
    machine: Machine,
    details: String,
    /// By parts, with their titles.
    parts: Vec<(String, Vec<Comparison>)>,
}

impl Report {
    pub fn new(name: &'static str, machine: Machine) -> Self {
        println!("{machine}");
        Self {
            name,
            machine,
            details: String::new(),
            parts: Vec::new(),
        }
    }

    /// A part begins: its title, and what its tables are of.
    pub fn part(&mut self, title: &str, about: &str) {
        self.parts.push((title.to_owned(), Vec::new()));
        self.say(&format!("## {title}\n\n{about}\n"));
    }

    /// What could not be measured, and why.
    pub fn left_out(&mut self, what: &str, why: &str) {
        self.say(&format!("*{what} is left out: {why}*\n"));
    }

    fn say(&mut self, text: &str) {
        println!("{text}");
        self.details.push_str(text);
        self.details.push('\n');
    }

    /// A table of its own.
    pub fn compared(&mut self, comparison: Comparison, figures: &[Figure], ratios: &[Figure]) {
        let table = comparison.table(figures, ratios);
        self.say(&format!("{}:\n\n{table}", comparison.title));
        for (server, why) in &comparison.left_out {
            self.left_out(server, why);
        }
        if let Some(others) = comparison.others().filter(|others| *others > CROWDED) {
            self.say(&format!(
                "*Other programs took {others:.0} % of a core meanwhile.*\n"
            ));
        }
        if let Some((_, part)) = self.parts.last_mut() {
            part.push(comparison);
        }
    }

    /// Writes all of it, and shows what counts at the end.
    pub fn finish(self, update_docs: bool) -> anyhow::Result<()> {
        let folder = server::output();
        fs::create_dir_all(&folder)?;
        let (apps, others): (Vec<_>, Vec<_>) = self
            .parts
            .iter()
            .partition(|(title, _)| title == app::TITLE);
        let summary = summary::tables(&others);
        let apps: String = apps.iter().map(|(_, part)| summary::apps(part)).collect();
        let all: Vec<_> = self.parts.iter().flat_map(|(_, part)| part).collect();
        let goals = goals::text(&all);
        let Self {
            name,
            machine,
            details,
            ..
        } = &self;
        let plots = plot::draw(&all, &folder, name)?;
        let others = all.iter().filter_map(|one| one.others()).collect();
        let noise = Median::of(others).filter(|others| others.value > CROWDED);
        let noise = noise.map_or(String::new(), |others| {
            let others = others.value;
            format!("\n**Noisy: other programs took {others:.0} % of a core during half of the loads.**\n")
        });
        let told = match &*apps {
            "" => format!("{summary}{goals}"),
            apps => format!("{summary}## {}\n\n{apps}{goals}", app::TITLE),
        };
        println!("{noise}\n{told}");
        let text = format!("# What plugbox costs\n\n{machine}{noise}\n{plots}{told}{details}");
        let file = folder.join(format!("{name}.md"));
        fs::write(&file, text).with_context(|| file.display().to_string())?;
        println!("The whole report is in {}", file.display());
        let blocks = [(BEGIN, summary + &goals), (BEGIN_APPS, apps)];
        for (begin, block) in blocks {
            if update_docs && !block.is_empty() {
                update(begin, &format!("{machine}{noise}\n{block}"))?;
            }
        }
        Ok(())
    }
}

/// Replaces what an earlier run wrote into one of its places in the documentation.
fn update(begin: &str, block: &str) -> anyhow::Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
    let text = fs::read_to_string(&file)?;
    let parts = text.split_once(begin);
    let parts = parts.and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.with_context(|| format!("{DOCUMENT} has no place for it"))?;
    // Headings there are one level further down.
    let block = block.replace("\n## ", "\n### ");
    fs::write(&file, format!("{before}{begin}\n\n{block}\n{END}{after}"))?;
    println!("{DOCUMENT} has what counts of it");
    Ok(())
}
