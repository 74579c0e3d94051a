// Queries: what a filter finds, sorted, a page at a time.
#ifndef QUERY_H
#define QUERY_H

#include "store.h"

bool query_run(const struct store *store, const pbx_query *query, pbx_page *page, pbx_error *error);

#endif
