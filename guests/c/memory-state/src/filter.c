// Filters.
#include <math.h>
#include <stdlib.h>

#include "filter.h"

static bool parse(struct filter *filter, const pbx_value *value, struct json *parsed, pbx_error *error) {
    switch (value->kind) {
    case PBX_NULL:
        *parsed = (struct json){.kind = JSON_NULL};
        return true;
    case PBX_BOOLEAN:
        *parsed = (struct json){JSON_BOOLEAN, .boolean = value->boolean};
        return true;
    case PBX_INTEGER:
        *parsed = json_integer(value->integer);
        return true;
    case PBX_NUMBER:
        *parsed = json_real(value->number);
        return isfinite(value->number) ||
               pbx_fail(error, PBX_INVALID_ARGUMENT, "%g is not a number of JSON", value->number);
    case PBX_STRING:
        *parsed = (struct json){JSON_STRING, .text = value->text};
        return true;
    default: {
        yyjson_doc *document = json_read(pbx_text_bytes(value->text));
        if (!document)
            return pbx_fail(error, PBX_INVALID_ARGUMENT, "a value of the filter is not JSON");
        PBX_GROW(filter->documents, filter->document_count, filter->document_capacity);
        filter->documents[filter->document_count++] = document;
        *parsed = json_of(yyjson_doc_get_root(document));
        return true;
    }
    }
}

bool filter_open(struct filter *filter, const pbx_node *nodes, size_t count, pbx_error *error) {
    *filter = (struct filter){
        .nodes = nodes,
        .count = count,
        .values = pbx_zeroed(count * sizeof *filter->values),
        .answers = pbx_zeroed(count * sizeof *filter->answers),
    };
    for (size_t place = 0; place < count; place++) {
        const pbx_node *node = &nodes[place];
        for (size_t i = 0; i < node->child_count; i++)
            if (node->children[i] <= place || node->children[i] >= count)
                return pbx_fail(error, PBX_INVALID_ARGUMENT,
                                "node %zu of the filter names node %lu of %zu as its child", place,
                                (unsigned long)node->children[i], count);
        filter->values[place] = pbx_zeroed(node->value_count * sizeof(struct json));
        for (size_t i = 0; i < node->value_count; i++)
            if (!parse(filter, &node->values[i], &filter->values[place][i], error))
                return false;
    }
    return true;
}

static bool holds(pbx_comparison comparison, struct json field, struct json value) {
    int order;
    bool is_known = json_compare(field, value, &order);
    switch (comparison) {
    case PBX_EQ:
        return is_known && order == 0;
    case PBX_NEQ:
        return !is_known || order != 0;
    case PBX_GT:
        return is_known && order > 0;
    case PBX_GTE:
        return is_known && order >= 0;
    case PBX_LT:
        return is_known && order < 0;
    default:
        return is_known && order <= 0;
    }
}

static bool answer(const struct filter *filter, size_t place, yyjson_val *document) {
    const pbx_node *node = &filter->nodes[place];
    const struct json *values = filter->values[place];
    switch (node->kind) {
    case PBX_ALL_OF:
        for (size_t i = 0; i < node->child_count; i++)
            if (!filter->answers[node->children[i]])
                return false;
        return true;
    case PBX_ANY_OF:
        for (size_t i = 0; i < node->child_count; i++)
            if (filter->answers[node->children[i]])
                return true;
        return false;
    case PBX_COMPARE:
        return holds(node->comparison, json_find(document, node->path), values[0]);
    default: {
        struct json field = json_find(document, node->path);
        for (size_t i = 0; i < node->value_count; i++)
            if (json_equal(field, values[i]))
                return true;
        return false;
    }
    }
}

bool filter_matches(const struct filter *filter, yyjson_val *document) {
    // Children stand later than their parents, so going through the list from its end finds each node's
    // children answered, however deep the filter is, without recursion.
    for (size_t place = filter->count; place-- > 0;)
        filter->answers[place] = answer(filter, place, document);
    // The first node is the root. Without any, everything is wanted.
    return !filter->count || filter->answers[0];
}

void filter_close(struct filter *filter) {
    for (size_t i = 0; i < filter->count; i++)
        free(filter->values[i]);
    for (size_t i = 0; i < filter->document_count; i++)
        yyjson_doc_free(filter->documents[i]);
    free(filter->values);
    free(filter->documents);
    free(filter->answers);
}
