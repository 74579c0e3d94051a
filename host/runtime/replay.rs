//! What Init brought outlives the runner: it is kept when it has succeeded, and replayed when the runner is started again.

use super::{
    component::{Address, Component, fits},
    instance::Instance,
};
use crate::{
    engine::{Block, Init},
    kept::Restored,
};
use futures_util::{StreamExt, stream};
use std::{collections::BTreeMap, sync::Arc};

/// How many instances start at once: each has its time limit, and shares the cores with the others.
const AT_ONCE: usize = 16;

impl Component {
    /// Has the instances again whose Init was kept, each with guests that have been through it. Where one does not start, the next
    /// call tries again. What is kept and cannot be taken stays where it is, with a warning.
    pub async fn replay(&self) {
        let Some(kept) = &self.kept else {
            return;
        };
        let _settled = self.swapping.read().await;
        let mut instances = BTreeMap::new();
        for Restored { instance: id, init } in kept.of(self.name()) {
            let block = init.block();
            match self.restore(&id, init) {
                Ok(instance) => {
                    instances.insert(id, instance);
                }
                Err(why) => tracing::warn!(
                    component = self.name(),
                    instance = id,
                    block = block.title(),
                    "its Init was kept and is not replayed: {why}"
                ),
            }
        }
        let woken = stream::iter(instances).for_each_concurrent(AT_ONCE, async |(id, instance)| {
            let (component, instance_id) = (self.name(), &id);
            match instance.wake().await {
                Ok(()) => {
                    tracing::info!(component, instance = instance_id, "what Init brought before is replayed");
                }
                // The reason is in the log already.
                Err(_) => tracing::warn!(
                    component,
                    instance = instance_id,
                    "it does not start with what Init brought before plugbox was started again; it is tried again"
                ),
            }
        });
        woken.await;
    }

    fn restore(&self, id: &str, init: Init) -> Result<Arc<Instance>, String> {
        let block = init.block();
        if !self.blocks().contains(&block) {
            return Err(format!("the guest is no {}", block.title()));
        }
        let entered = fits(&init).and_then(|()| self.enter(id));
        let instance = entered.map_err(|kind| {
            let to = Address {
                instance: id.to_owned(),
                method: "Init",
                deadline: None,
                held: None,
                trace: None,
            };
            self.failure(&to, kind).to_string()
        })?;
        instance.restore(init);
        self.leave(id, &instance);
        Ok(instance)
    }

    /// After an Init: returns when what holds now is on disk, or the log says why it is not.
    pub(super) async fn keep(&self, instance: &Arc<Instance>, changed: &[Block]) {
        let Some(kept) = &self.kept else {
            return;
        };
        for block in changed.iter().copied() {
            let latest = || instance.brought(block);
            kept.keep(&self.aside, self.name(), instance.id(), block, latest)
                .await;
        }
    }
}
