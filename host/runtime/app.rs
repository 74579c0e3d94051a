//! An app: a guest that daprd calls as its application. It has no Init and no instance ids, and all its instances are alike.

use super::{
    component::{Address, Component},
    failure::{Failure, Kind},
    generation::{Generation, Generations},
    instance::Instance,
    swap::{Refused, Swapped, Terms, healthy, same_services},
    usage::Counters,
};
use crate::engine::{Guest, Interface, Running, Template, Why, Within, app::subscriber};
use std::{
    future::Future,
    pin::pin,
    sync::{Arc, atomic::AtomicUsize},
    time::{Duration, SystemTime},
};
use tokio::{runtime::Handle, sync::oneshot, time::timeout};
use tokio_util::task::TaskTracker;

/// What an app wants to hear of. daprd asks for it once, when it starts.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Messages.
    pub subscriptions: Vec<subscriber::Subscription>,
    /// Events of input bindings, by the bindings' names.
    pub bindings: Vec<String>,
}

/// Why an app cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("app '{app}': {why}")]
pub struct Unstarted {
    app: String,
    why: String,
}

impl Component {
    /// An app whose first guest has started and said what it wants; that one serves the first calls. `tasks` are the calls that
    /// outlive their client's wait; those that compute for long go on `aside`.
    ///
    /// # Errors
    /// When the guest does not start, or does not say what it wants.
    pub async fn app(
        name: &str,
        template: Template,
        tasks: TaskTracker,
        aside: Handle,
    ) -> Result<Arc<Self>, Unstarted> {
        let unstarted = |why| Unstarted {
            app: name.to_owned(),
            why,
        };
        let counters = Arc::new(Counters::default());
        let started = first(&template, &counters.memory).await;
        let (guest, wanted) = started.map_err(unstarted)?;
        let limits = template.limits().clone();
        let generations = Generations::new(template, wanted);
        let app = Self::with(name, generations, tasks, aside, None);
        let instances = Instance::pool(&app, &limits, counters);
        instances.seat(vec![guest]);
        app.set_only(instances);
        Ok(Arc::new(app))
    }

    /// What its guest wants, if it is an app.
    pub fn wanted(&self) -> Arc<Wanted> {
        self.generation().wanted.clone()
    }

    /// Runs a call in any guest of an app.
    ///
    /// # Errors
    /// When too many wait, the client's time is over, or the guest fails.
    pub fn handle<R: Send + 'static>(
        &self,
        to: &Address,
        call: impl for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    ) -> impl Future<Output = Result<R, Failure>> {
        self.call_in(self.only().ok_or(Kind::Lost), to, call)
    }

    /// The same, where nobody waits for longer than `patience` until a guest is free. None where none is in time.
    ///
    /// # Errors
    /// When the client's time is over, or the guest fails.
    pub async fn handle_soon<R: Send + 'static>(
        &self,
        to: &Address,
        patience: Duration,
        call: impl for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    ) -> Result<Option<R>, Failure> {
        let (begins, mut begun) = oneshot::channel();
        let mut handled = pin!(self.handle(to, move |guest| {
            let _ = begins.send(());
            call(guest)
        }));
        match timeout(patience, &mut handled).await {
            Ok(Err(failure)) if matches!(failure.kind, Kind::QueueFull { .. }) => Ok(None),
            Ok(handled) => handled.map(Some),
            Err(_) if begun.try_recv().is_ok() => handled.await.map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Whether calls of an app can be served now.
    ///
    /// # Errors
    /// While all its guests keep failing.
    pub fn available(&self, to: &Address) -> Result<(), Failure> {
        let instances = self.only().ok_or(Kind::Lost);
        let available = instances.and_then(|instances| instances.available());
        available.map_err(|kind| self.failure(to, kind))
    }

    /// Has another generation serve an app: calls that come find its guests, and those that are under way end where they are. So
    /// nobody waits, and nothing is handed over.
    pub(super) async fn replace_app(
        &self,
        number: u64,
        template: Arc<Template>,
        terms: &Terms,
    ) -> Result<Swapped, Refused> {
        let current = self.generation();
        let before = self.only().ok_or(Refused::Ended)?;
        if !terms.contract_change {
            same_services(&current.template, &template)?;
        }
        let counters = before.counters.clone();
        let started = first(&template, &counters.memory).await;
        let (mut guest, wanted) = started.map_err(Refused::Unstarted)?;
        healthy(&mut guest, &before)
            .await
            .map_err(Refused::Unstarted)?;
        if !terms.contract_change {
            same_wanted(&current.wanted, &wanted)?;
        }
        let limits = template.limits();
        let next = Instance::pool(self, limits, counters.clone());
        // As many as serve now, so that calls that come do not wait for them; if there is no room for all, fewer.
        let most = before.usage().guests.min(limits.instances);
        let mut guests = vec![guest];
        while guests.len() < most {
            match template.instantiate("", &counters.memory).await {
                Ok(guest) => guests.push(guest),
                Err(_) => break,
            }
        }
        let count = guests.len();
        next.seat(guests);
        self.generations.succeed(Arc::new(Generation {
            number,
            template,
            wanted: Arc::new(wanted),
            since: SystemTime::now(),
        }));
        self.set_only(next);
        Ok(Swapped {
            generation: number,
            guests: count,
            handed_over: false,
            paused: Duration::ZERO,
        })
    }
}

/// The first guest of a generation, and what it wants; or why there is none.
async fn first(template: &Template, memory: &Arc<AtomicUsize>) -> Result<(Guest, Wanted), String> {
    let instantiated = template.instantiate("", memory).await;
    let mut guest = instantiated.map_err(|why: Why| why.to_string())?;
    let asked = guest.run(Within::Start, wanted).await;
    match asked {
        Ok(wanted) => {
            complete(&wanted)?;
            Ok((guest, wanted))
        }
        Err(error) => {
            let ending = guest.ending(&error);
            Err(format!("it was asked what it wants: {ending}"))
        }
    }
}

fn wanted(guest: &mut Guest) -> Running<'_, Wanted> {
    Box::pin(async move {
        let mut wanted = Wanted::default();
        if guest.exports(Interface::Subscriber) {
            let (subscriber, store) = guest.subscriber()?;
            wanted.subscriptions = subscriber.call_subscriptions(store).await?;
        }
        if guest.exports(Interface::BindingHandler) {
            let (handler, store) = guest.binding_handler()?;
            wanted.bindings = handler.call_bindings(store).await?;
        }
        Ok(wanted)
    })
}

/// Whether daprd can do something with it: it leaves out what has no name, and says nothing.
fn complete(wanted: &Wanted) -> Result<(), String> {
    let mut subscriptions = wanted.subscriptions.iter();
    if subscriptions.any(|it| it.pubsub.is_empty() || it.topic.is_empty()) {
        return Err("it wants a subscription without a pubsub or a topic".to_owned());
    }
    if wanted.bindings.iter().any(String::is_empty) {
        return Err("it wants a binding without a name".to_owned());
    }
    Ok(())
}

/// daprd asks once what an application wants.
fn same_wanted(now: &Wanted, then: &Wanted) -> Result<(), Refused> {
    let subscriptions = |wanted: &Wanted| {
        let subscriptions = wanted.subscriptions.iter();
        sorted(subscriptions.map(|it| (format!("{it:?}"), format!("{}/{}", it.pubsub, it.topic))))
    };
    let bindings = |wanted: &Wanted| {
        let bindings = wanted.bindings.iter();
        sorted(bindings.map(|it| (it.clone(), it.clone())))
    };
    for (what, before, after) in [
        ("messages of", subscriptions(now), subscriptions(then)),
        ("events of", bindings(now), bindings(then)),
    ] {
        if before != after {
            let names = |wanted: &[(String, String)]| {
                let names: Vec<_> = wanted.iter().map(|(_, name)| name.as_str()).collect();
                names.join(", ")
            };
            let (then, now) = (names(&after), names(&before));
            return Err(Refused::Contract(match then == now {
                true => format!("it wants {what} [{then}] on other terms than the one that serves"),
                false => format!("it wants {what} [{then}], and the one that serves [{now}]"),
            }));
        }
    }
    Ok(())
}

/// What is compared with a name for it, in an order that does not matter.
fn sorted(all: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut all: Vec<_> = all.collect();
    all.sort();
    all
}
