//! `plugbox.toml`: all that the command line can say, for many components and apps.

mod shape;
#[cfg(test)]
mod tests;
mod variables;
mod wrong;

pub use wrong::Wrong;

use super::{
    Name,
    layers::Value,
    schema,
    settings::{App, Each, Engine, Log, Sockets, Whole},
    values::overlap,
};
use crate::engine::Role;
use serde::Deserialize;
use shape::{Shape, joined};
use std::{
    env,
    ffi::OsString,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue, Deserializer},
};
use wrong::Faults;

/// A manifest that was read. Its paths are relative to the working folder, as those of the command line are.
#[derive(Debug, Default)]
pub struct Manifest {
    /// What goes to standard error.
    pub log: Log,
    /// What is set for the whole runner.
    pub whole: Whole,
    /// What is set for the sockets of components.
    pub sockets: Sockets,
    /// What is set for the engine.
    pub engine: Engine,
    /// What holds for components and apps that do not say otherwise.
    pub defaults: Each,
    /// The components and the apps, in the order of the manifest.
    pub sections: Vec<Section>,
}

/// One component, or one app.
#[derive(Debug)]
pub struct Section {
    /// Its name.
    pub name: Name,
    /// The guest's file.
    pub guest: PathBuf,
    /// What is set for it.
    pub each: Each,
    /// What is set for it as an app; none for a component.
    pub app: Option<App>,
}

impl Section {
    /// A component for which nothing is set.
    pub fn component(name: Name, guest: PathBuf) -> Self {
        Self {
            name,
            guest,
            each: Each::default(),
            app: None,
        }
    }

    /// What it is to daprd.
    pub fn role(&self) -> Role {
        match self.app {
            Some(_) => Role::App,
            None => Role::Component,
        }
    }
}

/// The one key that no flag has.
#[derive(Deserialize)]
struct Guest {
    guest: PathBuf,
}

impl Manifest {
    /// # Errors
    /// When the file cannot be read, or says what makes no sense.
    pub fn read(file: &Path) -> Result<Self, Wrong> {
        let text = fs::read_to_string(file)
            .map_err(|error| Wrong::altogether(file, format!("cannot read it: {error}")))?;
        Self::parse(file, &text, &|name| env::var_os(name))
    }

    /// Reads the text of a file, with the environment's variables.
    ///
    /// # Errors
    /// When it says what makes no sense.
    pub fn parse(
        file: &Path,
        text: &str,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Wrong> {
        let mut faults = Faults::new(file, text);
        let mut root = match DeTable::parse(text) {
            Ok(root) => root,
            Err(error) => {
                let at = error.span().unwrap_or_default();
                match twice(&error, text, &at) {
                    Some(key) => faults.add(at, key, "it is there twice"),
                    None => faults.add(at, "", error.message()),
                }
                return Err(faults.into());
            }
        };
        let schema = schema::schema().to_value();
        let at = root.span();
        let mut shape = Shape {
            faults: &mut faults,
            schema: &schema,
            variable,
            filled_in: Vec::new(),
        };
        shape.table("", at.clone(), root.get_mut(), &schema);
        let filled_in = shape.filled_in;
        let mut reader = Reader {
            faults: faults.none()?,
            folder: file.parent().unwrap_or(Path::new("")),
            filled_in,
        };
        let manifest = reader.manifest(root.get_ref(), at);
        reader.faults.none()?;
        Ok(manifest)
    }
}

/// The key, or the table's name, that a manifest has twice, if that is the matter.
fn twice<'a>(error: &toml::de::Error, text: &'a str, at: &Range<usize>) -> Option<&'a str> {
    if !error.message().contains("duplicate key") {
        return None;
    }
    let before = text.get(..at.start)?.rsplit('\n').next()?;
    let line = text.get(at.start - before.len()..)?.lines().next()?.trim();
    let header = line.strip_prefix('[').and_then(|line| line.split_once(']'));
    match header {
        Some((header, _)) => Some(header),
        None => text.get(at.clone()),
    }
}

/// From tables that have their shape to settings.
struct Reader<'a> {
    faults: Faults<'a>,
    /// The manifest's.
    folder: &'a Path,
    /// Where variables were filled in.
    filled_in: Vec<Range<usize>>,
}

impl Reader<'_> {
    fn manifest(&mut self, root: &DeTable<'_>, at: Range<usize>) -> Manifest {
        let mut whole: Whole = self.settings("", root, &at).unwrap_or_default();
        whole.beside(self.folder);
        let mut sockets: Sockets = self.settings("", root, &at).unwrap_or_default();
        sockets.beside(self.folder);
        let mut manifest = Manifest {
            log: self.settings("", root, &at).unwrap_or_default(),
            whole,
            sockets,
            engine: self.settings("", root, &at).unwrap_or_default(),
            defaults: self.each("", root, &at),
            sections: Vec::new(),
        };
        let of = |role: Role| {
            let sections = root.get(role.name()).and_then(table);
            let sections = sections.into_iter().flatten();
            sections.map(move |(key, value)| (role, key, value))
        };
        let mut sections: Vec<_> = of(Role::Component).chain(of(Role::App)).collect();
        sections.sort_by_key(|(_, key, _)| key.span().start);
        for (role, key, value) in sections {
            if let Some(section) = self.section(role, key, value, &manifest.sections) {
                manifest.sections.push(section);
            }
        }
        manifest
    }

    fn section(
        &mut self,
        role: Role,
        key: &Spanned<DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
        before: &[Section],
    ) -> Option<Section> {
        let path = joined(role.name(), key.get_ref());
        let section = table(value)?;
        let each = self.each(&path, section, &value.span());
        let app = match role {
            Role::Component => None,
            Role::App => Some(self.app(&path, section, &value.span(), before)?),
        };
        let mut guest = self.settings::<Guest>(&path, section, &value.span())?.guest;
        guest.beside(self.folder);
        if let Err(error) = fs::metadata(&guest) {
            let at = section.get("guest").map_or(value.span(), Spanned::span);
            let what = format!("cannot read {}: {error}", guest.display());
            self.faults.miss(&guest);
            self.faults.add(at, &joined(&path, "guest"), what);
        }
        let name = match Name::new(key.get_ref()) {
            Ok(name) => name,
            Err(what) => {
                self.faults.add(key.span(), &path, what);
                return None;
            }
        };
        let in_dapr = name.in_dapr();
        if let Some(other) = before.iter().find(|other| other.name.in_dapr() == in_dapr) {
            let (of_other, other) = (other.role(), other.name.as_str());
            let what = match (role, of_other) {
                (Role::Component, Role::Component) => {
                    format!("Dapr knows no upper case, and takes it for {other}: name them apart")
                }
                _ => format!(
                    "there is {} {other} already: name them apart",
                    of_other.one()
                ),
            };
            self.faults.add(key.span(), &path, what);
        }
        Some(Section {
            name,
            guest,
            each,
            app,
        })
    }

    /// What is set for an app alone.
    fn app(
        &mut self,
        path: &str,
        from: &DeTable<'_>,
        at: &Range<usize>,
        before: &[Section],
    ) -> Option<App> {
        let app: App = self.settings(path, from, at)?;
        let address = app.address()?;
        let taken = before.iter().find_map(|other| {
            let taken = other.app.as_ref()?.address()?;
            overlap(address, taken).then_some((other.name.as_str(), taken))
        });
        if let Some((other, taken)) = taken {
            let at = from.get("port").map_or_else(|| at.clone(), Spanned::span);
            let what = format!("the app {other} has {taken} already: give each a port of its own");
            self.faults.add(at, &joined(path, "port"), what);
        }
        Some(app)
    }

    fn each(&mut self, path: &str, from: &DeTable<'_>, at: &Range<usize>) -> Each {
        let mut each = Each {
            sandbox: self.settings(path, from, at).unwrap_or_default(),
            served: self.settings(path, from, at).unwrap_or_default(),
        };
        each.sandbox.beside(self.folder);
        for (number, dir) in each.sandbox.dirs.iter().enumerate() {
            if dir.host.is_dir() {
                continue;
            }
            let written = from.get("dirs").and_then(|dirs| {
                let dir = dirs.get_ref().as_array()?.get(number).and_then(table)?;
                dir.get("host").map(Spanned::span)
            });
            let key = joined(&format!("{}[{number}]", joined(path, "dirs")), "host");
            let what = format!("there is no folder {}", dir.host.display());
            self.faults.miss(&dir.host);
            self.faults
                .add(written.unwrap_or_else(|| at.clone()), &key, what);
        }
        each
    }

    /// A group of settings out of a table that may have others too.
    fn settings<'de, T: Deserialize<'de>>(
        &mut self,
        path: &str,
        from: &DeTable<'de>,
        at: &Range<usize>,
    ) -> Option<T> {
        let from_table = Spanned::new(at.clone(), from.clone());
        match T::deserialize(Deserializer::from(from_table)) {
            Ok(settings) => Some(settings),
            Err(error) => {
                let at = error.span().unwrap_or_else(|| at.clone());
                let key = key_at(path, from, &at);
                let what = match self.filled_in.iter().any(|filled| inside(filled, &at)) {
                    // It may be secret, and the message may show some of it.
                    true => "what its variables bring does not fit this key",
                    false => error.message(),
                };
                self.faults.add(at, &key, what);
                None
            }
        }
    }
}

fn table<'a, 'de>(value: &'a Spanned<DeValue<'de>>) -> Option<&'a DeTable<'de>> {
    value.get_ref().as_table()
}

fn inside(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The innermost key whose value has this place in it.
fn key_at(path: &str, table: &DeTable<'_>, at: &Range<usize>) -> String {
    let mut entries = table.iter();
    let found = entries.find(|(key, value)| inside(at, &value.span()) || inside(at, &key.span()));
    match found {
        Some((key, value)) => key_in(joined(path, key.get_ref()), value.get_ref(), at),
        None => path.to_owned(),
    }
}

fn key_in(path: String, value: &DeValue<'_>, at: &Range<usize>) -> String {
    match value {
        DeValue::Table(table) => key_at(&path, table, at),
        DeValue::Array(items) => {
            let mut items = items.iter().enumerate();
            match items.find(|(_, item)| inside(at, &item.span())) {
                Some((number, item)) => key_in(format!("{path}[{number}]"), item.get_ref(), at),
                None => path,
            }
        }
        _ => path,
    }
}
