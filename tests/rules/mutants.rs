//! The mistakes that mutants make, and the rules that each breaks: those that are about it, and not all that notice.

/// For each mutant, on a line for each mistake: its name, and the ids of the rules.
const MISTAKES: [(&str, &str); 6] = [
    ("mutant-state", STATE),
    ("mutant-broker", BROKER),
    ("mutant-bindings", BINDINGS),
    ("mutant-secrets", SECRETS),
    ("mutant-hello", HELLO),
    ("mutant-app", APP),
];

/// Rules that no guest of this repository can break: the host answers without it, or corrects it on the way; and those for what
/// none of them does.
pub const OUT_OF_REACH: &str = "
    state/reflection-v1alpha state/ping state/ping-before-init state/default-instance state/feature-transactional
    state/feature-query-api state/multi-max-size state/unknown-fields state/calls-at-once state/request-over-4-mib
    state/etag-empty state/query-limit-zero state/query-two-operators state/query-unknown-operator state/query-not-json
    state/query-eq-not-an-object state/query-eq-two-paths state/query-in-not-an-array state/query-and-not-an-array
    state/query-and-empty state/query-part-not-an-operator state/query-negative-limit
    pubsub/reflection-v1alpha pubsub/ping pubsub/default-instance pubsub/acknowledge-unknown pubsub/further-frames
    pubsub/pause pubsub/pause-twice pubsub/pause-acknowledge pubsub/pause-subscribe
    bindings/output-reflection-v1alpha bindings/output-ping bindings/output-default-instance
    bindings/output-unknown-operation bindings/input-reflection-v1alpha bindings/input-ping bindings/input-event-id
    bindings/input-answer-to-nothing
    secretstores/reflection-v1alpha secretstores/ping secretstores/default-instance
    hello/reflection-v1alpha hello/default-instance
    state/query-partition
";

/// The mistakes of a guest, each with the rules that it breaks.
pub fn of(guest: &str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let tables = MISTAKES.into_iter().filter(move |(name, _)| *name == guest);
    tables.flat_map(|(_, table)| rows(table))
}

/// The same of all guests.
pub fn all() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    MISTAKES.into_iter().flat_map(|(_, table)| rows(table))
}

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    table.trim().lines().map(|line| {
        let (mistake, rules) = line.split_once(':').expect("a name, a colon and rules");
        (mistake.trim(), rules.split_whitespace().collect())
    })
}

const STATE: &str = "
    init-once: state/init-again
    feature-in-small-letters: state/features-on-the-wire
    missing-is-an-error: state/get-missing-key state/delete-removes
    set-ignored: state/set-then-get
    second-set-ignored: state/set-overwrites
    delete-ignored: state/delete-removes state/first-write-after-delete state/query-sees-writes
    delete-of-missing-fails: state/delete-missing-key state/bulk-delete
    delete-takes-all: state/delete-removes state/keys-are-distinct
    metadata-refused: state/unknown-metadata
    consistency-refused: state/consistency
    keys-in-small-letters: state/keys-are-distinct
    keys-cut-at-bars: state/keys-are-distinct
    keys-of-one-bar-only: state/keys-with-bars
    keys-of-ascii-only: state/keys-of-unicode
    value-ends-at-zero: state/values-of-any-byte
    value-is-text: state/values-of-any-byte
    value-is-trimmed: state/values-of-every-kind
    value-of-64-kib: state/value-of-1-mib
    value-quoted-as-json: state/value-json state/transact-json
    empty-is-missing: state/value-empty
    content-type-made-up: state/content-type
    etag-left-out: state/etag-on-every-item state/bulk-get-etags
    etag-never-changes: state/etag-changes state/first-write-etag-matching
    etag-of-before: state/etag-set-matching state/etag-delete-matching state/transact-etag-matching state/bulk-delete-etags
    etag-ignored-by-set: state/etag-set-mismatch state/etag-set-missing-key state/etag-never-made state/first-write-etag-mismatch
    etag-ignored-by-delete: state/etag-delete-mismatch state/etag-delete-missing-key
    etag-ignored-by-last-write: state/etag-last-write
    mismatch-is-aborted: state/etag-set-mismatch state/etag-delete-mismatch
    mismatch-is-invalid: state/etag-set-mismatch state/first-write-is-mismatch
    mismatch-is-written: state/etag-set-mismatch
    first-write-ignored: state/first-write-without-etag state/first-write-empty-etag state/first-write-over-plain-set state/first-write-race
    ttl-ignored: state/ttl-expire-time state/ttl-expires state/ttl-expired-first-write state/ttl-query
    ttl-of-any-text: state/ttl-not-an-integer state/bulk-set-bad-ttl
    ttl-stays: state/ttl-left-out state/ttl-set-again
    ttl-stays-at-minus-one: state/ttl-minus-one state/ttl-set-again
    ttl-never-renewed: state/ttl-renewed
    expiry-hidden: state/ttl-expire-time state/ttl-failed-write
    expiry-in-words: state/ttl-expire-time
    expiry-for-all: state/ttl-not-asked-for
    bulk-of-nothing-fails: state/bulk-empty
    bulk-get-without-missing: state/bulk-get-each-key
    bulk-get-reversed: state/bulk-get-each-key
    bulk-get-each-key-once: state/bulk-get-repeated-key
    bulk-get-without-etags: state/bulk-get-etags
    bulk-get-without-expiry: state/ttl-bulk
    bulk-set-last-only: state/bulk-set state/bulk-many state/bulk-set-etags
    bulk-set-without-ttl: state/ttl-bulk
    bulk-set-stops: state/bulk-set-partial state/bulk-set-bad-ttl
    bulk-set-all-or-nothing: state/bulk-set-partial
    bulk-set-says-nothing: state/bulk-set-partial
    bulk-delete-stops: state/bulk-delete-partial
    transact-of-nothing-fails: state/transact-nothing
    transact-of-many-fails: state/transact-many
    transact-metadata-refused: state/transact-metadata
    transact-one-by-one: state/transact-undone-by-last state/transact-undone-by-delete state/transact-first-write state/transact-ttl
    transact-backwards: state/transact-in-order state/transact-sees-itself
    transact-without-deletes: state/transact state/transact-in-order
    transact-without-etags: state/transact-undone-by-first state/transact-undone-by-last
    transact-without-first-write: state/transact-first-write state/transact-sees-itself
    transact-without-ttl: state/transact-ttl
    query-without-filter: state/query-eq-text state/query-eq-number state/query-eq-boolean state/query-in state/query-no-such-field
    query-metadata-refused: state/query-metadata
    query-of-all-finds-nothing: state/query-empty-filter
    query-texts-are-numbers: state/query-kinds-differ
    query-without-dots: state/query-path
    query-and-is-or: state/query-and state/query-nested
    query-or-is-and: state/query-or state/query-nested
    query-in-first-only: state/query-in
    query-neq-is-eq: state/query-neq state/query-neq-without-field
    query-gt-is-gte: state/query-gt
    query-gte-is-gt: state/query-gte
    query-lt-is-lte: state/query-lt
    query-lte-is-lt: state/query-lte
    query-without-etags: state/query-etags
    query-unsorted-backwards: state/query-unsorted
    query-without-order: state/query-sort-ascending state/query-sort-descending state/query-pages-sorted
    query-never-descending: state/query-sort-descending
    query-descending-is-backwards: state/query-sort-without-field
    query-by-first-key-only: state/query-sort-two-keys
    query-without-limit: state/query-pages
    query-begins-again: state/query-pages state/query-pages-sorted
    query-always-one-more-page: state/query-pages state/query-limit-larger
    query-takes-any-token: state/query-foreign-token
";

const BROKER: &str = "
    init-once: pubsub/init-again
    init-forgets: pubsub/init-again-open-stream
    feature-unknown: pubsub/features-on-the-wire
    topic-without-streams-fails: pubsub/nobody-subscribes
    topic-left-out: pubsub/deliver
    topics-are-one: pubsub/two-topics pubsub/deliver pubsub/cancel-other-topic
    first-message-lost: pubsub/deliver
    second-message-lost: pubsub/deliver-late pubsub/order
    empty-message-lost: pubsub/deliver-bytes
    message-is-text: pubsub/deliver-bytes
    message-of-64-kib: pubsub/deliver-1-mib
    content-type-lost: pubsub/deliver-metadata
    metadata-lost: pubsub/deliver-metadata
    published-twice: pubsub/order pubsub/accepted pubsub/group-share
    waits-for-company: pubsub/deliver pubsub/feature-bulk-subscribe-immediate
    more-than-asked-for: pubsub/order
    ten-streams-at-most: pubsub/many-streams
    one-stream-only: pubsub/many-streams pubsub/two-topics
    second-stream-swallows: pubsub/group-share
    topic-once-only: pubsub/cancel-one-of-two
    topic-once-and-for-all: pubsub/cancel-and-subscribe
    groups-are-one: pubsub/group-each
    wildcard-of-one-level-takes-all: pubsub/wildcard-level
    wildcard-of-all-takes-one-level: pubsub/wildcard-rest
    wildcard-of-all-takes-neighbours: pubsub/wildcard-rest
    topic-of-the-stream: pubsub/wildcard-level pubsub/wildcard-rest pubsub/wildcard-acknowledge
    answers-ignored: pubsub/accepted pubsub/failed
    taken-comes-again: pubsub/accepted pubsub/acknowledge-twice pubsub/one-at-a-time
    failed-is-taken: pubsub/failed pubsub/failed-among-others pubsub/wildcard-acknowledge
    failed-is-forgotten: pubsub/failed pubsub/failed-among-others
    failed-twice-is-taken: pubsub/failed
    unsubscribe-ignored: pubsub/cancel-one-of-two pubsub/cancel-unacknowledged
    closing-takes-what-is-out: pubsub/cancel-unacknowledged
    ttl-ignored: pubsub/ttl-expired
    ttl-refused: pubsub/ttl-in-time
    ttl-of-any-text: pubsub/ttl-not-a-number
    ttl-of-one-second: pubsub/ttl-expired
    bulk-refused: pubsub/feature-bulk pubsub/bulk-deliver
    bulk-of-nothing-publishes: pubsub/bulk-none
    bulk-without-last: pubsub/bulk-deliver
    bulk-without-metadata: pubsub/bulk-metadata
    bulk-without-content-type: pubsub/bulk-metadata
    bulk-backwards: pubsub/bulk-partial
    bulk-all-or-nothing: pubsub/bulk-partial
    bulk-failures-unsaid: pubsub/bulk-partial
    bulk-failures-without-id: pubsub/bulk-partial
";

const BINDINGS: &str = "
    no-operations: bindings/output-operations
    operation-without-name: bindings/output-operations
    operation-named-twice: bindings/output-operations
    operations-change: bindings/output-operations-stable
    metadata-refused: bindings/output-unknown-metadata
    create-refused: bindings/output-create
    create-forgets: bindings/output-get
    get-cuts: bindings/output-get
    one-thing-only: bindings/output-get bindings/output-delete
    delete-forgets: bindings/output-delete
    delete-takes-all: bindings/output-delete
    list-needs-key: bindings/output-list
    no-events: bindings/create-is-read
    read-init-once: bindings/input-init-again bindings/both-directions
    read-refused: bindings/input-read bindings/input-default-instance
    init-mutes-readers: bindings/input-init-again
    first-reader-only: bindings/input-read-again
    answer-swallowed: bindings/input-answer bindings/input-answer-twice
    failure-swallowed: bindings/input-answer-error
";

const SECRETS: &str = "
    init-once: secretstores/init-again
    feature-unknown: secretstores/features-on-the-wire
    missing-is-empty: secretstores/missing
    missing-is-internal: secretstores/missing-not-found
    empty-name-accepted: secretstores/empty-name
    errors-tell: secretstores/no-values-in-errors
    value-without-its-name: secretstores/single-value secretstores/known-get
    value-is-trimmed: secretstores/known-get secretstores/get
    value-changes: secretstores/get-again
    bulk-get-leaves-one-out: secretstores/known-bulk-get
    bulk-get-hides-values: secretstores/get secretstores/known-bulk-get
    bulk-get-names-too-many: secretstores/get
";

const HELLO: &str = "
    init-once: hello/say-hello-again
    init-changes-greeting: hello/say-hello-again
    greeting-empty: hello/say-hello
    greeting-refused: hello/say-hello
    greeting-counts: hello/say-hello-again
    no-name-ends-it: hello/no-name
";

const APP: &str = "
    one-call-only: app/invoke-at-once
    method-is-short: app/invoke-any-method
    method-is-not-empty: app/invoke-any-method
    http-only: app/invoke-any-verb app/invoke-any-body
    body-is-text: app/invoke-any-body
    body-is-not-empty: app/invoke-any-body
    body-has-no-type: app/invoke-any-body
    body-is-small: app/invoke-large-body
    answer-of-five-times: app/invoke-large-body
    header-of-two-lines: app/invoke-any-body app/invoke-large-body
    unknown-is-answered: app/invoke-unknown
    unknown-is-internal: app/invoke-unknown
    topic-twice: app/subscriptions-once
    route-without-match: app/subscription-routes
    route-without-path: app/subscription-routes
    dead-letters-come-again: app/subscription-dead-letters
    default-path-is-forgotten: app/event
    message-is-text: app/event-any-data
    message-is-not-empty: app/event-any-data
    message-has-no-attributes: app/event-extensions
    message-has-a-good-time: app/event-extensions
    messages-come-once: app/event-again
    topic-is-known: app/event-unknown-topic
    bulk-is-small: app/bulk-each
    bulk-is-of-events: app/bulk-any-data
    bulk-drops: app/bulk-as-single
    bulk-without-last: app/bulk-as-single
    binding-twice: app/bindings-once
    event-is-text: app/binding-event
    forward-to-nobody: app/binding-event
    binding-is-known: app/binding-unknown
    job-is-known: app/job-unknown app/job-any-data
    job-has-data: app/job-any-data
    health-is-bad: app/health
";
