// A state store: items by their keys, each with an etag.
//
// plugbox calls one function of a guest at a time, so nothing here needs a lock. All is in memory: it ends
// with the instance.
#include <inttypes.h>
#include <plugbox/state_store.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct item {
    pbx_text key, etag, content_type;
    pbx_bytes value;
};

// A tree, by key.
static void *items;

static int by_key(const void *a, const void *b) {
    return pbx_text_compare(((const struct item *)a)->key, ((const struct item *)b)->key);
}

static struct item *find(pbx_text key) {
    struct item *const *place = tfind(&(struct item){.key = key}, &items, by_key);
    return place ? *place : NULL;
}

// Counts up from the time of the start: no etag comes twice, nor one from before a restart.
static pbx_text next_etag(void) {
    static uint64_t last;
    if (!last) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        last = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    }
    char etag[21];
    snprintf(etag, sizeof etag, "%" PRIu64, ++last);
    return pbx_text_keep(pbx_text_of(etag));
}

// Whether a write may go on. An etag decides; without one, a first write needs a key that is not there.
static bool may_write(const struct item *item, pbx_text etag, bool is_first, pbx_error *error) {
    uint64_t number;
    if (!pbx_text_is_some(etag))
        return !is_first || !item || pbx_fail_etag_mismatch(error, "the key is there already");
    if (!pbx_text_to_u64(etag, &number))
        return pbx_fail_etag_invalid(error, "\"" PBX_FMT "\" is no etag of this store", PBX_ARG(etag));
    if (!item)
        return pbx_fail_etag_mismatch(error, "the key is not there");
    return pbx_text_equal(item->etag, etag) ||
           pbx_fail_etag_mismatch(error, "the etag is " PBX_FMT " now", PBX_ARG(item->etag));
}

// May come again, and the items stay.
static bool init(pbx_metadata properties, pbx_names *features, pbx_error *error) {
    pbx_names_add(features, "ETAG");
    return true;
}

static bool get(const pbx_get_request *request, pbx_found *found, pbx_error *error) {
    const struct item *item = find(request->key);
    if (item)
        pbx_found_set(
            found, &(pbx_item){.value = item->value, .etag = item->etag, .content_type = item->content_type});
    return true;
}

static bool set(const pbx_set_request *request, pbx_error *error) {
    struct item *item = find(request->key);
    if (!may_write(item, request->etag, request->concurrency == PBX_FIRST_WRITE, error))
        return false;
    if (!item) {
        item = pbx_zeroed(sizeof *item);
        item->key = pbx_text_keep(request->key);
        if (!tsearch(item, &items, by_key))
            abort();
    }
    pbx_bytes_drop(&item->value);
    pbx_text_drop(&item->etag);
    pbx_text_drop(&item->content_type);
    item->value = pbx_bytes_keep(request->value);
    item->etag = next_etag();
    item->content_type = pbx_text_keep(request->content_type);
    return true;
}

static bool del(const pbx_delete_request *request, pbx_error *error) {
    struct item *item = find(request->key);
    if (!may_write(item, request->etag, false, error))
        return false;
    if (item) {
        tdelete(item, &items, by_key);
        pbx_text_drop(&item->key);
        pbx_bytes_drop(&item->value);
        pbx_text_drop(&item->etag);
        pbx_text_drop(&item->content_type);
        free(item);
    }
    return true;
}

const pbx_state_store plugbox_state_store = {.init = init, .get = get, .set = set, .del = del};
