//! Places that instances for one call each take turns in: memories, tables and stacks that are made once, and used again.
//!
//! wasmtime gives each instance its own otherwise, and the system makes and unmakes them for each call. A place that is used again is
//! as it was at first: what the last instance wrote there is gone.

use super::{Isolation, Limits, Totals, error::Why};
use wasmtime::{Enabled, PoolConcurrencyLimitError, PoolingAllocationConfig, component::Component};

/// Bytes that a memory has room for: all that a memory of 32 bits can have, and no more than wasmtime reserves for one in any case.
const MEMORY: usize = 1 << 32;

/// Elements that a table has room for.
const ELEMENTS: usize = 1 << 20;

/// Tables of one instance. One in JavaScript or Python has two or three.
const TABLES: u32 = 4;

/// Places beyond what the runner may have instances: one that ends is not counted any more a moment before its place is free.
const SPARE: usize = 64;

/// With more places than this there is no pool: they take as much of the address space as there is.
const MOST: usize = 8192;

/// Bytes of a memory and of a table that stay with a place: to set them back is cheaper than to have the system give others.
const KEPT: usize = 1 << 20;

/// Whether a guest with these limits is better served from the pool, and finds room for all that it may have.
pub(super) fn serves(limits: &Limits) -> bool {
    limits.isolation == Isolation::Call
        && limits.memory <= MEMORY
        && limits.table_elements <= ELEMENTS
}

/// A pool that has a place for each instance that there may be; none where that is too many. So whoever may have an instance finds a
/// place for it.
pub(super) fn pool(totals: &Totals) -> Option<PoolingAllocationConfig> {
    let places = totals.instances.checked_add(SPARE)?;
    let places = u32::try_from(places).ok().filter(|_| places <= MOST)?;
    let mut pool = PoolingAllocationConfig::new();
    // Of these only numbers are kept.
    pool.total_component_instances(u32::MAX)
        .total_core_instances(u32::MAX)
        .total_stacks(places)
        .total_tables(places.saturating_mul(TABLES))
        .max_tables_per_module(TABLES)
        .table_elements(ELEMENTS)
        // What is collected as garbage has a memory of its own.
        .total_memories(places.saturating_mul(2))
        .total_gc_heaps(places)
        .max_memory_size(MEMORY);
    // Only where the system tells what was written is there less to do than to have it take all back.
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        pool.pagemap_scan(Enabled::Yes)
            .linear_memory_keep_resident(KEPT)
            .table_keep_resident(KEPT);
    }
    Some(pool)
}

/// # Errors
/// When an instance of a guest takes more than one place.
pub(super) fn check(guest: &Component) -> Result<(), Why> {
    match guest.resources_required() {
        Some(needs) if needs.num_memories <= 1 && needs.num_tables <= TABLES => Ok(()),
        _ => Err(Why::Invalid(
            "it has more memories or tables than a place of the pool".to_owned(),
        )),
    }
}

/// Whether an instance was not made because there was no place for it.
pub(super) fn is_full(error: &wasmtime::Error) -> bool {
    error.is::<PoolConcurrencyLimitError>()
}

#[cfg(test)]
mod tests;
