// Queries: what is found, in which order, page by page.
#include <math.h>
#include <string.h>

#include "filter.h"
#include "fixture.h"
#include "query.h"

static yyjson_doc *json(const char *text) {
    yyjson_doc *document = json_read(pbx_text_bytes(pbx_text_of(text)));
    CHECK(document);
    return document;
}

static bool matches(const pbx_node *nodes, size_t count, const char *text) {
    struct filter filter;
    pbx_error error = {0};
    CHECK(filter_open(&filter, nodes, count, &error));
    yyjson_doc *document = json(text);
    bool matches = filter_matches(&filter, yyjson_doc_get_root(document));
    yyjson_doc_free(document);
    filter_close(&filter);
    return matches;
}

static pbx_node comparing(const char *path, pbx_comparison comparison, const pbx_value *value) {
    return (pbx_node){.kind = PBX_COMPARE,
                      .path = pbx_text_of(path),
                      .comparison = comparison,
                      .values = value,
                      .value_count = 1};
}

#define INTEGER(number)                                                                                      \
    { .kind = PBX_INTEGER, .integer = (number) }
#define NUMBER(real)                                                                                         \
    { .kind = PBX_NUMBER, .number = (real) }
#define STRING(string)                                                                                       \
    {                                                                                                        \
        .kind = PBX_STRING, .text = { string, sizeof string - 1 }                                            \
    }
#define JSON(string)                                                                                         \
    {                                                                                                        \
        .kind = PBX_JSON, .text = { string, sizeof string - 1 }                                              \
    }
#define BOOLEAN(is)                                                                                          \
    { .kind = PBX_BOOLEAN, .boolean = (is) }

TEST(comparisons) {
    // The comparisons that are true, by their order: eq, neq, gt, gte, lt, lte.
    enum { SAME = 1 | 8 | 32, AFTER = 2 | 4 | 8, BEFORE = 2 | 16 | 32, APART = 2 };
    static const struct {
        const char *field;
        pbx_value value;
        int expected;
    } table[] = {
        {"1", INTEGER(1), SAME},
        {"1.0", INTEGER(1), SAME},
        {"1", NUMBER(1.0), SAME},
        {"-0.0", INTEGER(0), SAME},
        {"0", NUMBER(-0.5), AFTER},
        {"0", NUMBER(0.5), BEFORE},
        {"2", INTEGER(1), AFTER},
        {"1.5", INTEGER(1), AFTER},
        {"1", NUMBER(1.5), BEFORE},
        {"-1.5", INTEGER(-1), BEFORE},
        {"-1", NUMBER(-1.5), AFTER},
        {"-1", INTEGER(1), BEFORE},
        {"-2", INTEGER(-1), BEFORE},
        {"15", NUMBER(11.1), AFTER},
        {"0.1", NUMBER(0.1), SAME},
        {"1e300", INTEGER(INT64_MAX), AFTER},
        {"-1e300", INTEGER(INT64_MIN), BEFORE},
        {"-9223372036854775808", INTEGER(INT64_MIN), SAME},
        {"-9223372036854775808", NUMBER(-9223372036854775808.0), SAME},
        // As floats these would be the same.
        {"9223372036854775807", INTEGER(INT64_MAX - 1), AFTER},
        {"9223372036854775807", NUMBER(9223372036854775807.0), BEFORE},
        {"18446744073709551615", INTEGER(INT64_MAX), AFTER},
        {"18446744073709551615", NUMBER(18446744073709551616.0), BEFORE},
        {"\"b\"", STRING("b"), SAME},
        {"\"b\"", STRING("a"), AFTER},
        {"\"a\"", STRING("aa"), BEFORE},
        {"\"Z\"", STRING("a"), BEFORE},
        {"\"\\u00e9\"", STRING("z"), AFTER},
        {"true", BOOLEAN(true), SAME},
        {"true", BOOLEAN(false), AFTER},
        {"null", {.kind = PBX_NULL}, SAME},
        {"[1,{\"a\":2}]", JSON("[1.0, {\"a\": 2}]"), SAME},
        {"[1,2]", JSON("[2,1]"), APART},
        {"[1]", JSON("[1,1]"), APART},
        {"{\"a\":1,\"b\":null}", JSON("{\"b\":null,\"a\":1}"), SAME},
        {"{\"a\":1}", JSON("{\"a\":1,\"b\":2}"), APART},
        {"{\"a\":1}", JSON("{\"b\":1}"), APART},
        {"\"1\"", INTEGER(1), APART},
        {"1", BOOLEAN(true), APART},
        {"null", INTEGER(0), APART},
        {"0", {.kind = PBX_NULL}, APART},
        {"[]", JSON("{}"), APART},
        {"\"[]\"", JSON("[]"), APART},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char document[128];
        snprintf(document, sizeof document, "{\"field\":%s}", table[i].field);
        for (int comparison = PBX_EQ; comparison <= PBX_LTE; comparison++) {
            pbx_node node = comparing("field", (pbx_comparison)comparison, &table[i].value);
            if (matches(&node, 1, document) != (table[i].expected >> comparison & 1)) {
                fprintf(stderr, "%s in row %zu, comparison %d\n", document, i, comparison);
                CHECK(false);
            }
        }
    }
}

TEST(where_there_is_no_field_only_neq_is_true) {
    static const char *documents[] = {"{}",
                                      "{\"a\":{}}",
                                      "{\"a\":[{\"b\":1}]}",
                                      "{\"a\":\"b\"}",
                                      "{\"a.b\":1}",
                                      "{\"A\":{\"B\":1}}",
                                      "1",
                                      "\"a\"",
                                      "null",
                                      "[{\"a\":{\"b\":1}}]"};
    pbx_value values[] = {{.kind = PBX_NULL}, INTEGER(1)};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        for (int comparison = PBX_EQ; comparison <= PBX_LTE; comparison++)
            for (int value = 0; value < 2; value++) {
                pbx_node node = comparing("a.b", (pbx_comparison)comparison, &values[value]);
                CHECK(matches(&node, 1, documents[i]) == (comparison == PBX_NEQ));
            }
        pbx_node one_of = {.kind = PBX_ONE_OF, .path = PBX_TEXT("a.b"), .values = values, .value_count = 2};
        CHECK(!matches(&one_of, 1, documents[i]));
    }
}

TEST(one_of_several) {
    pbx_value values[] = {STRING("2"), NUMBER(2.0)};
    pbx_node node = {.kind = PBX_ONE_OF, .path = PBX_TEXT("a.b"), .values = values, .value_count = 2};
    CHECK(matches(&node, 1, "{\"a\":{\"b\":2}}"));
    CHECK(!matches(&node, 1, "{\"a\":{\"b\":3}}"));
    node.value_count = 0;
    CHECK(!matches(&node, 1, "{\"a\":{\"b\":2}}"));
}

TEST(all_of_and_any_of) {
    static const pbx_value yes = BOOLEAN(true);
    static const uint32_t root[] = {1, 2}, any[] = {3, 4}, both[] = {5, 6};
    // (a or (b and c)) and d
    pbx_node nodes[] = {
        {.kind = PBX_ALL_OF, .children = root, .child_count = 2},
        {.kind = PBX_ANY_OF, .children = any, .child_count = 2},
        comparing("d", PBX_EQ, &yes),
        comparing("a", PBX_EQ, &yes),
        {.kind = PBX_ALL_OF, .children = both, .child_count = 2},
        comparing("b", PBX_EQ, &yes),
        comparing("c", PBX_EQ, &yes),
    };
    for (int bits = 0; bits < 16; bits++) {
        bool a = bits & 1, b = bits & 2, c = bits & 4, d = bits & 8;
        char document[128];
        snprintf(document, sizeof document, "{\"a\":%s,\"b\":%s,\"c\":%s,\"d\":%s}", a ? "true" : "false",
                 b ? "true" : "false", c ? "true" : "false", d ? "true" : "false");
        CHECK(matches(nodes, 7, document) == ((a || (b && c)) && d));
    }
    CHECK(matches(NULL, 0, "1"));
}

TEST(a_chain_of_any_depth_is_no_recursion) {
    enum { DEPTH = 200000 };
    pbx_node *nodes = pbx_zeroed((DEPTH + 1) * sizeof *nodes);
    uint32_t *children = pbx_alloc(DEPTH * sizeof *children);
    pbx_value one = INTEGER(1);
    for (uint32_t i = 0; i < DEPTH; i++) {
        children[i] = i + 1;
        nodes[i] = (pbx_node){.kind = PBX_ANY_OF, .children = &children[i], .child_count = 1};
    }
    nodes[DEPTH] = comparing("a", PBX_EQ, &one);
    CHECK(matches(nodes, DEPTH + 1, "{\"a\":1}") && !matches(nodes, DEPTH + 1, "{\"a\":2}"));
    free(nodes);
    free(children);
}

static bool refuses(const pbx_node *nodes, size_t count, const char *why) {
    struct filter filter;
    pbx_error error = {0};
    bool done = filter_open(&filter, nodes, count, &error);
    filter_close(&filter);
    return outcome_of(done, &error) == INVALID_ARGUMENT && said(why);
}

TEST(what_is_no_filter_is_refused) {
    static const uint32_t zero[] = {0}, one[] = {1}, far[] = {UINT32_MAX};
    pbx_node own = {.kind = PBX_ALL_OF, .children = zero, .child_count = 1};
    CHECK(refuses(&own, 1, "node 0"));
    pbx_node past = {.kind = PBX_ALL_OF, .children = one, .child_count = 1};
    CHECK(refuses(&past, 1, "node 1"));
    pbx_node away = {.kind = PBX_ANY_OF, .children = far, .child_count = 1};
    CHECK(refuses(&away, 1, "node 4294967295"));
    pbx_node back[] = {past, own};
    CHECK(refuses(back, 2, "node 1 of the filter"));
    pbx_value broken = JSON("{"), nan = NUMBER(NAN), deep = {.kind = PBX_JSON};
    pbx_node node = comparing("a", PBX_EQ, &broken);
    CHECK(refuses(&node, 1, "not JSON"));
    node.values = &nan;
    CHECK(refuses(&node, 1, "nan"));
    pbx_buffer brackets = {0};
    for (int i = 0; i < 129; i++)
        pbx_buffer_add(&brackets, "[", 1);
    for (int i = 0; i < 129; i++)
        pbx_buffer_add(&brackets, "]", 1);
    deep.text = pbx_buffer_text(&brackets);
    node.values = &deep;
    CHECK(refuses(&node, 1, "not JSON"));
    deep.text = (pbx_text){brackets.data + 1, brackets.size - 2};
    CHECK(!matches(&node, 1, "{\"a\":\"[[[\\\"[[[\"}"));
    pbx_buffer_clear(&brackets);
}

// ---- Pages

// The keys of a page, and its token.
static char keys[2048], token[1024];

static enum outcome run(struct store *store, pbx_query query) {
    pbx_page page = {0};
    pbx_error error = {0};
    bool done = query_run(store, &query, &page, &error);
    keys[0] = '\0';
    for (size_t i = 0; i < page.count; i++)
        snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "%s" PBX_FMT, i ? " " : "",
                 PBX_ARG(page.rows[i].key));
    snprintf(token, sizeof token, PBX_FMT, PBX_ARG(page.token));
    CHECK(pbx_text_is_some(page.token) == (page.token.size > 0));
    pbx_page_clear(&page);
    return outcome_of(done, &error);
}

static bool finds(struct store *store, pbx_query query, const char *expected) {
    return run(store, query) == DONE && pbx_test_same(pbx_text_of(keys), expected);
}

TEST(finds_json_that_matches) {
    struct store *store = new_store();
    put(store, "b", "{\"state\":\"CA\"}");
    put(store, "a", "{\"state\":\"CA\"}");
    put(store, "c", "{\"state\":\"WA\"}");
    put(store, "broken", "{\"state\":\"CA\"");
    put(store, "binary", "\1");
    put(store, "not-utf-8", "\"\xff\"");
    put(store, "infinite", "1e999");
    put(store, "empty", "");
    put(store, "number", "123");
    CHECK(set(store, with_ttl(write_of("gone", "{\"state\":\"CA\"}"), "1")) == DONE);
    now_seconds++;
    CHECK(finds(store, (pbx_query){0}, "a b c number") && !token[0]);
    pbx_value ca = STRING("CA");
    pbx_node node = comparing("state", PBX_EQ, &ca);
    CHECK(finds(store, (pbx_query){.filter = &node, .filter_count = 1}, "a b"));
    end_store(store);
}

TEST(sorts_by_each_key_in_turn_with_missing_fields_last) {
    struct store *store = new_store();
    static const char *items[][2] = {
        {"null", "{\"v\":null}"},
        {"false", "{\"v\":false}"},
        {"two-b", "{\"v\":2,\"w\":\"b\"}"},
        {"two-a", "{\"v\":2.0,\"w\":\"a\"}"},
        {"two", "{\"v\":2}"},
        {"ten", "{\"v\":10}"},
        {"text", "{\"v\":\"1\"}"},
        {"array", "{\"v\":[]}"},
        {"object", "{\"v\":{}}"},
        {"none", "{}"},
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        put(store, items[i][0], items[i][1]);
    pbx_sort_key up[] = {{PBX_TEXT("v"), false}, {PBX_TEXT("w"), false}};
    pbx_sort_key down[] = {{PBX_TEXT("v"), true}, {PBX_TEXT("w"), true}};
    pbx_sort_key nowhere = {PBX_TEXT("nowhere"), true};
    CHECK(finds(store, (pbx_query){.sort = up, .sort_count = 2},
                "null false two-a two-b two ten text array object none"));
    CHECK(finds(store, (pbx_query){.sort = down, .sort_count = 2},
                "object array text ten two-b two-a two false null none"));
    CHECK(finds(store, (pbx_query){.sort = &nowhere, .sort_count = 1},
                "array false none null object ten text two two-a two-b"));
    end_store(store);
}

TEST(the_last_page_has_no_token) {
    struct store *store = new_store();
    static const char *all[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < 4; i++)
        put(store, all[i], "1");
    CHECK(finds(store, (pbx_query){.limit = 4}, "a b c d") && !token[0]);
    CHECK(finds(store, (pbx_query){.limit = UINT32_MAX}, "a b c d") && !token[0]);
    CHECK(finds(store, (pbx_query){.limit = 2}, "a b") && token[0]);
    char first[sizeof token];
    strcpy(first, token);
    // What is deleted meanwhile hides nothing else, and what is written before is not repeated.
    CHECK(del(store, "b", NULL) == DONE);
    put(store, "aa", "1");
    CHECK(finds(store, (pbx_query){.limit = 2, .token = pbx_text_of(first)}, "c d") && !token[0]);
    end_store(store);
}

TEST(paging_visits_each_item_once_whatever_it_is_sorted_by) {
    struct store *store = new_store();
    static const char *values[] = {"1",
                                   "1.0",
                                   "-1",
                                   "0.1",
                                   "1e-7",
                                   "18446744073709551615",
                                   "-9223372036854775808",
                                   "\"\"",
                                   "\"\\u0000\\\"\"",
                                   "true",
                                   "false",
                                   "null",
                                   "[1]",
                                   "{}",
                                   "0.30000000000000004",
                                   "18446744073709551616"};
    char key[16], document[64], whole[sizeof keys];
    for (size_t i = 0; i < 3 * sizeof values / sizeof *values; i++) {
        snprintf(key, sizeof key, "%02zu", i);
        snprintf(document, sizeof document, "{\"v\":%s}", values[i % (sizeof values / sizeof *values)]);
        put(store, key, i % 7 ? document : "{}");
    }
    for (int descending = 0; descending < 2; descending++) {
        pbx_sort_key sort = {PBX_TEXT("v"), descending};
        CHECK(run(store, (pbx_query){.sort = &sort, .sort_count = 1}) == DONE);
        strcpy(whole, keys);
        for (uint32_t limit = 1; limit < 8; limit++) {
            pbx_buffer visited = {0};
            char before[sizeof token] = "";
            int pages = 0;
            do {
                CHECK(pages++ < 100);
                pbx_text after = before[0] ? pbx_text_of(before) : PBX_NONE;
                CHECK(
                    run(store, (pbx_query){.sort = &sort, .sort_count = 1, .limit = limit, .token = after}) ==
                    DONE);
                pbx_buffer_printf(&visited, "%s%s", visited.size ? " " : "", keys);
                strcpy(before, token);
            } while (before[0]);
            CHECK_TEXT(pbx_buffer_text(&visited), whole);
            pbx_buffer_clear(&visited);
        }
    }
    end_store(store);
}

TEST(a_token_of_another_make_is_refused) {
    struct store *store = new_store();
    put(store, "a", "{\"v\":\"x\"}");
    put(store, "b", "{\"v\":\"x\"}");
    CHECK(run(store, (pbx_query){.limit = 1}) == DONE && token[0]);
    char good[sizeof token], longer[sizeof token + 1];
    strcpy(good, token);
    snprintf(longer, sizeof longer, "%sx", good);
    CHECK(finds(store, (pbx_query){.limit = 1, .token = pbx_text_of(good)}, "b"));
    const char *wrong[] = {"",
                           "1",
                           "x",
                           "{}",
                           "null",
                           longer,
                           good + 1,
                           "{\"sort\":[],\"values\":[[0]],\"key\":\"a\"}",
                           "{\"sort\":[],\"values\":[],\"key\":1}",
                           "{\"sort\":[],\"values\":[],\"key\":\"a\",\"x\":1}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(run(store, (pbx_query){.token = pbx_text_of(wrong[i])}) == INVALID_ARGUMENT &&
              said("not one of this store"));
    pbx_sort_key sort = {PBX_TEXT("v"), false};
    pbx_query sorted = {.sort = &sort, .sort_count = 1, .token = pbx_text_of(good)};
    CHECK(run(store, sorted) == INVALID_ARGUMENT && said("sorts otherwise"));
    static const char *values[] = {"[[3]]", "[[7]]", "[[2,\"x\"]]", "[[3,\"x\",1]]",
                                   "[3]",   "[]",    "[[0,1]]",     "[[\"3\"]]"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char bad[128];
        snprintf(bad, sizeof bad, "{\"sort\":[\"v\",false],\"values\":%s,\"key\":\"a\"}", values[i]);
        sorted.token = pbx_text_of(bad);
        CHECK(run(store, sorted) == INVALID_ARGUMENT && said("not one of this store"));
    }
    end_store(store);
}
