//! `plugbox status`: how a runner is, with its components and its apps.

use crate::{
    admin::{self, Client},
    proto::admin::{Component, Instance, Isolation, Reload, Role, StatusResponse},
};
use bytesize::ByteSize;
use serde_json::{Value, json};
use std::{
    fmt::Write,
    path::PathBuf,
    time::{Duration, SystemTime},
};

/// Tell how the components and the apps of a runner are.
#[derive(Debug, clap::Args)]
pub struct Status {
    /// Answer with one JSON object.
    #[arg(long)]
    json: bool,

    /// The runner's socket for operators [default: as that of `plugbox run`].
    #[arg(long, value_name = "SOCKET")]
    admin: Option<PathBuf>,
}

impl Status {
    /// # Errors
    /// When there is no runner.
    pub(super) fn execute(self) -> anyhow::Result<String> {
        let socket = self.admin.unwrap_or_else(admin::default_socket);
        let status = super::wait(async { Client::connect(&socket).await?.status().await })?;
        Ok(match self.json {
            true => format!("{:#}", in_json(&status)),
            false => in_words(&status),
        })
    }
}

fn in_words(status: &StatusResponse) -> String {
    let mut text = format!(
        "plugbox {}, for {}\n",
        status.version,
        ago(status.since.as_ref())
    );
    if let Some(Reload { at, wrong, left }) = &status.last_reload {
        let _ = writeln!(text, "  reloaded    {} ago", ago(at.as_ref()));
        for what in wrong {
            let _ = writeln!(text, "  wrong       {what}");
        }
        for what in left {
            let _ = writeln!(text, "  left        {what}");
        }
    }
    for component in &status.components {
        let Component {
            name,
            guest,
            sha256,
            generation,
            since,
            services,
            instances,
            last_refusal,
            address,
            ..
        } = component;
        let is_app = component.role() == Role::App;
        let digest = sha256.get(..12).unwrap_or_default();
        let names = services.iter().map(|name| name.rsplit('.').next());
        let names: Vec<_> = names.map(Option::unwrap_or_default).collect();
        let role = if is_app { "app, " } else { "" };
        let _ = write!(
            text,
            "\n{name}: {role}{}\n  on          {address}\n  guest       {guest} ({digest})\n  generation  {generation}, for {}\n",
            names.join(", "),
            ago(since.as_ref())
        );
        for instance in instances {
            let Instance {
                id,
                calls,
                errors,
                restarts,
                open_streams,
                queue,
                memory,
                recycled,
                unavailable_until,
                last_failure,
                guests,
            } = instance;
            let memory = ByteSize(*memory);
            let _ = match (is_app, component.isolation()) {
                (true, Isolation::Call) => {
                    write!(text, "  guests      {guests}, one for each call: ")
                }
                (true, Isolation::Instance) => write!(text, "  guests      {guests}: "),
                (false, _) => write!(text, "  instance    {id:?}: "),
            };
            let _ = write!(
                text,
                "{calls} calls, {errors} errors, {restarts} restarts, {recycled} recycled, "
            );
            if !is_app {
                let _ = write!(text, "{open_streams} streams, ");
            }
            let _ = write!(text, "{queue} wait, {memory}");
            if unavailable_until.is_some() {
                text.push_str(", down");
            }
            if !last_failure.is_empty() {
                let _ = write!(text, "; last failure: {last_failure}");
            }
            text.push('\n');
        }
        if !last_refusal.is_empty() {
            let _ = writeln!(text, "  refused     {last_refusal}");
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// How long ago, to the second.
fn ago(moment: Option<&prost_types::Timestamp>) -> humantime::FormattedDuration {
    let elapsed = time(moment).and_then(|moment| moment.elapsed().ok());
    let seconds = elapsed.unwrap_or_default().as_secs();
    humantime::format_duration(Duration::from_secs(seconds))
}

fn time(moment: Option<&prost_types::Timestamp>) -> Option<SystemTime> {
    SystemTime::try_from(*moment?).ok()
}

fn in_json(status: &StatusResponse) -> Value {
    let since = |moment: Option<&prost_types::Timestamp>| {
        time(moment).map(|moment| humantime::format_rfc3339_millis(moment).to_string())
    };
    let reload = |it: &Reload| {
        json!({
            "at": since(it.at.as_ref()),
            "wrong": it.wrong,
            "left": it.left,
        })
    };
    let instance = |it: &Instance| {
        json!({
            "id": it.id,
            "calls": it.calls,
            "errors": it.errors,
            "restarts": it.restarts,
            "open_streams": it.open_streams,
            "queue": it.queue,
            "guests": it.guests,
            "memory": it.memory,
            "recycled": it.recycled,
            "unavailable_until": since(it.unavailable_until.as_ref()),
            "last_failure": it.last_failure,
        })
    };
    let component = |it: &Component| {
        json!({
            "name": it.name,
            "role": match it.role() {
                Role::Component => "component",
                Role::App => "app",
            },
            "address": it.address,
            "isolation": match (it.role(), it.isolation()) {
                (Role::Component, _) => None,
                (Role::App, Isolation::Instance) => Some("instance"),
                (Role::App, Isolation::Call) => Some("call"),
            },
            "guest": it.guest,
            "sha256": it.sha256,
            "generation": it.generation,
            "since": since(it.since.as_ref()),
            "services": it.services,
            "instances": it.instances.iter().map(instance).collect::<Vec<_>>(),
            "last_refusal": it.last_refusal,
        })
    };
    json!({
        "version": status.version,
        "since": since(status.since.as_ref()),
        "last_reload": status.last_reload.as_ref().map(reload),
        "components": status.components.iter().map(component).collect::<Vec<_>>(),
    })
}
