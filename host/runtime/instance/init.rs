//! Init on its way into the guests of an instance, and what holds of it afterwards.

use super::{BoxedGuest, Initialised, Inits, Instance, WORDS};
use crate::{
    engine::{Block, Guest, Init, NotExported, Template, Why, Within, types},
    runtime::{
        failure::Kind,
        slot::{Job, Work},
        streams::Streams,
    },
    text::{cut, shown},
};
use futures_util::future::join_all;
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::oneshot;

/// An Init that all guests of the instance agreed to.
pub(in crate::runtime) struct Accepted {
    /// What they named: features, or an output binding's operations.
    pub(in crate::runtime) named: Vec<String>,
    /// The blocks for which something else holds now than before.
    pub(in crate::runtime) changed: Vec<Block>,
}

impl Instance {
    /// Calls a block's `init` in each guest, and keeps what it brought once all agree.
    /// On an instance that has run for a while the guests stay: Init again is a new configuration, not a new life.
    pub(in crate::runtime) async fn init(
        self: &Arc<Self>,
        init: Init,
    ) -> Result<Result<Accepted, types::Error>, Kind> {
        let init = Arc::new(init);
        let mut named = Vec::new();
        for slot in &self.slots {
            let (answer, answered) = oneshot::channel();
            let job = Initialise {
                instance: self.clone(),
                init: init.clone(),
                answer,
            };
            self.queue(slot, Box::new(job)).await?;
            match answered.await.unwrap_or(Err(Kind::Lost))? {
                Ok(answer) => named = answer,
                Err(error) => return Ok(Err(error)),
            }
        }
        let block = init.block();
        let mut inits = self.inits();
        // The guests have gone on without the others that were kept from before and have not succeeded since.
        let dropped = inits.extract_if(.., |other, it| *other != block && it.named.is_none());
        let mut changed: Vec<_> = dropped.map(|(other, _)| other).collect();
        changed.push(block);
        let initialised = Initialised {
            init,
            named: Some(named.clone()),
        };
        inits.insert(block, initialised);
        Ok(Ok(Accepted { named, changed }))
    }

    /// Has an Init hold that was kept from before the runner started.
    pub(in crate::runtime) fn restore(&self, init: Init) {
        let initialised = Initialised {
            init: Arc::new(init),
            named: None,
        };
        self.inits().insert(initialised.init.block(), initialised);
    }

    /// What the Init of a block brought that holds.
    pub(in crate::runtime) fn brought(&self, block: Block) -> Option<Arc<Init>> {
        self.inits().get(&block).map(|it| it.init.clone())
    }

    /// Starts a guest in each slot that has none.
    pub(in crate::runtime) async fn wake(self: &Arc<Self>) -> Result<(), Kind> {
        let woken = self.slots.iter().map(async |slot| {
            let (job, answered) = self.job(Within::Start, "Init", |_| Box::pin(async { Ok(()) }));
            self.queue(slot, job).await?;
            answered.await.unwrap_or(Err(Kind::Lost))
        });
        join_all(woken).await.into_iter().collect()
    }

    /// Whether a guest has been through every Init that holds.
    pub(in crate::runtime) fn has_started(&self) -> bool {
        self.inits().values().all(|it| it.named.is_some())
    }

    /// Has no guest of a generation before go on, should one have started after all.
    pub(in crate::runtime) async fn renew(self: &Arc<Self>) {
        for slot in &self.slots {
            slot.send(Box::new(Renew(self.clone()))).await;
        }
    }

    /// A new guest of a template that has been through every Init of this instance, and what it named then; or why there is none.
    pub(in crate::runtime) async fn initialise(
        &self,
        template: &Template,
    ) -> Result<(Guest, BTreeMap<Block, Vec<String>>), Kind> {
        let inits = self.inits().clone();
        self.initialise_with(template, inits).await
    }

    /// The same with some Inits only.
    async fn initialise_with(
        &self,
        template: &Template,
        inits: Inits,
    ) -> Result<(Guest, BTreeMap<Block, Vec<String>>), Kind> {
        let instantiated = template.instantiate(&self.id, &self.counters.memory).await;
        let mut guest = instantiated.map_err(|why| match why {
            Why::Full(why) => Kind::Full { why },
            why => Kind::NotStarted {
                why: why.to_string(),
            },
        })?;
        // What it cannot be is kept for a guest that can.
        let inits = inits.into_iter();
        let inits = inits.filter(|(block, _)| template.exports().has(block.interface()));
        let mut named = BTreeMap::new();
        for (block, Initialised { init, .. }) in inits {
            let brought = init.clone();
            let replayed = guest
                .run(Within::Start, move |guest| {
                    Box::pin(async move { guest.init(&brought).await })
                })
                .await;
            let why = match replayed {
                Ok(Ok(names)) => {
                    named.insert(block, names);
                    continue;
                }
                Ok(Err(refused)) => shown(cut(&init.redacted(refused).message, WORDS)),
                Err(error) => guest.ending(&error).to_string(),
            };
            return Err(Kind::NotStarted {
                why: format!("its init failed: {why}"),
            });
        }
        Ok((guest, named))
    }

    /// What its guests named at each Init.
    pub(in crate::runtime) fn all_named(&self) -> BTreeMap<Block, Vec<String>> {
        let inits = self.inits();
        let named = |(block, it): (&Block, &Initialised)| Some((*block, it.named.clone()?));
        inits.iter().filter_map(named).collect()
    }

    /// After a swap that changed it.
    pub(in crate::runtime) fn rename(&self, named: BTreeMap<Block, Vec<String>>) {
        let mut inits = self.inits();
        for (block, names) in named {
            if let Some(initialised) = inits.get_mut(&block) {
                initialised.named = Some(names);
            }
        }
    }

    /// What a guest has named, where that was not known yet.
    pub(in crate::runtime) fn learn(&self, named: BTreeMap<Block, Vec<String>>) {
        let mut inits = self.inits();
        for (block, names) in named {
            if let Some(initialised) = inits.get_mut(&block) {
                initialised.named.get_or_insert(names);
            }
        }
    }

    /// The Inits that a guest must have been through before a new one of a block.
    fn besides(&self, block: Block) -> Inits {
        let mut inits = self.inits().clone();
        inits.retain(|other, it| *other != block && it.named.is_some());
        inits
    }

    /// A guest for the Init of a block.
    async fn start_without(&self, block: Block) -> Result<BoxedGuest, Kind> {
        let current = self.generations.current();
        let inits = self.besides(block);
        let started = self.initialise_with(&current.template, inits).await;
        let (guest, _) = started?;
        self.counters.started();
        Ok(Box::new(guest))
    }
}

/// An Init on its way into one guest.
///
/// Where there is no guest, the one that starts is not held up by what an earlier Init of the same block brought: this one may be
/// there to mend it.
struct Initialise {
    instance: Arc<Instance>,
    init: Arc<Init>,
    answer: oneshot::Sender<Answer>,
}

type Answer = Result<Result<Vec<String>, types::Error>, Kind>;

impl Job<BoxedGuest, Streams> for Initialise {
    fn abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn errand(&self) -> bool {
        false
    }

    fn run(self: Box<Self>, guest: Option<BoxedGuest>, streams: &Arc<Streams>) -> Work<BoxedGuest> {
        let streams = streams.clone();
        Box::pin(async move {
            let (guest, answer) = self.init(guest, &streams).await;
            // A client that went away takes no answer: that is no error here.
            let _ = self.answer.send(answer);
            match guest {
                Left::Guest(guest) => Some(guest),
                Left::None => None,
                // Before the next call comes, so that it does not wait for this.
                Left::Lost => self.instance.start_for(Within::Call, &streams).await.ok(),
            }
        })
    }
}

/// What an Init leaves in the slot.
enum Left {
    Guest(BoxedGuest),
    None,
    Lost,
}

impl Initialise {
    async fn init(&self, guest: Option<BoxedGuest>, streams: &Arc<Streams>) -> (Left, Answer) {
        let Self { instance, init, .. } = self;
        let started = guest.is_none();
        let guest = match guest {
            Some(guest) => Ok(guest),
            None => instance.start_without(init.block()).await,
        };
        let mut guest = match guest {
            Ok(guest) => guest,
            Err(kind) => {
                instance.tell_not_started(&kind);
                return (Left::None, Err(kind));
            }
        };
        let brought = init.clone();
        let ended = guest
            .run(Within::Start, move |guest| {
                Box::pin(async move { guest.init(&brought).await })
            })
            .await;
        instance.counters.called();
        match ended {
            Ok(Ok(named)) if started => match instance.reopen(guest, streams).await {
                Ok(guest) => {
                    instance.started(streams);
                    (Left::Guest(guest), Ok(Ok(named)))
                }
                Err(kind) => {
                    instance.tell_not_started(&kind);
                    (Left::None, Err(kind))
                }
            },
            Ok(Ok(named)) => (Left::Guest(guest), Ok(Ok(named))),
            // It has not been through the Init that holds.
            Ok(Err(error)) if started => (Left::None, Ok(Err(init.redacted(error)))),
            Ok(Err(error)) => (Left::Guest(guest), Ok(Err(init.redacted(error)))),
            Err(error) if let Some(&NotExported(interface)) = error.downcast_ref() => {
                (Left::Guest(guest), Err(Kind::NotExported { interface }))
            }
            Err(error) => (
                Left::Lost,
                Err(instance.lost(guest, "Init", &error, streams)),
            ),
        }
    }
}

/// Another guest in the place of the one that there is.
struct Renew(Arc<Instance>);

impl Job<BoxedGuest, Streams> for Renew {
    fn run(self: Box<Self>, guest: Option<BoxedGuest>, streams: &Arc<Streams>) -> Work<BoxedGuest> {
        let streams = streams.clone();
        Box::pin(async move {
            drop(guest?);
            self.0.start(&streams).await.ok()
        })
    }
}
