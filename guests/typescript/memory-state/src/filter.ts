/** Filters: which JSON values a query wants. */

import type { Comparison, Filter, JsonValue } from "@plugbox/guest";
import { compare, equal, find } from "./json.js";

export function matches(filter: Filter, document: JsonValue): boolean {
  switch (filter.kind) {
    case "all":
      return filter.of.every((child) => matches(child, document));
    case "any":
      return filter.of.some((child) => matches(child, document));
    case "compare": {
      const field = find(document, filter.path);
      return holds(filter.comparison, field === undefined ? undefined : compare(field, filter.value));
    }
    case "one-of": {
      const field = find(document, filter.path);
      return filter.values.some((value) => equal(field, value));
    }
  }
}

/** Whether a comparison is true of a field that stands so to the value; `undefined` where there is no field, or no order. */
function holds(comparison: Comparison, order: number | undefined): boolean {
  switch (comparison) {
    case "eq":
      return order === 0;
    case "neq":
      return order !== 0;
    case "gt":
      return order !== undefined && order > 0;
    case "gte":
      return order !== undefined && order >= 0;
    case "lt":
      return order !== undefined && order < 0;
    case "lte":
      return order !== undefined && order <= 0;
  }
}
