// The state store, without WebAssembly.
#include <plugbox/state_store.h>
#include <test.h>

static const pbx_state_store *const store = &plugbox_state_store;

static bool set(const char *key, const char *value, pbx_text etag, pbx_error *error) {
    pbx_set_request request = {
        .key = pbx_text_of(key), .value = pbx_text_bytes(pbx_text_of(value)), .etag = etag};
    return store->set(&request, error);
}

static bool has(const char *key, const char *value, pbx_found *found) {
    pbx_error error = {0};
    CHECK(store->get(&(pbx_get_request){.key = pbx_text_of(key)}, found, &error));
    pbx_text text = {(const char *)found->item.value.data, found->item.value.size};
    return value ? found->is_some && pbx_text_equal(text, pbx_text_of(value)) : !found->is_some;
}

TEST(an_item_is_there_until_it_is_deleted) {
    pbx_error error = {0};
    pbx_found before = {0}, after = {0};
    CHECK(set("a", "1", PBX_NONE, &error) && set("a", "2", PBX_NONE, &error) && has("a", "2", &before));
    CHECK(store->del(&(pbx_delete_request){.key = PBX_TEXT("a")}, &error) && has("a", NULL, &after));
    pbx_found_clear(&before);
}

TEST(a_write_with_an_etag_needs_the_one_of_now) {
    pbx_error error = {0}, mismatch = {0}, invalid = {0};
    pbx_found found = {0}, now = {0};
    CHECK(set("b", "1", PBX_NONE, &error) && has("b", "1", &found));
    CHECK(set("b", "2", found.item.etag, &error));
    CHECK(!set("b", "3", found.item.etag, &mismatch) && mismatch.kind == PBX_ETAG_MISMATCH);
    CHECK(!set("b", "3", PBX_TEXT("x"), &invalid) && invalid.kind == PBX_ETAG_INVALID);
    CHECK(has("b", "2", &now));
    pbx_found_clear(&found);
    pbx_found_clear(&now);
    pbx_error_clear(&mismatch);
    pbx_error_clear(&invalid);
}

TEST(the_first_write_wins) {
    pbx_error error = {0};
    pbx_set_request first = {.key = PBX_TEXT("c"), .concurrency = PBX_FIRST_WRITE};
    CHECK(store->set(&first, &error));
    CHECK(!store->set(&first, &error) && error.kind == PBX_ETAG_MISMATCH);
    pbx_error_clear(&error);
}
