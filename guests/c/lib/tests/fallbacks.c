// What the library does in the place of functions that a guest leaves out.
#include <string.h>

#include "test.h"
#include <plugbox.h>

// What was called, in its order.
static pbx_buffer calls;

static void called(pbx_text name) {
    pbx_buffer_add_text(&calls, name);
    pbx_buffer_add(&calls, " ", 1);
}

static bool is_bad(pbx_text name) {
    return name.size && name.data[0] == '!';
}

static bool get(const pbx_get_request *request, pbx_found *found, pbx_error *error) {
    if (request->key.size)
        pbx_found_set(found, &(pbx_item){.value = pbx_text_bytes(request->key)});
    return !is_bad(request->key) || pbx_fail(error, PBX_INTERNAL, "bad: " PBX_FMT, PBX_ARG(request->key));
}

static bool set(const pbx_set_request *request, pbx_error *error) {
    called(request->key);
    return !is_bad(request->key) || pbx_fail_etag_mismatch(error, "bad: " PBX_FMT, PBX_ARG(request->key));
}

static bool del(const pbx_delete_request *request, pbx_error *error) {
    called(request->key);
    return !is_bad(request->key) || pbx_fail_etag_mismatch(error, "bad: " PBX_FMT, PBX_ARG(request->key));
}

static const pbx_state_store store = {.get = get, .set = set, .del = del};

TEST(a_bulk_get_answers_each_request) {
    pbx_get_request requests[] = {{.key = PBX_TEXT("a")}, {.key = PBX_TEXT("!b")}, {.key = PBX_TEXT("")}};
    struct pbx_found_or_failed *answers = pbx_zeroed(3 * sizeof *answers);
    pbx_found_all all = {answers, 3};
    pbx_error error = {0};
    CHECK(pbx_bulk_get(&store, requests, 3, &all, &error));
    CHECK(all.answers[0].found.is_some && !pbx_text_is_some(all.answers[0].failure));
    CHECK(!all.answers[1].found.is_some);
    CHECK_TEXT(all.answers[1].failure, "bad: !b");
    CHECK(!all.answers[2].found.is_some && !pbx_text_is_some(all.answers[2].failure));
    pbx_found_all_clear(&all);
}

TEST(a_bulk_write_does_what_can_be_done_and_answers_the_first_failure) {
    pbx_text keys[] = {PBX_TEXT("a"), PBX_TEXT("!b"), PBX_TEXT("c"), PBX_TEXT("!d")};
    pbx_set_request sets[4] = {0};
    pbx_delete_request dels[4] = {0};
    for (size_t i = 0; i < 4; i++)
        sets[i].key = dels[i].key = keys[i];
    for (int is_set = 0; is_set < 2; is_set++) {
        pbx_error error = {0};
        CHECK(!(is_set ? pbx_bulk_set(&store, sets, 4, &error) : pbx_bulk_del(&store, dels, 4, &error)));
        CHECK_TEXT(pbx_buffer_text(&calls), "a !b c !d ");
        CHECK(error.kind == PBX_ETAG_MISMATCH);
        CHECK_TEXT(error.message, "bad: !b");
        pbx_error_clear(&error);
        pbx_buffer_clear(&calls);
        CHECK(is_set ? pbx_bulk_set(&store, sets, 1, &error) : pbx_bulk_del(&store, dels, 1, &error));
        pbx_buffer_clear(&calls);
    }
}

TEST(what_a_bulk_call_needs_and_is_left_out_is_unimplemented) {
    static const pbx_state_store nothing = {0};
    pbx_error error = {0};
    pbx_found_all all = {0};
    CHECK(!pbx_bulk_get(&nothing, NULL, 0, &all, &error) && error.code == PBX_UNIMPLEMENTED);
    pbx_error_clear(&error);
    CHECK(!pbx_bulk_set(&nothing, NULL, 0, &error) && error.code == PBX_UNIMPLEMENTED);
    pbx_error_clear(&error);
    CHECK(!pbx_bulk_del(&nothing, NULL, 0, &error) && error.code == PBX_UNIMPLEMENTED);
    pbx_error_clear(&error);
    CHECK(!pbx_bulk_publish(&(pbx_pub_sub){0}, PBX_TEXT("t"), NULL, 0, (pbx_metadata){0}, &(pbx_failures){0},
                            &error));
    CHECK(error.code == PBX_UNIMPLEMENTED);
    pbx_error_clear(&error);
}

static bool publish(const pbx_outgoing *message, pbx_error *error) {
    pbx_buffer_printf(&calls, PBX_FMT ":", PBX_ARG(message->topic));
    pbx_buffer_add(&calls, message->data.data, message->data.size);
    for (size_t i = 0; i < message->metadata.count; i++)
        pbx_buffer_printf(&calls, " " PBX_FMT "=" PBX_FMT, PBX_ARG(message->metadata.entries[i].name),
                          PBX_ARG(message->metadata.entries[i].value));
    pbx_buffer_add(&calls, ";", 1);
    return message->data.size < 3 || pbx_fail(error, PBX_RESOURCE_EXHAUSTED, "too long");
}

static pbx_entry entry(const char *id, const char *data) {
    return (pbx_entry){.entry_id = pbx_text_of(id), .data = pbx_text_bytes(pbx_text_of(data))};
}

TEST(a_bulk_publish_publishes_what_it_can) {
    pbx_property own = {PBX_TEXT("a"), PBX_TEXT("own")};
    pbx_property both[] = {{PBX_TEXT("a"), PBX_TEXT("all")}, {PBX_TEXT("b"), PBX_TEXT("all")}};
    pbx_entry entries[] = {entry("1", "x"), entry("2", "long"), entry("", "y"),
                           entry("3", "z"), entry("4", "u"),    entry("3", "v")};
    entries[0].metadata = (pbx_metadata){&own, 1};
    pbx_failures failures = {0};
    pbx_error error = {0};
    CHECK(pbx_bulk_publish(&(pbx_pub_sub){.publish = publish}, PBX_TEXT("t"), entries, 6,
                           (pbx_metadata){both, 2}, &failures, &error));
    CHECK_TEXT(pbx_buffer_text(&calls), "t:x a=own b=all;t:long a=all b=all;t:u a=all b=all;");
    static const char *expected[][2] = {{"2", "too long"},
                                        {"", "the entry has no id"},
                                        {"3", "several entries have this id"},
                                        {"3", "several entries have this id"}};
    CHECK(failures.count == 4);
    for (size_t i = 0; i < 4; i++) {
        CHECK_TEXT(failures.failures[i].entry_id, expected[i][0]);
        CHECK_TEXT(failures.failures[i].reason, expected[i][1]);
    }
    pbx_failures_clear(&failures);
    pbx_buffer_clear(&calls);
}
