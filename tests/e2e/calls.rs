//! What an application was called with, by the place that was called, and the probes that it keeps apart.

use crate::process::until;
use serde_json::Value;
use std::sync::{Mutex, MutexGuard};

/// The data of messages that only find out whether a subscription is there. No application remembers them.
const PROBE: &str = "are-you-there";

pub struct Calls<C>(Mutex<Taken<C>>);

struct Taken<C> {
    calls: Vec<(String, C)>,
    probes: Vec<String>,
}

impl<C> Default for Calls<C> {
    fn default() -> Self {
        Self(Mutex::new(Taken {
            calls: Vec::new(),
            probes: Vec::new(),
        }))
    }
}

impl<C: Clone> Calls<C> {
    /// Remembers a call. Answers how many came before it at its place; none if it is a probe.
    pub fn take(&self, place: &str, body: &[u8], call: C) -> Option<usize> {
        let probe = PROBE.as_bytes();
        let mut taken = self.taken();
        if body.windows(probe.len()).any(|part| part == probe) {
            taken.probes.push(place.to_owned());
            return None;
        }
        let before = taken.calls.iter().filter(|(at, _)| at == place).count();
        taken.calls.push((place.to_owned(), call));
        Some(before)
    }

    /// The calls at a place, in their order.
    pub fn at(&self, place: &str) -> Vec<C> {
        let taken = self.taken();
        let calls = taken.calls.iter().filter(|(at, _)| at == place);
        calls.map(|(_, call)| call.clone()).collect()
    }

    /// Waits until there were so many of them.
    pub async fn reach(&self, place: &str, times: usize) -> Vec<C> {
        until(&format!("{times} calls of {place}"), async || {
            let calls = self.at(place);
            (calls.len() >= times).then_some(calls)
        })
        .await
    }

    /// Waits until a subscription is there: what is published before is not for it. `publish` publishes the value that it
    /// gets.
    pub async fn probed(&self, place: &str, publish: impl AsyncFn(&Value)) {
        self.taken().probes.clear();
        let probe = Value::from(PROBE);
        until(&format!("a subscription for {place}"), async || {
            publish(&probe).await;
            let taken = self.taken();
            taken.probes.iter().any(|at| at == place).then_some(())
        })
        .await;
    }

    fn taken(&self) -> MutexGuard<'_, Taken<C>> {
        self.0.lock().unwrap()
    }
}
