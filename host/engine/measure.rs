//! Whether a file can be read and compiled in peace: what is too deep would take the host's stack, or gigabytes of its memory.
//!
//! What else is wrong with a file is found when it is compiled, at the same place, so this is no second opinion on that.

use super::error::Why;
use wasmparser::{
    BinaryReader, BinaryReaderError, ComponentAlias, ComponentExternName, ComponentImport,
    ComponentType, ComponentTypeRef, CoreType, Parser, Payload,
};

/// Components inside components, and types of components inside such types: deeper than any tool goes.
const DEPTH: usize = 32;

/// # Errors
/// When it is too deep.
pub(super) fn measure(bytes: &[u8]) -> Result<(), Why> {
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::Version { .. }) if depth >= DEPTH => return Err(deep("components")),
            Ok(Payload::Version { .. }) => depth += 1,
            Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
            Ok(Payload::ComponentTypeSection(section)) => {
                if has_deep_types(section.range(), bytes) {
                    return Err(deep("types"));
                }
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    Ok(())
}

fn deep(what: &str) -> Why {
    Why::Invalid(format!(
        "it has {what} inside {what}, more than {DEPTH} deep"
    ))
}

fn has_deep_types(range: std::ops::Range<u64>, bytes: &[u8]) -> bool {
    let place = |offset| usize::try_from(offset).ok();
    let (Some(start), Some(end)) = (place(range.start), place(range.end)) else {
        return false;
    };
    let section = bytes.get(start..end).unwrap_or_default();
    let is_deep = deep_types(BinaryReader::new(section, range.start));
    is_deep.unwrap_or_default()
}

/// Types of components and of instances alone stand inside each other; all others name what they are made of.
fn deep_types(mut reader: BinaryReader<'_>) -> Result<bool, BinaryReaderError> {
    // What is left to read: types of the section, then declarations of each type around.
    let mut left = vec![reader.read_var_u32()?];
    while let Some(count) = left.last_mut() {
        let Some(fewer) = count.checked_sub(1) else {
            left.pop();
            continue;
        };
        *count = fewer;
        let is_type = left.len() == 1
            || match reader.read_u8()? {
                0x00 => reader.read::<CoreType>().map(|_| false)?,
                0x01 => true,
                0x02 => reader.read::<ComponentAlias>().map(|_| false)?,
                0x03 => reader.read::<ComponentImport>().map(|_| false)?,
                0x04 => {
                    reader.read::<ComponentExternName>()?;
                    reader.read::<ComponentTypeRef>().map(|_| false)?
                }
                _ => return Ok(false),
            };
        if is_type {
            match reader.clone().read_u8()? {
                0x41 | 0x42 if left.len() > DEPTH => return Ok(true),
                0x41 | 0x42 => {
                    reader.read_u8()?;
                    left.push(reader.read_var_u32()?);
                }
                _ => _ = reader.read::<ComponentType>()?,
            }
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(text: &str) -> bool {
        measure(&wat::parse_str(text).unwrap()).is_err()
    }

    fn nested(depth: usize, open: &str) -> String {
        format!("{}{}", open.repeat(depth), ")".repeat(depth))
    }

    #[test]
    fn components_inside_components_are_counted() {
        assert!(!is_refused(&nested(DEPTH, "(component ")));
        assert!(is_refused(&nested(DEPTH + 1, "(component ")));
        let beside = nested(1, "(component ").repeat(DEPTH + 1);
        assert!(!is_refused(&format!("(component {beside})")));
    }

    #[test]
    fn types_inside_types_are_counted_whatever_stands_beside_them() {
        const BESIDE: &str = r#"
            (core type $c (module (type (func)) (import "a" "b" (func)) (export "c" (func))))
            (type $t (tuple u8 (list string))) (type $f (func (param "x" $t) (result $t)))
            (alias outer 0 0 (type $again))
            (export "f" (func (type $f))) (export "r" (type (sub resource)))
        "#;
        for open in ["component", "instance"] {
            let typed = |depth| {
                let types = format!("(type ({open} {BESIDE} ").repeat(depth);
                format!("(component (type u8) {types}{})", "))".repeat(depth))
            };
            assert!(!is_refused(&typed(DEPTH)), "{open}");
            assert!(is_refused(&typed(DEPTH + 1)), "{open}");
        }
    }
}
