//! What the host asks of a guest beyond the protocols: to hand its state over, and to say whether it can work.

use super::{
    Guest, Interface, Running,
    contract::{
        runner::handover,
        status::Status,
        types::{self, Error},
    },
};

/// What one instance of a guest left to the next. It can hold secrets, and so has no way to be shown.
pub struct Saved(handover::Saved);

impl Saved {
    /// How many bytes it is.
    pub fn size(&self) -> usize {
        self.0.state.len()
    }
}

impl Guest {
    /// Asks a guest that hands over for all its state.
    pub fn save(&mut self) -> Running<'_, Result<Saved, types::Error>> {
        Box::pin(async move {
            let (handover, store) = self.handover()?;
            let saved = handover.call_save(store).await?;
            Ok(saved.map(Saved))
        })
    }

    /// Gives a guest that hands over what the one before it saved.
    pub fn restore(&mut self, saved: Saved) -> Running<'_, Result<(), types::Error>> {
        Box::pin(async move {
            let (handover, store) = self.handover()?;
            handover.call_restore(store, &saved.0).await
        })
    }

    /// Asks a guest whether it can do its work; one that does not say can.
    pub fn check_health(&mut self) -> Running<'_, Result<(), types::Error>> {
        Box::pin(async move {
            if self.exports(Interface::Health) {
                let (health, store) = self.health()?;
                return health.call_check(store).await;
            }
            if self.exports(Interface::AppHealth) {
                let (health, store) = self.app_health()?;
                let checked = health.call_check(store).await?;
                return Ok(checked.map_err(|Status { code, message, .. }| Error { code, message }));
            }
            Ok(Ok(()))
        })
    }
}
