// A store with a clock of its own, and short words for what tests do with it.
#ifndef FIXTURE_H
#define FIXTURE_H

#include "store.h"
#include "test.h"

// The time in seconds.
extern uint64_t now_seconds;
uint64_t test_now(void);

// A new store at second 1000000.
struct store *new_store(void);
void end_store(struct store *store);

pbx_set_request write_of(const char *key, const char *value);
pbx_set_request with_etag(pbx_set_request request, const char *etag);
pbx_set_request first_write(pbx_set_request request);
// Good until the next.
pbx_set_request with_ttl(pbx_set_request request, const char *seconds);
void put(struct store *store, const char *key, const char *value);

enum outcome { DONE, MISMATCH, INVALID_ETAG, INVALID_ARGUMENT };
enum outcome set(struct store *store, pbx_set_request request);
enum outcome del(struct store *store, const char *key, const char *etag);
// The message of the last failure has this part.
bool said(const char *part);
enum outcome outcome_of(bool done, pbx_error *error);

// Whether a key has a value; of NULL, whether it is missing.
bool has(struct store *store, const char *key, const char *value);
// The etag of a key, good until the next.
const char *etag_of(struct store *store, const char *key);

#endif
