//! One generation of a guest takes the place of another, while calls come and streams are open.
//!
//! All that can fail is done aside: each slot's next guest is made, goes through every Init and says that it is well. Then each slot
//! is stopped between two calls. A guest that hands over gives its state away there, and the next one is told of the streams. Once
//! all slots are ready, and not before, all of them go on with their next guest; if one is not, all go on with the one they had.

use super::{
    Component,
    failure::Kind,
    generation::Generation,
    instance::{BoxedGuest, GuestSlot, Instance},
    slot::{Job, Work},
    streams::Streams,
};
use crate::config::named;
use crate::engine::{Block, Guest, Interface, Saved, Template, Within};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use tokio::sync::{oneshot, watch};

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
}

/// A guest of the next generation, for one slot.
struct Newcomer {
    instance: Arc<Instance>,
    slot: Arc<GuestSlot>,
    guest: Guest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Open,
    GoOn,
    GoBack,
}

impl Component {
    /// Has a new template serve from now on, for every instance.
    ///
    /// # Errors
    /// When it may not, or cannot: then all is as it was.
    pub async fn swap(&self, template: Template, terms: &Terms) -> Result<Swapped, Refused> {
        // No Init, and no other swap, meanwhile.
        let _alone = self.swapping.write().await;
        let number = self.generation().number + 1;
        self.replace(number, template.into(), terms).await
    }

    /// Has the generation before serve again.
    ///
    /// # Errors
    /// When there is none, or it cannot: then all is as it was.
    pub async fn roll_back(&self, terms: &Terms) -> Result<Swapped, Refused> {
        let _alone = self.swapping.write().await;
        let before = self.generations.before().ok_or(Refused::NothingBefore)?;
        let number = self.generation().number + 1;
        self.replace(number, before.template.clone(), terms).await
    }

    async fn replace(
        &self,
        number: u64,
        template: Arc<Template>,
        terms: &Terms,
    ) -> Result<Swapped, Refused> {
        let current = self.generation();
        if !terms.contract_change {
            same_services(&current.template, &template)?;
        }
        let hands_over = |template: &Template| template.exports().has(Interface::Handover);
        let handing_over = hands_over(&current.template) && hands_over(&template);
        let instances = self.instances();
        let mut newcomers = Vec::new();
        let mut renamed = Vec::new();
        for instance in &instances {
            for slot in instance.slots() {
                let (guest, named) = prepare(instance, &template, terms).await?;
                newcomers.push(Newcomer {
                    instance: instance.clone(),
                    slot: slot.clone(),
                    guest,
                });
                renamed.push((instance.clone(), named));
            }
        }
        let guests = newcomers.len();
        let limit = template.limits().handover;
        let begun = Instant::now();
        let (decide, decision) = watch::channel(Decision::Open);
        let ready = enter(newcomers, &decision, handing_over, limit, terms).await;
        let all_ready = async {
            for (instance, ready) in ready {
                let taken_over = ready.await.unwrap_or(Err("it was lost".to_owned()));
                taken_over.map_err(|why| Refused::NotTakenOver { instance, why })?;
            }
            Ok(())
        };
        let outcome = tokio::time::timeout(terms.pause, all_ready).await;
        let outcome = outcome.unwrap_or(Err(Refused::TooLong(terms.pause)));
        if outcome.is_ok() {
            self.generations.succeed(Arc::new(Generation {
                number,
                template,
                since: SystemTime::now(),
            }));
            for (instance, named) in renamed {
                instance.rename(named);
            }
        }
        let decided = match outcome {
            Ok(()) => Decision::GoOn,
            Err(_) => Decision::GoBack,
        };
        decide.send_replace(decided);
        outcome.map(|()| Swapped {
            generation: number,
            guests,
            handed_over: handing_over,
            paused: begun.elapsed(),
        })
    }
}

/// daprd asks once what a component serves.
fn same_services(current: &Template, next: &Template) -> Result<(), Refused> {
    let served = |template: &Template| -> Vec<_> { template.exports().served().collect() };
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
    terms: &Terms,
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
    if !terms.contract_change {
        same_names(&instance.all_named(), &named)?;
    }
    match guest.run(Within::Start, Guest::check_health).await {
        Ok(Ok(())) => Ok((guest, named)),
        Ok(Err(ill)) => {
            let why = instance.redacted(ill);
            Err(not_ready(format!("it says that it is not well: {why}")))
        }
        Err(error) => Err(not_ready(guest.ending(&error).to_string())),
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

type Ready = oneshot::Receiver<Result<(), String>>;

/// Stops each slot for its newcomer.
async fn enter(
    newcomers: Vec<Newcomer>,
    decision: &watch::Receiver<Decision>,
    handing_over: bool,
    limit: usize,
    terms: &Terms,
) -> Vec<(String, Ready)> {
    let mut all = Vec::new();
    for Newcomer {
        instance,
        slot,
        guest,
    } in newcomers
    {
        let (ready, is_ready) = oneshot::channel();
        all.push((instance.id().to_owned(), is_ready));
        let exchange = Exchange {
            instance,
            slot: slot.clone(),
            newcomer: Box::new(guest),
            handing_over,
            terms: terms.clone(),
            limit,
            ready,
            decision: decision.clone(),
        };
        // An errand is never refused.
        let _ = slot.enter(Box::new(exchange)).await;
    }
    all
}

/// The turn of a slot in which its guest may become another.
struct Exchange {
    instance: Arc<Instance>,
    slot: Arc<GuestSlot>,
    newcomer: BoxedGuest,
    handing_over: bool,
    terms: Terms,
    /// Bytes that it may hand over.
    limit: usize,
    ready: oneshot::Sender<Result<(), String>>,
    decision: watch::Receiver<Decision>,
}

impl Job<BoxedGuest, Streams> for Exchange {
    fn abandoned(&self) -> bool {
        false
    }

    fn errand(&self) -> bool {
        true
    }

    fn run(
        self: Box<Self>,
        mut guest: Option<BoxedGuest>,
        streams: &Arc<Streams>,
    ) -> Work<BoxedGuest> {
        let streams = streams.clone();
        Box::pin(async move {
            let Self {
                instance,
                slot,
                mut newcomer,
                handing_over,
                terms,
                limit,
                ready,
                mut decision,
            } = *self;
            let handover = Handover {
                instance: &instance,
                limit,
            };
            let saved = match handing_over {
                // It is not to be stopped half-way, or it would be lost.
                true => handover.save(&mut guest).await,
                false => Ok(None),
            };
            let taken_over = async {
                if let Some(saved) = saved? {
                    handover.restore(&mut newcomer, saved).await?;
                }
                streams.introduce(&mut newcomer).await
            };
            let mut undecided = decision.clone();
            let taken_over = tokio::select! {
                biased;
                taken_over = taken_over => taken_over,
                // It took too long, or another slot was not ready.
                _ = undecided.wait_for(|decision| *decision != Decision::Open) => Err("it is too late".to_owned()),
            };
            let is_ready = taken_over.is_ok();
            // Whoever asked may have gone: then it is decided already.
            let _ = ready.send(taken_over);
            let decided = decision
                .wait_for(|decision| *decision != Decision::Open)
                .await;
            match decided {
                Ok(decided) if is_ready && *decided == Decision::GoOn => {
                    streams.succeed(&slot, guest, handing_over, terms.drain);
                    Some(newcomer)
                }
                _ => guest,
            }
        })
    }
}

/// One guest's state on its way to the next.
struct Handover<'a> {
    instance: &'a Instance,
    limit: usize,
}

impl Handover<'_> {
    async fn save(&self, guest: &mut Option<BoxedGuest>) -> Result<Option<Saved>, String> {
        let Some(giver) = guest else {
            return Ok(None);
        };
        match giver.run(Within::Start, Guest::save).await {
            Ok(Ok(saved)) if saved.size() > self.limit => {
                let (size, limit) = (
                    bytesize::ByteSize(saved.size() as u64),
                    bytesize::ByteSize(self.limit as u64),
                );
                Err(format!(
                    "its state is {size}, and {limit} are the most ({})",
                    named::max_handover
                ))
            }
            Ok(Ok(saved)) => Ok(Some(saved)),
            Ok(Err(refused)) => {
                let why = self.instance.redacted(refused);
                Err(format!("the old one cannot hand over: {why}"))
            }
            Err(error) => {
                let why = giver.ending(&error).to_string();
                if let Some(giver) = guest.take() {
                    self.instance.lost(giver, "save", &error);
                }
                Err(format!("the old one failed at the handover: {why}"))
            }
        }
    }

    async fn restore(&self, guest: &mut Guest, saved: Saved) -> Result<(), String> {
        let restored = guest
            .run(Within::Start, move |guest| guest.restore(saved))
            .await;
        match restored {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refused)) => {
                let why = self.instance.redacted(refused);
                Err(format!("it cannot take the state over: {why}"))
            }
            Err(error) => Err(guest.ending(&error).to_string()),
        }
    }
}
