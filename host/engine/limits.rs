//! What one instance of a guest may use, and what all of them may use together.

use crate::config::named;
use bytesize::ByteSize;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use wasmtime::ResourceLimiter;

/// The limits of each instance of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How long one call into the guest may take.
    pub timeout: Duration,
    /// How long its start-up may take, and each `init`.
    pub start_timeout: Duration,
    /// How long the guest may take to be compiled.
    pub compile_timeout: Duration,
    /// Bytes of linear memory, all memories of one instance together.
    pub memory: usize,
    /// Elements of all tables of one instance together; each costs the host a pointer.
    pub table_elements: usize,
    /// Core instances, tables and memories inside one component, of each so many.
    pub parts: usize,
    /// How many instance ids (`x-component-instance`) one component serves.
    pub ids: usize,
    /// How many instances of the guest serve one instance id.
    pub instances: usize,
    /// What of one call may be left for the next.
    pub isolation: Isolation,
    /// How many calls may wait for one instance that is busy; for all of them, where the guest is an app.
    pub queue: usize,
    /// How many streams (subscriptions and reads) one instance id may have open.
    pub streams: usize,
    /// Bytes of one reply, or of one message on a stream, as they go over the wire.
    pub reply: usize,
    /// Bytes that the guest may hand to the host in one call, as the host holds them: what it answers, or what it calls the host
    /// with.
    pub transfer: usize,
    /// Handles of one instance to what the host keeps for it: pollables, streams, headers, sockets, files.
    pub handles: usize,
    /// Lines a second that one instance may log for long; it may log those of five seconds at once.
    pub log_lines: u32,
    /// Files and folders that one instance may have open.
    pub files: usize,
    /// Sockets that one instance may have, and names that are being looked up.
    pub sockets: usize,
    /// Requests over HTTP that one instance may have under way.
    pub requests: usize,
    /// How long daprd may take to answer one call of an instance.
    pub dapr_timeout: Duration,
    /// Bytes that one instance may hand over to the one that takes its place.
    pub handover: usize,
    /// After so many calls into it an instance gives its place to another.
    pub recycle_calls: Option<usize>,
    /// With so many bytes of linear memory an instance gives its place to another.
    pub recycle_memory: Option<usize>,
    /// How long calls may wait while an instance takes another's place.
    pub swap_pause: Duration,
}

/// What of one call may be left for the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Isolation {
    /// Whatever the guest keeps in its memory.
    #[default]
    Instance,
    /// Nothing: each call of an app has an instance of its own.
    Call,
}

/// The limits of the whole runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// Bytes of stack that a call into a guest may use. There is one code generator for all guests, so there is one limit.
    pub stack: usize,
    /// How many components.
    pub components: usize,
    /// How many instances of guests, of all components together.
    pub instances: usize,
    /// Bytes of linear memory, of all instances together.
    pub memory: usize,
}

/// What all instances use together.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) totals: Totals,
    instances: AtomicUsize,
    memory: AtomicUsize,
}

impl Budget {
    pub(super) fn new(totals: Totals) -> Self {
        Self {
            totals,
            instances: AtomicUsize::new(0),
            memory: AtomicUsize::new(0),
        }
    }
}

/// Adds to what is used, unless that is over the limit then.
fn take(used: &AtomicUsize, more: usize, limit: usize) -> bool {
    let total = |used: usize| used.checked_add(more).filter(|total| *total <= limit);
    used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, total)
        .is_ok()
}

/// Counts what the instance of one Store holds, and refuses what goes over. What it holds is given back when it is dropped.
#[derive(Debug)]
pub(super) struct Meter {
    limits: Limits,
    budget: Arc<Budget>,
    /// The memory of all that count here, for whoever looks.
    used: Arc<AtomicUsize>,
    memory: usize,
    elements: usize,
    /// Set once something was refused: explains the trap that usually follows.
    pub(super) refused: Option<String>,
}

impl Meter {
    /// # Errors
    /// When there are as many instances as there may be.
    pub(super) fn new(
        limits: &Limits,
        budget: &Arc<Budget>,
        used: &Arc<AtomicUsize>,
    ) -> Result<Self, String> {
        let most = budget.totals.instances;
        match take(&budget.instances, 1, most) {
            true => Ok(Self {
                limits: limits.clone(),
                budget: budget.clone(),
                used: used.clone(),
                memory: 0,
                elements: 0,
                refused: None,
            }),
            false => Err(format!(
                "the runner has {most} instances of guests already, as many as it may ({})",
                named::max_total_instances
            )),
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Bytes of linear memory.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// Bytes of stack of each call.
    pub(super) fn stack(&self) -> usize {
        self.budget.totals.stack
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.budget.memory.fetch_sub(self.memory, Ordering::Relaxed);
        self.used.fetch_sub(self.memory, Ordering::Relaxed);
        self.budget.instances.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What `used` becomes when one part of it grows; none when that is over the limit.
fn grown(used: usize, current: usize, desired: usize, limit: usize) -> Option<usize> {
    let total = used.checked_add(desired.saturating_sub(current))?;
    (total <= limit).then_some(total)
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let limit = self.limits.memory;
        let Some(total) = grown(self.memory, current, desired, limit) else {
            let limit = ByteSize(limit as u64);
            self.refused = Some(format!(
                "it asked for more memory than its {limit} ({})",
                named::memory
            ));
            return Ok(false);
        };
        // Growth that the system refuses later stays counted: wasmtime tells of failures that were never asked for here, too.
        if !take(
            &self.budget.memory,
            total - self.memory,
            self.budget.totals.memory,
        ) {
            let limit = ByteSize(self.budget.totals.memory as u64);
            self.refused = Some(format!(
                "it asked for more memory than is left of the {limit} of all instances ({})",
                named::max_total_memory
            ));
            return Ok(false);
        }
        self.used.fetch_add(total - self.memory, Ordering::Relaxed);
        self.memory = total;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let limit = self.limits.table_elements;
        match grown(self.elements, current, desired, limit) {
            Some(total) => self.elements = total,
            None => {
                self.refused = Some(format!(
                    "it asked for tables of more than {limit} elements ({})",
                    named::max_table_elements
                ));
                return Ok(false);
            }
        }
        Ok(true)
    }

    #[expect(
        clippy::misnamed_getters,
        reason = "these are core instances, inside one"
    )]
    fn instances(&self) -> usize {
        self.limits.parts
    }

    fn tables(&self) -> usize {
        self.limits.parts
    }

    fn memories(&self) -> usize {
        self.limits.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(instances: usize, memory: usize) -> Arc<Budget> {
        Arc::new(Budget::new(Totals {
            instances,
            memory,
            ..Totals::default()
        }))
    }

    fn of(memory: usize, budget: &Arc<Budget>) -> Meter {
        let limits = Limits {
            memory,
            ..Limits::default()
        };
        Meter::new(&limits, budget, &Arc::default()).unwrap()
    }

    fn meter(memory: usize) -> Meter {
        of(memory, &budget(1, usize::MAX))
    }

    #[test]
    fn memories_of_one_instance_are_counted_together() {
        let mut meter = meter(100);
        assert!(meter.memory_growing(0, 60, None).unwrap());
        assert!(!meter.memory_growing(0, 60, None).unwrap());
        assert!(meter.refused.is_some());
        assert!(meter.memory_growing(0, 40, None).unwrap());
        assert!(!meter.memory_growing(40, 41, None).unwrap());
    }

    #[test]
    fn a_growth_that_overflows_is_refused() {
        let mut meter = meter(usize::MAX);
        assert!(meter.memory_growing(0, usize::MAX, None).unwrap());
        assert!(!meter.memory_growing(0, 1, None).unwrap());
    }

    #[test]
    fn a_memorys_own_maximum_is_no_refusal_of_ours() {
        let mut meter = meter(100);
        assert!(!meter.memory_growing(0, 60, Some(50)).unwrap());
        assert!(meter.refused.is_none());
    }

    #[test]
    fn tables_of_one_instance_are_counted_together() {
        let mut meter = meter(1);
        let most = meter.limits.table_elements;
        assert!(meter.table_growing(0, most - 1, None).unwrap());
        assert!(!meter.table_growing(0, 2, None).unwrap());
        let refused = meter.refused.take().unwrap();
        assert!(
            refused.contains("(--max-table-elements, or max_table_elements in the manifest)"),
            "{refused}"
        );
    }

    #[test]
    fn the_memory_of_all_instances_is_counted_together_and_given_back() {
        let budget = budget(2, 100);
        let mut one = of(100, &budget);
        let mut other = of(100, &budget);
        assert!(one.memory_growing(0, 60, None).unwrap());
        assert!(!other.memory_growing(0, 60, None).unwrap());
        let refused = other.refused.take().unwrap();
        assert!(
            refused.contains("(--max-total-memory, or max_total_memory in the manifest)"),
            "{refused}"
        );
        assert!(other.memory_growing(0, 40, None).unwrap());
        drop(one);
        assert!(other.memory_growing(40, 100, None).unwrap());
        drop(other);
        assert_eq!(budget.memory.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn instances_are_counted_while_they_live() {
        let budget = budget(1, 100);
        let first = of(1, &budget);
        let refused = Meter::new(&Limits::default(), &budget, &Arc::default()).unwrap_err();
        assert!(
            refused.contains("(--max-total-instances, or max_total_instances in the manifest)"),
            "{refused}"
        );
        drop(first);
        of(1, &budget);
    }
}
