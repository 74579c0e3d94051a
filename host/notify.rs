//! What the runner tells the service manager that started it, where that wants to know (`NOTIFY_SOCKET`, as systemd has it).

use crate::text::shown;
use sd_notify::NotifyState;
use std::time::Duration;

/// All guests answer and all sockets listen, at first or after [`reloading`]. `what` is served, in words for an operator.
pub fn ready(what: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(&shown(what))]);
}

/// The configuration is read again. It ends with [`ready`], also when it failed and all stays as it was.
pub fn reloading() {
    // The time tells this reload from one before; without it systemd takes the message for none.
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now]);
    }
}

/// No new calls are taken, and the runner will end.
pub fn stopping() {
    tell(&[
        NotifyState::Stopping,
        NotifyState::Status("stopping: calls and streams come to their end"),
    ]);
}

/// Tells a manager that wants to know (`WatchdogSec=`), twice in the time that it gives, that the thread lives on which this runs.
pub async fn alive() {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return;
    };
    let mut beats = tokio::time::interval((limit / 2).max(Duration::from_millis(1)));
    while tell(&[NotifyState::Watchdog]) {
        beats.tick().await;
    }
}

/// Whether it could be told, if there is somebody to tell.
fn tell(states: &[NotifyState]) -> bool {
    let told = sd_notify::notify(states);
    if let Err(error) = &told {
        tracing::warn!("cannot tell the service manager (NOTIFY_SOCKET) how it goes: {error}");
    }
    told.is_ok()
}
