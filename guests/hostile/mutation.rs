//! The one mistake that a mutant makes, by the property `mutation` of its `init`; none without it.
//!
//! Nobody checks the name here: a mistake that no mutant makes breaks no rule, and the host's tests notice that.

use std::cell::RefCell;

thread_local! {
    static MUTATION: RefCell<String> = RefCell::default();
}

/// Reads the property. Answers whether there was an `init` before.
pub fn choose(properties: &[(String, String)]) -> bool {
    thread_local! {
        static CHOSEN: RefCell<bool> = const { RefCell::new(false) };
    }
    let chosen = properties.iter().find(|(name, _)| name == "mutation");
    MUTATION.set(chosen.map(|(_, name)| name.clone()).unwrap_or_default());
    CHOSEN.replace(true)
}

/// Whether this is the mistake to make.
pub fn is(name: &str) -> bool {
    MUTATION.with_borrow(|mutation| mutation == name)
}
