// Filters: which JSON values a query wants.
#ifndef FILTER_H
#define FILTER_H

#include <plugbox/state_store.h>

#include "json.h"

// A filter made ready: values are parsed and places checked, once for a query and not once for an item.
struct filter {
    const pbx_node *nodes;
    size_t count;
    // The values of each node, and where they are parsed from.
    struct json **values;
    yyjson_doc **documents;
    size_t document_count, document_capacity;
    bool *answers;
};

// A view of the nodes, good for as long as they are. To be closed also where it fails.
bool filter_open(struct filter *filter, const pbx_node *nodes, size_t count, pbx_error *error);
bool filter_matches(const struct filter *filter, yyjson_val *document);
void filter_close(struct filter *filter);

#endif
