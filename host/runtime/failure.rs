//! Why a call got no answer of the guest's own.

use crate::{
    config::named,
    engine::{Role, TimedOut},
};
use std::{fmt, time::Duration};

/// A call that failed: where, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What it is that failed.
    pub role: Role,
    /// The component's name, or the app's.
    pub component: String,
    /// The instance id; empty is the default instance, or an app.
    pub instance: String,
    /// The gRPC method.
    pub method: &'static str,
    /// Why.
    pub kind: Kind,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// No Init of this block came to this instance.
    NotInitialised {
        /// Whether what Init brings is kept for when the runner is started again.
        kept: bool,
    },
    /// The component serves as many instance ids as it may.
    TooManyInstances {
        /// The limit.
        limit: usize,
    },
    /// What Init brings is larger than what is kept for as long as the instance lives.
    PropertiesTooLarge {
        /// How large, in bytes.
        size: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// As many calls wait for the instance as may.
    QueueFull {
        /// The limit.
        limit: usize,
    },
    /// The client's own time limit passed.
    DeadlinePassed,
    /// The instance has as many streams open as it may.
    TooManyStreams {
        /// The limit.
        limit: usize,
    },
    /// The guest ran for too long and was ended.
    TimedOut(TimedOut),
    /// The guest handed over too much at once, and was ended.
    TooMuch {
        /// The limit, in words.
        why: String,
    },
    /// The guest ended itself.
    Trapped {
        /// How, and what is known of the cause.
        why: String,
    },
    /// The runner has as many instances as it may.
    Full {
        /// The limit, in words.
        why: String,
    },
    /// The guest ended before this call, and no new instance came up.
    NotStarted {
        /// Why not.
        why: String,
    },
    /// The guest keeps failing, and was not run for this call.
    Down {
        /// How it failed last.
        why: String,
        /// How long it is before it is tried again.
        again: Duration,
    },
    /// Another guest has taken the place of the one that the call was for, and does not export its interface.
    NotExported {
        /// The interface.
        interface: &'static str,
    },
    /// The host lost the call: a bug of plugbox.
    Lost,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            role,
            component,
            instance,
            method,
            kind,
        } = self;
        match (role, instance.as_str()) {
            (Role::App, _) => write!(f, "app '{component}'")?,
            (Role::Component, "") => write!(f, "component '{component}', default instance")?,
            (Role::Component, id) => write!(f, "component '{component}', instance '{id}'")?,
        }
        match kind {
            Kind::NotInitialised { kept } => {
                write!(
                    f,
                    ": {method} came before Init. daprd sends Init when it starts and when the spec of a Component resource changes, not when plugbox was restarted: restart daprd, or change the spec"
                )?;
                match kept {
                    true => Ok(()),
                    false => write!(
                        f,
                        ". plugbox keeps Init over a restart of its own with {}",
                        named::state_dir
                    ),
                }
            }
            Kind::TooManyInstances { limit } => write!(
                f,
                ": the component serves {limit} instances already, as many as it may ({})",
                named::max_instances
            ),
            Kind::PropertiesTooLarge { size, limit } => write!(
                f,
                ": the properties of {method} have {size} bytes, and an instance keeps no more than {limit}: leave out what is large"
            ),
            Kind::QueueFull { limit } => write!(
                f,
                ": {limit} calls wait for it already, as many as may ({}). It is slower than its callers: try again later, or run more instances ({}) if the guest allows it",
                named::queue,
                named::instances
            ),
            Kind::DeadlinePassed => write!(
                f,
                ": {method} was not answered within the client's own time limit (grpc-timeout)"
            ),
            Kind::TooManyStreams { limit } => write!(
                f,
                ": {limit} streams are open already, as many as may ({})",
                named::max_streams
            ),
            Kind::TimedOut(TimedOut { limit, setting }) => write!(
                f,
                ": {method} ran longer than {} and was stopped ({setting}); a new instance takes its place, and what the old one held in memory is gone",
                humantime::format_duration(*limit)
            ),
            Kind::TooMuch { why } => write!(
                f,
                ": {method} failed: the guest was stopped, because {why}. Ask for less at once. A new instance takes its place, and what the old one held in memory is gone"
            ),
            Kind::Full { why } => write!(f, ": there is no instance for it, because {why}"),
            Kind::Trapped { why } => write!(
                f,
                ": {method} failed in the guest: {why}. A new instance takes its place, and what the old one held in memory is gone"
            ),
            Kind::NotStarted { why } => write!(
                f,
                ": the guest is down, and a new instance does not start: {why}"
            ),
            Kind::Down { why, again } => write!(
                f,
                ": {method} was not tried, because the guest keeps failing: {why}. It is tried again {}",
                soon(*again)
            ),
            Kind::NotExported { interface } => write!(
                f,
                ": {method} needs {interface}, which the guest that serves now does not export"
            ),
            Kind::Lost => write!(
                f,
                ": {method} was lost. This is a bug of plugbox: please report it"
            ),
        }
    }
}

impl std::error::Error for Failure {}

/// When something is that is so far off, to the tenth of a second.
pub fn soon(pause: Duration) -> String {
    match pause.as_millis().div_ceil(100) {
        0 => "now".to_owned(),
        tenths => format!("in {}.{} s", tenths / 10, tenths % 10),
    }
}
