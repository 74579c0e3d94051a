//! What a guest is to daprd.

/// What a guest is to daprd: something that daprd uses, or what uses daprd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A pluggable component, of one building block or several.
    Component,
    /// The application beside daprd.
    App,
}
