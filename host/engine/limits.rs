//! What one instance of a guest may use.

use std::time::Duration;
use wasmtime::ResourceLimiter;

/// Elements of all tables of one instance together: a pointer each.
const TABLE_ELEMENTS: usize = 1 << 20;
/// Core instances, tables and memories inside one component: a JavaScript or Python guest has about twenty.
const PARTS: usize = 1000;

/// The limits that the runner sets, the same for each instance of a component.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long one call into the guest may take; start-up and `init` are calls too.
    pub timeout: Duration,
    /// Bytes of linear memory, all memories of one instance together.
    pub memory: usize,
    /// How many instance ids (`x-component-instance`) one component serves.
    pub ids: usize,
    /// How many instances of the guest serve one instance id.
    pub instances: usize,
    /// How many calls may wait for one instance that is busy.
    pub queue: usize,
}

/// Counts what the instance of one Store holds, and refuses what goes over.
#[derive(Debug)]
pub(super) struct Meter {
    memory_limit: usize,
    memory: usize,
    elements: usize,
    /// Set once something was refused: explains the trap that usually follows.
    pub(super) refused: Option<String>,
}

impl Meter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            memory_limit: limits.memory,
            memory: 0,
            elements: 0,
            refused: None,
        }
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
        match grown(self.memory, current, desired, self.memory_limit) {
            Some(total) => self.memory = total,
            None => {
                let limit = bytesize::ByteSize(self.memory_limit as u64);
                self.refused = Some(format!(
                    "it asked for more memory than its {limit} (--max-memory)"
                ));
                return Ok(false);
            }
        }
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
        match grown(self.elements, current, desired, TABLE_ELEMENTS) {
            Some(total) => self.elements = total,
            None => {
                self.refused = Some(format!(
                    "it asked for tables of more than {TABLE_ELEMENTS} elements"
                ));
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        PARTS
    }

    fn tables(&self) -> usize {
        PARTS
    }

    fn memories(&self) -> usize {
        PARTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(memory: usize) -> Meter {
        Meter::new(&Limits {
            timeout: Duration::from_secs(1),
            memory,
            ids: 1,
            instances: 1,
            queue: 1,
        })
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
}
