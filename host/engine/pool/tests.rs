//! Places of the pool are as good as memory of one's own, and there are as many as there may be instances.

use super::*;
use wasmtime::{
    Config, Engine, Store,
    component::{Instance, Linker},
};

/// Grows its memory and its table by so much. Answers how many words of the memory and elements of the table were not as they are at
/// first, and leaves none that is.
const GUEST: &str = r#"(component
    (core module $module
        (table $table 1 100000 funcref)
        (elem declare func $dirty)
        (memory 1 1000)
        (data (i32.const 8) "mine")
        (func $dirty (export "dirty") (param $pages i32) (result i32)
            (local $at i32) (local $end i32) (local $found i32)
            (drop (memory.grow (local.get $pages)))
            (drop (table.grow $table (ref.null func) (i32.const 9999)))
            (local.set $found (i32.ne (i32.load (i32.const 8)) (i32.const 0x656e696d)))
            (i32.store (i32.const 8) (i32.const 0))
            (local.set $end (i32.shl (memory.size) (i32.const 16)))
            (loop $words
                (local.set $found (i32.add (local.get $found)
                    (i32.ne (i32.load (local.get $at)) (i32.const 0))))
                (i32.store (local.get $at) (i32.const -1))
                (local.set $at (i32.add (local.get $at) (i32.const 4)))
                (br_if $words (i32.lt_u (local.get $at) (local.get $end))))
            (local.set $at (i32.const 0))
            (loop $elements
                (local.set $found (i32.add (local.get $found)
                    (i32.eqz (ref.is_null (table.get $table (local.get $at))))))
                (table.set $table (local.get $at) (ref.func $dirty))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br_if $elements (i32.lt_u (local.get $at) (table.size $table))))
            (local.get $found)))
    (core instance $instance (instantiate $module))
    (func (export "dirty") (param "pages" s32) (result s32)
        (canon lift (core func $instance "dirty"))))"#;

fn engine(instances: usize) -> Engine {
    let totals = Totals {
        instances,
        ..Totals::default()
    };
    let mut config = Config::new();
    config
        .concurrency_support(false)
        .allocation_strategy(pool(&totals).unwrap());
    Engine::new(&config).unwrap()
}

fn guest(engine: &Engine, text: &str) -> Component {
    Component::new(engine, wat::parse_str(text).unwrap()).unwrap()
}

fn instance(guest: &Component) -> wasmtime::Result<(Store<()>, Instance)> {
    let mut store = Store::new(guest.engine(), ());
    let instance = Linker::new(guest.engine()).instantiate(&mut store, guest)?;
    Ok((store, instance))
}

#[test]
fn nothing_is_left_for_the_next_whatever_grew() {
    let guest = guest(&engine(1), GUEST);
    check(&guest).unwrap();
    // More than stays with a place, and less; each after each.
    for pages in [0, 2, 100, 1, 100, 0, 3] {
        let (mut store, instance) = instance(&guest).unwrap();
        let dirty = instance.get_typed_func::<(i32,), (i32,)>(&mut store, "dirty");
        let (found,) = dirty.unwrap().call(&mut store, (pages,)).unwrap();
        assert_eq!(found, 0, "with {pages} pages");
    }
}

#[test]
fn there_is_a_place_for_each_instance_that_there_may_be_and_one_that_ends_gives_it_back() {
    let guest = guest(&engine(50), GUEST);
    for _ in 0..3 {
        let held: Vec<_> = (0..50).map(|_| instance(&guest).unwrap()).collect();
        drop(held);
    }
    let mut held = Vec::new();
    let full = loop {
        match instance(&guest) {
            Ok(one) => held.push(one),
            Err(error) => break error,
        }
    };
    assert!(is_full(&full), "{full:?}");
    assert!(held.len() >= 50 + SPARE);
    held.clear();
    instance(&guest).unwrap();
}

#[test]
fn what_is_compiled_for_the_pool_is_kept_in_the_cache_as_one_with_what_is_not() {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let hash = |engine: &Engine| {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        hasher.finish()
    };
    let mut config = Config::new();
    config.concurrency_support(false);
    assert_eq!(hash(&engine(1)), hash(&Engine::new(&config).unwrap()));
}

#[test]
fn a_guest_that_takes_more_than_a_place_is_not_served_from_the_pool() {
    let engine = engine(1);
    let two = "(core module $m (memory 1)) (core instance (instantiate $m)) (core instance (instantiate $m))";
    let table = "(core module $t (table 1 funcref))";
    let tables = "(core instance (instantiate $t))".repeat(TABLES as usize + 1);
    for (parts, fits) in [
        (
            "(core module $m (memory 1)) (core instance (instantiate $m))",
            true,
        ),
        (two, false),
        (&format!("{table} {tables}"), false),
    ] {
        let guest = guest(&engine, &format!("(component {parts})"));
        assert_eq!(check(&guest).is_ok(), fits, "{parts}");
    }
}

#[test]
fn only_guests_for_one_call_each_that_find_room_for_all_they_may_have_come_from_the_pool() {
    let call = Limits {
        isolation: Isolation::Call,
        ..Limits::default()
    };
    assert!(serves(&call));
    for limits in [
        Limits::default(),
        Limits {
            memory: MEMORY + 1,
            ..call.clone()
        },
        Limits {
            table_elements: ELEMENTS + 1,
            ..call
        },
    ] {
        assert!(!serves(&limits), "{limits:?}");
    }
}

#[test]
fn where_there_may_be_too_many_instances_there_is_no_pool() {
    for (instances, is) in [
        (1, true),
        (MOST - SPARE, true),
        (MOST, false),
        (usize::MAX, false),
    ] {
        let totals = Totals {
            instances,
            ..Totals::default()
        };
        assert_eq!(pool(&totals).is_some(), is, "{instances}");
    }
}
