//! Names of topics, and which of them a subscription's topic stands for.

use serde::{Deserialize, Serialize};

use crate::bindings::dapr::components::types::Error;
use crate::invalid_argument;

/// The topic of a subscription, with or without wildcards.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Filter {
    Name(String),
    Pattern(Vec<Level>),
}

/// What one level of a topic may be.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    Named(String),
    /// `+`
    Any,
    /// `#`: this level and all after it, and also none at all.
    Rest,
}

impl Filter {
    pub fn new(topic: String) -> Result<Self, Error> {
        if topic.is_empty() {
            return Err(invalid_argument("the topic is empty".to_owned()));
        }
        let levels: Vec<Level> = topic.split('/').map(Level::new).collect();
        let rest = levels.iter().position(|level| *level == Level::Rest);
        if rest.is_some_and(|place| place + 1 != levels.len()) {
            return Err(invalid_argument(format!(
                "in the topic {topic:?} a level follows the wildcard #, which stands for all levels to the end"
            )));
        }
        Ok(match levels.iter().any(Level::is_wildcard) {
            true => Self::Pattern(levels),
            false => Self::Name(topic),
        })
    }

    pub fn matches(&self, topic: &str) -> bool {
        let levels = match self {
            Self::Name(name) => return name == topic,
            Self::Pattern(levels) => levels,
        };
        let mut names = topic.split('/');
        for level in levels {
            match (level, names.next()) {
                (Level::Rest, _) => return true,
                (Level::Any, Some(_)) => {}
                (Level::Named(wanted), Some(name)) if wanted == name => {}
                _ => return false,
            }
        }
        names.next().is_none()
    }
}

impl Level {
    fn new(text: &str) -> Self {
        match text {
            "+" => Self::Any,
            "#" => Self::Rest,
            name => Self::Named(name.to_owned()),
        }
    }

    fn is_wildcard(&self) -> bool {
        matches!(self, Self::Any | Self::Rest)
    }
}

/// Whether a message can be published to a topic of this name.
pub fn check(name: &str) -> Result<(), Error> {
    if name.is_empty() {
        return Err(invalid_argument("the topic is empty".to_owned()));
    }
    match name.split('/').find(|level| matches!(*level, "+" | "#")) {
        None => Ok(()),
        Some(level) => Err(invalid_argument(format!(
            "the topic {name:?} has the wildcard {level} as a level, which only a subscription can have"
        ))),
    }
}
