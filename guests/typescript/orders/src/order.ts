/** What an order is, and by which rules. */

import { readJson, type FieldViolation, type JsonValue } from "@plugbox/guest";
import { failure, invalid } from "./failure.js";

export interface Order {
  /** Whoever orders may choose it, so that the same order can be sent twice. */
  readonly id: string;
  /** The address for mail. */
  readonly customer: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly item: string;
  readonly count: number;
  /** Of one, in cents. */
  readonly price: number;
}

type Fields = { readonly [name: string]: JsonValue | undefined };

// How many lines an order may have, how many of an item a line, and what one may cost, in cents: so totals are numbers that every reader
// of JSON can hold.
const LINES = 100;
const COUNT = 10_000;
const PRICE = 100_000_000;

/** The control characters. (`\p{Cc}` is not known to the engine that guests run on.) */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** How many broken rules are named: a status is not to be longer than a caller may take. */
const NAMED = 10;

/** Reads JSON, and holds it against the rules. */
export function readOrder(data: Uint8Array): Order {
  const json = readOrThrow(data);
  const violations: FieldViolation[] = [];
  const { id = anyId(), customer, lines, ...unknown } = fields(json);
  const rule = (holds: boolean, field: string, description: string) =>
    void (holds || violations.push({ field, description }));
  rule(isId(id), "id", "1 to 64 letters, digits, - and _");
  rule(isName(customer), "customer", "an address of at most 200 bytes, without line breaks");
  const all = Array.isArray(lines) ? (lines as readonly JsonValue[]) : [];
  rule(all.length >= 1 && all.length <= LINES, "lines", "1 to 100 of them");
  const read = all.slice(0, LINES).map((line, place) => {
    const { item, count, price, ...unknown } = fields(line);
    rule(isName(item), `lines.${place}.item`, "a name of at most 200 bytes, without line breaks");
    rule(isFrom(1, count, COUNT), `lines.${place}.count`, "1 to 10000");
    rule(isFrom(0, price, PRICE), `lines.${place}.price`, "at most 100000000 cents");
    rule(isEmpty(unknown), `lines.${place}`, "no other fields than item, count and price");
    return { item, count, price } as Line;
  });
  rule(isEmpty(unknown), "", "no other fields than id, customer and lines");
  if (violations.length > 0) {
    throw invalid(violations.slice(0, NAMED));
  }
  return { id, customer, lines: read } as Order;
}

/** Whatever order their fields are in: daprd and stores may write JSON anew. */
export function isSameOrder(one: Order, other: Order): boolean {
  const values = ({ id, customer, lines }: Order) => [id, customer, ...lines.flatMap(valuesOf)];
  return JSON.stringify(values(one)) === JSON.stringify(values(other));
}

function valuesOf({ item, count, price }: Line): (string | number)[] {
  return [item, count, price];
}

/** In cents. */
export function totalOf({ lines }: Order): number {
  return lines.reduce((sum, { count, price }) => sum + count * price, 0);
}

/** Whether this can be an order's id: it is a key, and a part of a path. */
export function isId(value: JsonValue | undefined): value is string {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value);
}

/** It stands in the head of a mail, where a line break would begin another header. */
function isName(value: JsonValue | undefined): boolean {
  const length = typeof value === "string" && !CONTROL.test(value) ? new TextEncoder().encode(value).length : 0;
  return length >= 1 && length <= 200;
}

function isFrom(least: number, value: JsonValue | undefined, most: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}

function readOrThrow(data: Uint8Array): JsonValue {
  try {
    return readJson(data, "the order");
  } catch (cause) {
    throw failure("invalid-argument", "ORDER_INVALID", (cause as Error).message);
  }
}

/** Of what is no object, there are none. */
function fields(value: JsonValue): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function isEmpty(fields: Fields): boolean {
  return Object.keys(fields).length === 0;
}

/** No two are the same. */
function anyId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
