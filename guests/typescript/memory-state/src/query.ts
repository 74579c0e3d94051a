/** Queries: what a filter finds, sorted, a page at a time. */

import { InvalidArgument, parseJson } from "@plugbox/guest";
import type { JsonValue, Page, QueryRequest, SortKey } from "@plugbox/guest";
import { matches } from "./filter.js";
import { compareNumbers, compareTexts, find, isNumber } from "./json.js";
import type { Entry, Store } from "./store.js";

/** The kinds of what a field gives to sort by, in their order. Arrays and objects have no order among themselves. */
const KINDS = ["null", "boolean", "number", "text", "array", "object", "missing"] as const;

type Kind = (typeof KINDS)[number];

/** What one field gives to sort by. */
interface SortValue {
  readonly kind: Kind;
  readonly value: boolean | number | bigint | string | undefined;
}

/** Where an item stands in the order. Where its values leave two items equal, their keys decide: so it is the same for every page. */
interface Position {
  readonly values: readonly SortValue[];
  readonly key: string;
}

/** Answers one page. Sorting and paging need every match at hand, but of each only its key and what it is sorted by. */
export function query(store: Store, { filter, sort, limit = Infinity, token }: QueryRequest): Page {
  const after = token === undefined ? undefined : readToken(token, sort);
  const found: [Position, Entry][] = [];
  for (const [key, entry] of store.entries()) {
    const document = parsed(entry.value);
    if (document === undefined || (filter !== undefined && !matches(filter, document))) {
      continue;
    }
    const position = place(key, document, sort);
    if (after === undefined || compare(position, after, sort) > 0) {
      found.push([position, entry]);
    }
  }
  found.sort(([a], [b]) => compare(a, b, sort));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(([{ key }, { value, etag, contentType }]) => ({ key, value, etag: String(etag), contentType })),
    token: last !== undefined && page.length < found.length ? writeToken(last[0], sort) : undefined,
  };
}

/** What is not JSON is not found. */
function parsed(value: Uint8Array): JsonValue | undefined {
  try {
    return parseJson(value);
  } catch (failure) {
    if (failure instanceof SyntaxError) {
      return undefined;
    }
    throw failure;
  }
}

function place(key: string, document: JsonValue, sort: readonly SortKey[]): Position {
  return { values: sort.map(({ path }) => sortValue(find(document, path))), key };
}

function sortValue(field: JsonValue | undefined): SortValue {
  if (field === undefined) {
    return { kind: "missing", value: undefined };
  }
  if (field === null) {
    return { kind: "null", value: undefined };
  }
  if (typeof field === "object") {
    return { kind: Array.isArray(field) ? "array" : "object", value: undefined };
  }
  const kind = typeof field === "boolean" ? "boolean" : isNumber(field) ? "number" : "text";
  return { kind, value: field };
}

function compare(a: Position, b: Position, sort: readonly SortKey[]): number {
  for (const [place, { descending }] of sort.entries()) {
    const [left, right] = [a.values[place], b.values[place]];
    const order = left && right ? compareValues(left, right, descending) : 0;
    if (order !== 0) {
      return order;
    }
  }
  return compareTexts(a.key, b.key);
}

function compareValues(a: SortValue, b: SortValue, descending: boolean): number {
  const kinds = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  if (a.kind === "missing" || b.kind === "missing") {
    // Last in both directions.
    return kinds;
  }
  const order = kinds || compareAlike(a.value, b.value);
  return descending ? -order : order;
}

/** Of one kind. */
function compareAlike(a: SortValue["value"], b: SortValue["value"]): number {
  if (typeof a === "string" && typeof b === "string") {
    return compareTexts(a, b);
  }
  if (typeof a === "boolean" && typeof b === "boolean") {
    return Number(a) - Number(b);
  }
  return a !== undefined && b !== undefined && isNumber(a) && isNumber(b) ? compareNumbers(a, b) : 0;
}

// What the next page follows on from is the place of this page's last item. It holds the place and not a count of items, so that
// what is written or deleted between two pages neither hides nor repeats any other item.

function writeToken({ values, key }: Position, sort: readonly SortKey[]): string {
  return JSON.stringify({ sort: described(sort), after: values.map(({ kind, value }) => [kind, String(value)]), key });
}

/** Reads a token that a client sends back. */
function readToken(text: string, sort: readonly SortKey[]): Position {
  const refused = (what: string) => new InvalidArgument(`the token is ${what}`);
  let token: unknown;
  try {
    token = JSON.parse(text);
  } catch {
    throw refused("not one of this store");
  }
  if (!isToken(token)) {
    throw refused("not one of this store");
  }
  if (JSON.stringify(token.sort) !== JSON.stringify(described(sort))) {
    throw refused("one of a query that sorts otherwise");
  }
  if (token.after.length !== sort.length) {
    throw refused("not one of this store");
  }
  return { values: token.after.map(([kind, value]) => ({ kind, value: readValue(kind, value) })), key: token.key };
}

function described(sort: readonly SortKey[]): unknown[] {
  return sort.map(({ path, descending }) => [path, descending]);
}

interface Token {
  sort: unknown;
  after: [Kind, string][];
  key: string;
}

function isToken(token: unknown): token is Token {
  if (typeof token !== "object" || token === null || Object.keys(token).join() !== "sort,after,key") {
    return false;
  }
  const { after, key } = token as Record<keyof Token, unknown>;
  return typeof key === "string" && Array.isArray(after) && after.every(isWritten);
}

function isWritten(written: unknown): written is [Kind, string] {
  if (!Array.isArray(written) || written.length !== 2) {
    return false;
  }
  const [kind, value] = written as unknown[];
  return KINDS.some((known) => known === kind) && typeof value === "string" && (kind !== "number" || isNumeric(value));
}

function isNumeric(text: string): boolean {
  return !Number.isNaN(Number(text));
}

/** A number is written as text, since JSON has no way to write all of them without loss. */
function readValue(kind: Kind, text: string): SortValue["value"] {
  switch (kind) {
    case "boolean":
      return text === "true";
    case "number":
      return Number.isSafeInteger(Number(text)) || !/^-?\d+$/.test(text) ? Number(text) : BigInt(text);
    case "text":
      return text;
    default:
      return undefined;
  }
}
