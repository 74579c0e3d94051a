//! `${VAR}` in the manifest's strings.

use std::ffi::OsString;

/// A string with its variables filled in, and whether it had any. `$${` is a `${` that is meant as it stands.
///
/// # Errors
/// When a variable is not there, or what stands between the brackets is no name.
pub(super) fn filled_in(
    text: &str,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<(String, bool), String> {
    let mut filled = String::new();
    let mut any = false;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(before) = before.strip_suffix('$') {
            filled.push_str(before);
            filled.push_str("${");
            rest = after;
            continue;
        }
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            return Err(
                "a ${ has no } after it; write $${ for one that is meant as it stands".to_owned(),
            );
        };
        let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if !name.chars().all(letter)
            || name.is_empty()
            || name.starts_with(|c: char| c.is_ascii_digit())
        {
            return Err(
                "what stands in ${…} is no name of a variable; write $${ for a ${ that is meant as it stands"
                    .to_owned(),
            );
        }
        let value = variable(name).ok_or_else(|| {
            format!("there is no environment variable {name}; set it, or write $${{ for a ${{ that is meant as it stands")
        })?;
        let value = value
            .into_string()
            .map_err(|_| format!("the environment variable {name} is not UTF-8"))?;
        filled.push_str(&value);
        any = true;
        rest = after;
    }
    filled.push_str(rest);
    Ok((filled, any))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, String> {
        let variable = |name: &str| match name {
            "A" => Some("a".into()),
            "EMPTY" => Some(OsString::new()),
            "NESTED" => Some("${A}".into()),
            _ => None,
        };
        filled_in(text, variable).map(|(filled, _)| filled)
    }

    #[test]
    fn a_variable_stands_for_its_value_and_nothing_else_for_another() {
        let table = [
            ("", ""),
            ("plain $A $ {A} $$", "plain $A $ {A} $$"),
            ("${A}", "a"),
            ("<${A}${A}>", "<aa>"),
            ("<${EMPTY}>", "<>"),
            ("${NESTED}", "${A}"),
            ("$${A}", "${A}"),
            ("$${A}${A}", "${A}a"),
            ("$$${A}", "$${A}"),
            ("$${", "${"),
        ];
        for (text, expected) in table {
            assert_eq!(filled(text).as_deref(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_filled_in_is_refused() {
        for text in [
            "${MISSING}",
            "${A",
            "${}",
            "${1}",
            "${A:-b}",
            "${A B}",
            "${ä}",
        ] {
            assert!(filled(text).is_err(), "{text:?}");
        }
    }
}
