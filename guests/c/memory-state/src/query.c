// Queries.
//
// Sorting and paging need every match at hand, but of each only its key and what it is sorted by. A token is
// the place of its page's last item, as JSON: `{"sort": […], "values": […], "key": …}`. It holds the place
// and not a count of items, so that what is written or deleted between two pages neither hides nor repeats
// any other item.
#include <stdlib.h>

#include "filter.h"
#include "query.h"

// Where an item stands in the order.
struct place {
    const pbx_query *query;
    // One for each key of the sort; texts are copies.
    struct json *values;
    pbx_text key;
    // NULL for the place that a token names.
    const struct entry *entry;
};

static int compare_values(const struct json *a, const struct json *b, bool descending) {
    int order = 0;
    // Last in both directions.
    if (a->kind == JSON_MISSING || b->kind == JSON_MISSING)
        return (int)a->kind - (int)b->kind;
    if (a->kind != b->kind)
        order = (int)a->kind - (int)b->kind;
    else if (a->kind < JSON_ARRAY)
        // Arrays and objects have no order among themselves.
        json_compare(*a, *b, &order);
    return descending ? -order : order;
}

// Where the sort leaves two items equal, their keys decide, so that the order is the same for every page.
static int compare_places(const void *left, const void *right) {
    const struct place *a = left, *b = right;
    for (size_t i = 0; i < a->query->sort_count; i++) {
        int order = compare_values(&a->values[i], &b->values[i], a->query->sort[i].descending);
        if (order)
            return order;
    }
    return pbx_text_compare(a->key, b->key);
}

static void place_free(struct place *place) {
    for (size_t i = 0; i < place->query->sort_count; i++)
        if (place->values[i].kind == JSON_STRING)
            pbx_text_drop(&place->values[i].text);
    free(place->values);
}

static struct json kept(struct json value) {
    if (value.kind == JSON_STRING)
        value.text = pbx_text_keep(value.text);
    return value;
}

static struct place place_of(const pbx_query *query, const struct entry *entry, yyjson_val *document) {
    struct json *values = pbx_alloc(query->sort_count * sizeof *values);
    for (size_t i = 0; i < query->sort_count; i++)
        values[i] = kept(json_find(document, query->sort[i].path));
    return (struct place){query, values, entry->key, entry};
}

// ---- Tokens

static yyjson_mut_val *write_value(yyjson_mut_doc *document, const struct json *value) {
    yyjson_mut_val *pair = yyjson_mut_arr(document);
    yyjson_mut_arr_add_uint(document, pair, value->kind);
    const struct json_number *number = &value->number;
    switch (value->kind) {
    case JSON_BOOLEAN:
        yyjson_mut_arr_add_bool(document, pair, value->boolean);
        break;
    case JSON_STRING:
        yyjson_mut_arr_add_strn(document, pair, value->text.data, value->text.size);
        break;
    case JSON_NUMBER:
        if (!number->is_integer)
            yyjson_mut_arr_add_real(document, pair, number->real);
        else if (number->is_negative)
            yyjson_mut_arr_add_sint(document, pair, -(int64_t)(number->size - 1) - 1);
        else
            yyjson_mut_arr_add_uint(document, pair, number->size);
        break;
    default:
        break;
    }
    return pair;
}

static void write_token(const struct place *last, pbx_page *page) {
    yyjson_mut_doc *document = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(document);
    yyjson_mut_doc_set_root(document, root);
    yyjson_mut_val *sort = yyjson_mut_obj_add_arr(document, root, "sort");
    yyjson_mut_val *values = yyjson_mut_obj_add_arr(document, root, "values");
    for (size_t i = 0; i < last->query->sort_count; i++) {
        const pbx_sort_key *key = &last->query->sort[i];
        yyjson_mut_arr_add_strn(document, sort, key->path.data, key->path.size);
        yyjson_mut_arr_add_bool(document, sort, key->descending);
        yyjson_mut_arr_append(values, write_value(document, &last->values[i]));
    }
    yyjson_mut_obj_add_strn(document, root, "key", last->key.data, last->key.size);
    size_t size;
    char *text = yyjson_mut_write(document, YYJSON_WRITE_NOFLAG, &size);
    yyjson_mut_doc_free(document);
    // A text that cannot be written is one without memory.
    if (!text)
        abort();
    pbx_page_more(page, (pbx_text){text, size});
    free(text);
}

static bool read_value(yyjson_val *pair, struct json *value) {
    // The kinds that have a value have it; what has none is as good as the kind.
    static const bool has_value[] = {[JSON_BOOLEAN] = true, [JSON_NUMBER] = true, [JSON_STRING] = true};
    yyjson_val *kind = yyjson_arr_get(pair, 0);
    if (!yyjson_is_uint(kind) || yyjson_get_uint(kind) > JSON_MISSING)
        return false;
    value->kind = (enum json_kind)yyjson_get_uint(kind);
    if (value->kind >= sizeof has_value / sizeof *has_value || !has_value[value->kind])
        return yyjson_arr_size(pair) == 1;
    struct json read = json_of(yyjson_arr_get(pair, 1));
    if (yyjson_arr_size(pair) != 2 || read.kind != value->kind)
        return false;
    *value = kept(read);
    return true;
}

static bool sorts_so(yyjson_val *sort, const pbx_query *query) {
    if (yyjson_arr_size(sort) != query->sort_count * 2)
        return false;
    for (size_t i = 0; i < query->sort_count; i++) {
        struct json path = json_of(yyjson_arr_get(sort, i * 2));
        struct json descending = json_of(yyjson_arr_get(sort, i * 2 + 1));
        if (path.kind != JSON_STRING || !pbx_text_equal(path.text, query->sort[i].path) ||
            descending.kind != JSON_BOOLEAN || descending.boolean != query->sort[i].descending)
            return false;
    }
    return true;
}

// Reads a token that a client sends back. The place's key is a view of the document.
static bool read_token(const pbx_query *query, yyjson_doc *document, struct place *after, pbx_error *error) {
    yyjson_val *root = yyjson_doc_get_root(document);
    yyjson_val *sort = yyjson_obj_get(root, "sort"), *values = yyjson_obj_get(root, "values");
    struct json key = json_of(yyjson_obj_get(root, "key"));
    bool is_whole = yyjson_obj_size(root) == 3 && yyjson_is_arr(sort) && yyjson_is_arr(values);
    if (is_whole && key.kind == JSON_STRING && !sorts_so(sort, query))
        return pbx_fail(error, PBX_INVALID_ARGUMENT, "the token is one of a query that sorts otherwise");
    is_whole = is_whole && key.kind == JSON_STRING && yyjson_arr_size(values) == query->sort_count;
    for (size_t i = 0; is_whole && i < query->sort_count; i++)
        is_whole = read_value(yyjson_arr_get(values, i), &after->values[i]);
    after->key = key.text;
    return is_whole || pbx_fail(error, PBX_INVALID_ARGUMENT, "the token is not one of this store");
}

// ---- Pages

struct row {
    pbx_page *page;
    pbx_text key;
};

static void add(const pbx_item *item, void *context) {
    const struct row *row = context;
    pbx_page_add(row->page, row->key, item);
}

static void fill(const pbx_query *query, struct place *places, size_t count, pbx_page *page) {
    if (!count)
        return;
    qsort(places, count, sizeof *places, compare_places);
    size_t shown = query->limit && query->limit < count ? query->limit : count;
    for (size_t i = 0; i < shown; i++)
        store_show(places[i].entry, add, &(struct row){page, places[i].key});
    if (shown < count)
        write_token(&places[shown - 1], page);
}

static void find(const struct store *store, const struct filter *filter, const pbx_query *query,
                 const struct place *after, pbx_page *page) {
    struct place *places = NULL;
    size_t count = 0, capacity = 0;
    for (const struct entry *entry = store->entries; entry; entry = entry->hh.next) {
        if (!store_is_live(store, entry))
            continue;
        // What is not JSON is not found.
        yyjson_doc *document = json_read(entry->value);
        yyjson_val *root = yyjson_doc_get_root(document);
        if (root && filter_matches(filter, root)) {
            struct place place = place_of(query, entry, root);
            if (after && compare_places(&place, after) <= 0) {
                place_free(&place);
            } else {
                PBX_GROW(places, count, capacity);
                places[count++] = place;
            }
        }
        yyjson_doc_free(document);
    }
    fill(query, places, count, page);
    for (size_t i = 0; i < count; i++)
        place_free(&places[i]);
    free(places);
}

bool query_run(const struct store *store, const pbx_query *query, pbx_page *page, pbx_error *error) {
    struct filter filter;
    bool has_token = pbx_text_is_some(query->token);
    yyjson_doc *token = has_token ? json_read(pbx_text_bytes(query->token)) : NULL;
    struct place after = {.query = query, .values = pbx_zeroed(query->sort_count * sizeof *after.values)};
    bool done = filter_open(&filter, query->filter, query->filter_count, error) &&
                (!has_token || read_token(query, token, &after, error));
    if (done)
        find(store, &filter, query, has_token ? &after : NULL, page);
    place_free(&after);
    yyjson_doc_free(token);
    filter_close(&filter);
    return done;
}
