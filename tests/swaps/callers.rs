//! Callers of a store: each writes what is its own, what others write too, and several keys at once, and reads all that.

use crate::{
    door::Door,
    history::{Deed, History, Value},
    watch::Watch,
};
use fastrand::Rng;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::task::JoinSet;
use tonic::Status;

/// Keys that all callers of a store write.
const SHARED: usize = 4;
/// Keys that a caller writes at once.
const TOGETHER: usize = 3;

/// One store and its callers.
#[derive(Clone)]
struct Store {
    door: Door,
    /// Tells its registers from those of other stores.
    name: String,
    callers: usize,
    history: Arc<History>,
    watch: Arc<Watch>,
}

/// Starts so many callers of each store. Each waits between two calls, `pause` on average.
pub fn call(
    stores: Vec<(String, Door)>,
    callers: usize,
    pause: Duration,
    history: &Arc<History>,
    watch: &Arc<Watch>,
    random: &mut Rng,
) -> JoinSet<()> {
    let mut all = JoinSet::new();
    for (name, door) in stores {
        let store = Store {
            door,
            name,
            callers,
            history: history.clone(),
            watch: watch.clone(),
        };
        for number in 0..callers {
            all.spawn(store.clone().call(number, pause, random.fork()));
        }
    }
    all
}

impl Store {
    /// Calls until it is told to stop.
    async fn call(self, number: usize, pause: Duration, mut random: Rng) {
        let (mut own, mut together) = (0, 0);
        while !self.watch.is_over() {
            let another = random.usize(..self.callers);
            match random.u32(..100) {
                0..30 => {
                    own += 1;
                    self.write(number, own).await;
                }
                30..60 => self.read(&self.own(another)).await,
                60..70 => self.read(&self.shared(random.usize(..SHARED))).await,
                70..80 => self.count_up(number, random.usize(..SHARED)).await,
                80..90 => {
                    together += 1;
                    self.write_together(number, together).await;
                }
                _ => self.read_together(another).await,
            }
            let pause = pause.mul_f64(random.f64() * 2.0);
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
        }
    }

    fn own(&self, number: usize) -> String {
        format!("own-{number}")
    }

    fn shared(&self, number: usize) -> String {
        format!("shared-{number}")
    }

    fn together(&self, number: usize) -> Vec<String> {
        let parts = 0..TOGETHER;
        parts
            .map(|part| format!("together-{number}-{part}"))
            .collect()
    }

    /// Of a key in this store.
    fn register(&self, key: &str) -> String {
        format!("{}/{key}", self.name)
    }

    async fn write(&self, writer: usize, counter: u64) {
        let key = self.own(writer);
        let value = Value { counter, writer };
        let begun = self.history.begin();
        self.watched(self.door.write(&key, value)).await;
        self.history
            .end(&self.register(&key), Deed::Wrote(value), begun);
    }

    async fn read(&self, key: &str) {
        let begun = self.history.begin();
        let (seen, _) = self.watched(self.door.read(key)).await;
        self.history
            .end(&self.register(key), Deed::Read(vec![seen]), begun);
    }

    /// Writes one more than it reads, unless another was faster.
    async fn count_up(&self, writer: usize, number: usize) {
        let key = self.shared(number);
        let register = self.register(&key);
        let begun = self.history.begin();
        let (seen, etag) = self.watched(self.door.read(&key)).await;
        self.history.end(&register, Deed::Read(vec![seen]), begun);
        let value = Value {
            counter: seen.map_or(1, |value| value.counter + 1),
            writer,
        };
        let begun = self.history.begin();
        let deed = match self.watched(self.door.replace(&key, value, &etag)).await {
            true => Deed::Wrote(value),
            false => Deed::Refused(value),
        };
        self.history.end(&register, deed, begun);
    }

    async fn write_together(&self, writer: usize, counter: u64) {
        let keys = self.together(writer);
        let value = Value { counter, writer };
        let begun = self.history.begin();
        self.watched(self.door.transact(&keys, value)).await;
        self.history
            .end(&self.register(&keys[0]), Deed::Wrote(value), begun);
    }

    async fn read_together(&self, number: usize) {
        let keys = self.together(number);
        let begun = self.history.begin();
        let seen = self.watched(self.door.read_all(&keys)).await;
        self.history
            .end(&self.register(&keys[0]), Deed::Read(seen), begun);
    }

    /// A call, which must succeed.
    async fn watched<R>(&self, call: impl Future<Output = Result<R, Status>>) -> R {
        self.watch.call("store", call).await
    }
}
