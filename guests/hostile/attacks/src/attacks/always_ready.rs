//! `pull` brings nothing, and a pollable that is ready already: the host is to ask again and again.

use wasi::clocks::monotonic_clock;

use crate::attack::Attack;
use crate::bindings::exports::dapr::components::input_binding;
use crate::bindings::exports::dapr::components::pub_sub::{Demand, Pulled};

pub struct AlwaysReady;

impl Attack for AlwaysReady {
    fn pull(&mut self, _wanted: &[Demand]) -> Pulled {
        Pulled {
            deliveries: Vec::new(),
            again_in: Some(0),
            waits: vec![monotonic_clock::subscribe_duration(0)],
        }
    }

    fn pull_events(&mut self, _wanted: &[input_binding::Demand]) -> input_binding::Pulled {
        input_binding::Pulled {
            events: Vec::new(),
            again_in: Some(0),
            waits: vec![monotonic_clock::subscribe_duration(0)],
        }
    }
}
