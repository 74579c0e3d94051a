# What a person does here. `just` alone lists it.

set shell := ["bash", "-euo", "pipefail", "-c"]

_list:
    @just --list --unsorted

# From a fresh machine to a guest that is served: builds, makes a first call, says what to type next
demo: build guests
    scripts/demo

# The same beside a real daprd, with curl lines to try
demo-dapr: build guests daprd
    scripts/demo-dapr

# An application and the components that it needs, all guests of one runner, beside a real daprd: an order from end to end
demo-app: build guests daprd
    scripts/demo-app

# The release runner: target/release/plugbox
build:
    cargo build --release --locked --bins --examples

# Every guest: target/guests/<language>-<name>.wasm
guests:
    scripts/guests

# Dapr's sidecar for the tests and the demo: target/daprd/daprd
daprd:
    scripts/daprd

# Everything that must hold before a change lands, with what it needs installed on the way
test: lint guests unit count clients http2 guest-tests new rules hostile redis soak swaps e2e

# Formatting, clippy, the dependencies' licences and sources
lint:
    scripts/tool cargo-deny 0.20.2
    cargo fmt --check
    cargo fmt --check --manifest-path guests/rust/Cargo.toml --all
    cargo fmt --check --manifest-path fuzz/Cargo.toml
    cargo metadata --locked --format-version 1 --manifest-path fuzz/Cargo.toml >/dev/null
    cargo clippy --locked --all-targets -- --deny warnings
    cargo deny --log-level error check bans licenses sources
    scripts/typescript run lint || [[ $? == 3 && -z "${CI:-}" ]]

# The host's unit tests, the runner from the outside, the fuzzers' corpus with some mutations, and whether the benchmarks work
unit: guests
    cargo test --locked --lib --bins --examples --test runner --test docs --test fuzz
    cargo test --locked --bench speed -- state broker app >/dev/null

# How many instructions calls take, held against tests/count/baseline.toml; `--update` writes that anew
count *args: guests
    scripts/valgrind || [[ $? == 3 && -z "${CI:-}" ]]
    cargo test --locked --test count -- {{ args }}

# Clients that attack, with what a neighbour and the runner's memory saw of it
clients: guests
    cargo test --locked --test clients -- --nocapture --test-threads=1

# HTTP/2 by the rules: h2spec's cases, each against the runner
http2: guests
    scripts/h2spec || [[ $? == 3 && -z "${CI:-}" ]]
    cargo test --locked --test http2

# The guests' own tests, on this machine
guest-tests:
    cargo test --quiet --locked --manifest-path guests/rust/Cargo.toml --target-dir target/guests-build
    cargo clippy --quiet --locked --all-targets --manifest-path guests/rust/Cargo.toml --target-dir target/guests-build -- --deny warnings
    scripts/python-tests || [[ $? == 3 && -z "${CI:-}" ]]
    scripts/typescript test || [[ $? == 3 && -z "${CI:-}" ]]
    scripts/test-go
    scripts/test-c

# What `plugbox new` makes, in every language: built, and held against the rules
new:
    scripts/wasm-target
    cargo test --locked --test new

# The protocol's rules, each against the example guests
rules: guests
    cargo test --locked --test rules

# Guests that attack and files that lie, with what each attack costs the runner and a neighbour: before, meanwhile and after
hostile: guests
    cargo test --locked --test hostile -- --test-threads=1 --nocapture

# The guest over a Redis server, and a real one
redis: guests
    scripts/redis || [[ $? == 3 && -z "${CI:-}" ]]
    cargo test --locked --test redis

# Streams under cancels, failures and traps, for a minute or, with more messages, for longer; a seed repeats a run
soak messages="100000" seed="": guests
    SOAK_MESSAGES={{ messages }} {{ if seed == "" { "" } else { "SOAK_SEED=" + seed } }} \
        cargo test --locked --test soak -- --nocapture

# So many swaps in so many seconds under load, directly and through daprd; then a swap each second for `soak` seconds; `--release` for times
swaps seconds="3" swaps="20" soak="5" *args: guests
    scripts/daprd || [[ $? == 3 && -z "${CI:-}" ]]
    SWAP_SECONDS={{ seconds }} SWAPS={{ swaps }} SWAP_SOAK={{ soak }} \
        cargo test --locked --test swaps {{ args }} -- --nocapture --test-threads=1

# The runner beside a real daprd, with the guests of every language
e2e: guests
    scripts/e2e

# Has libFuzzer look for what breaks an entry of fuzz/src/lib.rs, like `grpc`, for so many seconds; finds are in fuzz/artifacts
fuzz target seconds="60": guests
    scripts/tool cargo-fuzz 0.13.2
    mkdir -p target/fuzz-corpus/{{ target }}
    RUSTC_BOOTSTRAP=1 cargo fuzz run --dev --sanitizer none --target-dir target/fuzz {{ target }} \
        target/fuzz-corpus/{{ target }} fuzz/corpus/{{ target }} -- \
        -max_total_time={{ seconds }} -timeout=120 -rss_limit_mb=4096

# What plugbox costs, in one report, target/bench/report.md: all of it in twenty minutes, `quick` to see that it works, parts by name
bench *words: guests
    scripts/bench-go || [[ $? == 3 && -z "${CI:-}" ]]
    scripts/daprd >/dev/null || [[ $? == 3 && -z "${CI:-}" ]]
    cargo bench --locked --bench speed -- {{ words }}

# Small parts of a call by themselves, or those with this in their name, like `convert`
micro *args: guests
    cargo bench --locked --bench micro -- {{ args }}

# What is generated of the documentation: docs/contract.md and docs/manifest.md
docs:
    UPDATE_DOCS=1 cargo test --locked --test docs

# Formats everything
fmt:
    cargo fmt
    cargo fmt --manifest-path guests/rust/Cargo.toml --all
    cargo fmt --manifest-path fuzz/Cargo.toml
    scripts/typescript run fmt
    ! command -v clang-format >/dev/null || git ls-files -z 'guests/c/*.[ch]' | xargs -0 clang-format -i
    ! command -v gofmt >/dev/null || gofmt -w guests/go benches/go
