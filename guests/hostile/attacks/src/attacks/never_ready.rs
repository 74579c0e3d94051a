//! `pull` brings nothing but ten thousand pollables that are never ready, which is as many as the host takes.

use wasi::clocks::monotonic_clock;
use wasi::io::poll::Pollable;

use crate::attack::Attack;
use crate::bindings::exports::dapr::components::input_binding;
use crate::bindings::exports::dapr::components::pub_sub::{Demand, Pulled};

pub struct NeverReady;

fn never() -> Vec<Pollable> {
    (0..10_000)
        .map(|_| monotonic_clock::subscribe_duration(u64::MAX))
        .collect()
}

impl Attack for NeverReady {
    fn pull(&mut self, _wanted: &[Demand]) -> Pulled {
        Pulled {
            deliveries: Vec::new(),
            again_in: Some(u64::MAX),
            waits: never(),
        }
    }

    fn pull_events(&mut self, _wanted: &[input_binding::Demand]) -> input_binding::Pulled {
        input_binding::Pulled {
            events: Vec::new(),
            again_in: Some(u64::MAX),
            waits: never(),
        }
    }
}
