// Texts, numbers, buffers, metadata, errors and the heap.
#include <string.h>

#include "../src/internal.h"
#include "test.h"
#include <plugbox.h>

TEST(absent_and_empty_are_not_the_same) {
    CHECK(!pbx_text_is_some(PBX_NONE) && !pbx_text_is_some(pbx_text_of(NULL)));
    CHECK(pbx_text_is_some(PBX_TEXT("")) && pbx_text_is_some(pbx_text_of("")));
    pbx_text none = pbx_text_keep(PBX_NONE), empty = pbx_text_keep(PBX_TEXT(""));
    CHECK(!pbx_text_is_some(none) && pbx_text_is_some(empty));
    pbx_text_drop(&none);
    pbx_text_drop(&empty);
    CHECK(!pbx_text_is_some(empty));
}

TEST(a_kept_text_has_a_nul_behind_it) {
    char memory[] = {'a', 'b', 'c'};
    pbx_text kept = pbx_text_keep((pbx_text){memory, 2});
    memory[0] = 'x';
    CHECK(strcmp(kept.data, "ab") == 0);
    pbx_text_drop(&kept);
}

TEST(texts_compare_by_code_points) {
    CHECK(pbx_text_compare(PBX_TEXT("a"), PBX_TEXT("a")) == 0);
    CHECK(pbx_text_compare(PBX_TEXT("a"), PBX_TEXT("aa")) < 0);
    CHECK(pbx_text_compare(PBX_TEXT("\xc3\xa9"), PBX_TEXT("z")) > 0);
    CHECK(pbx_text_compare(PBX_NONE, PBX_TEXT("")) == 0);
}

TEST(only_whole_decimal_numbers_that_fit_are_read) {
    static const struct {
        const char *text;
        bool is_i64, is_u64;
        int64_t i64;
        uint64_t u64;
    } table[] = {
        {"0", true, true, 0, 0},
        {"-0", true, false, 0, 0},
        {"007", true, true, 7, 7},
        {"9223372036854775807", true, true, INT64_MAX, INT64_MAX},
        {"9223372036854775808", false, true, 0, 9223372036854775808ULL},
        {"-9223372036854775808", true, false, INT64_MIN, 0},
        {"-9223372036854775809", false, false, 0, 0},
        {"18446744073709551615", false, true, 0, UINT64_MAX},
        {"18446744073709551616", false, false, 0, 0},
        {"99999999999999999999999", false, false, 0, 0},
        {"", false, false, 0, 0},
        {"-", false, false, 0, 0},
        {" 1", false, false, 0, 0},
        {"1 ", false, false, 0, 0},
        {"+1", false, false, 0, 0},
        {"0x1", false, false, 0, 0},
        {"1.0", false, false, 0, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t i64 = 1;
        uint64_t u64 = 1;
        CHECK(pbx_text_to_i64(pbx_text_of(table[i].text), &i64) == table[i].is_i64);
        CHECK(pbx_text_to_u64(pbx_text_of(table[i].text), &u64) == table[i].is_u64);
        CHECK(i64 == (table[i].is_i64 ? table[i].i64 : 1));
        CHECK(u64 == (table[i].is_u64 ? table[i].u64 : 1));
    }
    int64_t number;
    CHECK(!pbx_text_to_i64(PBX_NONE, &number));
}

TEST(what_is_not_utf_8_is_made_so) {
    static const char *table[][2] = {
        {"plain", "plain"},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd"},
        {"\x80", "\xef\xbf\xbd"},
        {"a\xff"
         "b",
         "a\xef\xbf\xbd"
         "b"},
        // Too long a spelling, half of a pair, past the last character.
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe0\x80\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        pbx_text clean = pbx_text_clean(pbx_text_of(table[i][0]));
        CHECK_TEXT(clean, table[i][1]);
        pbx_text_drop(&clean);
    }
}

TEST(a_buffer_grows_and_ends_with_a_nul) {
    pbx_buffer buffer = {0};
    CHECK_TEXT(pbx_buffer_text(&buffer), "");
    for (int i = 0; i < 1000; i++)
        pbx_buffer_printf(&buffer, "%03d", i);
    pbx_buffer_add_text(&buffer, PBX_TEXT("x"));
    CHECK(buffer.size == 3001 && strlen(buffer.data) == 3001);
    CHECK(memcmp(buffer.data + 2997, "999x", 4) == 0);
    pbx_buffer_clear(&buffer);
    CHECK(!buffer.data);
}

TEST(metadata_are_found_by_their_whole_name) {
    pbx_property entries[] = {{PBX_TEXT("ab"), PBX_TEXT("1")}, {PBX_TEXT("a"), PBX_TEXT("")}};
    pbx_metadata kept = pbx_metadata_keep((pbx_metadata){entries, 2});
    CHECK_TEXT(pbx_metadata_find(kept, "a"), "");
    CHECK_TEXT(pbx_metadata_find(kept, "ab"), "1");
    CHECK_TEXT(pbx_metadata_find(kept, "A"), NULL);
    pbx_metadata_drop(&kept);
}

TEST(the_first_failure_counts) {
    pbx_error error = {0};
    CHECK(!pbx_fail(&error, PBX_NOT_FOUND, "no %s", "such"));
    CHECK(!pbx_fail_etag_mismatch(&error, "later"));
    CHECK(!pbx_fail_row_mismatch(&error, 1, 2));
    CHECK(!pbx_fail_for_app(&error, &(pbx_app_error){.message = "later"}));
    CHECK(error.kind == PBX_OTHER && error.code == PBX_NOT_FOUND);
    CHECK_TEXT(error.message, "no such");
    pbx_error_clear(&error);
}

TEST(a_message_may_be_long) {
    char large[5000];
    memset(large, 'x', sizeof large);
    pbx_error error = {0};
    pbx_fail(&error, PBX_UNKNOWN, "%.*s", (int)sizeof large, large);
    CHECK(error.message.size == sizeof large);
    pbx_error_clear(&error);
}

struct thing {
    int number;
    pbx_heap_node node;
};

static bool comes_first(const pbx_heap_node *a, const pbx_heap_node *b) {
    return PBX_HOLDER(a, struct thing, node)->number < PBX_HOLDER(b, struct thing, node)->number;
}

TEST(a_heap_gives_the_first_whatever_comes_and_goes) {
    enum { COUNT = 64 };
    struct thing things[COUNT] = {0};
    bool is_in[COUNT] = {false};
    pbx_heap heap = {.before = comes_first};
    uint32_t random = 1;
    for (int round = 0; round < 20000; round++) {
        random = random * 1664525 + 1013904223;
        size_t i = random >> 26;
        pbx_heap_remove(&heap, &things[i].node);
        is_in[i] = !is_in[i];
        if (is_in[i]) {
            things[i].number = (int)(random >> 10 & 0xff);
            pbx_heap_add(&heap, &things[i].node);
        }
        const pbx_heap_node *first = pbx_heap_first(&heap);
        int least = INT32_MAX, count = 0;
        for (size_t j = 0; j < COUNT; j++)
            if (is_in[j]) {
                count++;
                least = things[j].number < least ? things[j].number : least;
            }
        CHECK(heap.count == (size_t)count && (first != NULL) == (count > 0));
        CHECK(!first || PBX_HOLDER(first, struct thing, node)->number == least);
    }
    pbx_heap_clear(&heap);
}
