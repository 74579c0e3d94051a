// The answers of a state store, and its bulk calls one by one.
#include <stdlib.h>

#include "internal.h"
#include "plugbox/state_store.h"

static pbx_item copied(const pbx_item *item) {
    return (pbx_item){
        .value = pbx_bytes_keep(item->value),
        // What is absent is none, never an empty text.
        .etag = item->etag.size ? pbx_text_clean(item->etag) : PBX_NONE,
        .content_type = item->content_type.size ? pbx_text_clean(item->content_type) : PBX_NONE,
        .metadata = pbx_metadata_clean(item->metadata),
    };
}

static void drop(pbx_item *item) {
    pbx_bytes_drop(&item->value);
    pbx_text_drop(&item->etag);
    pbx_text_drop(&item->content_type);
    pbx_metadata_drop(&item->metadata);
}

void pbx_found_set(pbx_found *found, const pbx_item *item) {
    pbx_found_clear(found);
    *found = (pbx_found){true, copied(item)};
}

void pbx_found_clear(pbx_found *found) {
    drop(&found->item);
    found->is_some = false;
}

void pbx_found_all_set(pbx_found_all *all, size_t request, const pbx_item *item) {
    if (request < all->count)
        pbx_found_set(&all->answers[request].found, item);
}

void pbx_found_all_fail(pbx_found_all *all, size_t request, const char *format, ...) {
    if (request >= all->count)
        return;
    va_list arguments;
    va_start(arguments, format);
    pbx_text_drop(&all->answers[request].failure);
    all->answers[request].failure = pbx_text_clean_printf(format, arguments);
    va_end(arguments);
}

void pbx_found_all_clear(pbx_found_all *all) {
    for (size_t i = 0; i < all->count; i++) {
        pbx_found_clear(&all->answers[i].found);
        pbx_text_drop(&all->answers[i].failure);
    }
    free(all->answers);
    *all = (pbx_found_all){0};
}

void pbx_page_add(pbx_page *page, pbx_text key, const pbx_item *item) {
    pbx_item row = *item;
    row.metadata = (pbx_metadata){NULL, 0};
    PBX_GROW(page->rows, page->count, page->capacity);
    page->rows[page->count++] = (struct pbx_row){pbx_text_clean(key), copied(&row)};
}

void pbx_page_more(pbx_page *page, pbx_text token) {
    pbx_text_drop(&page->token);
    page->token = pbx_text_clean(token);
}

void pbx_page_clear(pbx_page *page) {
    for (size_t i = 0; i < page->count; i++) {
        pbx_text_drop(&page->rows[i].key);
        drop(&page->rows[i].item);
    }
    free(page->rows);
    pbx_text_drop(&page->token);
    *page = (pbx_page){0};
}

static bool left_out(pbx_error *error, const char *name) {
    return pbx_fail(error, PBX_UNIMPLEMENTED, "this store has no function %s", name);
}

bool pbx_bulk_get(const pbx_state_store *store, const pbx_get_request *requests, size_t count,
                  pbx_found_all *all, pbx_error *error) {
    if (!store->get)
        return left_out(error, "get");
    for (size_t i = 0; i < count; i++) {
        pbx_error why = {0};
        if (!store->get(&requests[i], &all->answers[i].found, &why)) {
            pbx_found_clear(&all->answers[i].found);
            pbx_found_all_fail(all, i, PBX_FMT, PBX_ARG(why.message));
        }
        pbx_error_clear(&why);
    }
    return true;
}

// Keeps the first failure.
static bool joined(bool done, bool all_done, pbx_error *why, pbx_error *error) {
    if (!done && all_done)
        *error = *why;
    else
        pbx_error_clear(why);
    return done && all_done;
}

bool pbx_bulk_set(const pbx_state_store *store, const pbx_set_request *requests, size_t count,
                  pbx_error *error) {
    if (!store->set)
        return left_out(error, "set");
    bool all_done = true;
    for (size_t i = 0; i < count; i++) {
        pbx_error why = {0};
        all_done = joined(store->set(&requests[i], &why), all_done, &why, error);
    }
    return all_done;
}

bool pbx_bulk_del(const pbx_state_store *store, const pbx_delete_request *requests, size_t count,
                  pbx_error *error) {
    if (!store->del)
        return left_out(error, "del");
    bool all_done = true;
    for (size_t i = 0; i < count; i++) {
        pbx_error why = {0};
        all_done = joined(store->del(&requests[i], &why), all_done, &why, error);
    }
    return all_done;
}
