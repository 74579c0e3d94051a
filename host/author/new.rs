//! The beginning of a guest: a folder that builds, and passes the rules, as it is.
//!
//! What is written stands in `guests/<language>/template`: `common` is in every guest, `blocks/<block>` in one that serves that
//! block, `blocks/app` in an application. A file that ends with `.jinja` is filled in, all others are copied, and `__name__` in a path is the guest's name. The
//! language's library comes along, because it is in no registry.

use super::{
    contract,
    files::{self, File},
};
use crate::engine::{Block, Interface};
use anyhow::{Context, ensure};
use minijinja::{Environment, UndefinedBehavior, Value, context, syntax::SyntaxConfig};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each file of the languages' libraries and templates, by its path below `guests`; `build.rs` gathers them.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/kits.rs"));

/// Where a language's library belongs in a guest's folder.
const LIBRARY: &str = "plugbox";

/// A language with a library and templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kit {
    /// Rust, without a library: its bindings are good as they are.
    Rust,
    /// Go, by its own compiler.
    Go,
    /// Python, by componentize-py.
    Python,
    /// TypeScript, by ComponentizeJS.
    TypeScript,
    /// C, by clang.
    C,
}

impl Kit {
    /// Its folder below `guests`.
    fn folder(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Go => "go",
            Self::Python => "python",
            Self::TypeScript => "typescript",
            Self::C => "c",
        }
    }
}

/// What a new guest serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serves {
    /// Building blocks, as a component.
    Blocks(Vec<Block>),
    /// Calls, as an application.
    App,
}

impl Serves {
    /// The interfaces that its world exports.
    fn exports(&self) -> Vec<Interface> {
        match self {
            Self::Blocks(blocks) => blocks.iter().map(|block| block.interface()).collect(),
            Self::App => vec![Interface::Invoke],
        }
    }

    /// The folders of its templates below `blocks`.
    fn folders(&self) -> Vec<&'static str> {
        match self {
            Self::Blocks(blocks) => blocks.iter().map(|block| block.name()).collect(),
            Self::App => vec!["app"],
        }
    }
}

/// Makes the folder of a new guest, which is named as the folder is. Answers the files.
///
/// # Errors
/// When the name is none for a guest, when there is something already, or the files cannot be written.
pub fn new(folder: &Path, kit: Kit, serves: &Serves) -> anyhow::Result<Vec<PathBuf>> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let name = Words::of_guest(&name)?;
    let free = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !folder.exists(),
    };
    ensure!(
        free,
        "{} is there already, and not empty: choose another name",
        folder.display()
    );
    let mut written = vec![world(serves)];
    written.extend(contract::dependencies());
    written.extend(library(kit));
    written.extend(template(kit, &name, serves)?);
    files::write(folder, &written, false)
}

/// The guest's own world.
fn world(serves: &Serves) -> File {
    let exports = serves.exports().into_iter();
    let exports: String = exports
        .map(|interface| format!("  export {};\n", interface.export()))
        .collect();
    // Not the guest's name, which may be a word of WIT's own.
    let text = format!(
        "/// What this guest serves, and what it asks for beyond that.\npackage local:guest;\n\nworld guest {{\n{exports}}}\n"
    );
    File {
        place: "wit/guest.wit".into(),
        bytes: text.into_bytes(),
    }
}

fn library(kit: Kit) -> impl Iterator<Item = File> {
    let prefix = format!("{}/lib/", kit.folder());
    FILES.iter().filter_map(move |(place, bytes)| {
        let below = place.strip_prefix(&prefix)?;
        Some(File {
            place: Path::new(LIBRARY).join(below),
            bytes: bytes.to_vec(),
        })
    })
}

fn template(kit: Kit, name: &Words, serves: &Serves) -> anyhow::Result<Vec<File>> {
    let mut jinja = Environment::new();
    jinja.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()?;
    jinja.set_syntax(syntax);
    // What is typed to serve an application, and to call it, is the same in all languages.
    let kebab = name.kebab.clone();
    jinja.add_function("serve_app", move |file: String| {
        format!("plugbox check {file}\nplugbox app {kebab}={file} --port 6001")
    });
    let kebab = name.kebab.clone();
    jinja.add_function("call_app", move || {
        format!(
            "daprd --app-id {kebab} --app-protocol grpc --app-port 6001 --dapr-http-port 3500\n\
             curl localhost:3500/v1.0/invoke/{kebab}/method/greet -d Ada"
        )
    });
    let words: Vec<_> = serves.folders().into_iter().map(Words::new).collect();
    let context = context! {
        name => name.context(),
        app => *serves == Serves::App,
        blocks => words.iter().map(Words::context).collect::<Vec<_>>(),
    };
    let mut files = Vec::new();
    let chosen = words.iter().map(|block| format!("blocks/{}", block.kebab));
    for part in ["common".to_owned()].into_iter().chain(chosen) {
        let prefix = format!("{}/template/{part}/", kit.folder());
        let below = |(place, bytes): &(&'static str, &'static [u8])| {
            Some((place.strip_prefix(&prefix)?, *bytes))
        };
        let found: Vec<_> = FILES.iter().filter_map(below).collect();
        ensure!(
            !found.is_empty(),
            "there is no template for {} in this language; there is in {}",
            part.trim_start_matches("blocks/"),
            languages_with(&part).join(", ")
        );
        for (place, bytes) in found {
            let place = place
                .replace("__name__", &name.kebab)
                .replace("__name_snake__", &name.snake);
            files.push(match place.strip_suffix(".jinja") {
                None => File {
                    place: place.into(),
                    bytes: bytes.to_vec(),
                },
                Some(plain) => File {
                    place: plain.into(),
                    bytes: jinja
                        .render_str(std::str::from_utf8(bytes)?, &context)
                        .with_context(|| format!("the template {place} is wrong"))?
                        .into_bytes(),
                },
            });
        }
    }
    Ok(files)
}

/// The languages that have a part of a template.
fn languages_with(part: &str) -> Vec<&'static str> {
    let below = format!("/template/{part}/");
    let mut languages: Vec<_> = FILES
        .iter()
        .filter(|(place, _)| place.contains(&below))
        .filter_map(|(place, _)| Some(place.split_once('/')?.0))
        .collect();
    languages.dedup();
    languages
}

/// A name in the spellings that languages want.
struct Words {
    kebab: String,
    snake: String,
    camel: String,
    pascal: String,
}

impl Words {
    /// # Errors
    /// When it is not in the kebab case that WIT, Cargo and npm share.
    fn of_guest(name: &str) -> anyhow::Result<Self> {
        let sound = |word: &str| {
            word.starts_with(|letter: char| letter.is_ascii_lowercase())
                && word
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
        };
        ensure!(
            name.split('-').all(sound),
            "'{}' is no name for a guest: use small letters and digits, in words that begin with a letter and have a hyphen between them, like my-store",
            name.escape_debug()
        );
        Ok(Self::new(name))
    }

    fn new(kebab: &str) -> Self {
        let capital = |word: &str| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        };
        let words = || kebab.split('-');
        let rest = words().skip(1).map(capital);
        Self {
            kebab: kebab.to_owned(),
            snake: kebab.replace('-', "_"),
            camel: words().take(1).map(str::to_owned).chain(rest).collect(),
            pascal: words().map(capital).collect(),
        }
    }

    fn context(&self) -> Value {
        context! {
            kebab => &self.kebab,
            snake => &self.snake,
            camel => &self.camel,
            pascal => &self.pascal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_spellings_of_all_languages() {
        let words = Words::of_guest("my-2nd").err().unwrap();
        assert!(words.to_string().contains("my-store"), "{words}");
        let words = Words::of_guest("my-first-store").unwrap();
        assert_eq!(
            [words.kebab, words.snake, words.camel, words.pascal],
            [
                "my-first-store",
                "my_first_store",
                "myFirstStore",
                "MyFirstStore"
            ]
        );
        for name in ["", "A", "a_b", "a-", "-a", "a--b", "a b", "ä", "a/b"] {
            assert!(Words::of_guest(name).is_err(), "{name:?}");
        }
        assert_eq!(Words::new(Block::PubSub.name()).pascal, "PubSub");
    }
}
