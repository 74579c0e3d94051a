//! Work with a time limit, for which nothing is set up where the work ends at once, as nearly all of it does.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};
use tokio::time::{Instant, timeout_at};

/// What the work comes to; none when the deadline passes before.
pub async fn until<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let first = poll_fn(|context| Poll::Ready(work.as_mut().poll(context)));
    match first.await {
        Poll::Ready(done) => Some(done),
        Poll::Pending => Box::pin(timeout_at(deadline, work)).await.ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::pending, time::Duration};

    #[tokio::test]
    async fn work_is_done_in_time_or_not_and_what_is_done_at_once_is_never_late() {
        let past = Instant::now();
        assert_eq!(until(past, async { 1 }).await, Some(1));
        assert_eq!(until(past, pending::<()>()).await, None);
        let later = past + Duration::from_secs(3600);
        let waits = async {
            tokio::task::yield_now().await;
            2
        };
        assert_eq!(until(later, waits).await, Some(2));
    }
}
