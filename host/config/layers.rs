//! One definition for each setting: a field that is a flag of the command line, a key of the manifest and a row of the reference.

use clap::{Arg, builder::StyledStr};
use std::{fmt, path::Path};

/// What a setting is called, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// In the manifest.
    pub key: &'static str,
    /// On the command line, with its dashes.
    pub flag: &'static str,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, or {} in the manifest", self.flag, self.key)
    }
}

impl Setting {
    /// How one grants something by it.
    pub fn granting(&self, what: &str) -> String {
        format!("{} {what}, or {} in the manifest", self.flag, self.key)
    }
}

/// What a setting is made of.
pub trait Value: Sized {
    /// Among several of one setting: whether this takes the place of one that was set farther away.
    fn replaces(&self, _other: &Self) -> bool {
        false
    }

    /// A path that is relative is relative to this folder.
    fn beside(&mut self, _folder: &Path) {}
}

/// A setting as one place has it, or does not.
pub trait Layer: Sized {
    /// What it is made of.
    type Value;

    /// What holds where both places say something: the nearer one, or all that is not the same thing twice.
    fn over(self, farther: Self) -> Self;

    /// A path that is relative is relative to this folder.
    fn beside(&mut self, folder: &Path);
}

impl<T: Value> Layer for Option<T> {
    type Value = T;

    fn over(self, farther: Self) -> Self {
        self.or(farther)
    }

    fn beside(&mut self, folder: &Path) {
        if let Some(value) = self {
            value.beside(folder);
        }
    }
}

impl<T: Value> Layer for Vec<T> {
    type Value = T;

    fn over(self, mut farther: Self) -> Self {
        farther.retain(|far| !self.iter().any(|near| near.replaces(far)));
        farther.extend(self);
        farther
    }

    fn beside(&mut self, folder: &Path) {
        for value in self {
            value.beside(folder);
        }
    }
}

/// A flag whose help tells what holds without it, as clap does for flags that are always there.
pub(super) fn with_default(mut arg: Arg, default: Option<String>) -> Arg {
    let Some(default) = default else {
        return arg;
    };
    let with = |help: &StyledStr| format!("{help} [default: {default}]");
    if let Some(help) = arg.get_help().map(with) {
        arg = arg.help(help);
    }
    if let Some(help) = arg.get_long_help().map(with) {
        arg = arg.long_help(help);
    }
    arg
}

/// Groups of settings. In each, a field's comment is the flag's help, the schema's description and the reference's text. A field
/// is an `Option`, or a `Vec` where several places add up; none is what was not set. What stands behind `=` then holds: a method
/// of the field's name answers it.
macro_rules! settings {
    (@shown $group:ident $key:ident $default:expr) => {
        $group::default().$key()
    };
    ($(
        $(#[doc $($about:tt)+])+
        pub struct $group:ident {
            $(
                $(#[doc $($doc:tt)+])+
                #[arg(long = $flag:literal $($arg:tt)*)]
                $(#[$($other:tt)+])*
                pub $key:ident: $type:ty $(= $default:expr)?,
            )+
        }
    )+) => {
        $(
            $(#[doc $($about)+])+
            #[derive(Debug, Clone, Default, clap::Args, serde::Deserialize, schemars::JsonSchema)]
            #[command(mut_args(Self::with_default))]
            pub struct $group {
                $(
                    $(#[doc $($doc)+])+
                    #[arg(long = $flag $($arg)*)]
                    #[serde(default)]
                    $(#[schemars(extend("default" = settings!(@shown $group $key $default)))])?
                    $(#[$($other)+])*
                    pub $key: $type,
                )+
            }

            impl $group {
                $($(
                    #[doc = concat!("`", stringify!($key), "`, or what holds where it was not set.")]
                    pub fn $key(&self) -> <$type as $crate::config::layers::Layer>::Value {
                        self.$key.clone().unwrap_or($default)
                    }
                )?)+

                /// What is set here, and what is set farther away where nothing is set here.
                pub fn over(self, farther: Self) -> Self {
                    use $crate::config::layers::Layer;
                    Self { $($key: Layer::over(self.$key, farther.$key)),+ }
                }

                /// Has paths that are relative be relative to a folder.
                pub fn beside(&mut self, folder: &std::path::Path) {
                    use $crate::config::layers::Layer;
                    $(Layer::beside(&mut self.$key, folder);)+
                }

                fn with_default(arg: clap::Arg) -> clap::Arg {
                    let default = match arg.get_id().as_str() {
                        $($(stringify!($key) => Some(settings!(@shown $group $key $default).to_string()),)?)+
                        _ => None,
                    };
                    $crate::config::layers::with_default(arg, default)
                }
            }
        )+

        /// What each setting is called.
        #[allow(non_upper_case_globals, missing_docs, reason = "a setting is called what its field is")]
        pub mod named {
            use $crate::config::layers::Setting;
            $($(
                pub const $key: Setting = Setting {
                    key: stringify!($key),
                    flag: concat!("--", $flag),
                };
            )+)+
            pub(crate) const ALL: &[Setting] = &[$($($key),+),+];
        }
    };
}

pub(super) use settings;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Eq)]
    struct Pair(char, u8);

    impl Value for Pair {
        fn replaces(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }

    #[test]
    fn of_one_value_the_nearest_holds_and_several_add_up_unless_they_are_of_one_thing() {
        let one = |value| Some(Pair('a', value));
        assert_eq!(one(1).over(one(2)), one(1));
        assert_eq!(None.over(one(2)), one(2));
        assert_eq!(one(1).over(None), one(1));
        let near = vec![Pair('a', 1), Pair('b', 1)];
        let far = vec![Pair('b', 2), Pair('c', 2)];
        assert_eq!(
            near.over(far),
            [Pair('c', 2), Pair('a', 1), Pair('b', 1)],
            "what is nearer comes last"
        );
    }
}
