// Writes: etags, first writes, expiry.
#include <string.h>

#include "expiry.h"
#include "fixture.h"

TEST(what_is_written_is_read_until_it_is_deleted) {
    struct store *store = new_store();
    CHECK(has(store, "k", NULL));
    put(store, "k", "1");
    put(store, "k", "");
    CHECK(has(store, "k", ""));
    pbx_set_request typed = write_of("k", "3");
    typed.content_type = PBX_TEXT("text/plain");
    CHECK(set(store, typed) == DONE);
    pbx_found found = {0};
    store_get(store, PBX_TEXT("k"), &found);
    CHECK_TEXT(found.item.content_type, "text/plain");
    CHECK(found.item.metadata.count == 0);
    pbx_found_clear(&found);
    CHECK(del(store, "k", NULL) == DONE && has(store, "k", NULL));
    CHECK(del(store, "k", NULL) == DONE);
    end_store(store);
}

TEST(a_key_may_have_a_nul) {
    struct store *store = new_store();
    pbx_set_request one = write_of("", "1");
    one.key = PBX_TEXT("a\0b");
    CHECK(set(store, one) == DONE);
    put(store, "a", "2");
    pbx_found found = {0};
    store_get(store, one.key, &found);
    CHECK(found.item.value.data[0] == '1');
    pbx_found_clear(&found);
    end_store(store);
}

TEST(an_etag_has_to_match) {
    struct store *store = new_store();
    put(store, "k", "1");
    char first[32];
    strcpy(first, etag_of(store, "k"));
    CHECK(set(store, with_etag(write_of("k", "2"), first)) == DONE);
    CHECK(set(store, with_etag(write_of("k", "3"), first)) == MISMATCH && said("has the etag"));
    CHECK(del(store, "k", first) == MISMATCH);
    CHECK(has(store, "k", "2"));
    CHECK(del(store, "k", etag_of(store, "k")) == DONE);
    CHECK(del(store, "k", first) == MISMATCH && said("not there"));
    CHECK(set(store, with_etag(write_of("k", "4"), first)) == MISMATCH);
    end_store(store);
}

TEST(an_etag_never_comes_twice) {
    struct store *store = new_store();
    put(store, "k", "1");
    char first[32];
    strcpy(first, etag_of(store, "k"));
    CHECK(del(store, "k", NULL) == DONE);
    put(store, "k", "1");
    CHECK(strcmp(first, etag_of(store, "k")) != 0);
    store_close(store);
    now_seconds++;
    store_open(store, test_now);
    put(store, "k", "1");
    CHECK(set(store, with_etag(write_of("k", "2"), first)) == MISMATCH);
    end_store(store);
}

TEST(what_is_no_etag_of_this_store_is_invalid) {
    struct store *store = new_store();
    put(store, "k", "1");
    static const char *wrong[] = {"x", "007", "+7", "-1", " 7", "7 ", "18446744073709551616", "1.0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(set(store, with_etag(write_of("k", "2"), wrong[i])) == INVALID_ETAG && said(wrong[i]));
    CHECK(has(store, "k", "1"));
    end_store(store);
}

TEST(the_first_write_wins) {
    struct store *store = new_store();
    CHECK(set(store, first_write(write_of("k", "1"))) == DONE);
    CHECK(set(store, first_write(write_of("k", "2"))) == MISMATCH && said("first write"));
    CHECK(set(store, first_write(with_etag(write_of("k", "3"), etag_of(store, "k")))) == DONE);
    CHECK(has(store, "k", "3"));
    // More expire before it than one write clears away.
    char key[16];
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "%d", i);
        CHECK(set(store, with_ttl(write_of(key, "1"), "1")) == DONE);
    }
    CHECK(set(store, first_write(with_ttl(write_of("short", "1"), "2"))) == DONE);
    now_seconds += 2;
    CHECK(set(store, first_write(write_of("short", "2"))) == DONE);
    end_store(store);
}

TEST(an_item_lives_as_long_as_it_is_to) {
    struct store *store = new_store();
    CHECK(set(store, with_ttl(write_of("k", "1"), "2")) == DONE);
    pbx_found found = {0};
    store_get(store, PBX_TEXT("k"), &found);
    CHECK(found.item.metadata.count == 1);
    CHECK_TEXT(pbx_metadata_find(found.item.metadata, "ttlExpireTime"), "1970-01-12T13:46:42.000Z");
    pbx_found_clear(&found);
    now_seconds++;
    CHECK(has(store, "k", "1"));
    now_seconds++;
    CHECK(has(store, "k", NULL));
    CHECK(del(store, "k", "7") == MISMATCH);
    // A write without a life takes the expiry away, and so do -1 and 0.
    static const char *endless[] = {NULL, "-1", "0"};
    for (size_t i = 0; i < 3; i++) {
        CHECK(set(store, with_ttl(write_of("k", "1"), "2")) == DONE);
        CHECK(set(store, endless[i] ? with_ttl(write_of("k", "2"), endless[i]) : write_of("k", "2")) == DONE);
        now_seconds += 10;
        CHECK(has(store, "k", "2"));
    }
    end_store(store);
}

TEST(what_is_no_life_is_refused) {
    struct store *store = new_store();
    static const char *wrong[] = {"-2", "", "x", "1.5", " 1", "9223372036854775807", "9223372036854775808"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(set(store, with_ttl(write_of("k", "1"), wrong[i])) == INVALID_ARGUMENT && said("ttlInSeconds"));
    CHECK(has(store, "k", NULL));
    end_store(store);
}

TEST(the_last_moment_can_be_written) {
    char text[MOMENT_SIZE];
    moment_write(LAST_MOMENT, text);
    CHECK(strcmp(text, "9999-12-31T23:59:59.999Z") == 0);
}

TEST(what_has_expired_gives_its_memory_back) {
    struct store *store = new_store();
    char key[16];
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "%d", i);
        CHECK(set(store, with_ttl(write_of(key, "1"), "1")) == DONE);
    }
    CHECK(HASH_COUNT(store->entries) == 100 && store->expiring.count == 100);
    now_seconds++;
    for (int i = 0; i < 4; i++)
        put(store, "k", "1");
    CHECK(HASH_COUNT(store->entries) == 1 && store->expiring.count == 0);
    end_store(store);
}

TEST(a_transaction_does_all_or_nothing) {
    struct store *store = new_store();
    put(store, "a", "1");
    CHECK(set(store, with_ttl(write_of("b", "1"), "9")) == DONE);
    char before[32];
    strcpy(before, etag_of(store, "b"));
    pbx_operation steps[] = {
        {.kind = PBX_SET, .set = write_of("a", "2")},
        {.kind = PBX_SET, .set = write_of("a", "3")},
        {.kind = PBX_DELETE, .del = {.key = PBX_TEXT("b")}},
        {.kind = PBX_SET, .set = write_of("c", "1")},
        // It sees what was deleted before.
        {.kind = PBX_SET, .set = first_write(write_of("b", "2"))},
        {.kind = PBX_SET, .set = with_etag(write_of("d", "1"), "7")},
    };
    pbx_error error = {0};
    CHECK(outcome_of(store_transact(store, steps, 6, &error), &error) == MISMATCH);
    CHECK(has(store, "a", "1") && has(store, "b", "1") && has(store, "c", NULL) && has(store, "d", NULL));
    CHECK(strcmp(before, etag_of(store, "b")) == 0 && store->expiring.count == 1);
    CHECK(outcome_of(store_transact(store, steps, 5, &error), &error) == DONE);
    CHECK(has(store, "a", "3") && has(store, "b", "2") && has(store, "c", "1") && store->expiring.count == 0);
    CHECK(outcome_of(store_transact(store, steps, 0, &error), &error) == DONE);
    end_store(store);
}
