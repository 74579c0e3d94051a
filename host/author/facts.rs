//! What a WebAssembly file says of itself, without running or compiling it.

use std::collections::BTreeMap;
use wasmparser::{
    BinaryReaderError, Encoding, KnownCustom, Parser, Payload, ProducersSectionReader,
};

/// The facts of one file, its own or, in `made_by`, those of the largest module in it.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// None of what is not WebAssembly, or not whole.
    pub(super) kind: Option<Kind>,
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
    pub(super) languages: Producers,
    pub(super) tools: Producers,
}

/// What kind of WebAssembly it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Component,
    Module,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Module => "core module",
        }
    }
}

/// Names with versions, which may be empty.
pub(super) type Producers = BTreeMap<String, String>;

/// A component or module as it is read, from its first byte on.
#[derive(Default)]
struct Part {
    begin: u64,
    languages: Producers,
    tools: Producers,
}

impl Facts {
    /// # Errors
    /// When it is not WebAssembly, or not whole.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut facts = Self::default();
        let mut parts: Vec<Part> = Vec::new();
        // The code that was written for this guest is more than what was put around it, such as the adapter of preview 1.
        let mut largest = (0, Part::default());
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::Version {
                    encoding, range, ..
                } => {
                    if parts.is_empty() {
                        facts.kind = Some(match encoding {
                            Encoding::Component => Kind::Component,
                            Encoding::Module => Kind::Module,
                        });
                    }
                    let begin = range.start;
                    parts.push(Part {
                        begin,
                        ..Part::default()
                    });
                }
                Payload::End(end) => match parts.pop() {
                    Some(outer) if parts.is_empty() => {
                        facts.tools = outer.tools;
                        facts.languages = outer.languages;
                    }
                    Some(inner) if end - inner.begin > largest.0 => {
                        largest = (end - inner.begin, inner);
                    }
                    _ => {}
                },
                Payload::ComponentImportSection(imports) if parts.len() == 1 => {
                    for import in imports {
                        facts.imports.push(import?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(exports) if parts.len() == 1 => {
                    for export in exports {
                        facts.exports.push(export?.name.name.to_owned());
                    }
                }
                Payload::CustomSection(section) => {
                    if let (KnownCustom::Producers(producers), Some(part)) =
                        (section.as_known(), parts.last_mut())
                    {
                        part.add(producers)?;
                    }
                }
                _ => {}
            }
        }
        let (_, inner) = largest;
        if facts.languages.is_empty() {
            facts.languages = inner.languages;
        }
        facts.tools.extend(inner.tools);
        Ok(facts)
    }
}

impl Part {
    fn add(&mut self, producers: ProducersSectionReader<'_>) -> Result<(), BinaryReaderError> {
        for field in producers {
            let field = field?;
            let to = match field.name {
                "language" => &mut self.languages,
                _ => &mut self.tools,
            };
            for value in field.values {
                let value = value?;
                to.insert(value.name.to_owned(), value.version.to_owned());
            }
        }
        Ok(())
    }
}
