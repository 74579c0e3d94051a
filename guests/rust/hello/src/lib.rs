//! Layotto's greeting in its smallest form: the configuration brings the words, a call brings the name.

use std::cell::RefCell;

use bindings::dapr::components::types::Error;
use bindings::exports::layotto::components::hello::{Config, Guest};

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Hello;
    wit_bindgen::generate!({ path: "../../../wit", world: "hello-guest", generate_all });
    export!(Hello);
}

struct Hello;

thread_local! {
    static GREETING: RefCell<String> = RefCell::default();
}

impl Guest for Hello {
    fn init(config: Config) -> Result<(), Error> {
        GREETING.set(config.hello);
        Ok(())
    }

    fn say_hello(name: String) -> Result<String, Error> {
        Ok(GREETING.with_borrow(|greeting| greet(greeting, &name)))
    }
}

/// Joins the two by a comma. Where one is empty, the other stands alone.
fn greet(greeting: &str, name: &str) -> String {
    match (greeting, name) {
        ("", alone) | (alone, "") => alone.to_owned(),
        _ => format!("{greeting}, {name}"),
    }
}

#[cfg(test)]
mod tests;
