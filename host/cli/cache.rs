//! Where compiled guests are kept.

use crate::{config::settings, engine::Cache};
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The cache as it was asked for.
pub(super) fn place(engine: &settings::Engine) -> Cache {
    match engine.cache {
        Some(false) => Cache::Off,
        _ => cache(),
    }
}

/// The cache where the user has one.
pub(super) fn cache() -> Cache {
    cache_folder(|name| env::var_os(name)).map_or(Cache::Off, Cache::At)
}

/// By the XDG base directory specification, which has relative paths ignored; none without a home.
fn cache_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| Path::is_absolute(path))
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| Some(absolute("HOME")?.join(".cache")))
        .map(|cache| cache.join("plugbox"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_in_the_users_cache_folder() {
        let with = |xdg: Option<&'static str>, home: Option<&'static str>| {
            cache_folder(move |name| match name {
                "XDG_CACHE_HOME" => xdg.map(Into::into),
                "HOME" => home.map(Into::into),
                _ => None,
            })
        };
        assert_eq!(with(Some("/x"), Some("/h")), Some("/x/plugbox".into()));
        assert_eq!(with(None, Some("/h")), Some("/h/.cache/plugbox".into()));
        assert_eq!(
            with(Some("x"), Some("/h")),
            Some("/h/.cache/plugbox".into())
        );
        assert_eq!(with(None, None), None);
    }
}
