// What the tests share.
#include <string.h>

#include "fixture.h"

uint64_t now_seconds;
static char message[512], etag[32];

uint64_t test_now(void) {
    return now_seconds * 1000;
}

struct store *new_store(void) {
    struct store *store = pbx_alloc(sizeof *store);
    now_seconds = 1000000;
    store_open(store, test_now);
    return store;
}

void end_store(struct store *store) {
    store_close(store);
    free(store);
}

pbx_set_request write_of(const char *key, const char *value) {
    return (pbx_set_request){.key = pbx_text_of(key), .value = pbx_text_bytes(pbx_text_of(value))};
}

pbx_set_request with_etag(pbx_set_request request, const char *etag) {
    request.etag = pbx_text_of(etag);
    return request;
}

pbx_set_request first_write(pbx_set_request request) {
    request.concurrency = PBX_FIRST_WRITE;
    return request;
}

pbx_set_request with_ttl(pbx_set_request request, const char *seconds) {
    static pbx_property ttl;
    ttl = (pbx_property){PBX_TEXT("ttlInSeconds"), pbx_text_of(seconds)};
    request.metadata = (pbx_metadata){&ttl, 1};
    return request;
}

void put(struct store *store, const char *key, const char *value) {
    CHECK(set(store, write_of(key, value)) == DONE);
}

enum outcome outcome_of(bool done, pbx_error *error) {
    snprintf(message, sizeof message, PBX_FMT, PBX_ARG(error->message));
    enum outcome outcome = done                               ? DONE
                           : error->kind == PBX_ETAG_MISMATCH ? MISMATCH
                           : error->kind == PBX_ETAG_INVALID  ? INVALID_ETAG
                                                              : INVALID_ARGUMENT;
    CHECK(done || error->kind != PBX_OTHER || error->code == PBX_INVALID_ARGUMENT);
    CHECK(done == (error->kind == PBX_NO_ERROR));
    pbx_error_clear(error);
    return outcome;
}

enum outcome set(struct store *store, pbx_set_request request) {
    pbx_error error = {0};
    return outcome_of(store_set(store, &request, &error), &error);
}

enum outcome del(struct store *store, const char *key, const char *etag) {
    pbx_error error = {0};
    pbx_delete_request request = {.key = pbx_text_of(key), .etag = pbx_text_of(etag)};
    return outcome_of(store_delete(store, &request, &error), &error);
}

bool said(const char *part) {
    return pbx_test_has(pbx_text_of(message), part);
}

bool has(struct store *store, const char *key, const char *value) {
    pbx_found found = {0};
    store_get(store, pbx_text_of(key), &found);
    pbx_text text = {(const char *)found.item.value.data, found.item.value.size};
    bool is_so = pbx_test_same(text, value);
    pbx_found_clear(&found);
    return is_so;
}

const char *etag_of(struct store *store, const char *key) {
    pbx_found found = {0};
    store_get(store, pbx_text_of(key), &found);
    CHECK(found.is_some && pbx_text_is_some(found.item.etag));
    snprintf(etag, sizeof etag, PBX_FMT, PBX_ARG(found.item.etag));
    pbx_found_clear(&found);
    return etag;
}
