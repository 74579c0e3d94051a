//! The attacks: one file for each, and its name.

mod always_ready;
mod endless_call;
mod endless_init;
mod endless_recursion;
mod endless_sleep;
mod endless_words;
mod fields;
mod files;
mod gigabyte_reply;
mod init_again;
mod log_flood;
mod memory_bomb;
mod never_ready;
mod odd_text;
mod outside;
mod pollables;
mod redirect;
mod same_id;
mod sockets;
mod strange_ids;
mod streams;
mod thousand_connections;
mod thousand_requests;
mod tiny_features;
mod tiny_items;
mod trap_always;

use crate::attack::Attack;

/// The attack of a name: its file's.
pub fn named(name: &str) -> Option<Box<dyn Attack>> {
    Some(match name {
        "always-ready" => Box::new(always_ready::AlwaysReady),
        "endless-call" => Box::new(endless_call::EndlessCall),
        "endless-init" => Box::new(endless_init::EndlessInit),
        "endless-recursion" => Box::new(endless_recursion::EndlessRecursion),
        "endless-sleep" => Box::new(endless_sleep::EndlessSleep),
        "endless-words" => Box::new(endless_words::EndlessWords),
        "fields" => Box::new(fields::ManyFields),
        "files" => Box::new(files::ManyFiles),
        "gigabyte-reply" => Box::new(gigabyte_reply::GigabyteReply),
        "init-again" => Box::new(init_again::InitAgain),
        "log-flood" => Box::new(log_flood::LogFlood),
        "memory-bomb" => Box::new(memory_bomb::MemoryBomb),
        "never-ready" => Box::new(never_ready::NeverReady),
        "odd-text" => Box::new(odd_text::OddText),
        "outside" => Box::new(outside::Outside),
        "pollables" => Box::new(pollables::ManyPollables),
        "redirect" => Box::new(redirect::Redirect),
        "same-id" => Box::new(same_id::SameId),
        "sockets" => Box::new(sockets::ManySockets),
        "strange-ids" => Box::new(strange_ids::StrangeIds),
        "streams" => Box::new(streams::ManyStreams),
        "thousand-connections" => Box::new(thousand_connections::ThousandConnections),
        "thousand-requests" => Box::new(thousand_requests::ThousandRequests),
        "tiny-features" => Box::new(tiny_features::TinyFeatures),
        "tiny-items" => Box::new(tiny_items::TinyItems),
        "trap-always" => Box::new(trap_always::TrapAlways),
        _ => return None,
    })
}
