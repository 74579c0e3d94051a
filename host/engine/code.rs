//! The code of guests that are loaded. Components of the same guest share it, whatever their limits and grants are.

use super::{error::Why, exports::Exports, guest::State};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    future::Future,
    io,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::{sync::Mutex as AsyncMutex, task::spawn_blocking, time::timeout};
use wasmtime::component::InstancePre;

/// A guest that is compiled, linked and checked.
pub(super) struct Code {
    pub(super) pre: InstancePre<State>,
    pub(super) exports: Exports,
}

/// What was made of a guest.
pub(super) struct Of<T> {
    /// SHA-256 of the guest.
    pub(super) digest: [u8; 32],
    made: T,
}

impl<T> Deref for Of<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.made
    }
}

/// What was made of guests of one size. Whoever loads one of them has the lock until it is known what it is.
type OfSize<T> = Arc<AsyncMutex<Vec<Weak<Of<T>>>>>;

/// What was made of all guests that somebody has, by the size of their files: only those of one size can be the same.
pub(super) struct Shared<T>(Mutex<HashMap<usize, OfSize<T>>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Shared<T> {
    /// What others have of a guest, or what is made of it now.
    ///
    /// # Errors
    /// As of what makes it, and when others load a guest of its size for longer than the limit.
    pub(super) async fn get(
        &self,
        guest: Arc<Vec<u8>>,
        limit: Duration,
        make: impl Future<Output = Result<T, Why>>,
    ) -> Result<Arc<Of<T>>, Why> {
        let of_size = self.of_size(guest.len());
        let mut known = timeout(limit, of_size.lock())
            .await
            .map_err(|_| Why::Compiling(limit))?;
        let mut digesting = spawn_blocking(move || digest(&guest));
        let mut digest = None;
        let others: Vec<_> = known.iter().filter_map(Weak::upgrade).collect();
        // The digest of the first is needed later: it is compiled meanwhile.
        if !others.is_empty() {
            let found = (&mut digesting).await.map_err(io::Error::from)?;
            if let Some(of) = others.into_iter().find(|of| of.digest == found) {
                return Ok(of);
            }
            digest = Some(found);
        }
        let made = make.await?;
        let digest = match digest {
            Some(digest) => digest,
            None => digesting.await.map_err(io::Error::from)?,
        };
        let of = Arc::new(Of { digest, made });
        known.retain(|of| of.strong_count() > 0);
        known.push(Arc::downgrade(&of));
        Ok(of)
    }

    /// The guests of a size. Those that nobody has any more are forgotten.
    fn of_size(&self, size: usize) -> OfSize<T> {
        let mut sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.retain(|_, known| {
            // Whoever is about to look, or to wait, has it too.
            Arc::strong_count(known) > 1
                || known
                    .try_lock()
                    .is_ok_and(|known| known.iter().any(|of| of.strong_count() > 0))
        });
        sizes.entry(size).or_default().clone()
    }
}

/// SHA-256 of a guest.
pub(super) fn digest(guest: &[u8]) -> [u8; 32] {
    Sha256::digest(guest).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    const LONG: Duration = Duration::from_secs(60);

    async fn get(shared: &Shared<u32>, guest: &[u8], made: u32) -> Arc<Of<u32>> {
        let guest = Arc::new(guest.to_vec());
        let got = shared.get(guest, LONG, ready(Ok(made))).await;
        got.map_err(|why| why.to_string()).unwrap()
    }

    #[tokio::test]
    async fn the_same_guest_is_made_once_while_somebody_has_it() {
        let shared = Shared::default();
        let first = get(&shared, b"one", 1).await;
        let other = get(&shared, b"two", 2).await;
        let again = get(&shared, b"one", 3).await;
        assert_eq!((**first, **other, **again), (1, 2, 1));
        assert_ne!(first.digest, other.digest);
        drop((first, again));
        assert_eq!(**get(&shared, b"one", 4).await, 4);
        drop(other);
        get(&shared, b"longer", 5).await;
        assert_eq!(
            shared.0.lock().unwrap().len(),
            1,
            "what nobody has is forgotten"
        );
    }

    #[tokio::test]
    async fn who_loads_the_same_guest_meanwhile_gets_what_the_first_makes() {
        let shared = Shared::default();
        let (tell, told) = tokio::sync::oneshot::channel();
        let slow = async { Ok(told.await.unwrap()) };
        let first = shared.get(Arc::new(b"one".to_vec()), LONG, slow);
        let second = get(&shared, b"one", 2);
        let release = async { tell.send(1).unwrap() };
        let (first, second, ()) = tokio::join!(first, second, release);
        assert_eq!((**first.ok().unwrap(), **second), (1, 1));
    }

    #[tokio::test]
    async fn a_guest_that_fails_or_takes_for_ever_keeps_no_other_from_its_turn() {
        let shared = Shared::default();
        let guest = Arc::new(b"one".to_vec());
        let failed = shared.get(guest.clone(), LONG, ready(Err(Why::NotWasm)));
        assert!(matches!(failed.await, Err(Why::NotWasm)));
        let short = Duration::from_millis(1);
        let endless = shared.get(guest.clone(), LONG, pending());
        let waits = shared.get(guest, short, ready(Ok(1)));
        tokio::select! {
            biased;
            _ = endless => unreachable!(),
            waited = waits => assert!(matches!(waited, Err(Why::Compiling(_)))),
        }
        assert_eq!(**get(&shared, b"one", 2).await, 2);
    }
}
