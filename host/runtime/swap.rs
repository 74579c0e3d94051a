//! One generation of a guest takes the place of another, while calls come and streams are open.
//!
//! All that can fail is done aside: each slot's next guest is made, goes through every Init and says that it is well. Then each slot
//! is stopped between two calls. A guest that hands over gives its state away there, and the next one is told of the streams. Once
//! all slots are ready, and not before, all of them go on with their next guest; if one is not, all go on with the one they had.

mod exchange;
mod recycle;

pub(super) use recycle::Wear;

use super::{Component, failure::Kind, generation::Generation, instance::Instance};
use crate::engine::{Block, Guest, Interface, Role, Template, Within};
use exchange::{Manner, Newcomer, exchange};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// On which terms a generation may take the place of another.
#[derive(Debug, Clone)]
pub struct Terms {
    /// It may serve other interfaces, and name other features or operations, than the one before.
    pub contract_change: bool,
    /// How long calls may wait for it.
    pub pause: Duration,
    /// How long what the one before has delivered can be acknowledged to it.
    pub drain: Duration,
}

/// What a swap came to.
#[derive(Debug, Clone)]
pub struct Swapped {
    /// The number of the generation that serves now.
    pub generation: u64,
    /// How many guests took another's place.
    pub guests: usize,
    /// Whether they took over the state of those.
    pub handed_over: bool,
    /// How long calls waited at the most.
    pub paused: Duration,
}

/// Why the generation before goes on.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// daprd reads once what a component serves.
    #[error(
        "{0}. daprd reads once what a component serves, so this needs --allow-contract-change, and a restart of daprd after it"
    )]
    Contract(String),
    /// A guest of the new generation is not there, or not well.
    #[error("the new guest does not start for instance '{instance}': {why}")]
    NotReady {
        /// The instance id.
        instance: String,
        /// Why.
        why: String,
    },
    /// An app's guest of the new generation does not serve.
    #[error("the new guest does not serve: {0}")]
    Unstarted(String),
    /// A guest of the new generation does not take over.
    #[error("the new guest does not take over instance '{instance}': {why}")]
    NotTakenOver {
        /// The instance id.
        instance: String,
        /// Why.
        why: String,
    },
    /// Calls would have waited for too long.
    #[error(
        "calls would have waited for longer than {}: a call that is under way, or the handover, takes its time",
        humantime::format_duration(*.0)
    )]
    TooLong(Duration),
    /// There is no generation to return to.
    #[error("there is no generation before this one")]
    NothingBefore,
    /// The runner stops, or has a bug.
    #[error("the runner has ended it")]
    Ended,
}

impl Component {
    /// Has a new template serve from now on, for every instance. Goes on to its end, whoever waits for it.
    ///
    /// # Errors
    /// When it may not, or cannot: then all is as it was.
    pub async fn swap(
        self: &Arc<Self>,
        template: Template,
        terms: &Terms,
    ) -> Result<Swapped, Refused> {
        self.exchange(Some(template.into()), terms).await
    }

    /// Has the guest of the generation before serve again, with what is set for the one that serves. Goes on to its end, whoever waits
    /// for it.
    ///
    /// # Errors
    /// When there is none, or it cannot: then all is as it was.
    pub async fn roll_back(self: &Arc<Self>, terms: &Terms) -> Result<Swapped, Refused> {
        self.exchange(None, terms).await
    }

    /// Has a template serve; none is that of the generation before. Guests that start may compute: threads that serve connections
    /// are not for that.
    async fn exchange(
        self: &Arc<Self>,
        template: Option<Arc<Template>>,
        terms: &Terms,
    ) -> Result<Swapped, Refused> {
        let (component, terms) = (self.clone(), terms.clone());
        let exchanging = self.aside.spawn(async move {
            // No Init, and no other swap, meanwhile.
            let _alone = component.swapping.write().await;
            let template = match template {
                Some(template) => template,
                None => component.before().await?,
            };
            let number = component.generation().number + 1;
            component.replace(number, template, &terms).await
        });
        exchanging.await.unwrap_or(Err(Refused::Ended))
    }

    /// The guest of the generation before, with what is set for the one that serves.
    async fn before(&self) -> Result<Arc<Template>, Refused> {
        let before = self.generations.before().ok_or(Refused::NothingBefore)?;
        let current = self.generation();
        let (limits, grants) = (current.template.limits(), current.template.grants());
        let template = before.template.with(limits.clone(), grants.clone()).await;
        let template = template.map_err(|why| Refused::NotReady {
            instance: String::new(),
            why: why.to_string(),
        })?;
        Ok(template.into())
    }

    async fn replace(
        &self,
        number: u64,
        template: Arc<Template>,
        terms: &Terms,
    ) -> Result<Swapped, Refused> {
        if self.role() == Role::App {
            return self.replace_app(number, template, terms).await;
        }
        let current = self.generation();
        if !terms.contract_change {
            same_services(&current.template, &template)?;
        }
        // What does not start now need not start then.
        let (instances, waiting): (Vec<_>, Vec<_>) = self
            .instances()
            .into_iter()
            .partition(|it| it.has_started());
        let mut newcomers = Vec::new();
        let mut renamed = Vec::new();
        for instance in &instances {
            for slot in instance.slots() {
                let (guest, named) = prepare(instance, &template, terms.contract_change).await?;
                newcomers.push(Newcomer {
                    instance: instance.clone(),
                    slot: slot.clone(),
                    guest,
                });
                renamed.push((instance.clone(), named));
            }
        }
        let guests = newcomers.len();
        let handing_over = hands_over(&current.template) && hands_over(&template);
        let limits = template.limits().clone();
        let manner = Manner {
            handing_over,
            limit: limits.handover,
            pause: terms.pause,
            drain: terms.drain,
            fresh: false,
        };
        let succeed = || {
            self.generations.succeed(Arc::new(Generation {
                number,
                template,
                wanted: Arc::default(),
                since: SystemTime::now(),
            }));
            for (instance, named) in renamed {
                instance.rename(named);
            }
            for instance in instances.iter().chain(&waiting) {
                instance.adopt(&limits);
            }
        };
        let paused = exchange(newcomers, manner, succeed).await?;
        for instance in waiting {
            instance.renew().await;
        }
        Ok(Swapped {
            generation: number,
            guests,
            handed_over: handing_over && guests > 0,
            paused,
        })
    }
}

fn hands_over(template: &Template) -> bool {
    template.exports().has(Interface::Handover)
}

/// daprd asks once what a component serves.
pub(super) fn same_services(current: &Template, next: &Template) -> Result<(), Refused> {
    let served = |template: &Template| -> Vec<_> {
        let exports = template.exports();
        exports.served(template.role()).collect()
    };
    let (now, then) = (served(current), served(next));
    let names = |those: &[Interface], others: &[Interface]| {
        let missing = those.iter().filter(|it| !others.contains(it));
        let names: Vec<_> = missing.map(|it| it.name()).collect();
        names.join(", ")
    };
    match (names(&now, &then), names(&then, &now)) {
        (gone, new) if gone.is_empty() && new.is_empty() => Ok(()),
        (gone, new) if new.is_empty() => {
            Err(Refused::Contract(format!("it does not export {gone}")))
        }
        (gone, new) if gone.is_empty() => Err(Refused::Contract(format!("it exports {new} too"))),
        (gone, new) => Err(Refused::Contract(format!(
            "it does not export {gone}, but {new}"
        ))),
    }
}

/// A guest of a template that could serve an instance.
async fn prepare(
    instance: &Instance,
    template: &Template,
    contract_change: bool,
) -> Result<(Guest, BTreeMap<Block, Vec<String>>), Refused> {
    let not_ready = |why| Refused::NotReady {
        instance: instance.id().to_owned(),
        why,
    };
    let initialised = instance.initialise(template).await;
    let (mut guest, named) = initialised.map_err(|kind| match kind {
        Kind::NotStarted { why } | Kind::Full { why } => not_ready(why),
        _ => not_ready("it was lost".to_owned()),
    })?;
    if !contract_change {
        same_names(&instance.all_named(), &named)?;
    }
    match healthy(&mut guest, instance).await {
        Ok(()) => Ok((guest, named)),
        Err(why) => Err(not_ready(why)),
    }
}

/// Whether a guest that is to serve says that it can; or why not, without what an instance's Inits brought.
pub(super) async fn healthy(guest: &mut Guest, instance: &Instance) -> Result<(), String> {
    match guest.run(Within::Start, Guest::check_health).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(ill)) => {
            let why = instance.redacted(ill);
            Err(format!("it says that it is not well: {why}"))
        }
        Err(error) => Err(guest.ending(&error).to_string()),
    }
}

/// daprd asks once for features and operations.
fn same_names(
    now: &BTreeMap<Block, Vec<String>>,
    then: &BTreeMap<Block, Vec<String>>,
) -> Result<(), Refused> {
    let sorted = |names: &Vec<String>| {
        let mut names = names.clone();
        names.sort();
        names.join(", ")
    };
    for (block, before) in now {
        let before = sorted(before);
        let after = then.get(block).map(sorted).unwrap_or_default();
        if before != after {
            let title = block.title();
            return Err(Refused::Contract(format!(
                "as a {title} it names [{after}], and the one that serves [{before}]"
            )));
        }
    }
    Ok(())
}
