//! What a guest may use and reach, in the words that every verb which runs one shares.

use crate::engine::{Cache, Dir, Grants, Limits, Listen, Outbound, Totals};
use bytesize::ByteSize;
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

/// Limits and grants.
#[derive(Debug, clap::Args)]
pub(super) struct Sandbox {
    /// How long one call into a guest may take.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    timeout: Duration,

    /// How long a guest may take to start, and for each init.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    start_timeout: Duration,

    /// How long a guest may take to be compiled.
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration)]
    compile_timeout: Duration,

    /// The most memory of one instance.
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    max_memory: usize,

    /// The most stack of one call, of all guests alike.
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = stack)]
    max_stack: usize,

    /// The most elements in the tables of one instance.
    #[arg(long, value_name = "COUNT", default_value = "1048576", value_parser = count)]
    max_table_elements: usize,

    /// The most core instances inside one guest, and tables, and memories.
    #[arg(long, value_name = "COUNT", default_value = "1000", value_parser = count)]
    max_parts: usize,

    /// How many guests serve each instance. More than one is for guests that keep nothing in memory.
    #[arg(long, value_name = "COUNT", default_value = "1", value_parser = count)]
    instances: usize,

    /// How many calls may wait for one guest that is busy.
    #[arg(long, value_name = "COUNT", default_value = "256")]
    queue: usize,

    /// The largest request that is taken.
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    max_message: usize,

    /// The largest reply, and the largest message on a stream. daprd takes no more than 4MiB.
    #[arg(long, value_name = "SIZE", default_value = "4MiB", value_parser = size)]
    max_reply: usize,

    /// The most that a guest may hand to the host in one call: a reply, or all messages that it has at once.
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    max_transfer: usize,

    /// The most streams of one instance: subscriptions and reads.
    #[arg(long, value_name = "COUNT", default_value = "256", value_parser = count)]
    max_streams: usize,

    /// The most handles that one guest may hold to what the host keeps for it, such as pollables, streams and headers.
    #[arg(long, value_name = "COUNT", default_value = "20000", value_parser = count)]
    max_handles: usize,

    /// The most files and folders that one guest may have open.
    #[arg(long, value_name = "COUNT", default_value = "128", value_parser = count)]
    max_files: usize,

    /// The most sockets that one guest may have, and lookups of names.
    #[arg(long, value_name = "COUNT", default_value = "128", value_parser = count)]
    max_sockets: usize,

    /// The most requests over HTTP that one guest may have under way.
    #[arg(long, value_name = "COUNT", default_value = "64", value_parser = count)]
    max_requests: usize,

    /// The most lines a second that one guest may log for long.
    #[arg(long, value_name = "COUNT", default_value = "100", value_parser = clap::value_parser!(u32).range(1..))]
    max_log_lines: u32,

    /// Let guests see a folder, under a name of their own: read-only, unless it says rw.
    #[arg(long, value_name = "HOST::GUEST[::ro|rw]", value_parser = dir)]
    dir: Vec<Dir>,

    /// Give guests a variable of the environment; without a value, the one that plugbox itself has.
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = variable)]
    env: Vec<(String, String)>,

    /// Let guests reach a host: https://api.example.com, tcp://10.0.0.5:6379. The scheme is http, https, tcp or udp; without one it
    /// is http and https. `*.example.com` is all below a name, `:*` all ports; without a port it is the scheme's own. A name, or
    /// `*`, grants public addresses; private ones are granted by themselves, as networks like 10.0.0.0/8, or all by `self`.
    #[arg(long, value_name = "[SCHEME://]HOST[:PORT]")]
    allow_outbound: Vec<Outbound>,

    /// Let guests wait for connections: 127.0.0.1:8080. The address may be `*`, the port a range or `*`.
    #[arg(long, value_name = "ADDRESS:PORT")]
    allow_listen: Vec<Listen>,

    /// Compile guests anew instead of taking them from the cache ($XDG_CACHE_HOME/plugbox).
    #[arg(long)]
    no_cache: bool,
}

/// Limits of the whole runner.
#[derive(Debug, clap::Args)]
pub(super) struct Whole {
    /// The most components.
    #[arg(long, value_name = "COUNT", default_value = "256", value_parser = count)]
    max_components: usize,

    /// The most instances of guests, of all components together.
    #[arg(long, value_name = "COUNT", default_value = "1024", value_parser = count)]
    max_total_instances: usize,

    /// The most memory of all instances together.
    #[arg(long, value_name = "SIZE", default_value = "8GiB", value_parser = size)]
    max_total_memory: usize,
}

impl Whole {
    pub(super) fn totals(&self, sandbox: &Sandbox) -> Totals {
        Totals {
            stack: sandbox.max_stack,
            components: self.max_components,
            instances: self.max_total_instances,
            memory: self.max_total_memory,
        }
    }
}

impl Sandbox {
    /// `ids` is how many instance ids a component serves.
    pub(super) fn limits(&self, ids: usize) -> Limits {
        Limits {
            timeout: self.timeout,
            start_timeout: self.start_timeout,
            compile_timeout: self.compile_timeout,
            memory: self.max_memory,
            table_elements: self.max_table_elements,
            parts: self.max_parts,
            ids,
            instances: self.instances,
            queue: self.queue,
            streams: self.max_streams,
            reply: self.max_reply,
            transfer: self.max_transfer,
            handles: self.max_handles,
            log_lines: self.max_log_lines,
            files: self.max_files,
            sockets: self.max_sockets,
            requests: self.max_requests,
        }
    }

    /// The limits of a runner that serves one guest for a while, and has its instances limited otherwise.
    pub(super) fn alone(&self) -> Totals {
        Totals {
            stack: self.max_stack,
            components: 1,
            instances: usize::MAX,
            memory: usize::MAX,
        }
    }

    /// The most bytes of one request.
    pub(super) fn message(&self) -> usize {
        self.max_message
    }

    pub(super) fn cache(&self) -> Cache {
        match self.no_cache {
            true => Cache::Off,
            false => cache(),
        }
    }

    pub(super) fn grants(self) -> Grants {
        Grants {
            dirs: self.dir,
            env: self.env,
            outbound: self.allow_outbound.into(),
            listen: self.allow_listen.into(),
        }
    }
}

/// The cache where the user has one.
pub(super) fn cache() -> Cache {
    cache_folder(|name| env::var_os(name)).map_or(Cache::Off, Cache::At)
}

/// By the XDG base directory specification, which has relative paths ignored; none without a home.
fn cache_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| Path::is_absolute(path))
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| Some(absolute("HOME")?.join(".cache")))
        .map(|cache| cache.join("plugbox"))
}

/// `HOST::GUEST`, read-only, or with `::ro` or `::rw` after it; `HOST` alone is seen under its own name.
fn dir(text: &str) -> Result<Dir, String> {
    let mut parts = text.split("::");
    let host = parts.next().unwrap_or_default();
    let guest = parts.next().unwrap_or(host);
    let writable = match parts.next() {
        None | Some("ro") => false,
        Some("rw") => true,
        Some(other) => return Err(format!("'{other}' is neither ro nor rw")),
    };
    if host.is_empty() || guest.is_empty() || parts.next().is_some() {
        return Err("a folder is granted as HOST::GUEST or HOST::GUEST::rw".to_owned());
    }
    Ok(Dir {
        host: host.into(),
        guest: guest.to_owned(),
        writable,
    })
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some(("", _)) => Err("a variable needs a name".to_owned()),
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => match env::var(text) {
            Ok(value) => Ok((text.to_owned(), value)),
            Err(_) => Err("plugbox itself has no such variable: use NAME=VALUE".to_owned()),
        },
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("must be more than 0".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn size(text: &str) -> Result<usize, String> {
    let size: ByteSize = text.parse()?;
    match usize::try_from(size.as_u64()) {
        Ok(0) | Err(_) => Err("must be more than 0, and fit this machine".to_owned()),
        Ok(size) => Ok(size),
    }
}

/// A call needs some stack to do anything, and each that is under way has all of it.
fn stack(text: &str) -> Result<usize, String> {
    const RANGE: std::ops::RangeInclusive<usize> = (64 << 10)..=(64 << 20);
    match size(text)? {
        size if RANGE.contains(&size) => Ok(size),
        _ => Err("must be from 64KiB to 64MiB".to_owned()),
    }
}

pub(super) fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("must be at least 1".to_owned()),
        Ok(count) => Ok(count),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_granted_read_only_unless_it_says_rw() {
        let granted = |host: &str, guest: &str, writable| Dir {
            host: host.into(),
            guest: guest.into(),
            writable,
        };
        let table = [
            ("a::/b", Some(granted("a", "/b", false))),
            ("a::/b::ro", Some(granted("a", "/b", false))),
            ("a::/b::rw", Some(granted("a", "/b", true))),
            ("/a", Some(granted("/a", "/a", false))),
            ("a::/b::x", None),
            ("a::", None),
            ("::/b", None),
            ("", None),
            ("a::b::rw::x", None),
        ];
        for (text, expected) in table {
            assert_eq!(dir(text).ok(), expected, "{text:?}");
        }
    }

    #[derive(clap::Parser)]
    struct Flags {
        #[command(flatten)]
        sandbox: Sandbox,
        #[command(flatten)]
        whole: Whole,
    }

    #[test]
    fn without_flags_the_limits_are_the_engines_own() {
        let Flags { sandbox, whole } = clap::Parser::parse_from(["plugbox"]);
        let limits = Limits::default();
        assert_eq!(sandbox.limits(limits.ids), limits);
        assert_eq!(whole.totals(&sandbox), Totals::default());
    }

    #[test]
    fn a_stack_has_room_for_a_call_and_no_more_than_a_machine_can_give() {
        assert_eq!(stack("1MiB"), Ok(1 << 20));
        for bad in ["1KiB", "65MiB", "0", "much"] {
            assert!(stack(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_variable_is_a_name_and_a_value() {
        assert_eq!(variable("A=b=c"), Ok(("A".into(), "b=c".into())));
        assert_eq!(variable("A="), Ok(("A".into(), String::new())));
        assert!(variable("=b").is_err());
        assert!(variable("PLUGBOX_HAS_NO_SUCH_VARIABLE").is_err());
    }

    #[test]
    fn the_cache_is_in_the_users_cache_folder() {
        let with = |xdg: Option<&'static str>, home: Option<&'static str>| {
            cache_folder(move |name| match name {
                "XDG_CACHE_HOME" => xdg.map(Into::into),
                "HOME" => home.map(Into::into),
                _ => None,
            })
        };
        assert_eq!(with(Some("/x"), Some("/h")), Some("/x/plugbox".into()));
        assert_eq!(with(None, Some("/h")), Some("/h/.cache/plugbox".into()));
        assert_eq!(
            with(Some("x"), Some("/h")),
            Some("/h/.cache/plugbox".into())
        );
        assert_eq!(with(None, None), None);
    }
}
