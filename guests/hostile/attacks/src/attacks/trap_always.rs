//! Every function but `init` and `subscribe` traps.

use crate::attack::Attack;
use crate::bindings::dapr::components::state_types::{Item, StateError};
use crate::bindings::dapr::components::types::Error;
use crate::bindings::exports::dapr::components::input_binding;
use crate::bindings::exports::dapr::components::output_binding::Response;
use crate::bindings::exports::dapr::components::pub_sub::{Demand, Pulled, SubscriptionId};
use crate::bindings::exports::dapr::components::secret_store::Secret;

pub struct TrapAlways;

fn trap() -> ! {
    std::process::abort()
}

impl Attack for TrapAlways {
    fn get(&mut self, _key: &str) -> Result<Option<Item>, StateError> {
        trap()
    }

    fn set(&mut self, _key: &str) -> Result<(), StateError> {
        trap()
    }

    fn publish(&mut self, _topic: String) -> Result<(), Error> {
        trap()
    }

    fn unsubscribe(&mut self, _id: SubscriptionId) -> Result<(), Error> {
        trap()
    }

    fn pull(&mut self, _wanted: &[Demand]) -> Pulled {
        trap()
    }

    fn pull_events(&mut self, _wanted: &[input_binding::Demand]) -> input_binding::Pulled {
        trap()
    }

    fn invoke(&mut self) -> Result<Response, Error> {
        trap()
    }

    fn secret(&mut self, _name: String) -> Result<Secret, Error> {
        trap()
    }

    fn say_hello(&mut self, _name: String) -> Result<String, Error> {
        trap()
    }
}
