//! A state store that misbehaves when it takes another's place, or another takes its own.
//!
//! The property `mistake` of `init` says where and how: `health`, `save` or `restore`, and `refuses`, `traps` or `loops`, as in
//! `save-traps`. `save-much` hands over a megabyte. What it refuses with repeats the property `password`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use bindings::dapr::components::state_types::{
    DeleteRequest, GetRequest, Item, SetRequest, StateError,
};
use bindings::dapr::components::types::{Code, Error, Metadata};
use bindings::exports::dapr::components::state_store;
use bindings::exports::plugbox::runner::handover::{self, Saved};
use bindings::exports::plugbox::runner::health;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::RudeHeir;
    wit_bindgen::generate!({
        path: "../../../wit",
        inline: "
            package hostile:heir;
            world heir {
                include plugbox:runner/minimal-state-store@0.1.0;
                export plugbox:runner/handover@0.1.0;
                export plugbox:runner/health@0.1.0;
            }
        ",
        world: "hostile:heir/heir",
        generate_all,
    });
    export!(RudeHeir);
}

struct RudeHeir;

thread_local! {
    static ITEMS: RefCell<BTreeMap<String, Vec<u8>>> = RefCell::default();
    static PROPERTIES: RefCell<BTreeMap<String, String>> = RefCell::default();
}

impl state_store::Guest for RudeHeir {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        PROPERTIES.set(properties.into_iter().collect());
        Ok(Vec::new())
    }

    fn get(request: GetRequest) -> Result<Option<Item>, StateError> {
        let value = ITEMS.with_borrow(|items| items.get(&request.key).cloned());
        Ok(value.map(|value| Item {
            value,
            etag: None,
            content_type: None,
            metadata: Vec::new(),
        }))
    }

    fn set(request: SetRequest) -> Result<(), StateError> {
        ITEMS.with_borrow_mut(|items| items.insert(request.key, request.value));
        Ok(())
    }

    fn delete(request: DeleteRequest) -> Result<(), StateError> {
        ITEMS.with_borrow_mut(|items| items.remove(&request.key));
        Ok(())
    }
}

impl health::Guest for RudeHeir {
    fn check() -> Result<(), Error> {
        misbehave("health")
    }
}

impl handover::Guest for RudeHeir {
    fn save() -> Result<Saved, Error> {
        misbehave("save")?;
        let state = match property("mistake") == "save-much" {
            true => vec![0; 1 << 20],
            false => ITEMS.with_borrow(written),
        };
        Ok(Saved {
            version: "1".to_owned(),
            state,
        })
    }

    fn restore(saved: Saved) -> Result<(), Error> {
        misbehave("restore")?;
        ITEMS.set(read(&saved.state));
        Ok(())
    }
}

/// Keys and values, each ended by a zero.
fn written(items: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let parts = items
        .iter()
        .flat_map(|(key, value)| [key.as_bytes(), value]);
    parts
        .flat_map(|part| part.iter().copied().chain([0]))
        .collect()
}

fn read(state: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut parts = state.split(|byte| *byte == 0);
    std::iter::from_fn(|| {
        let (key, value) = (parts.next()?, parts.next()?);
        Some((String::from_utf8_lossy(key).into_owned(), value.to_vec()))
    })
    .collect()
}

fn misbehave(place: &str) -> Result<(), Error> {
    let mistake = property("mistake");
    match mistake.strip_prefix(place) {
        Some("-refuses") => Err(Error {
            code: Code::FailedPrecondition,
            message: format!("not with {}", property("password")),
        }),
        Some("-traps") => trap(),
        Some("-loops") => loop {
            std::hint::spin_loop();
        },
        _ => Ok(()),
    }
}

#[expect(clippy::panic, reason = "this is what it is for")]
fn trap() -> ! {
    panic!("asked to trap")
}

fn property(name: &str) -> String {
    PROPERTIES.with_borrow(|properties| properties.get(name).cloned().unwrap_or_default())
}
