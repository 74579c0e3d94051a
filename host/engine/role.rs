//! What a guest is to daprd.

/// What a guest is to daprd: something that daprd uses, or what uses daprd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A pluggable component, of one building block or several.
    Component,
    /// The application beside daprd.
    App,
}

impl Role {
    /// What it is called, in a manifest too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::App => "app",
        }
    }

    /// The same in a sentence.
    pub fn one(self) -> &'static str {
        match self {
            Self::Component => "a component",
            Self::App => "an app",
        }
    }
}
