#![no_main]
//! libFuzzer on the entry `answers`.

use plugbox_fuzz::{Entry, entry};
use std::sync::LazyLock;

static ENTRY: LazyLock<Entry> = LazyLock::new(|| entry("answers"));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ENTRY(bytes));
