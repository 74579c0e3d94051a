//! Layotto's greeting with one mistake of choice, so that the host's tests see which rule notices.
//!
//! The property `mutation` of `init` names a mistake, as `tests/rules/mutants.rs` does, where each stands beside the rules that
//! it breaks.

#[path = "../../mutation.rs"]
mod mutation;

use std::cell::{Cell, RefCell};

use bindings::dapr::components::types::{Code, Error};
use bindings::exports::layotto::components::hello::{Config, Guest};
use mutation::is;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Mutant;
    wit_bindgen::generate!({ path: "../../../wit", world: "hello-guest", generate_all });
    export!(Mutant);
}

struct Mutant;

thread_local! {
    static GREETING: RefCell<String> = RefCell::default();
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

impl Guest for Mutant {
    fn init(config: Config) -> Result<(), Error> {
        let again = mutation::choose(&config.properties);
        if again && is("init-once") {
            return Err(refused("init was called already"));
        }
        GREETING.set(config.hello);
        if again && is("init-changes-greeting") {
            GREETING.with_borrow_mut(|greeting| greeting.push_str(" again"));
        }
        Ok(())
    }

    fn say_hello(name: String) -> Result<String, Error> {
        CALLS.set(CALLS.get() + 1);
        let greeting = GREETING.with_borrow(|greeting| format!("{greeting}, {name}"));
        if is("greeting-empty") {
            return Ok(String::new());
        }
        if is("greeting-refused") {
            return Err(refused("nobody is greeted"));
        }
        if is("greeting-counts") {
            return Ok(format!("{greeting}, for the {}th time", CALLS.get()));
        }
        if is("no-name-ends-it") && (name.is_empty() || GREETING.with_borrow(String::is_empty)) {
            GREETING.take();
            return Err(refused("there is no name"));
        }
        Ok(greeting)
    }
}

fn refused(why: &str) -> Error {
    let message = why.to_owned();
    let code = Code::FailedPrecondition;
    Error { code, message }
}
